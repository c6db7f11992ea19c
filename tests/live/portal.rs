//! What a portal of projects shows comes with what is read anyway.

use serde_json::Value;

use crate::forge::Forge;
use crate::sim::World;

#[test]
fn a_portal_has_its_scores_without_a_request_for_each_repository() {
    let mut world = World::conforming("acme", 120);
    world.repository_mut("service-0002").set("forks_count", 3).set("subscribers_count", 7);
    let forge = Forge::of(world);
    let policy = "version = 1\n[repository]\ncontributing = true\n";
    let run = forge.audit(policy, &["--format", "repos", "--portal", "archived = false"]);
    let projects: Value = serde_json::from_str(&run.out).unwrap_or_else(|e| panic!("{e}: {}", run.err));
    let projects = projects.as_array().unwrap();
    assert_eq!(projects.len(), 120);
    for project in projects {
        let counts = match project["name"].as_str() {
            Some("service-0002") => (3, 7),
            _ => (0, 0),
        };
        assert_eq!(
            (&project["forks_count"], &project["watchers_count"]),
            (&counts.0.into(), &counts.1.into())
        );
        assert!(project["_InnerSourceMetadata"]["score"].is_i64(), "{project:#}");
    }
    let stats = forge.stats();
    assert!(stats.total < 12, "{:?}", stats.by_route);
}
