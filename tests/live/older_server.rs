//! A server that does not know all fields yet.

use crate::forge::Forge;
use crate::policies::{OF_ORGANIZATION, OF_REPOSITORY, STRICT};
use crate::run::{Report, Run};
use crate::sim::{Options, World};

fn without(fields: &[&str]) -> (Forge, Report) {
    let (forge, run) = audited_without(fields);
    let report = run.ended(0).json();
    (forge, report)
}

fn audited_without(fields: &[&str]) -> (Forge, Run) {
    let without_fields = fields.iter().map(|&field| field.to_owned()).collect();
    let forge = Forge::with(World::conforming("acme", 3), Options { without_fields, ..Options::default() });
    let run = forge.audit(STRICT, &["--format", "json", "--all"]);
    (forge, run)
}

#[test]
fn a_field_that_is_not_known_is_not_applicable_and_nothing_else_is_lost() {
    let (forge, report) = without(&["Repository.hasDiscussionsEnabled"]);
    assert_eq!(
        (report.count("not_applicable"), report.count("unknown")),
        (3, 0),
        "{:#}",
        report.0["summary"]
    );
    assert_eq!(report.count("conforms"), OF_ORGANIZATION + 3 * OF_REPOSITORY - 3);
    let finding = report.of("acme/service-0001", "repository.has_discussions");
    assert_eq!(finding["observed"]["unsupported"]["why"], "this server is older than the setting");
    assert!(forge.stats().total <= 2 * 5, "it is asked once more: {:?}", forge.stats());
}

#[test]
fn several_fields_of_several_types() {
    let (_, report) = without(&[
        "Repository.hasDiscussionsEnabled",
        "Repository.squashMergeCommitTitle",
        "Organization.requiresTwoFactorAuthentication",
        "BranchProtectionRule.requiresCommitSignatures",
    ]);
    // Signatures are asked for by a ruleset as well, which is known.
    assert_eq!(report.verdict("acme/service-0001", "branch.require_signatures"), "conforms");
    assert_eq!(report.count("not_applicable"), 3 * 2 + 1, "{:#}", report.0["summary"]);
    assert_eq!(report.count("unknown"), 0);
}

/// Whatever the rulesets of a server without them might say, its classic rules prove the rest.
#[test]
fn a_kind_that_is_not_known_is_unknown_and_said_to_be_newer() {
    let report = audited_without(&["Repository.rulesets"]).1.ended(3).json();
    assert_eq!((report.count("unknown"), report.count("drift")), (3, 0), "{:#}", report.0["summary"]);
    assert_eq!(report.verdict("acme/service-0001", "branch.required_approvals"), "conforms");
    let needs = report.needs("acme/service-0001", "branch.bypass_actors");
    assert!(needs.starts_with("a newer server"), "{needs}");
}

#[test]
fn every_organization_of_the_server_is_read_so() {
    let without_fields = vec!["Repository.hasDiscussionsEnabled".to_owned()];
    let mut world = World::conforming("acme", 2);
    let other = World::conforming("regulated", 2).organizations.swap_remove("regulated").unwrap();
    world.organizations.insert("regulated".to_owned(), other);
    let forge = Forge::with(world, Options { without_fields, ..Options::default() });
    let desk = crate::run::Desk::before(&forge.url(), STRICT);
    let from = ["audit", "policy.toml", "--github", "acme", "--github", "regulated", "--format", "json"];
    let report = forge.at(&desk, &from).ended(0).json();
    assert_eq!(report.count("not_applicable"), 4);
    // What the first organization taught need not be learnt again.
    assert!(forge.stats().total <= 17, "{:?}", forge.stats());
}
