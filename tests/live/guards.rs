//! What stands between a plan and the forge.

use serde_json::Value;

use crate::forge::Forge;
use crate::run::Desk;
use crate::sim::World;

const POLICY: &str = "version = 1\n[repository]\ndelete_branch_on_merge = false\n";

/// An organization in which one setting is otherwise than the policy asks.
fn forge() -> Forge {
    let mut world = World::conforming("acme", 2);
    world.repository_mut("service-0001").set("delete_branch_on_merge", true);
    Forge::of(world)
}

fn plan(desk: &Desk) -> Value {
    let arguments = ["plan", "policy.toml", "--github", "acme", "--out", "plan.json", "--format", "json"];
    let run = desk.run(&arguments).ended(2);
    run.json().0
}

#[test]
fn another_server_is_not_the_one_of_the_plan() {
    let (other, forge) = (forge(), forge());
    let desk = Desk::before(&forge.url(), POLICY);
    plan(&desk);
    let apply = ["apply", "plan.json", "--auto-approve"];
    let desk = desk.set("ISPO_SCM_GITHUB_URL", &other.url());
    desk.run(&apply).ended(1).says("the plan was made for github at ").says("nothing allows that");
    assert_eq!((forge.stats().mutating, other.stats().mutating), (0, 0));
    desk.set("ISPO_SCM_GITHUB_URL", &forge.url()).run(&apply).ended(0);
}

#[test]
fn what_reports_on_the_default_branch_is_read() {
    let policy = "version = 1\n[repository]\nreported_checks = { contains = [\"ci\"] }\n";
    let report = forge().report(policy);
    assert_eq!(report.count("conforms"), 2, "{:#}", report.0);
    let silent = Forge::of(World::conforming("acme", 1));
    silent.world_mut(|world| world.repository_mut("service-0001").reported_checks.clear());
    assert_eq!(silent.report(policy).verdict("acme/service-0001", "repository.reported_checks"), "drift");
}

/// A policy that asks for more of the default branch than the conforming world has.
const BRANCH: &str = r#"version = 1
[branch."~default"]
required_approvals = { at_least = 3 }
required_checks = { contains = ["licences"] }
"#;

/// What is planned, and what is left, by setting.
fn planned(desk: &Desk, code: i32) -> (Vec<String>, Vec<(String, String)>) {
    let arguments = ["plan", "policy.toml", "--github", "acme", "--out", "plan.json", "--format", "json"];
    let run = desk.run(&arguments).ended(code);
    let plan = run.json().0;
    let text = |value: &Value| value.as_str().unwrap().to_owned();
    let changes = plan["changes"].as_array().unwrap().iter().map(|c| text(&c["setting"])).collect();
    let left = plan["deferred"].as_array().unwrap().iter();
    (changes, left.map(|d| (text(&d["setting"]), text(&d["reason"]))).collect())
}

const APPLY: [&str; 3] = ["apply", "plan.json", "--auto-approve"];

#[test]
fn a_stricter_branch_that_people_can_still_merge_into_is_made() {
    let forge = Forge::of(World::conforming("acme", 1));
    let desk = Desk::before(&forge.url(), BRANCH);
    let (changes, left) = planned(&desk, 2);
    assert_eq!(changes, ["branch.required_approvals", "branch.required_checks"]);
    assert_eq!(left, []);
    desk.run(&APPLY).ended(0);
}

#[test]
fn more_approvals_than_people_could_give_are_left_to_people() {
    let forge = Forge::of(World::conforming("acme", 1));
    let policy = BRANCH.replace("at_least = 3", "at_least = 6");
    let desk = Desk::before(&forge.url(), &policy);
    let (changes, left) = planned(&desk, 2);
    assert_eq!(changes, ["branch.required_checks"]);
    assert!(left[0].1.contains("6 approvals are asked for, and besides the author only"), "{left:?}");
}

#[test]
fn a_check_that_nothing_reports_is_left_to_people() {
    let forge = Forge::of(World::conforming("acme", 1));
    let policy = BRANCH.replace("licences", "perfection");
    let desk = Desk::before(&forge.url(), &policy);
    let (changes, left) = planned(&desk, 2);
    assert_eq!(changes, ["branch.required_approvals"]);
    assert!(left[0].1.contains("nothing reports `perfection` on the default branch"), "{left:?}");
}

#[test]
fn code_owners_are_not_asked_where_no_file_names_any() {
    let mut world = World::conforming("acme", 1);
    let repository = world.repository_mut("service-0001");
    repository.branches["main"].retain(|path, _| !path.contains("CODEOWNERS"));
    repository.protections.clear();
    repository.rulesets.clear();
    world.organization_mut("acme").rulesets.clear();
    let forge = Forge::of(world);
    let policy = "version = 1\n[branch.\"~default\"]\nrequire_code_owner_review = true\n";
    let desk = Desk::before(&forge.url(), policy);
    let (changes, left) = planned(&desk, 3);
    assert_eq!(changes, [""; 0]);
    assert!(left[0].1.contains("no CODEOWNERS file names any"), "{left:?}");
}

#[test]
fn what_came_to_lock_people_out_since_the_plan_is_refused_before_the_first_write() {
    let forge = Forge::of(World::conforming("acme", 1));
    let desk = Desk::before(&forge.url(), BRANCH);
    planned(&desk, 2);
    forge.world_mut(|world| world.repository_mut("service-0001").reported_checks = vec!["ci".into()]);
    let refused = desk.run(&[&APPLY[..], &["--allow-unproven"]].concat()).ended(1);
    refused.says("nothing reports `licences` on the default branch").says("nothing allows that");
    assert_eq!(forge.stats().mutating, 0);
}

#[test]
fn who_may_not_see_people_needs_the_flag_for_what_is_not_known() {
    let mut world = World::conforming("acme", 1);
    world.repository_mut("service-0001").denials.forbidden.insert("collaborators".into());
    let forge = Forge::of(world);
    let desk = Desk::before(&forge.url(), BRANCH);
    let shown = desk.run(&["plan", "policy.toml", "--github", "acme", "--out", "plan.json"]).ended(2);
    shown.says("`ispo-scm apply` refuses this").says("who could approve is not known");
    let refused = desk.run(&APPLY).ended(1);
    refused.says("who could approve is not known").says("--allow-unproven allows it");
    assert_eq!(forge.stats().mutating, 0);
    desk.run(&[&APPLY[..], &["--allow-unproven"]].concat()).ended(0);
}

#[test]
fn what_is_laxer_locks_nobody_out_and_is_taken_back_without_a_look_at_people() {
    let forge = Forge::of(World::conforming("acme", 1));
    let desk = Desk::before(&forge.url(), BRANCH);
    planned(&desk, 2);
    desk.run(&APPLY).ended(0);
    let organization = |world: &mut World| world.repository_mut("service-0001").reported_checks.clear();
    forge.world_mut(organization);
    desk.run(&["undo", "plan.json.journal", "--auto-approve"]).ended(1).says("--allow-weaken allows it");
    desk.run(&["undo", "plan.json.journal", "--auto-approve", "--allow-weaken"]).ended(0);
}
