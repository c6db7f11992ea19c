//! What an organization lets workflows, secrets, Apps and tokens do: read from its own documents and
//! lists, from a conforming world with one thing changed.

use serde_json::{Value, json};

use crate::forge::Forge;
use crate::run::Report;
use crate::sim::World;

const STRICT: &str = r#"version = 1

[organization]
actions.allowed_actions = "selected"
actions.selected_actions.patterns_allowed = { contains = ["acme/*"] }
actions.workflow.default_workflow_permissions = "read"
personal_access_tokens_without_expiry = { count = { at_most = 0 } }
code_security_configuration_defaults = { contains = { baseline = "all" } }

[organization.secret."*"]
visibility = { one_of = ["private", "selected"] }
selected_repositories = ["acme/service-0001"]

[organization.organization_role."*"]
users = { contains = ["ann"] }

[repository.secret."*"]
updated_at = { age = { at_most = 100000 } }
visibility = "selected"
"#;

fn secret(visibility: &str) -> Value {
    json!([{"name": "DEPLOY", "visibility": visibility}])
}

fn conforming() -> World {
    let mut world = World::conforming("acme", 1);
    world.repository_mut("service-0001").document("/actions/secrets", json!([{"name": "OWN"}]));
    world
        .organization_mut("acme")
        .document("/actions/permissions", json!({"allowed_actions": "selected"}))
        .document("/actions/permissions/selected-actions", json!({"patterns_allowed": ["acme/*", "x/y@*"]}))
        .document("/actions/secrets", secret("selected"))
        .document("/actions/secrets/DEPLOY/repositories", json!(["service-0001"]))
        .document("/personal-access-tokens", json!([token("ann", json!("2031-01-01T00:00:00Z"))]))
        .document(
            "/code-security/configurations/defaults",
            json!([{"default_for_new_repos": "all", "configuration": {"name": "baseline"}}]),
        )
        .document("/organization-roles", json!([{"id": 8030, "name": "deployers"}]))
        .document("/organization-roles/8030/users", json!([{"login": "ann"}]));
    world
}

fn token(owner: &str, ends: Value) -> Value {
    json!({"owner": {"login": owner}, "token_name": "ci", "token_expires_at": ends})
}

fn audited(world: World) -> Report {
    Forge::of(world).report(STRICT)
}

#[test]
fn an_organization_conforms() {
    let report = audited(conforming());
    for setting in [
        "organization.actions.allowed_actions",
        "organization.actions.selected_actions.patterns_allowed",
        "organization.actions.workflow.default_workflow_permissions",
        "organization.code_security_configuration_defaults",
        "organization_role.users",
        "secret.visibility",
        "secret.selected_repositories",
    ] {
        assert_eq!(
            report.verdict("acme", setting),
            "conforms",
            "{setting}: {:#}",
            report.of("acme", setting)
        );
    }
    // A repository's secret has an age, and no visibility of its own.
    assert_eq!(report.verdict("acme/service-0001", "secret.updated_at"), "conforms");
    assert_eq!(report.verdict("acme/service-0001", "secret.visibility"), "not_applicable");
}

#[test]
fn a_secret_for_all_drifts() {
    let mut world = conforming();
    world.organization_mut("acme").document("/actions/secrets", secret("all"));
    assert_eq!(audited(world).verdict("acme", "secret.visibility"), "drift");
}

#[test]
fn a_token_without_an_end_drifts() {
    let expiry = "organization.personal_access_tokens_without_expiry";
    assert_eq!(audited(conforming()).verdict("acme", expiry), "conforms");
    let mut world = conforming();
    let tokens = json!([token("ann", json!("2031-01-01T00:00:00Z")), token("bob", Value::Null)]);
    world.organization_mut("acme").document("/personal-access-tokens", tokens);
    let report = audited(world);
    assert_eq!(report.verdict("acme", expiry), "drift");
    assert_eq!(report.of("acme", expiry)["observed"]["known"], json!(["bob"]));
}

#[test]
fn actions_that_are_not_chosen_one_by_one_have_no_patterns() {
    let mut world = conforming();
    world.organization_mut("acme").document("/actions/permissions", json!({"allowed_actions": "all"}));
    let report = audited(world);
    assert_eq!(report.verdict("acme", "organization.actions.allowed_actions"), "drift");
    let patterns = "organization.actions.selected_actions.patterns_allowed";
    assert_eq!(report.verdict("acme", patterns), "not_applicable");
}

#[test]
fn a_configuration_that_is_no_longer_the_default_drifts() {
    let mut world = conforming();
    world.organization_mut("acme").document(
        "/code-security/configurations/defaults",
        json!([{"default_for_new_repos": "public", "configuration": {"name": "baseline"}}]),
    );
    let defaults = "organization.code_security_configuration_defaults";
    assert_eq!(audited(world).verdict("acme", defaults), "drift");
}

#[test]
fn what_a_server_does_not_have_is_not_asked_for() {
    let policy = "version = 1\n[organization.issue_type.\"*\"]\nis_enabled = true\n";
    let forge = Forge::of(conforming());
    let report = forge.report(policy);
    assert_eq!(report.verdict("acme", "issue_type.is_enabled"), "not_applicable");
    assert!(!forge.stats().by_route.keys().any(|route| route.ends_with("/issue-types")));
}
