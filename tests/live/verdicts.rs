//! What conforms, what drifts, and how that is told to the shell.

use crate::forge::Forge;
use crate::policies::{OF_ORGANIZATION, OF_REPOSITORY, STRICT, line};
use crate::sim::World;
use crate::sim::world::{Protection, Role};

type Change = fn(&mut World);

/// What was changed, which setting drifts by it, and the line of the policy that asked.
const CHANGES: [(&str, &str, Change); 16] = [
    ("description", "repository.description", |w| {
        w.repository_mut("service-0002").set("description", "short");
    }),
    ("visibility", "repository.visibility", |w| {
        w.repository_mut("service-0002").set("visibility", "private");
    }),
    ("topics", "repository.topics", |w| {
        w.repository_mut("service-0002").topics(&["service"]);
    }),
    ("custom_properties", "repository.custom_properties", |w| {
        w.repository_mut("service-0002").property("data", "restricted");
    }),
    ("delete_branch_on_merge", "repository.delete_branch_on_merge", |w| {
        w.repository_mut("service-0002").set("delete_branch_on_merge", false);
    }),
    ("has_wiki", "repository.has_wiki", |w| {
        w.repository_mut("service-0002").set("has_wiki", true);
    }),
    ("squash_merge_commit_title", "repository.squash_merge_commit_title", |w| {
        w.repository_mut("service-0002").set("squash_merge_commit_title", "COMMIT_OR_PR_TITLE");
    }),
    ("vulnerability_alerts", "repository.vulnerability_alerts", |w| {
        w.repository_mut("service-0002").vulnerability_alerts = false;
    }),
    ("secret_scanning_push_protection", "repository.secret_scanning_push_protection", |w| {
        w.repository_mut("service-0002").security("secret_scanning_push_protection", false);
    }),
    ("collaborators", "repository.collaborators", |w| {
        w.repository_mut("service-0002").collaborator("zoe", Role::Push);
    }),
    ("teams", "repository.teams", |w| {
        w.organization_mut("acme").teams["platform"].grant("service-0002", Role::Push);
    }),
    ("contributing", "repository.contributing", |w| {
        // The policy asks for the file itself, too; under another name both would not drift.
        w.repository_mut("service-0002").files_mut().remove("CONTRIBUTING.md");
    }),
    ("color", "label.color", |w| w.repository_mut("service-0002").labels[0].color = "000000".to_owned()),
    ("required_checks", "branch.required_checks", |w| {
        let repository = w.repository_mut("service-0002");
        repository.protections.clear();
        repository.rulesets[0].rules.retain(|rule| rule["type"] != "required_status_checks");
    }),
    ("required_approvals", "branch.required_approvals", |w| {
        let repository = w.repository_mut("service-0002");
        repository.rulesets.clear();
        repository.protections[0] = Protection { ..repository.protections[0].clone() }.approvals(1);
    }),
    ("bypass_actors", "branch.bypass_actors", |w| {
        let ruleset = &mut w.repository_mut("service-0002").rulesets[0];
        *ruleset = ruleset.clone().bypass("OrganizationAdmin", None, "always");
    }),
];

#[test]
fn a_conforming_world_conforms() {
    let forge = Forge::of(World::conforming("acme", 3));
    let report = forge.audit(STRICT, &["--format", "json", "--all"]).ended(0).json();
    assert_eq!(report.count("conforms"), OF_ORGANIZATION + 3 * OF_REPOSITORY, "{:#}", report.0);
    assert_eq!(report.count("expectations"), report.count("conforms"));
    assert_eq!((report.count("subjects"), report.findings().count() as u64), (4, report.count("conforms")));
    let run = forge.audit(STRICT, &[]).ended(0);
    run.says("0 drift, 0 unknown");
    assert_eq!(run.err, "");
}

#[test]
fn one_changed_thing_is_one_finding_at_the_line_that_asked() {
    for (begin, setting, change) in CHANGES {
        let mut world = World::conforming("acme", 3);
        change(&mut world);
        let forge = Forge::of(world);
        let report = forge.audit(STRICT, &["--format", "json"]).ended(2).json();
        // What is asked for in two ways drifts in both.
        let twice = u64::from(begin == "contributing");
        assert_eq!(
            (report.count("drift"), report.count("unknown")),
            (1 + twice, 0),
            "{setting}: {:#}",
            report.0
        );
        let finding = report.of("acme/service-0002", setting);
        assert_eq!(finding["verdict"], "drift");
        assert_eq!(finding["origin"]["file"], "policy.toml");
        assert_eq!(finding["origin"]["line"], line(begin), "{setting}");
    }
}

#[test]
fn people_are_told_the_same_line() {
    let mut world = World::conforming("acme", 3);
    world.repository_mut("service-0002").set("has_wiki", true);
    let run = Forge::of(world).audit(STRICT, &[]).ended(2);
    run.says(&format!("wanted false, by policy.toml:{}", line("has_wiki"))).says("true: service-0002");
    run.says("1 drift");
}

#[test]
fn a_setting_of_the_organization_drifts_alone() {
    let mut world = World::conforming("acme", 2);
    world.organization_mut("acme").set("two_factor_requirement_enabled", false);
    let report = Forge::of(world).audit(STRICT, &["--format", "json"]).ended(2).json();
    assert_eq!(report.count("drift"), 1);
    let finding = report.of("acme", "organization.two_factor_requirement_enabled");
    assert_eq!(finding["origin"]["line"], line("two_factor"));
}

#[test]
fn no_protection_at_all_is_drift_and_an_archived_repository_is_left_out() {
    let mut world = World::conforming("acme", 3);
    let bare = world.repository_mut("service-0001");
    bare.protections.clear();
    bare.rulesets.clear();
    world.repository_mut("service-0003").set("archived", true).set("has_wiki", true);
    let report = Forge::of(world).audit(STRICT, &["--format", "json"]).ended(2).json();
    // Every wish about the branch, but the one about who may pass where nobody is held up.
    assert_eq!((report.count("drift"), report.count("archived_left_out")), (6, 1), "{:#}", report.0);
    assert!(report.findings().all(|f| f["setting"].as_str().unwrap().starts_with("branch.")));
}

#[test]
fn an_empty_repository_has_no_branch_to_protect() {
    let mut world = World::conforming("acme", 2);
    let repository = world.repository_mut("service-0002");
    repository.branches.clear();
    repository.protections.clear();
    repository.rulesets.clear();
    let report = Forge::of(world).report(STRICT);
    assert_eq!(
        (report.count("not_applicable"), report.count("unknown")),
        (7, 0),
        "{:#}",
        report.0["summary"]
    );
    assert_eq!(report.verdict("acme/service-0002", "branch.required_approvals"), "not_applicable");
}

#[test]
fn an_organization_is_found_however_its_name_is_written() {
    let forge = Forge::of(World::conforming("acme", 2));
    let desk = crate::run::Desk::before(&forge.url(), STRICT);
    forge.at(&desk, &["audit", "policy.toml", "--github", "ACME"]).ended(0).says("0 drift, 0 unknown");
}
