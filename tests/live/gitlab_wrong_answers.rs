//! Answers that other auditors give wrong about GitLab, each as a test of ours. Every one begins with a
//! group in which all is well.

use serde_json::{Value, json};

use crate::gitlab::{Server, verdict};
use crate::run::Report;
use crate::sim::gitlab::{Identity, World};

const ONE: &str = "acme/team-1/service-0001";

const POLICY: &str = r#"version = 1
[repository]
approvals.merge_requests_author_approval = false
push_rule.reject_unsigned_commits = true
[repository.branch."~default"]
allow_force_pushes = false
protected = true
required_approvals = { at_least = 1 }
dismiss_stale_reviews = true
"#;

fn report(change: impl FnOnce(&mut World)) -> Report {
    let mut world = World::conforming("acme", 1);
    change(&mut world);
    Server::of(world).report(POLICY)
}

#[track_caller]
fn is(report: &Report, setting: &str, wanted: &str) {
    assert_eq!(verdict(report, ONE, setting), format!("\"{wanted}\""), "{setting}");
}

fn rules(rules: Value) -> impl FnOnce(&mut World) {
    move |world: &mut World| {
        world.project_mut(ONE).document("/protected_branches", rules);
    }
}

#[test]
fn all_is_well_to_begin_with() {
    let report = report(|_| {});
    assert_eq!((report.count("drift"), report.count("unknown")), (0, 0), "{:#}", report.0["findings"]);
}

/// An unprotected default branch passes the check for force pushes elsewhere.
#[test]
fn an_unprotected_branch_can_be_forced() {
    let report = report(rules(json!([])));
    for setting in ["branch.allow_force_pushes", "branch.protected", "branch.required_approvals"] {
        is(&report, setting, "drift");
    }
}

/// Force pushes are judged the wrong way round elsewhere.
#[test]
fn what_forbids_forcing_is_not_taken_for_what_allows_it() {
    let rule = |force: bool| json!([{"name": "main", "allow_force_push": force, "push_access_levels": [{"access_level": 0}], "merge_access_levels": [{"access_level": 30}]}]);
    is(&report(rules(rule(true))), "branch.allow_force_pushes", "drift");
    is(&report(rules(rule(false))), "branch.allow_force_pushes", "conforms");
}

/// Protected branches are matched by equal names elsewhere, so that patterns protect nothing.
#[test]
fn a_pattern_protects_what_it_matches() {
    let rule = json!([{"name": "m*", "allow_force_push": false, "push_access_levels": [{"access_level": 0}], "merge_access_levels": [{"access_level": 30}]}]);
    is(&report(rules(rule)), "branch.protected", "conforms");
}

/// Approvals that cannot be read pass the check of the author's approval elsewhere.
#[test]
fn approvals_that_cannot_be_read_are_unknown() {
    let report = report(|world| {
        for path in ["/approvals", "/approval_rules", "/merge_request_approval_setting"] {
            world.project_mut(ONE).refuse(path, 403, "403 Forbidden");
        }
    });
    is(&report, "repository.approvals.merge_requests_author_approval", "unknown");
    is(&report, "branch.dismiss_stale_reviews", "unknown");
}

/// A 404 for lack of rights is reported as failed elsewhere, and a 404 on protection as lack of rights.
#[test]
fn not_found_is_lack_of_rights_or_absence_and_it_is_told_which() {
    let hidden = report(|world| {
        world.everybody(Identity::person("zoe", &["read_api"]).role("acme", 20));
    });
    for setting in ["repository.push_rule.reject_unsigned_commits", "branch.protected"] {
        is(&hidden, setting, "unknown");
    }
    // To who would see it, a push rule that was never set is none.
    let never_set = report(|world| {
        world.project_mut(ONE).document("/push_rule", Value::Null);
    });
    is(&never_set, "repository.push_rule.reject_unsigned_commits", "drift");
}

/// Months are compared without their years elsewhere: a token of thirteen months passes for one of one.
#[test]
fn a_token_of_last_year_is_old() {
    let policy = "version = 1\n[repository.access_token.\"*\"]\ncreated_at = { age = { at_most = 60 } }\n";
    let mut world = World::conforming("acme", 1);
    let token = |created: &str| json!({"id": 1, "name": "deploy", "created_at": created, "active": true, "revoked": false});
    let audit = |world: World| {
        Server::of(world).audit(policy, &["--format", "json", "--all", "--today", "2026-11-21"]).json()
    };
    world.project_mut(ONE).add("/access_tokens", token("2026-10-20T00:00:00Z"));
    assert_eq!(audit(world.clone()).count("drift"), 0);
    world.project_mut(ONE).document("/access_tokens", json!([token("2025-10-20T00:00:00Z")]));
    assert_eq!(audit(world).count("drift"), 1);
}

/// Archived projects make noise elsewhere.
#[test]
fn what_is_archived_is_left_out_and_counted() {
    let report = report(|world| {
        world.project_mut(ONE).set("archived", true).document("/protected_branches", json!([]));
    });
    assert_eq!((report.count("drift"), report.count("archived_left_out")), (0, 1));
}

/// Drift and doubt end with success elsewhere; what a check needs is said in a file beside it.
#[test]
fn the_exit_code_tells_and_what_it_takes_is_said_at_its_place() {
    let mut world = World::conforming("acme", 1);
    Server::of(world.clone()).audit(POLICY, &[]).ended(0);
    world.project_mut(ONE).document("/protected_branches", json!([]));
    Server::of(world.clone()).audit(POLICY, &[]).ended(2);
    let mut world = World::conforming("acme", 1);
    world.everybody(Identity::person("zoe", &["read_api"]).role("acme", 20));
    Server::of(world).audit(POLICY, &[]).ended(3).says("needs Maintainer (read_api)");
}

/// What has no interface is given a fixed answer elsewhere.
#[test]
fn what_gitlab_lacks_does_not_apply_and_it_is_said_why() {
    let policy = "version = 1\n[repository]\nallow_auto_merge = true\n";
    let report = Server::of(World::conforming("acme", 1)).report(policy);
    is(&report, "repository.allow_auto_merge", "not_applicable");
    let finding = report.findings().find(|f| f["setting"] == "repository.allow_auto_merge").unwrap();
    assert!(finding["reason"].as_str().is_some_and(|why| !why.is_empty()), "{finding}");
}
