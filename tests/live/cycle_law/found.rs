//! Cases that once broke the law, each by its name.

use ispo_scm::catalog::ForgeKind::{self, Github, Gitlab};

use super::law::Ended;
use super::policies::Line;
use super::worlds::Stated;
use super::{Case, On, goes, waiting};

/// Goes the cycle of one policy on a conforming world; returns how it ended.
#[track_caller]
fn closes(forge: ForgeKind, lines: &[&str]) -> Ended {
    follow(forge, &[], lines)
}

/// The same of a second policy, after the first one was applied.
#[track_caller]
fn follow(forge: ForgeKind, first: &[&str], then: &[&str]) -> Ended {
    ended(&case(forge, first, then))
}

fn case(forge: ForgeKind, first: &[&str], then: &[&str]) -> Case {
    let line = |text: &&str| Line { about: String::new(), text: (*text).to_owned() };
    let policies = [first.iter().map(line).collect(), then.iter().map(line).collect()];
    Case { ground: On::Simulator, forge, stated: Vec::new(), policies }
}

#[track_caller]
fn ended(case: &Case) -> Ended {
    let mut ended = goes(case, &waiting()).unwrap_or_else(|why| panic!("{why}"));
    ended.pop().unwrap()
}

/// It is not planned, for that reason.
#[track_caller]
fn is_left(ended: &Ended, why: &str) {
    assert!(ended.deferred.iter().any(|left| left.contains(why)), "{:#?}", ended.deferred);
    assert_eq!(ended.refused, [""; 0]);
}

#[test]
fn what_shares_a_request_with_something_that_stays_is_taken_back_by_itself() {
    let train = "repository.max_pipelines_per_merge_train = 3";
    let ended = closes(Gitlab, &["repository.issues_template = \"one\"", train]);
    assert_eq!(ended.changes, 4);
}

#[test]
fn a_site_is_not_changed_that_is_not_there() {
    let ended = closes(Github, &["repository.pages.https_enforced = false"]);
    is_left(&ended, "there is none of it while repository.has_pages is off");
}

#[test]
fn where_changes_of_a_fork_go_is_not_asked_of_what_is_none() {
    is_left(&closes(Gitlab, &["repository.mr_default_target_self = true"]), "only a fork has it");
}

#[test]
fn the_last_way_of_merging_is_left() {
    is_left(&closes(Github, &["repository.allow_squash_merge = false"]), "one way of merging has to be left");
    let other = ["repository.allow_squash_merge = false", "repository.allow_merge_commit = true"];
    assert_eq!(closes(Github, &other).changes, 4);
}

#[test]
fn updates_come_after_the_alerts_that_they_need() {
    let of = |on: bool| {
        ["vulnerability_alerts", "dependabot_security_updates"]
            .map(|name| format!("repository.{name} = {on}"))
    };
    let (off, on) = (of(false), of(true));
    let (off, on) = ([&*off[0], &off[1]], [&*on[0], &on[1]]);
    let mut case = case(Github, &off, &on);
    is_left(
        &super::goes(&case, &waiting()).unwrap()[0],
        "GitHub Enterprise Server (3.19.0) has no request for it",
    );
    case.stated.push(Stated::Otherwise(super::worlds::THE_CLOUD));
    let ended = ended(&case);
    assert_eq!((ended.changes, ended.refused.len()), (4, 0), "{:?}", ended.refused);
}

#[test]
fn parts_of_a_clearing_of_images_are_written_one_by_one() {
    let ended = closes(Gitlab, &["repository.container_expiration_policy.cadence = \"7d\""]);
    assert_eq!(ended.changes, 2);
}

#[test]
fn what_stands_beneath_the_long_word_for_organizations_is_theirs_as_well() {
    let stated = Stated::Setting {
        subject: 0,
        setting: "organization.actions.cache_retention_days".to_owned(),
        value: Some(serde_json::json!(2)),
    };
    let line = "organization.actions.cache_retention_days = 5";
    let case = Case { ground: On::Snapshot, stated: vec![stated], ..case(Github, &[], &[line]) };
    assert_eq!(ended(&case).changes, 1);
}

#[test]
fn nobody_is_kept_from_a_branch_of_a_snapshot_either() {
    let line = "repository.branch.\"~default\".restrict_pushes = true";
    let case = Case { ground: On::Snapshot, ..case(Github, &[], &[line]) };
    is_left(&ended(&case), "nobody could change the branch: no one is let past the rule");
}

#[test]
fn a_new_classic_rule_does_not_free_administrators() {
    let case = Case {
        stated: vec![Stated::Otherwise("one without any rule")],
        ..case(
            Github,
            &["repository.branch.\"~default\".merge_queue = true"],
            &[
                "remedy.branch = \"classic\"",
                "repository.branch.\"~default\".admins_bound = true",
                "repository.branch.\"~default\".required_approvals = { at_least = 1 }",
            ],
        )
    };
    assert_eq!(ended(&case).deferred, [""; 0]);
}

#[test]
fn a_new_rule_lets_nobody_push_whom_the_policy_keeps_out() {
    let lines = [
        "repository.branch.\"~default\".bypass_actors = { exactly = [] }",
        "repository.branch.\"~default\".require_linear_history = true",
    ];
    let stated = vec![Stated::Otherwise("no rules for branches")];
    let case = Case { stated, ..case(Gitlab, &[], &lines) };
    assert_eq!(ended(&case).deferred, [""; 0]);
}

#[test]
fn a_new_classic_rule_forbids_nothing_that_the_policy_allows() {
    let lines = [
        "remedy.branch = \"classic\"",
        "repository.branch.\"~default\".allow_deletions = true",
        "repository.branch.\"~default\".require_conversation_resolution = true",
    ];
    let stated = vec![Stated::Otherwise("one without any rule")];
    ended(&Case { stated, ..case(Github, &[], &lines) });
}

#[test]
fn on_a_snapshot_rules_of_the_organization_stand_against_a_wish_as_well() {
    let line = "repository.branch.\"~default\".allow_deletions = true";
    let stated = vec![Stated::Repositories(91, 60)];
    let case = Case { ground: On::Snapshot, stated, ..case(Github, &[], &[line]) };
    is_left(&ended(&case), "organization ruleset");
}

#[test]
fn a_ruleset_of_ours_is_changed_again_on_a_snapshot() {
    let then = "repository.branch.\"~default\".required_approvals = 2";
    let first = "repository.branch.\"~default\".require_signatures = true";
    let stated = vec![Stated::Repositories(2, 3)];
    let case = Case { ground: On::Snapshot, stated, ..case(Github, &[first], &[then]) };
    assert!(ended(&case).changes > 0);
}

#[test]
fn a_team_is_described() {
    let line = "organization.team.\"platform\".description = \"one\"";
    let case = Case { ground: On::Snapshot, ..case(Github, &[], &[line]) };
    assert_eq!(ended(&case).changes, 1);
}

#[test]
fn what_only_hooks_of_groups_have_is_not_asked_of_those_of_projects() {
    let line = "repository.webhook.\"https://ci.example/hook\".member_events = true";
    is_left(&closes(Gitlab, &[line]), "the forge does not tell it at this level");
}

#[test]
fn what_came_with_a_rule_that_stays_is_not_taken_back_with_it() {
    let lines = [
        "repository.branch.\"~default\".bypass_actors = { exactly = [] }",
        "repository.branch.\"~default\".require_conversation_resolution = true",
    ];
    let stated = vec![Stated::Repositories(90, 42)];
    let case = Case { ground: On::Snapshot, stated, ..case(Gitlab, &[], &lines) };
    assert_eq!(ended(&case).changes, 2);
}

#[test]
fn two_lines_that_contradict_each_other_are_not_followed_by_turns() {
    let lines = [
        "repository.merge_method = \"merge\"",
        "repository.branch.\"~default\".require_linear_history = true",
    ];
    is_left(&closes(Gitlab, &lines), "another line of the policy asks otherwise");
}

#[test]
fn an_item_that_is_made_anew_is_none_that_is_removed() {
    let key = "repository.autolink.\"BUG-\"";
    let first = [
        format!("{key}.url_template = \"https://a.example/<num>\""),
        format!("{key}.is_alphanumeric = true"),
    ];
    let then = format!("{key}.is_alphanumeric = false");
    let ended = follow(Github, &[&first[0], &first[1]], &[&then]);
    assert_eq!(ended.changes, 4, "what it keeps is told beside");
}
