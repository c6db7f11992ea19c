//! Who asks decides what is seen, and never what drifts.

use crate::forge::Forge;
use crate::policies::STRICT;
use crate::run::{Desk, Report};
use crate::sim::World;
use crate::sim::world::{Identity, Role};

/// Everything that a conforming world meets, and documents that only administrators see.
fn policy() -> String {
    let more = "has_wiki = false\nactions.enabled = true\nactions.workflow.can_approve_pull_request_reviews = false\n";
    let hooks =
        "\n[organization.webhook.\"*\"]\nactive = true\n\n[repository.webhook.\"*\"]\nactive = true\n";
    STRICT.replace("has_wiki = false\n", more) + hooks
}

fn seen_by(identity: Identity) -> (Forge, Report) {
    let mut world = World::conforming("acme", 3);
    world.everybody(identity);
    let forge = Forge::of(world);
    let report = forge.report(&policy());
    (forge, report)
}

/// Nothing drifts because of it, and whatever is unknown says what it takes.
fn unknown_with_permissions(report: &Report) -> u64 {
    assert_eq!(report.count("drift"), 0, "{:#}", report.0);
    for finding in report.findings().filter(|f| f["verdict"] == "unknown") {
        let needs = finding["observed"]["unknown"]["needs"].as_str().unwrap();
        let named = [":read", ":write", "membership of the organization"].iter().any(|p| needs.contains(p));
        assert!(named, "{} needs {needs}", finding["setting"]);
    }
    report.count("unknown")
}

#[test]
fn an_owner_sees_all_of_it() {
    let (_, report) =
        seen_by(Identity::classic("ann", &["repo", "admin:org", "admin:org_hook", "admin:repo_hook"]));
    assert_eq!(unknown_with_permissions(&report), 0, "{:#}", report.0);
}

#[test]
fn without_rights_to_administer_nothing_drifts_and_each_unknown_names_its_permission() {
    for identity in [
        Identity::classic("kim", &["repo", "read:org"]).with_role(Role::Pull),
        Identity::classic("kim", &["repo"]).with_role(Role::Push),
        Identity::fine_grained("kim", &["metadata", "contents"]).with_role(Role::Admin),
        Identity::installation("acme", &["metadata", "contents", "members"]),
    ] {
        let shown = format!("{identity:?}");
        let (_, report) = seen_by(identity);
        let unknown = unknown_with_permissions(&report);
        assert!(unknown > 5, "{shown}: {unknown} unknown");
        assert!(report.count("conforms") > 20, "{shown} sees what everybody does");
    }
}

#[test]
fn a_read_only_identity_reaches_green_on_strength() {
    let strength = r#"version = 1
[repository.branch."~default"]
required_approvals = { at_least = 2 }
allow_force_pushes = false
allow_deletions = false
"#;
    let mut world = World::conforming("acme", 3);
    world.everybody(Identity::classic("kim", &["repo", "read:org"]).with_role(Role::Pull));
    for n in 1..=3 {
        world.repository_mut(&format!("service-000{n}")).hide_bypass();
    }
    let forge = Forge::of(world);
    forge.audit(strength, &[]).ended(0);
    let bypass = format!("{strength}bypass_actors = {{ exactly = [] }}\n");
    let report = forge.report(&bypass);
    assert_eq!((report.count("unknown"), report.count("drift")), (3, 0), "{:#}", report.0);
    assert!(report.needs("acme/service-0001", "branch.bypass_actors").contains("administration:"));
}

#[test]
fn what_cannot_be_seen_is_told_before_anything_is_read() {
    let (forge, _) = seen_by(Identity::classic("kim", &["repo", "read:org"]).with_role(Role::Pull));
    forge.forget();
    forge
        .audit(&policy(), &["--explain-reads"])
        .ended(0)
        .says(
            "asked by kim, no owner of the organization, with a classic token with the scopes read:org, repo",
        )
        .says("cannot be seen with it:")
        .says("needs organization hooks:read (classic: admin:org_hook)")
        .says("webhook.active");
    assert!(forge.stats().total <= 2, "{:?}", forge.stats());
    forge.audit(&policy(), &[]).says("settings cannot be seen with a classic token");
}

#[test]
fn the_token_of_a_job_is_known_by_where_it_runs() {
    let mut world = World::conforming("acme", 3);
    world.everybody(Identity::job("acme/service-0001", &["metadata", "contents", "actions"]));
    let forge = Forge::of(world);
    let desk = Desk::before(&forge.url(), &policy())
        .set("GITHUB_ACTIONS", "true")
        .set("GITHUB_TOKEN", "ghs_TokenOfAJob");
    let run = forge.at(&desk, &["audit", "policy.toml", "--github", "acme", "--explain-reads"]).ended(0);
    run.says("the token of a workflow's job, which sees its own repository");
    run.says("needs organization administration:read");
    let report = forge.at(&desk, &["audit", "policy.toml", "--github", "acme", "--format", "json"]).json();
    unknown_with_permissions(&report);
}
