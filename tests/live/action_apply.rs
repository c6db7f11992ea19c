//! The step of a workflow: plans on pull requests, and what is applied when they are merged.

use crate::action::{HOME, JOBS, POLICY, Runner, with_pull, world};
use crate::run::TOKEN;
use crate::sim::world::Identity;

const OWN: &str = "acme/service-0001";

#[test]
fn the_plan_is_one_comment_which_is_made_and_then_updated() {
    let runner = Runner::of(with_pull(world())).on_pull(1, OWN, false).set("INPUT_MODE", "plan");
    runner.wiki(true);
    runner.step().ended(0);
    assert_eq!((runner.output("result"), runner.output("changes")), ("changes".into(), "1".into()));
    let made = runner.comments();
    assert_eq!((made.len(), made[0].on), (1, 1));
    assert!(made[0].body.starts_with("<!-- ispo-scm:plan -->\n"), "{}", made[0].body);
    assert!(made[0].body.contains("1 to change") && runner.summary().contains("1 to change"));
    assert!(runner.output("comment").ends_with("/pull/1#issuecomment-1"));
    assert!(std::path::Path::new(&runner.output("plan-file")).is_file());
    assert!(runner.forge.world().repository_mut("service-0002").settings.get("has_wiki").is_some());
    runner.wiki(false);
    runner.step().ended(0);
    let updated = runner.comments();
    assert_eq!(updated.len(), 1, "there is never a second");
    assert!(updated[0].body.contains("No changes."), "{}", updated[0].body);
    assert_eq!((runner.output("result"), runner.output("changes")), ("as-wanted".into(), "0".into()));
}

#[test]
fn an_audit_of_a_pull_request_comments_and_leaves_the_issue() {
    let runner = Runner::of(with_pull(world())).on_pull(1, OWN, false).set("INPUT_ISSUE", "true");
    runner.wiki(true);
    runner.step().ended(2).says("the issue is left as it is");
    assert!(runner.issues().is_empty());
    assert!(runner.comments()[0].body.starts_with("<!-- ispo-scm:comment -->\n"));
    let quiet = runner.set("INPUT_COMMENT", "false");
    let before = quiet.forge.stats().mutating;
    quiet.step().ended(2);
    assert_eq!(quiet.forge.stats().mutating, before);
}

#[test]
fn a_plan_fails_on_changes_only_where_that_is_asked_for() {
    let runner = Runner::of(world()).set("INPUT_MODE", "plan").set("INPUT_FAIL_ON", "drift");
    runner.wiki(true);
    runner.step().ended(2);
    runner.set("INPUT_FAIL_ON", "critical").step().ended(1).says("of a plan, write a list of");
}

#[test]
fn a_fork_without_rights_says_so_and_does_not_fail() {
    let mut world = with_pull(world());
    world.identity(TOKEN, Identity::classic("dee", &["repo", "admin:org"]).owning());
    world.identity(JOBS, Identity::job(OWN, &["issues:read", "pull_requests:read"]));
    let runner = Runner::before(world).on_pull(1, "zoe/service-0001", false).set("INPUT_MODE", "plan");
    runner.wiki(true);
    runner.step().ended(0).says("never for a fork").says("::warning title=ispo-scm::");
    assert!(runner.comments().is_empty());
    assert!(runner.summary().contains("1 to change"));
}

#[test]
fn a_fork_without_secrets_has_its_policy_checked_and_nothing_read() {
    let runner = Runner::of(with_pull(world()))
        .on_pull(1, "zoe/service-0001", false)
        .set("INPUT_SECRETS", "false")
        .set("INPUT_MODE", "plan");
    runner.step().ended(0).says("The policy has no mistakes");
    assert!(runner.summary().contains("nothing was read"));
    assert_eq!(runner.forge.stats().rest + runner.forge.stats().graphql, 0);
    runner.write("policy.toml", "version = 1\n[repository]\nhas_wikki = false\n");
    runner.step().ended(1).says("has_wikki");
    assert_eq!(runner.output("result"), "error");
}

#[test]
fn what_was_merged_is_applied() {
    let runner = Runner::of(world()).set("INPUT_MODE", "apply");
    runner.wiki(true);
    runner.step().ended(0);
    assert_eq!((runner.output("result"), runner.output("applied")), ("as-wanted".into(), "1".into()));
    assert!(runner.summary().contains("1 of 1 changes made"), "{}", runner.summary());
    assert!(std::path::Path::new(&runner.output("journal-file")).is_file());
    let audit = runner.set("INPUT_MODE", "audit");
    audit.step().ended(0);
    assert_eq!(audit.output("drift"), "0");
    audit.set("INPUT_MODE", "apply").step().ended(0).says("No changes.");
}

#[test]
fn the_plan_that_was_approved_is_what_is_applied() {
    let runner = Runner::of(world()).set("INPUT_MODE", "plan").set("INPUT_PLAN_FILE", "plan.json");
    runner.wiki(true);
    runner.step().ended(0);
    assert_eq!(runner.output("plan-file"), "plan.json");
    // Somebody changed more since: that is not in the plan, and stays.
    runner.forge.world_mut(|world| {
        world.repository_mut("service-0003").set("has_wiki", true);
    });
    let runner = runner.set("INPUT_MODE", "apply");
    runner.step().ended(0);
    assert_eq!(runner.output("applied"), "1");
    let audit = runner.set("INPUT_MODE", "audit");
    audit.step().ended(2);
    assert_eq!(audit.output("drift"), "1");
}

#[test]
fn what_is_refused_is_told_and_nothing_is_written() {
    let runner = Runner::of(world()).set("INPUT_MODE", "apply");
    runner.write(
        "policy.toml",
        &POLICY.replace("delete_branch_on_merge = true", "delete_branch_on_merge = false"),
    );
    runner.forge.world_mut(|world| {
        for number in 1..=6 {
            world.repository_mut(&format!("service-000{number}")).set("has_wiki", true);
        }
    });
    let before = runner.forge.stats().mutating;
    // Six repositories of six: below ten, so that no share holds it back.
    runner.step().ended(0);
    assert!(runner.forge.stats().mutating > before);
    let narrow = Runner::of(world()).set("INPUT_MODE", "apply").set("INPUT_PLAN_FILE", "plan.json");
    narrow.step().ended(1).says("plan.json");
    assert_eq!(narrow.forge.stats().mutating, 0);
    assert_eq!(narrow.output("result"), "error");
}

#[test]
fn a_pull_request_that_is_not_merged_is_never_applied() {
    let runner = Runner::of(with_pull(world())).on_pull(1, OWN, false).set("INPUT_MODE", "apply");
    runner.wiki(true);
    runner.step().ended(1).says("a pull request that is not merged is not applied");
    assert_eq!(runner.forge.stats().mutating, 0);
    let merged = runner.on_pull(1, OWN, true);
    merged.step().ended(0);
    assert_eq!(merged.output("applied"), "1");
    assert_eq!(merged.forge.world().repository_mut(HOME).comments.len(), 0);
}
