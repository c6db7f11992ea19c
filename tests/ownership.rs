//! Which team owns a repository, seen by whose wish reaches it. Every test begins where none does.
#![allow(clippy::unwrap_used, clippy::panic, reason = "tests")]

mod small;

use serde_json::{Value, json};

use small::World;

/// Team core wants issues, and the repository has them. Nobody owns it yet.
fn owned_by_nobody() -> World {
    let mut world = World::conforming();
    world.policy.push_str("[team.core.repository]\nhas_issues = true\n");
    world.repository["settings"]["has_issues"] = json!(true);
    world
}

fn is_cores(world: &World) -> bool {
    let report = world.audit();
    report.json["findings"].as_array().unwrap().iter().any(|f| f["setting"] == "repository.has_issues")
}

#[test]
fn nobody_owns_it() {
    assert!(!is_cores(&owned_by_nobody()));
}

#[test]
fn a_property_a_role_or_codeowners_makes_an_owner() {
    let mut world = owned_by_nobody();
    world.repository["settings"]["custom_properties"] = json!({"team": "core"});
    assert!(is_cores(&world), "by property");

    let mut world = owned_by_nobody();
    world.repository["settings"]["teams"] = json!({"core": "maintain"});
    assert!(is_cores(&world), "by role");
    world.repository["settings"]["teams"] = json!({"core": "write"});
    assert!(!is_cores(&world), "to write is not to own");

    let mut world = owned_by_nobody();
    world.repository["kinds"]["file"] = json!({"{.github/,,docs/}CODEOWNERS": {"text": "* @acme/core\n"}});
    assert!(is_cores(&world), "by CODEOWNERS");
}

#[test]
fn a_property_that_names_another_team_decides() {
    let mut world = owned_by_nobody();
    world.repository["settings"]["teams"] = json!({"core": "maintain"});
    world.repository["settings"]["custom_properties"] = json!({"team": "data"});
    assert!(!is_cores(&world), "core helps to maintain what is team data's");
}

#[test]
fn a_snapshot_may_list_codeowners_under_its_own_name() {
    let mut world = owned_by_nobody();
    world.repository["kinds"]["file"] =
        json!({".github/CODEOWNERS": Value::Null, "CODEOWNERS": {"text": "* @acme/core\n"}});
    assert!(is_cores(&world));
}
