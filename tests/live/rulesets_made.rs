//! Rulesets that a policy names and that are not there: made whole, or left with what the policy lacks. And a
//! property that GitHub requires only with a default.

use serde_json::{Value as Json, json};

use crate::own_settings::Bench;
use crate::sim::World;

const ONE: &str = "service-0001";

fn reason(plan: &Json) -> &str {
    assert_eq!(plan["requests"], json!([]), "{plan:#}");
    plan["deferred"][0]["reason"].as_str().unwrap()
}

fn left(policy: &str) -> String {
    let bench = Bench::new(World::conforming("acme", 1), policy);
    reason(&bench.plan()).to_owned()
}

#[test]
fn no_ruleset_is_made_that_would_guard_nothing() {
    let why = left("[organization.ruleset.baseline]\nenforcement = \"active\"\n");
    for line in
        ["`deletion.present = true`", "ref_name.include = [\"~DEFAULT_BRANCH\"]", "repository_name.include"]
    {
        assert!(why.contains(line), "{why}");
    }
    let why = left("[repository.ruleset.baseline]\nenforcement = \"active\"\ndeletion.present = true\n");
    assert!(why.contains("ref_name.include") && !why.contains("repository_name"), "{why}");
    assert!(!why.contains("deletion.present"), "{why}");
    let why = left(
        "[repository.ruleset.tags]\nenforcement = \"active\"\ntarget = \"tag\"\ndeletion.present = true\n",
    );
    assert!(why.contains("ref_name.include = [\"~ALL\"]"), "{why}");
}

#[test]
fn a_ruleset_is_made_with_all_its_rules_and_taken_away_again() {
    let said = r#"
        enforcement = "active"
        ref_name.include = ["~DEFAULT_BRANCH"]
        required_linear_history.present = true
        pull_request.required_approving_review_count = 1
    "#;
    let policy = format!(
        "[organization.ruleset.everywhere]\nrepository_name.include = [\"~ALL\"]\n{said}[repository.ruleset.here]\n{said}"
    );
    let bench = Bench::new(World::conforming("acme", 1), &policy);
    let plan = bench.there_and_back();
    assert_eq!(plan["requests"].as_array().unwrap().len(), 2, "{plan:#}");
    let writes = bench.writes();
    let (_, path, body) = &writes[0];
    assert_eq!(path, "/orgs/acme/rulesets");
    let of = |part: &str| body["conditions"][part].clone();
    assert_eq!(of("ref_name"), json!({"include": ["~DEFAULT_BRANCH"], "exclude": []}));
    assert_eq!(of("repository_name"), json!({"include": ["~ALL"], "exclude": []}));
    let sorts: Vec<&Json> = body["rules"].as_array().unwrap().iter().map(|rule| &rule["type"]).collect();
    assert_eq!(sorts, ["pull_request", "required_linear_history"]);
    assert!(
        bench
            .forge
            .world()
            .repository("acme", ONE)
            .unwrap()
            .0
            .rulesets
            .iter()
            .all(|r| r.name != "everywhere")
    );
}

#[test]
fn a_property_is_required_only_with_a_default() {
    let property = "[organization.custom_property.team]\nrequired = true\nvalue_type = \"string\"\n";
    let why = left(property);
    assert!(why.contains("add `default_value`"), "{why}");
    let policy = format!("{property}default_value = [\"nobody\"]\n");
    Bench::new(World::conforming("acme", 1), &policy).there_and_back();
}
