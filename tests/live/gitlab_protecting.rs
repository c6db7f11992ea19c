//! What a project of GitLab asks for already counts as soon as its branch is protected: a plan never asks for less.

use serde_json::{Value, json};

use crate::gitlab::Server;
use crate::sim::gitlab::World;

const ONE: &str = "acme/team-1/service-0001";

/// What is planned for a branch that nothing protects, where everybody's rule asks for so many approvals already;
/// then it is gone there and back.
fn planned(had: u64, wish: &str) -> Value {
    let mut world = World::conforming("acme", 1);
    let rule = json!([{"rule_type": "any_approver", "approvals_required": had}]);
    world.project_mut(ONE).document("/protected_branches", json!([])).document("/approval_rules", rule);
    let server = Server::of(world);
    let policy = format!("version = 1\n[branch.\"~default\"]\nrequired_approvals = {wish}\n");
    let desk = server.desk(&policy);
    let plan = || {
        let arguments = ["plan", "policy.toml", "--gitlab", "acme", "--out", "plan.json", "--format", "json"];
        desk.run(&arguments).json().0
    };
    let first = plan();
    if first["changes"] != json!([]) {
        let all = ["--auto-approve", "--max-share=100", "--allow-weaken", "--allow-delete"];
        desk.run(&[&["apply", "plan.json"], &all[..]].concat()).ended(0);
        desk.run(&["plan", "policy.toml", "--gitlab", "acme"]).ended(0).says("No changes.");
        desk.run(&[&["undo", "plan.json.journal"], &all[..]].concat()).ended(0);
        assert_eq!(plan()["changes"], first["changes"], "undo has not brought back what there was");
    }
    first
}

fn bodies(plan: &Value) -> Vec<(&str, &Value)> {
    let requests = plan["requests"].as_array().unwrap().iter();
    requests.map(|r| (r["path"].as_str().unwrap().rsplit('/').next().unwrap(), &r["body"])).collect()
}

#[test]
fn approvals_that_are_asked_for_already_stay_as_many_as_they_are() {
    let plan = planned(2, "{ at_least = 1 }");
    assert_eq!(plan["changes"][0]["after"], 2, "{plan:#}");
    assert!(bodies(&plan).iter().all(|(path, _)| *path == "protected_branches"), "{plan:#}");
}

#[test]
fn where_fewer_are_asked_for_they_become_as_many_as_is_wanted() {
    let plan = planned(1, "{ at_least = 2 }");
    assert_eq!(plan["changes"][0]["after"], 2, "{plan:#}");
    assert!(bodies(&plan).contains(&("{rule}", &json!({"approvals_required": 2}))), "{plan:#}");
}

#[test]
fn more_than_the_policy_accepts_is_left_to_a_person() {
    let plan = planned(2, "1");
    assert_eq!(plan["changes"], json!([]), "{plan:#}");
    assert!(plan["deferred"][0]["reason"].as_str().unwrap().contains("too strict"), "{plan:#}");
}
