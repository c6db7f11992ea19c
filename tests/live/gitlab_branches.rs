//! What a branch of GitLab really has, from rules of projects and groups and from what goes with every
//! merge. Each test begins with a world in which all is well.

use serde_json::{Value, json};

use crate::gitlab::{Server, verdict};
use crate::run::Report;
use crate::sim::gitlab::{Holder, Identity, Tier, World};

const ONE: &str = "acme/team-1/service-0001";

const POLICY: &str = r#"version = 1
[repository.branch."~default"]
admins_bound = true
allow_deletions = false
allow_force_pushes = false
bypass_actors = { exactly = [] }
dismiss_stale_reviews = true
locked = false
protected = true
require_code_owner_review = true
require_conversation_resolution = true
require_last_push_approval = true
require_linear_history = false
require_pull_request = true
require_signatures = true
require_up_to_date = true
required_approvals = { at_least = 2 }
required_checks = { contains = ["pipeline"] }
restrict_pushes = false
"#;

/// The report on one project that was changed so.
fn changed(change: impl FnOnce(&mut Holder)) -> Report {
    let mut world = World::conforming("acme", 1);
    change(world.project_mut(ONE));
    Server::of(world).report(POLICY)
}

/// What was found of one setting of the branch.
fn finding<'r>(report: &'r Report, setting: &str) -> &'r Value {
    let setting = format!("branch.{setting}");
    report.findings().find(|f| f["setting"] == setting.as_str()).unwrap_or_else(|| panic!("no {setting}"))
}

/// What is not known, and why.
fn doubts(report: &Report) -> Vec<String> {
    let of = report.findings().filter(|f| f["verdict"] == "unknown");
    of.map(|f| format!("{}: {}", f["setting"], f["reason"])).collect()
}

/// The settings of the branch that have that verdict.
fn with(report: &Report, verdict: &str) -> Vec<String> {
    let of = report.findings().filter(|f| f["verdict"] == verdict);
    let mut settings: Vec<String> =
        of.filter_map(|f| f["setting"].as_str()?.strip_prefix("branch.").map(str::to_owned)).collect();
    settings.sort();
    settings
}

#[track_caller]
fn drifts(change: impl FnOnce(&mut Holder), settings: &[&str]) {
    let report = changed(change);
    assert_eq!(doubts(&report), [""; 0]);
    assert_eq!(with(&report, "drift"), settings);
}

/// A rule for a branch name or pattern, as strict as the world's own.
fn rule(name: &str) -> Value {
    json!({"name": name, "allow_force_push": false, "code_owner_approval_required": true,
        "push_access_levels": [{"access_level": 0}], "merge_access_levels": [{"access_level": 30}]})
}

fn rules(rules: &[Value]) -> impl FnOnce(&mut Holder) + use<> {
    let rules = rules.to_vec();
    move |project: &mut Holder| {
        project.document("/protected_branches", json!(rules));
    }
}

fn but(mut rule: Value, field: &str, value: Value) -> Value {
    rule[field] = value;
    rule
}

#[test]
fn a_conforming_world_conforms() {
    let report = changed(|_| {});
    assert_eq!(doubts(&report), [""; 0]);
    assert_eq!(with(&report, "drift"), [""; 0]);
    assert_eq!(with(&report, "conforms").len(), 17);
}

#[test]
fn without_a_rule_nothing_holds_but_what_holds_for_every_push() {
    let report = changed(rules(&[]));
    assert_eq!(verdict(&report, ONE, "branch.allow_deletions"), "\"conforms\"", "it is the default branch");
    assert_eq!(verdict(&report, ONE, "branch.require_signatures"), "\"conforms\"");
    assert_eq!(verdict(&report, ONE, "branch.required_approvals"), "\"drift\"");
    assert_eq!(verdict(&report, ONE, "branch.allow_force_pushes"), "\"drift\"");
}

#[test]
fn a_pattern_protects_what_it_matches_slashes_and_all() {
    drifts(rules(&[rule("ma*")]), &[]);
    drifts(
        |project| {
            project
                .set("default_branch", "release/1/x")
                .document("/protected_branches", json!([rule("release/*")]));
        },
        &[],
    );
    assert!(with(&changed(rules(&[rule("main*n")])), "drift").contains(&"protected".to_owned()));
}

#[test]
fn of_several_rules_the_loosest_lets_force_and_push() {
    let forcing = but(rule("m*"), "allow_force_push", json!(true));
    drifts(rules(&[rule("main"), forcing]), &["allow_force_pushes"]);
    let pushing = but(rule("m*"), "push_access_levels", json!([{"access_level": 40}]));
    drifts(rules(&[rule("main"), pushing]), &["admins_bound", "bypass_actors", "require_pull_request"]);
}

#[test]
fn of_several_rules_one_is_enough_to_ask_for_code_owners() {
    let lax = but(rule("m*"), "code_owner_approval_required", json!(false));
    drifts(rules(&[rule("main"), lax.clone()]), &[]);
    drifts(rules(&[lax]), &["require_code_owner_review"]);
}

#[test]
fn where_a_group_has_rules_they_alone_speak_of_force_pushes() {
    let forcing = but(rule("main"), "allow_force_push", json!(true));
    let of_group = but(rule("ma*"), "inherited", json!(true));
    drifts(rules(&[forcing.clone(), of_group]), &[]);
    let of_group = but(forcing, "inherited", json!(true));
    drifts(rules(&[rule("ma*"), of_group]), &["allow_force_pushes"]);
}

#[test]
fn a_person_who_may_push_is_an_exception_and_a_role_is_none() {
    let levels = json!([{"access_level": 0}, {"access_level": 40, "user_id": 7, "username": "ann"}]);
    let report = changed(rules(&[but(rule("main"), "push_access_levels", levels)]));
    assert_eq!(with(&report, "drift"), ["admins_bound", "bypass_actors"]);
    assert_eq!(finding(&report, "bypass_actors")["observed"]["known"], json!(["@ann"]));
    let levels = json!([{"access_level": 30, "group_id": 9, "name": "Core"}]);
    let of_group = rules(&[but(rule("main"), "push_access_levels", levels)]);
    drifts(of_group, &["admins_bound", "bypass_actors", "require_pull_request"]);
}

#[test]
fn nobody_who_may_merge_is_a_locked_branch() {
    let locked = but(rule("main"), "merge_access_levels", json!([{"access_level": 0}]));
    drifts(rules(&[locked]), &["locked", "restrict_pushes"]);
    let maintained = but(rule("main"), "merge_access_levels", json!([{"access_level": 40}]));
    drifts(rules(&[maintained]), &["restrict_pushes"]);
}

fn approvals(of: Value) -> impl FnOnce(&mut Holder) {
    move |project: &mut Holder| {
        project.document("/approval_rules", of);
    }
}

#[test]
fn approvals_count_where_they_hold() {
    let any = |n: u64| json!({"name": "All Members", "rule_type": "any_approver", "approvals_required": n});
    let regular = |n: u64, of: Value| {
        let mut rule = json!({"name": "Core", "rule_type": "regular", "approvals_required": n});
        rule.as_object_mut().unwrap().extend(of.as_object().unwrap().clone());
        rule
    };
    drifts(approvals(json!([any(1)])), &["required_approvals"]);
    drifts(approvals(json!([any(0), regular(2, json!({}))])), &[]);
    drifts(approvals(json!([regular(2, json!({"applies_to_all_protected_branches": true}))])), &[]);
    let of = |branch: &str| regular(2, json!({"protected_branches": [{"name": branch}]}));
    let scoped = |branch: &str| {
        let of = json!([any(1), of(branch)]);
        move |project: &mut Holder| {
            project.document("/protected_branches", json!([rule("main"), rule("release/*")]));
            project.document("/approval_rules", of);
        }
    };
    drifts(scoped("main"), &[]);
    drifts(scoped("release/*"), &["required_approvals"]);
    let scanner = json!({"name": "Coverage-Check", "rule_type": "report_approver", "report_type": "code_coverage", "approvals_required": 3});
    drifts(approvals(json!([any(1), scanner])), &["required_approvals"]);
}

#[test]
fn what_goes_with_every_merge_is_the_projects_own() {
    let one = |key: &'static str, value: Value| {
        move |p: &mut Holder| {
            p.set(key, value);
        }
    };
    drifts(one("merge_method", json!("merge")), &["require_up_to_date"]);
    drifts(one("merge_method", json!("ff")), &["require_linear_history"]);
    drifts(one("only_allow_merge_if_pipeline_succeeds", json!(false)), &["required_checks"]);
    let threads = "only_allow_merge_if_all_discussions_are_resolved";
    drifts(one(threads, json!(false)), &["require_conversation_resolution"]);
    let document = |path: &'static str, value: Value| {
        move |p: &mut Holder| {
            p.document(path, value);
        }
    };
    drifts(document("/push_rule", Value::Null), &["require_signatures"]);
    let settings = json!({"retain_approvals_on_push": true, "allow_committer_approval": true});
    let both = ["dismiss_stale_reviews", "require_last_push_approval"];
    drifts(document("/merge_request_approval_setting", settings), &both);
}

#[test]
fn what_a_group_asks_its_projects_cannot_refuse() {
    let mut world = World::conforming("acme", 1);
    world.project_mut(ONE).set("only_allow_merge_if_pipeline_succeeds", false);
    for group in ["acme", "acme/team-1"] {
        let mut world = world.clone();
        world.group_mut(group).set("only_allow_merge_if_pipeline_succeeds", true);
        let report = Server::of(world).report(POLICY);
        assert_eq!(with(&report, "drift"), [""; 0], "{group}");
    }
    // The subgroup alone is named: the one above it still asks.
    world.group_mut("acme").set("only_allow_merge_if_pipeline_succeeds", true);
    let run = Server::of(world).desk(POLICY).run(&[
        "audit",
        "policy.toml",
        "--gitlab",
        "acme/team-1",
        "--format",
        "json",
        "--all",
    ]);
    assert_eq!(with(&run.json(), "drift"), [""; 0]);
}

#[test]
fn a_group_that_cannot_be_read_may_ask_for_it() {
    let mut world = World::conforming("acme", 1);
    world.project_mut(ONE).set("only_allow_merge_if_pipeline_succeeds", false);
    world.group_mut("acme").refuse("", 403, "403 Forbidden");
    let report = Server::of(world).report(POLICY);
    assert_eq!(verdict(&report, ONE, "branch.required_checks"), "\"unknown\"", "{:#}", report.0);
}

#[test]
fn under_the_free_plan_approvals_do_not_apply() {
    let world = World { tier: Tier::Free, ..World::conforming("acme", 1) };
    let report = Server::of(world).report(POLICY);
    assert_eq!(doubts(&report), [""; 0]);
    assert_eq!(with(&report, "drift"), [""; 0]);
    for setting in ["required_approvals", "dismiss_stale_reviews", "require_signatures"] {
        let finding = finding(&report, setting);
        assert_eq!(finding["verdict"], "not_applicable", "{setting}");
        assert!(finding["reason"].as_str().unwrap().contains("Premium"), "{finding}");
    }
}

#[test]
fn whoever_may_not_see_the_rules_hears_no_drift() {
    let mut world = World::conforming("acme", 1);
    world.everybody(Identity::person("zoe", &["read_api"]).role("acme", 20));
    let report = Server::of(world).report(POLICY);
    assert_eq!(with(&report, "drift"), [""; 0]);
    let needs = &finding(&report, "allow_force_pushes")["reason"];
    assert!(needs.as_str().unwrap().contains("Maintainer"), "{needs}");
}

#[test]
fn an_older_server_is_asked_for_what_it_knows() {
    let world = World { version: "16.6.0-ee".into(), ..World::conforming("acme", 1) };
    let report = Server::of(world).report(POLICY);
    assert_eq!(report.0["unread"], json!([]));
    assert_eq!(with(&report, "drift"), [""; 0]);
    assert_eq!(verdict(&report, ONE, "branch.allow_force_pushes"), "\"conforms\"");
}

#[test]
fn rules_that_a_page_cuts_short_are_read_on() {
    let mut all: Vec<Value> = (0..130).map(|n| rule(&format!("aa-{n:03}"))).collect();
    all.push(rule("main"));
    drifts(rules(&all), &[]);
    all.push(but(rule("m*"), "allow_force_push", json!(true)));
    drifts(rules(&all), &["allow_force_pushes"]);
}

/// GitLab takes what may not be seen out of a list, so that the list of a reporter is empty.
#[test]
fn an_empty_list_of_rules_is_not_believed_of_whoever_may_not_see_them() {
    let mut world = World::conforming("acme", 1);
    world.everybody(Identity::person("zoe", &["read_api"]).role("acme", 20));
    let policy = "version = 1\n[repository.branch.\"~default\"]\nprotected = false\n";
    for policy in [policy, &policy.replace("false", "true")] {
        let report = Server::of(world.clone()).report(policy);
        assert_eq!(verdict(&report, ONE, "branch.protected"), "\"unknown\"", "{policy}");
    }
    // Of a maintainer it is.
    world.everybody(Identity::person("zoe", &["read_api"]).role("acme", 40));
    rules(&[])(world.project_mut(ONE));
    assert_eq!(verdict(&Server::of(world).report(policy), ONE, "branch.protected"), "\"conforms\"");
}
