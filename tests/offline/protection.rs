//! What a branch really has. Every test begins in a conforming world and changes one thing.

use serde_json::{Value, json};

use crate::small::{World, remove};

const MAIN: &str = "~default";

#[test]
fn the_world_conforms() {
    let report = World::conforming().audit();
    let verdicts: Vec<_> =
        report.json["findings"].as_array().unwrap().iter().map(|f| &f["verdict"]).collect();
    assert_eq!(verdicts, ["conforms"; 5]);
    assert_eq!(report.code, 0);
}

#[test]
fn a_branch_without_any_rule_drifts() {
    let mut world = World::conforming();
    world.unprotect("main");
    let report = world.audit();
    for setting in ["protected", "required_approvals", "allow_force_pushes"] {
        assert_eq!(report.branch(setting, MAIN), ("drift", vec![]), "{setting}");
    }
    let bypass = report.branch("bypass_actors", MAIN).0;
    assert_eq!(bypass, "not_applicable", "nobody passes by what is not there, and that is no merit");
    assert_eq!(report.code, 2);
}

// --- Classic rules and their patterns ---

#[test]
fn a_wildcard_covers_what_is_below_it_and_not_deeper() {
    let mut world = World::conforming();
    world.repository["settings"]["branches"] = json!(["main", "release/1", "release/1/hotfix"]);
    world.policy = world.policy.replace("release/*", "release/**/*");
    let report = world.audit();
    let by = "branch protection rule \"release/*\"";
    assert_eq!(report.branch("required_approvals", "release/1"), ("conforms", vec![by]));
    assert_eq!(report.branch("required_approvals", "release/1/hotfix"), ("drift", vec![]));
}

#[test]
fn a_star_covers_a_plain_name() {
    let mut world = World::conforming();
    world.unprotect("main");
    world.protect("*", 1, 12);
    let by = "branch protection rule \"*\"";
    assert_eq!(world.audit().branch("required_approvals", MAIN), ("conforms", vec![by]));
}

#[test]
fn a_star_does_not_cross_a_slash() {
    let mut world = World::conforming();
    world.unprotect("release/*");
    world.protect("*", 1, 12);
    assert_eq!(world.audit().branch("required_approvals", "release/1"), ("drift", vec![]));
}

#[test]
fn an_exact_name_beats_an_older_and_stricter_wildcard() {
    let mut world = World::conforming();
    world.protect("main", 0, 10);
    world.protect("*", 2, 1);
    let by = "branch protection rule \"main\"";
    assert_eq!(world.audit().branch("required_approvals", MAIN), ("drift", vec![by]));
}

#[test]
fn of_wildcards_the_oldest_wins() {
    for (older, newer, verdict) in [(0, 2, "drift"), (2, 0, "conforms")] {
        let mut world = World::conforming();
        world.unprotect("main");
        world.protect("m*", newer, 21);
        world.protect("ma*", older, 20);
        let by = "branch protection rule \"ma*\"";
        assert_eq!(world.audit().branch("required_approvals", MAIN), (verdict, vec![by]));
    }
}

#[test]
fn the_default_branch_may_have_any_name() {
    let mut world = World::conforming();
    world.repository["settings"]["default_branch"] = json!("trunk");
    assert_eq!(world.audit().branch("required_approvals", MAIN), ("drift", vec![]), "main is another branch");
    world.protect("trunk", 1, 12);
    assert_eq!(world.audit().branch("required_approvals", MAIN).0, "conforms");
}

// --- Rulesets ---

#[test]
fn a_ruleset_alone_protects() {
    let mut world = World::conforming();
    world.unprotect("main");
    world.ruleset("base", 1);
    let report = world.audit();
    for setting in ["protected", "required_approvals", "allow_force_pushes"] {
        assert_eq!(report.branch(setting, MAIN), ("conforms", vec!["ruleset \"base\""]), "{setting}");
    }
}

#[test]
fn a_ruleset_for_other_branches_does_not() {
    for (field, value) in [
        ("ref_name.include", json!(["refs/heads/release/*"])),
        ("ref_name.exclude", json!(["refs/heads/main"])),
        ("target", json!("tag")),
        ("enforcement", json!("disabled")),
        ("enforcement", json!("evaluate")),
    ] {
        let mut world = World::conforming();
        world.unprotect("main");
        world.ruleset("base", 1)[field] = value.clone();
        let report = world.audit();
        assert_eq!(report.branch("required_approvals", MAIN), ("drift", vec![]), "{field} = {value}");
        assert_eq!(report.branch("protected", MAIN), ("drift", vec![]), "{field} = {value}");
    }
}

/// An organization's ruleset with those conditions, and nothing else that protects `main`.
fn reached_by(conditions: &[(&str, Value)]) -> (String, Vec<String>) {
    let mut world = World::conforming();
    world.unprotect("main");
    let ruleset = world.organization_ruleset("base", 1);
    for (condition, value) in conditions {
        ruleset[*condition] = value.clone();
    }
    let report = world.audit();
    let (verdict, sources) = report.branch("required_approvals", MAIN);
    (verdict.to_owned(), sources.into_iter().map(str::to_owned).collect())
}

#[test]
fn an_organizations_ruleset_reaches_by_name() {
    let by = vec!["organization ruleset \"base\"".to_owned()];
    assert_eq!(reached_by(&[]), ("conforms".into(), by.clone()));
    assert_eq!(reached_by(&[("repository_name.include", json!(["wid*"]))]), ("conforms".into(), by));
    assert_eq!(reached_by(&[("repository_name.include", json!(["gad*"]))]), ("drift".into(), vec![]));
    assert_eq!(reached_by(&[("repository_name.exclude", json!(["wid*"]))]), ("drift".into(), vec![]));
}

#[test]
fn an_organizations_ruleset_reaches_by_property() {
    let has = |value: &str| json!([{"name": "data", "property_values": [value], "source": "custom"}]);
    let by_property = |list: &str, value: &str| {
        let names = [("repository_name.include", Value::Null), ("repository_name.exclude", Value::Null)];
        let property = format!("repository_property.{list}");
        reached_by(&[names[0].clone(), names[1].clone(), (&property, has(value))]).0
    };
    assert_eq!(by_property("include", "open"), "conforms");
    assert_eq!(by_property("include", "restricted"), "drift");
    assert_eq!(by_property("exclude", "open"), "drift");
    assert_eq!(by_property("exclude", "restricted"), "conforms");
}

#[test]
fn where_both_speak_the_stricter_counts() {
    let mut world = World::conforming();
    world.policy = world.policy.replacen("at_least = 1", "at_least = 2", 1);
    world.organization_ruleset("base", 2);
    let (rule, ruleset) = ("branch protection rule \"main\"", "organization ruleset \"base\"");
    assert_eq!(world.audit().branch("required_approvals", MAIN), ("conforms", vec![rule, ruleset]));
    world.organization_ruleset("base", 0);
    world.protect("main", 2, 10);
    assert_eq!(world.audit().branch("required_approvals", MAIN), ("conforms", vec![rule]));
}

#[test]
fn a_ruleset_that_comes_twice_counts_once() {
    let mut world = World::conforming();
    world.unprotect("main");
    let ruleset = world.organization_ruleset("base", 1).clone();
    world.repository["kinds"]["ruleset"]["organization/acme/base"] = ruleset;
    let by = "organization ruleset \"base\"";
    assert_eq!(world.audit().branch("required_approvals", MAIN), ("conforms", vec![by]));
}

#[test]
fn an_organizations_ruleset_protects_also_where_the_policy_speaks_of_it() {
    let mut world = World::conforming();
    world.unprotect("main");
    world.organization_ruleset("base", 1);
    world.policy.push_str("[organization.ruleset.base]\nenforcement = \"active\"\n");
    let report = world.audit();
    assert_eq!(report.branch("required_approvals", MAIN).0, "conforms");
    assert_eq!(report.finding("f:acme", "ruleset.enforcement", "base")["verdict"], "conforms");
}

// --- Strength and bypass ---

#[test]
fn a_bypass_leaves_the_strength_alone() {
    let mut world = World::conforming();
    world.unprotect("main");
    world.ruleset("base", 1)["bypass_actors"] = json!([{"mode": "always", "role": "admin"}]);
    let report = world.audit();
    assert_eq!(report.branch("bypass_actors", MAIN), ("drift", vec!["ruleset \"base\""]));
    assert_eq!(report.branch("required_approvals", MAIN).0, "conforms");
}

#[test]
fn a_bypass_of_the_classic_rule_counts_too() {
    let mut world = World::conforming();
    world.protect("main", 1, 10)["bypass_pull_request_allowances"] = json!([{"Team": "acme/leads"}]);
    let by = "branch protection rule \"main\"";
    assert_eq!(world.audit().branch("bypass_actors", MAIN), ("drift", vec![by]));
}

#[test]
fn a_bypass_that_is_hidden_hides_nothing_else() {
    let mut world = World::conforming();
    world.unprotect("main");
    remove(world.ruleset("base", 1), "bypass_actors");
    world.hide("ruleset[base].bypass_actors");
    let report = world.audit();
    assert_eq!(report.branch("bypass_actors", MAIN).0, "unknown");
    for setting in ["protected", "required_approvals", "allow_force_pushes"] {
        assert_eq!(report.branch(setting, MAIN).0, "conforms", "{setting}");
    }
    assert_eq!(report.code, 3);
}

#[test]
fn a_bypass_that_is_seen_is_drift_whatever_else_is_hidden() {
    let mut world = World::conforming();
    world.protect("main", 1, 10)["bypass_pull_request_allowances"] = json!([{"Team": "acme/leads"}]);
    remove(world.ruleset("base", 1), "bypass_actors");
    world.hide("ruleset[base].bypass_actors");
    assert_eq!(world.audit().branch("bypass_actors", MAIN).0, "drift");
}

// --- What cannot be seen ---

/// Classic rules cannot be read; the ruleset asks for so many approvals.
fn with_hidden_rules(approvals: u32) -> World {
    let mut world = World::conforming();
    remove(&mut world.repository["kinds"], "branch_protection");
    world.hide("branch_protection");
    world.ruleset("base", approvals);
    world
}

#[test]
fn rules_that_are_seen_prove_what_hidden_ones_could_only_add_to() {
    let report = with_hidden_rules(1).audit();
    for setting in ["protected", "required_approvals", "allow_force_pushes"] {
        assert_eq!(report.branch(setting, MAIN).0, "conforms", "{setting}");
    }
    assert_eq!(report.branch("bypass_actors", MAIN).0, "unknown");
}

#[test]
fn what_seen_rules_do_not_prove_is_unknown() {
    let report = with_hidden_rules(0).audit();
    assert_eq!(report.branch("required_approvals", MAIN).0, "unknown");
    assert_eq!(report.branch("required_approvals", "release/1").0, "unknown");
}

#[test]
fn an_upper_bound_is_not_proven_but_can_be_refuted() {
    for (approvals, verdict) in [(1, "unknown"), (3, "drift")] {
        let mut world = with_hidden_rules(approvals);
        world.policy = world.policy.replacen("at_least = 1", "at_most = 2", 1);
        assert_eq!(world.audit().branch("required_approvals", MAIN).0, verdict, "{approvals} approvals");
    }
}

#[test]
fn hidden_rulesets_of_the_organization_are_unknown_and_no_drift() {
    let mut world = World::conforming();
    world.unprotect("main");
    world.organization = json!({"organization": "acme", "settings": {}, "unknown": {"ruleset": "admin:org"}});
    let report = world.audit();
    assert_eq!(report.branch("required_approvals", MAIN).0, "unknown");
    assert_eq!(
        report.finding("f:acme/widgets", "branch.required_approvals", MAIN)["reason"],
        "needs admin:org"
    );
}

#[test]
fn a_ruleset_of_unknown_reach_proves_nothing() {
    let conditions = ["ref_name.exclude", "ref_name.include", "enforcement"];
    for condition in conditions {
        let mut world = World::conforming();
        world.unprotect("main");
        remove(world.ruleset("base", 1), condition);
        assert_eq!(world.audit().branch("required_approvals", MAIN).0, "unknown", "{condition}");
    }
}

#[test]
fn an_organizations_ruleset_of_unknown_reach_proves_nothing() {
    let mut world = World::conforming();
    world.unprotect("main");
    let ruleset = world.organization_ruleset("base", 1);
    remove(ruleset, "repository_name.include");
    remove(ruleset, "repository_name.exclude");
    assert_eq!(world.audit().branch("required_approvals", MAIN).0, "unknown");
}

#[test]
fn a_hidden_property_makes_the_reach_unknown() {
    let mut world = World::conforming();
    world.unprotect("main");
    let ruleset = world.organization_ruleset("base", 1);
    ruleset["repository_name.include"] = Value::Null;
    ruleset["repository_name.exclude"] = Value::Null;
    ruleset["repository_property.include"] = json!([{"name": "data", "property_values": ["open"]}]);
    assert_eq!(world.audit().branch("required_approvals", MAIN).0, "conforms");
    remove(&mut world.repository["settings"], "custom_properties");
    world.hide("custom_properties");
    assert_eq!(world.audit().branch("required_approvals", MAIN).0, "unknown");
}

// --- Where there is no branch ---

#[test]
fn an_empty_repository_has_nothing_to_protect() {
    let mut world = World::conforming();
    world.repository["settings"]["default_branch"] = Value::Null;
    world.repository["settings"]["branches"] = Value::Null;
    let report = world.audit();
    for (setting, key) in
        [("protected", MAIN), ("required_approvals", MAIN), ("required_approvals", "release/*")]
    {
        assert_eq!(report.branch(setting, key).0, "not_applicable", "{setting}");
    }
    assert_eq!(report.code, 0);
}

#[test]
fn no_branch_of_such_a_name_is_no_drift() {
    let mut world = World::conforming();
    world.unprotect("release/*");
    world.repository["settings"]["branches"] = json!(["main"]);
    assert_eq!(world.audit().branch("required_approvals", "release/*").0, "not_applicable");
}

// --- Who is bound ---

#[test]
fn administrators_are_bound_by_a_ruleset_that_nobody_may_pass() {
    let mut world = World::conforming();
    world.policy =
        world.policy.replace("[branch.\"~default\"]\n", "[branch.\"~default\"]\nadmins_bound = true\n");
    world.unprotect("main");
    world.ruleset("base", 1)["binds_everyone"] = json!(true);
    let by = "ruleset \"base\"";
    assert_eq!(world.audit().branch("admins_bound", MAIN), ("conforms", vec![by]));
    world.ruleset("other", 1)["binds_everyone"] = json!(false);
    assert_eq!(world.audit().branch("admins_bound", MAIN).0, "drift");
}

#[test]
fn who_may_pass_by_unseen_leaves_it_unknown_whether_administrators_are_bound() {
    let mut world = World::conforming();
    world.policy =
        world.policy.replace("[branch.\"~default\"]\n", "[branch.\"~default\"]\nadmins_bound = true\n");
    world.unprotect("main");
    world.ruleset("base", 1);
    assert_eq!(world.audit().branch("admins_bound", MAIN).0, "unknown");
}
