//! The same seed, the same world; and a world that is written down is read back.

use serde_json::json;

use crate::sim::world::Identity;
use crate::sim::{World, worlds};

#[test]
fn a_seed_decides_everything() {
    assert_eq!(World::synthetic("acme", 40, 1), World::synthetic("acme", 40, 1));
    assert_ne!(World::synthetic("acme", 40, 1), World::synthetic("acme", 40, 2));
}

#[test]
fn a_synthetic_world_has_the_variety_it_promises() {
    let world = World::synthetic("acme", 500, 3);
    let organization = world.organization("acme").unwrap();
    let archived = organization.repositories.values().filter(|repository| repository.is_archived()).count();
    assert!((20..=60).contains(&archived), "{archived} archived");
    assert_eq!(organization.teams.len(), 12);
    assert!(
        organization.teams.values().any(|team| team.repositories.len() >= 460),
        "a team on nearly everything"
    );
    assert_eq!(organization.rulesets.len(), 2);
    let covered = organization
        .repositories
        .values()
        .filter(|repository| organization.rulesets_over(repository).count() == 2)
        .count();
    assert!(covered > 50, "{covered} hold restricted data");
}

#[test]
fn a_dump_is_read_back() {
    let path = std::env::temp_dir().join(format!("forge-sim-{}.json", std::process::id()));
    let mut world = World::synthetic("acme", 20, 5);
    world.identity("reader", Identity::classic("ann", &["repo"]).only(&["service-0001"]));
    world.identity("app", Identity::installation("acme", &["administration:read"]));
    world
        .organization_mut("acme")
        .document("/hooks", json!([{ "active": false }]))
        .refuse("/teams", 403, "No");
    world.repository_mut("service-0001").document_without("/actions/permissions", "sha_pinning_required");
    worlds::dump(&world, &path).unwrap();
    let read = worlds::load(&path, "ignored").unwrap();
    std::fs::remove_file(&path).unwrap();
    assert_eq!(read, world);
}
