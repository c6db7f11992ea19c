//! Answers that other auditors get wrong, each as a test of ours. Every one begins with an
//! organization in which all is well.

use serde_json::json;

use crate::forge::Forge;
use crate::run::Report;
use crate::sim::World;
use crate::sim::world::{Protection, Ruleset};

const BRANCH: &str = r#"version = 1
[repository.branch."~default"]
allow_force_pushes = false
allow_deletions = false
required_approvals = { at_least = 1 }
require_last_push_approval = true
bypass_actors = { exactly = [] }
"#;

const FIXES: &str = "/automated-security-fixes";
const ONE: &str = "acme/service-0001";

/// One repository whose branch rules are those, and nothing else.
fn ruled(rules: impl FnOnce(&mut crate::sim::world::Repository)) -> Report {
    let mut world = World::conforming("acme", 1);
    let repository = world.repository_mut("service-0001");
    repository.protections.clear();
    repository.rulesets.clear();
    rules(repository);
    Forge::of(world).report(BRANCH)
}

fn strict(name: &str) -> Ruleset {
    let parameters = json!({"required_approving_review_count": 1, "dismiss_stale_reviews_on_push": true,
        "require_code_owner_review": false, "require_last_push_approval": true,
        "required_review_thread_resolution": false});
    Ruleset::named(name)
        .refs(&["~DEFAULT_BRANCH"], &[])
        .rule("deletion")
        .rule("non_fast_forward")
        .rule_with("pull_request", parameters)
}

/// An unprotected default branch passes the checks for deletion and force push elsewhere.
#[test]
fn an_unprotected_branch_can_be_deleted_and_forced() {
    let report = ruled(|_| {});
    for setting in ["branch.allow_deletions", "branch.allow_force_pushes", "branch.required_approvals"] {
        assert_eq!(report.verdict(ONE, setting), "drift", "{setting}");
    }
}

/// Force push and deletion are judged the wrong way round elsewhere.
#[test]
fn what_forbids_forcing_and_deleting_is_not_taken_for_what_allows_it() {
    let all_well = ruled(|r| {
        r.ruleset(strict("base"));
    });
    assert_eq!((all_well.count("drift"), all_well.count("unknown")), (0, 0), "{:#}", all_well.0);
    let allowed = ruled(|r| {
        r.protect(Protection::on("main").approvals(1).with(|p| {
            p.allow_force_pushes = true;
            p.allow_deletions = false;
        }));
    });
    assert_eq!(allowed.verdict(ONE, "branch.allow_force_pushes"), "drift");
    assert_eq!(allowed.verdict(ONE, "branch.allow_deletions"), "conforms");
}

/// Approvals that cannot be read pass the check of the last pusher's approval elsewhere.
#[test]
fn approvals_that_cannot_be_read_are_unknown() {
    let report = ruled(|r| {
        r.forbid(&["branchProtectionRules", "rulesets"]);
    });
    for setting in ["branch.required_approvals", "branch.require_last_push_approval"] {
        assert_eq!(report.verdict(ONE, setting), "unknown", "{setting}");
        assert!(report.needs(ONE, setting).contains(":read"), "it says what it takes");
    }
    assert_eq!(report.count("drift"), 0);
}

/// Two rulesets of which one can be bypassed pass elsewhere.
#[test]
fn one_of_two_rulesets_that_can_be_bypassed_is_seen() {
    let report = ruled(|r| {
        r.ruleset(strict("base"));
        r.ruleset(strict("more").bypass("OrganizationAdmin", None, "always"));
    });
    assert_eq!(report.verdict(ONE, "branch.required_approvals"), "conforms");
    assert_eq!(report.verdict(ONE, "branch.bypass_actors"), "drift");
    let sources = report.of(ONE, "branch.bypass_actors")["sources"].to_string();
    assert!(sources.contains("more"), "it says which: {sources}");
}

/// Only classic rules are looked at elsewhere, so that people silence the tool.
#[test]
fn rulesets_count_as_much_as_classic_rules() {
    for world in [
        ruled(|r| {
            r.ruleset(strict("base"));
        }),
        ruled(|r| {
            r.protect(Protection::on("main").approvals(1).with(|p| {
                p.allow_force_pushes = false;
                p.allow_deletions = false;
                let reviews = p.required_pull_request_reviews.as_mut().unwrap();
                reviews.require_last_push_approval = true;
            }));
        }),
    ] {
        assert_eq!((world.count("drift"), world.count("unknown")), (0, 0), "{:#}", world.0);
    }
}

/// A pattern that matches the branch is compared by name elsewhere, and so does not count.
#[test]
fn a_pattern_protects_what_it_matches() {
    let report = ruled(|r| {
        r.protect(Protection::on("ma*").approvals(1));
    });
    assert_eq!(report.verdict(ONE, "branch.required_approvals"), "conforms");
}

/// A 404 is lack of rights to one and absence to the other; elsewhere both are one of them.
#[test]
fn not_found_is_lack_of_rights_or_absence_and_it_is_told_which() {
    let policy = "version = 1\n[repository]\nautomated_security_fixes = true\n";
    let mut world = World::conforming("acme", 2);
    world.repository_mut("service-0002").without_administration().refuse(FIXES, 404, "Not Found");
    world.repository_mut("service-0001").refuse(FIXES, 404, "Not Found");
    let report = Forge::of(world).report(policy);
    assert_eq!(report.verdict(ONE, "repository.automated_security_fixes"), "drift", "they are off");
    let needs = report.needs("acme/service-0002", "repository.automated_security_fixes");
    assert!(needs.contains("administration:read"), "{needs}");
}

/// Archived repositories make noise elsewhere.
#[test]
fn what_is_archived_is_left_out_and_counted() {
    let mut world = World::conforming("acme", 2);
    let repository = world.repository_mut("service-0002").set("archived", true);
    repository.protections.clear();
    repository.rulesets.clear();
    let report = Forge::of(world).report(BRANCH);
    assert_eq!((report.count("drift"), report.count("archived_left_out")), (0, 1));
}

/// What it takes to see a setting stands in a side file elsewhere, and drift ends with 0.
#[test]
fn what_it_takes_is_said_at_its_place_and_the_exit_code_tells() {
    let mut world = World::conforming("acme", 2);
    world.repository_mut("service-0002").forbid(&["collaborators"]);
    let forge = Forge::of(world);
    let policy = "version = 1\n[repository]\ncollaborators = { exactly = {} }\n";
    forge.audit(policy, &[]).ended(3).says("needs repository administration:read");
    forge.audit(policy, &["--fail-on", "drift"]).ended(0);
    forge.audit(policy, &["--fail-on", "unknown"]).ended(3);
    let drifting = "version = 1\n[repository]\nhas_wiki = true\n";
    forge.audit(drifting, &[]).ended(2);
}
