//! Which team owns a repository, seen by whose wish reaches it. Every test begins where none does.

use serde_json::{Value, json};

use crate::small::World;

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

#[test]
fn an_owner_that_cannot_be_told_is_said_to_be_unknown() {
    let mut world = owned_by_nobody();
    world.repository["settings"].as_object_mut().unwrap().remove("custom_properties");
    let report = world.audit();
    assert_eq!(report.json["owner_unknown"], 1);
    assert_eq!(report.code, 3, "a team's wishes may be missing: that is no conformance");
}

// --- What a team may say for itself ---

/// Team core owns the repository and has a file of its own, which waives reviews.
fn waived_by_its_team(approvals: u32) -> World {
    let mut world = owned_by_nobody();
    world.repository["settings"]["custom_properties"] = json!({"team": "core"});
    world
        .policy
        .insert_str("\nversion = 1\n".len(), "extends = [\"floor.toml\"]\ninclude = [\"core.toml\"]\n");
    world.policy = world
        .policy
        .replace("required_approvals = { at_least = 1 }", "required_approvals = { at_least = 2 }");
    let floor = "version = 1\nfloor = true\n[branch.\"~default\"]\nrequired_approvals = { at_least = 1 }\n";
    let waiver = "version = 1\n[team.core]\ntype = \"any\"\n[[waiver]]\nsubject = \"f:acme/widgets\"\n\
                  settings = [\"branch.required_approvals\"]\nowner = \"@core\"\nreason = \"one of us\"\nexpires = 2099-12-31\n";
    world.policy.push_str("[team_type.any.repository]\nhas_issues = true\n");
    world.beside = vec![("floor.toml", floor.to_owned()), ("core.toml", waiver.to_owned())];
    world.unprotect("main");
    world.protect("main", approvals, 10);
    world
}

#[test]
fn a_teams_own_waiver_reaches_down_to_the_floor_and_no_lower() {
    let verdict = |world: World| world.audit().branch("required_approvals", "~default").0.to_owned();
    assert_eq!(verdict(waived_by_its_team(1)), "waived", "the floor is kept");
    assert_eq!(verdict(waived_by_its_team(0)), "drift", "a team cannot waive a floor for itself");
}

// --- How far a policy owns a collection ---

#[test]
fn an_ignored_collection_asks_for_nothing() {
    let mut world = World::conforming();
    world.policy.push_str("[repository.label.bug]\ncolor = \"d73a4a\"\n");
    world.repository["kinds"]["label"] = json!({});
    assert_eq!(world.audit().code, 2);
    world.policy.push_str("[repository.label]\nownership = \"ignore\"\n");
    assert_eq!(world.audit().code, 0);
}
