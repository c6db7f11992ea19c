//! Answers from which more could be concluded than they say.

use serde_json::json;

use crate::forge::Forge;
use crate::run::Desk;
use crate::sim::World;

fn one() -> World {
    World::conforming("acme", 1)
}

#[test]
fn what_a_write_would_replace_beside_it_is_not_planned() {
    let mut world = one();
    world
        .repository_mut("service-0001")
        .document(
            "/actions/permissions",
            json!({"enabled": true, "allowed_actions": "all", "sha_pinning_required": false}),
        )
        .document(
            "/actions/permissions/artifact-and-log-retention",
            json!({"days": 90, "maximum_allowed_days": 400}),
        );
    let forge = Forge::of(world);
    let policy = "version = 1\n[repository]\nactions.sha_pinning_required = true\n\
                  actions.artifact_and_log_retention_days = 30\n";
    let desk = Desk::before(&forge.url(), policy);
    let run = forge.at(&desk, &["plan", "policy.toml", "--github", "acme", "--out", "plan.json"]);
    let plan: serde_json::Value =
        serde_json::from_str(&std::fs::read_to_string(desk.path("plan.json")).unwrap()).unwrap();
    let requests = plan["requests"].as_array().unwrap();
    assert_eq!(requests.len(), 1, "{plan:#}");
    assert!(requests[0]["path"].as_str().unwrap().ends_with("/artifact-and-log-retention"), "{plan:#}");
    run.says("repository.actions.sha_pinning_required").says("replaces settings beside it");
}
