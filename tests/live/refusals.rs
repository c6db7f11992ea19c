//! What the token may not see is unknown, with what it would take; never absent, never false.

use serde_json::json;

use crate::forge::Forge;
use crate::front::Front;
use crate::policies::{OF_REPOSITORY, STRICT};
use crate::run::Desk;
use crate::sim::{Options, World};

const ARGUMENTS: [&str; 7] = ["audit", "policy.toml", "--github", "acme", "--all", "--format", "json"];

#[test]
fn a_forbidden_list_is_unknown_with_the_permission_it_takes() {
    let mut world = World::conforming("acme", 3);
    world.repository_mut("service-0002").forbid(&["collaborators"]);
    let forge = Forge::of(world);
    let run = forge.audit(STRICT, &["--format", "json", "--all"]).ended(3);
    let report = run.json();
    assert_eq!((report.count("unknown"), report.count("drift")), (1, 0), "{:#}", report.0);
    let needs = report.needs("acme/service-0002", "repository.collaborators");
    assert!(
        needs.contains("administration:read") && needs.contains("not accessible by integration"),
        "{needs}"
    );
    assert_eq!(report.verdict("acme/service-0001", "repository.collaborators"), "conforms");
    forge.audit(STRICT, &[]).ended(3).says("needs repository administration:read");
}

#[test]
fn a_refusal_that_hides_a_repository_costs_only_what_was_refused() {
    let mut world = World::conforming("acme", 5);
    world.repository_mut("service-0002").forbid(&["branchProtectionRules"]);
    let repository = world.repository_mut("service-0004").forbid(&["branchProtectionRules"]);
    repository.rulesets.clear();
    let forge = Forge::of(world);
    let report = forge.report(STRICT);
    assert_eq!((report.count("drift"), report.count("subjects")), (0, 6), "{:#}", report.0["summary"]);
    assert_eq!(report.0["unread"], json!([]));
    // What a ruleset that is seen asks for is asked for, whatever else there is.
    let of =
        |repository: &str, setting: &str| report.verdict(&format!("acme/{repository}"), setting).to_owned();
    assert_eq!(of("service-0002", "branch.required_approvals"), "conforms");
    assert_eq!(of("service-0002", "branch.allow_force_pushes"), "conforms");
    assert_eq!(of("service-0002", "branch.bypass_actors"), "unknown", "the hidden rule may let people pass");
    assert_eq!(
        of("service-0004", "branch.required_approvals"),
        "unknown",
        "nothing that is seen asks for any"
    );
    assert_eq!(of("service-0004", "branch.allow_deletions"), "unknown");
    for (repository, unknown) in [("service-0002", 1), ("service-0004", 7)] {
        let subject = format!("github:acme/{repository}");
        let found = report.findings().filter(|f| f["subject"] == subject.as_str());
        let (hidden, seen): (Vec<_>, Vec<_>) = found.partition(|f| f["verdict"] == "unknown");
        assert_eq!(
            (hidden.len(), seen.len() as u64),
            (unknown, OF_REPOSITORY - unknown as u64),
            "{hidden:#?}"
        );
    }
    assert_eq!(of("service-0003", "branch.bypass_actors"), "conforms");
}

#[test]
fn several_refusals_that_hide_several_repositories() {
    let mut world = World::conforming("acme", 5);
    world.repository_mut("service-0001").forbid(&["branchProtectionRules"]);
    world.repository_mut("service-0003").forbid(&["repositoryTopics"]);
    world.repository_mut("service-0004").forbid(&[
        "repositoryTopics",
        "branchProtectionRules",
        "forkingAllowed",
    ]);
    let report = Forge::of(world).report(STRICT);
    assert_eq!((report.count("drift"), report.count("subjects")), (0, 6), "{:#}", report.0["summary"]);
    assert_eq!(report.verdict("acme/service-0003", "repository.topics"), "unknown");
    assert_eq!(report.verdict("acme/service-0004", "repository.allow_forking"), "unknown");
    assert_eq!(report.verdict("acme/service-0004", "repository.has_wiki"), "conforms");
    assert_eq!(report.verdict("acme/service-0002", "repository.topics"), "conforms");
}

#[test]
fn lists_of_a_repository_that_was_hidden_are_read_whole_too() {
    let mut world = World::conforming("acme", 60);
    let repository = world.repository_mut("service-0002").forbid(&["branchProtectionRules"]);
    repository.topics = (0..40).map(|n| format!("topic-{n}")).chain(["innersource".to_owned()]).collect();
    // Once with room for all, once on a server that bears a few at a time.
    for max_weight in [120_000, 25_000] {
        let forge = Forge::with(world.clone(), Options { max_weight, ..Options::default() });
        let report = forge.report(STRICT);
        assert_eq!(report.verdict("acme/service-0002", "repository.topics"), "conforms");
        assert_eq!((report.count("subjects"), report.count("unknown")), (61, 1), "{:#}", report.0["summary"]);
        assert_eq!(report.0["unread"], json!([]));
    }
}

#[test]
fn bypass_that_is_not_shown_leaves_the_strength_of_the_rules_known() {
    let mut world = World::conforming("acme", 3);
    world.repository_mut("service-0002").hide_bypass();
    let report = Forge::of(world).report(STRICT);
    assert_eq!((report.count("unknown"), report.count("drift")), (1, 0), "{:#}", report.0);
    assert!(report.needs("acme/service-0002", "branch.bypass_actors").contains("administration:write"));
    assert_eq!(report.of("acme/service-0002", "branch.required_approvals")["observed"]["known"], 2);
}

#[test]
fn a_list_of_repositories_that_is_refused_hides_what_only_it_tells() {
    let forge = Forge::of(World::conforming("acme", 3));
    let front = Front::before(&forge, |arrived| {
        let list = arrived.path.contains("/orgs/acme/repos");
        list.then(|| (403, vec![], json!({"message": "Resource not accessible by personal access token"})))
    });
    let report = Desk::before(front.url(), STRICT).run(&ARGUMENTS).ended(3).json();
    // Custom properties, and the three switches of security.
    assert_eq!((report.count("unknown"), report.count("drift")), (3 * 4, 0), "{:#}", report.0["summary"]);
    assert!(report.needs("acme/service-0001", "repository.secret_scanning").contains("not accessible"));
}

#[test]
fn a_repository_that_the_list_leaves_out_is_unknown_there() {
    let forge = Forge::of(World::conforming("acme", 3));
    let front = Front::before(&forge, |arrived| {
        arrived.path.contains("/orgs/acme/repos").then(|| (200, vec![], json!([])))
    });
    let report = Desk::before(front.url(), STRICT).run(&ARGUMENTS).ended(3).json();
    assert!(
        report.needs("acme/service-0003", "repository.custom_properties").contains("this one is not in it")
    );
}

#[test]
fn teams_and_documents_of_the_organization_may_be_refused_alone() {
    let mut world = World::conforming("acme", 2);
    world.organization_mut("acme").denials.forbidden.insert("teams".to_owned());
    let forge = Forge::of(world);
    let front = Front::before(&forge, |arrived| {
        let document = arrived.path.ends_with("/orgs/acme");
        document.then(|| (403, vec![], json!({"message": "You must be an owner"})))
    });
    let report = Desk::before(front.url(), STRICT).run(&ARGUMENTS).ended(3).json();
    assert!(
        report.needs("acme", "organization.default_repository_permission").contains("You must be an owner")
    );
    assert!(
        report.needs("acme/service-0001", "repository.teams").contains("not accessible"),
        "{:#}",
        report.0
    );
    assert_eq!(report.verdict("acme", "organization.two_factor_requirement_enabled"), "conforms");
    assert_eq!(report.count("drift"), 0);
}

#[test]
fn a_member_without_rights_is_told_what_the_key_that_is_missing_takes() {
    let mut world = World::conforming("acme", 2);
    world.organization_mut("acme").settings.unstate("members_can_create_public_repositories");
    world.repository_mut("service-0002").unstate("security_and_analysis");
    let report = Forge::of(world).report(STRICT);
    assert_eq!((report.count("unknown"), report.count("drift")), (4, 0), "{:#}", report.0["summary"]);
    assert!(report.needs("acme/service-0002", "repository.secret_scanning").contains("administration:read"));
    report.needs("acme", "organization.members_can_create_public_repositories");
}

/// To those who may not administer a repository GitHub shows an empty list of classic rules, without
/// a word: it is no proof that there are none.
#[test]
fn an_empty_list_of_rules_is_believed_only_of_those_who_may_administer() {
    let mut world = World::conforming("acme", 3);
    world.repository_mut("service-0001").without_administration();
    world.repository_mut("service-0002").without_administration().rulesets.clear();
    let report = Forge::of(world).report(STRICT);
    let of =
        |repository: &str, setting: &str| report.verdict(&format!("acme/{repository}"), setting).to_owned();
    assert_eq!(report.count("drift"), 0, "{:#}", report.0["summary"]);
    assert_eq!(of("service-0001", "branch.required_approvals"), "conforms", "a ruleset proves it");
    assert_eq!(of("service-0002", "branch.required_approvals"), "unknown");
    let needs = report.needs("acme/service-0002", "branch.required_approvals");
    assert!(needs.contains("administration:read"), "{needs}");
}
