//! Closed doors on a newcomer's way that follow from several settings together: a repository that is open, and one
//! change at a time that closes it, or that leaves open whether it is closed.

use serde_json::{Value, json};

use crate::program::ispo_scm;
use crate::small::{World, remove};

const FORK_WORKFLOWS: &str = "actions.fork_pr_private.run_workflows_from_fork_pull_requests";

/// A private repository in an organization whose members read, with two checks to pass of which Actions run one.
fn open() -> World {
    let mut world = World::conforming();
    world.policy.push_str(&format!(
        "[organization]\n{FORK_WORKFLOWS} = true\n[repository]\n{FORK_WORKFLOWS} = true\nallow_squash_merge = true\n"
    ));
    let organization = &mut world.organization["settings"];
    organization["default_repository_permission"] = json!("read");
    organization[FORK_WORKFLOWS] = json!(true);
    let settings = &mut world.repository["settings"];
    settings["visibility"] = json!("private");
    settings["allow_forking"] = json!(true);
    settings["access"] = json!({"ann": "write", "bob": "admin", "ci[bot]": "write"});
    settings["reported_checks"] = json!(["build", "licences"]);
    settings["checks_by_actions"] = json!(["build"]);
    settings[FORK_WORKFLOWS] = json!(true);
    for (method, on) in
        [("allow_squash_merge", true), ("allow_merge_commit", false), ("allow_rebase_merge", false)]
    {
        settings[method] = json!(on);
    }
    rule(&mut world)["required_status_checks"] = json!(["build", "licences"]);
    world
}

fn rule(world: &mut World) -> &mut Value {
    &mut world.repository["kinds"]["branch_protection"]["main"]
}

/// What is in the way, and how much of what was asked is known.
fn obstacles(world: &World) -> (Vec<String>, f64) {
    let folder = world.laid_out();
    let mut command = ispo_scm();
    command.arg("friction").arg(folder.path()).args(["--format", "json", "--today", "2026-11-20"]);
    let json: Value = serde_json::from_slice(&command.output().unwrap().stdout).unwrap();
    let journey = &json["journeys"][0];
    let told =
        journey["obstacles"].as_array().unwrap().iter().map(|o| o["what"].as_str().unwrap().to_owned());
    (told.collect(), journey["coverage"].as_f64().unwrap())
}

/// Changes one thing, after which that is in the way; of the rest everything is known.
#[track_caller]
fn closes(change: impl FnOnce(&mut World), told: &str) {
    let mut world = open();
    change(&mut world);
    let (found, coverage) = obstacles(&world);
    assert_eq!(found, [told]);
    assert!((coverage - 1.0).abs() < 1e-9, "{coverage}");
}

/// Changes one thing, after which nothing is in the way, as far as is known: of all, or not of all.
#[track_caller]
fn leaves_open(change: impl FnOnce(&mut World), all_known: bool) {
    let mut world = open();
    change(&mut world);
    let (found, coverage) = obstacles(&world);
    assert!(found.is_empty(), "{found:?}");
    assert_eq!(coverage > 1.0 - 1e-9, all_known, "{coverage}");
}

#[test]
fn nothing_is_in_the_way_of_an_open_repository() {
    leaves_open(|_| {}, true);
}

#[test]
fn whoever_can_neither_fork_nor_push_cannot_propose() {
    let told = "whoever cannot write here cannot fork it either";
    closes(|world| world.repository["settings"]["allow_forking"] = json!(false), told);
    let base_writes = |world: &mut World| {
        world.repository["settings"]["allow_forking"] = json!(false);
        world.organization["settings"]["default_repository_permission"] = json!("write");
    };
    leaves_open(base_writes, true);
}

#[test]
fn more_approvals_than_there_are_others_cannot_be_met() {
    let told = "it asks for more approvals than there are others who may approve";
    // Two may approve, and neither their own; bots do not count.
    closes(|world| rule(world)["required_approving_review_count"] = json!(2), told);
    let a_third = |world: &mut World| {
        rule(world)["required_approving_review_count"] = json!(2);
        world.repository["settings"]["access"]["eve"] = json!("maintain");
    };
    leaves_open(a_third, true);
    let nobody_knows = |world: &mut World| {
        rule(world)["required_approving_review_count"] = json!(2);
        world.hide("access");
        remove(&mut world.repository["settings"], "access");
    };
    leaves_open(nobody_knows, false);
}

#[test]
fn without_a_way_of_merging_nothing_is_merged() {
    let off = |world: &mut World| {
        // Otherwise the line of the policy is what stands in the way.
        world.policy = world.policy.replace("allow_squash_merge = true", "allow_squash_merge = false");
        world.repository["settings"]["allow_squash_merge"] = json!(false);
    };
    closes(off, "every way of merging is switched off");
}

#[test]
fn a_check_that_nothing_reports_is_never_passed() {
    let told = "it waits for a check that nothing reports";
    closes(|world| world.repository["settings"]["reported_checks"] = json!(["build"]), told);
    leaves_open(|world| rule(world)["required_status_checks"] = json!(["licences"]), true);
}

const NO_FORK: &str = "it waits for a check that does not run for changes from a fork";

#[test]
fn a_check_that_does_not_run_for_forks_is_never_passed_by_one() {
    closes(|world| off_for_forks(world, "own"), NO_FORK);
    closes(|world| off_for_forks(world, "above"), NO_FORK);
}

/// Where Actions do not build what comes from forks, nothing is in the way for all that.
#[track_caller]
fn no_matter_that_forks_are_not_built(change: impl FnOnce(&mut World)) {
    let all = |world: &mut World| {
        off_for_forks(world, "above");
        change(world);
    };
    leaves_open(all, true);
}

#[test]
fn what_others_than_actions_report_passes_for_forks_too() {
    no_matter_that_forks_are_not_built(|world| {
        rule(world)["required_status_checks"] = json!(["licences"]);
    });
}

#[test]
fn a_public_repository_builds_what_comes_from_forks() {
    no_matter_that_forks_are_not_built(|world| {
        world.repository["settings"]["visibility"] = json!("public");
    });
}

#[test]
fn whoever_may_push_needs_no_fork() {
    no_matter_that_forks_are_not_built(|world| {
        world.organization["settings"]["default_repository_permission"] = json!("write");
    });
}

#[test]
fn where_nobody_forks_what_runs_for_forks_is_in_nobodys_way() {
    let no_forks = |world: &mut World| {
        off_for_forks(world, "above");
        world.repository["settings"]["allow_forking"] = json!(false);
    };
    closes(no_forks, "whoever cannot write here cannot fork it either");
}

#[test]
fn of_which_checks_actions_are_is_not_guessed() {
    let hidden = |world: &mut World| {
        off_for_forks(world, "above");
        world.hide("checks_by_actions");
        remove(&mut world.repository["settings"], "checks_by_actions");
    };
    leaves_open(hidden, false);
}

/// Of the repository's own, or because of the organization, where the policy asks nothing of the repository itself. The
/// policy allows it, so that no line of it is in the way.
fn off_for_forks(world: &mut World, layer: &str) {
    let of_each = format!("[repository]\n{FORK_WORKFLOWS} = true\n");
    assert!(world.policy.contains(&of_each));
    if layer == "above" {
        world.policy = world.policy.replace(&of_each, "[repository]\n");
        remove(&mut world.repository["settings"], FORK_WORKFLOWS);
    }
    let either = format!("{FORK_WORKFLOWS} = {{ one_of = [true, false] }}");
    world.policy = world.policy.replace(&format!("{FORK_WORKFLOWS} = true"), &either);
    let holder = if layer == "own" { &mut world.repository } else { &mut world.organization };
    holder["settings"][FORK_WORKFLOWS] = json!(false);
}
