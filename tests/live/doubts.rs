//! Answers from which more could be concluded than they say.

use serde_json::json;

use crate::forge::Forge;
use crate::front::Front;
use crate::run::{Desk, Report};
use crate::sim::World;
use crate::sim::world::{Identity, OrganizationRole, Role};

const ONE: &str = "acme/service-0001";

fn one() -> World {
    World::conforming("acme", 1)
}

#[test]
fn what_a_write_would_replace_beside_it_is_sent_as_it_is() {
    let mut world = one();
    world
        .repository_mut("service-0001")
        .document(
            "/actions/permissions",
            json!({"enabled": true, "allowed_actions": "all", "sha_pinning_required": false}),
        )
        .document(
            "/actions/permissions/artifact-and-log-retention",
            json!({"days": 90, "maximum_allowed_days": 400}),
        );
    let forge = Forge::of(world);
    let policy = "version = 1\n[repository]\nactions.sha_pinning_required = true\n\
                  actions.artifact_and_log_retention_days = 30\n";
    let desk = Desk::before(&forge.url(), policy);
    let run = forge.at(&desk, &["plan", "policy.toml", "--github", "acme", "--out", "plan.json"]);
    let plan: serde_json::Value =
        serde_json::from_str(&std::fs::read_to_string(desk.path("plan.json")).unwrap()).unwrap();
    let requests = plan["requests"].as_array().unwrap();
    let whole =
        requests.iter().find(|r| r["path"].as_str().unwrap().ends_with("/actions/permissions")).unwrap();
    assert_eq!(whole["body"]["allowed_actions"], "{allowed_actions?}", "{plan:#}");
    assert_eq!(
        whole["reads"]["allowed_actions?"],
        "GET /repos/acme/service-0001/actions/permissions :: allowed_actions"
    );
    run.says("repository.actions.sha_pinning_required");
}

/// Audits behind a server that answers some paths as it likes.
fn altered(
    world: World,
    policy: &str,
    rule: impl Fn(&str) -> Option<(u16, serde_json::Value)> + Send + Sync + 'static,
) -> Report {
    let forge = Forge::of(world);
    let front = Front::before(&forge, move |arrived| {
        rule(&arrived.path).map(|(status, body)| (status, Vec::new(), body))
    });
    let desk = Desk::before(front.url(), policy);
    desk.run(&["audit", "policy.toml", "--github", "acme", "--format", "json", "--all"]).json()
}

#[test]
fn an_answer_with_nothing_in_it_is_no_answer() {
    let policy = "version = 1\n[repository]\nautomated_security_fixes = false\nautomated_security_fixes_paused = false\n\
                  actions.allowed_actions = { absent = true }\n";
    for status in [200, 202, 203] {
        let report = altered(one(), policy, move |path| {
            path.contains("/repos/acme/service-0001/").then(|| (status, json!(null)))
        });
        for setting in
            ["automated_security_fixes", "automated_security_fixes_paused", "actions.allowed_actions"]
        {
            assert_eq!(
                report.verdict(ONE, &format!("repository.{setting}")),
                "unknown",
                "{status} {setting}"
            );
        }
    }
}

#[test]
fn what_has_moved_is_unknown() {
    let policy = "version = 1\n[repository]\nautomated_security_fixes = false\n[repository.webhook.\"*\"]\nactive = true\n";
    let report = altered(one(), policy, |path| {
        let moved = json!({"message": "Moved Permanently", "url": "https://api.github.com/repositories/1"});
        path.contains("/repos/acme/service-0001/").then_some((301, moved))
    });
    assert_eq!(report.verdict(ONE, "repository.automated_security_fixes"), "unknown");
    assert_eq!(report.verdict(ONE, "webhook.active"), "unknown", "{:#}", report.0);
}

#[test]
fn no_keys_are_believed_only_of_whoever_administers() {
    let policy = "version = 1\n[repository.deploy_key.\"old\"]\nread_only = { absent = true }\n";
    let mut world = World::conforming("acme", 2);
    world.repository_mut("service-0002").without_administration();
    let report = Forge::of(world).report(policy);
    assert_eq!(report.verdict(ONE, "deploy_key.read_only"), "conforms");
    assert_eq!(report.verdict("acme/service-0002", "deploy_key.read_only"), "unknown");
}

#[test]
fn names_are_told_apart_as_the_forge_tells_them_apart() {
    let policy = "version = 1\n[repository.secret.\"npm_token\"]\ncreated_at = { absent = true }\n\
                  [repository.label.\"Wontfix\"]\ncolor = { absent = true }\n\
                  [repository.environment.\"Production\"]\nwait_timer = { at_least = 5 }\n";
    let mut world = one();
    let secret = json!({"name": "NPM_TOKEN", "created_at": "2024-01-01T00:00:00Z", "updated_at": "2024-01-01T00:00:00Z"});
    world
        .repository_mut("service-0001")
        .document("/actions/secrets", json!({"total_count": 1, "secrets": [secret]}))
        .label("wontfix", "ffffff", "no")
        .environment("production", Some(10), &[]);
    let report = Forge::of(world).report(policy);
    assert_eq!(report.verdict(ONE, "secret.created_at"), "drift", "{:#}", report.0);
    assert_eq!(report.verdict(ONE, "label.color"), "drift", "{:#}", report.0);
    assert_eq!(report.verdict(ONE, "environment.wait_timer"), "conforms", "{:#}", report.0);
}

#[test]
fn each_of_three_webhooks_to_one_address_is_told_by_itself() {
    let policy = "version = 1\n[repository.webhook.\"*\"]\nactive = true\n";
    let hook = |id: u64, active: bool| {
        json!({"id": id, "type": "Repository", "name": "web", "active": active, "events": ["push"],
            "config": {"url": "https://ci.example.com/hook", "insecure_ssl": "0", "content_type": "json"}})
    };
    let mut world = one();
    world
        .repository_mut("service-0001")
        .document("/hooks", json!([hook(1, true), hook(2, true), hook(3, false)]));
    let report = Forge::of(world).report(policy);
    let mut items: Vec<_> =
        report.findings().map(|f| f["key"].as_str().unwrap_or_default().to_owned()).collect();
    items.sort();
    items.dedup();
    assert_eq!(items.len(), 3, "{:#}", report.0);
    assert_eq!(report.count("drift"), 1);
}

/// Of all that is not in the query: known, absent, unknown, not applicable, items of one name.
#[test]
fn a_snapshot_of_documents_and_lists_says_what_was_said_live() {
    let policy = r#"version = 1
[repository]
actions.allowed_actions = { absent = true }
actions.enabled = false
actions.selected_actions.patterns_allowed = { contains = ["acme/*"] }
actions.workflow.default_workflow_permissions = "read"
automated_security_fixes = true
automated_security_fixes_paused = false
code_scanning.default_setup.state = "configured"
private_vulnerability_reporting = true
pages.https_enforced = true
[repository.webhook."*"]
insecure_ssl = false
secret = true
[repository.secret."npm_token"]
updated_at = { age = { at_most = 100000 } }
[repository.environment."*"]
variables = { exactly = [] }
[organization.webhook."*"]
active = true
[organization.secret."*"]
selected_repositories = { exactly = ["service-0001"] }
"#;
    let hook = |id: u64, config: serde_json::Value| json!({"id": id, "name": "web", "active": true, "events": ["push"], "config": config});
    let mut world = World::conforming("acme", 3);
    world
        .organization_mut("acme")
        .document("/actions/secrets", json!([{"name": "DEPLOY", "visibility": "all"}]))
        .refuse("/actions/secrets/DEPLOY/repositories", 409, "Conflict")
        .refuse("/hooks", 404, "Not Found");
    world
        .repository_mut("service-0001")
        .document("/actions/permissions", json!({"enabled": false}))
        .document_without("/actions/permissions", "allowed_actions")
        .refuse("/actions/permissions/selected-actions", 409, "Conflict")
        .refuse("/pages", 404, "Not Found")
        .document("/actions/secrets", json!([{"name": "NPM_TOKEN"}]))
        .environment("staging", None, &[])
        .document(
            "/hooks",
            json!([
                hook(
                    1,
                    json!({"url": "https://ci.example.com/hook", "insecure_ssl": "0", "secret": "********"})
                ),
                hook(2, json!({"url": "https://ci.example.com/hook", "insecure_ssl": "1"})),
                hook(3, json!({"url": "https://ci.example.com/hook?key=3", "insecure_ssl": "0"})),
            ]),
        );
    world
        .repository_mut("service-0002")
        .without_administration()
        .refuse("/actions/permissions", 403, "Must have admin rights to Repository.")
        .refuse("/hooks", 404, "Not Found")
        .refuse(
            "/code-scanning/default-setup",
            403,
            "Code Security must be enabled for this repository to use code scanning.",
        );
    let forge = Forge::of(world);
    let desk = Desk::before(&forge.url(), policy);
    let audit = |from: &[&str]| {
        let run = desk.run(&[&["audit", "policy.toml", "--format", "json", "--all"], from].concat());
        (run.code, run.json().without_requests())
    };
    let (code, live) = audit(&["--github", "acme"]);
    for verdict in ["conforms", "drift", "unknown", "not_applicable"] {
        assert!(live.count(verdict) > 0, "none is {verdict}: {:#}", live.0);
    }
    desk.run(&["snapshot", "policy.toml", "--github", "acme", "--out", "kept.jsonl"]);
    let (again, kept) = audit(&["--snapshot", "kept.jsonl"]);
    for (was, is) in live.findings().zip(kept.findings()) {
        assert_eq!(was, is);
    }
    assert_eq!((code, live), (again, kept));
}

#[test]
fn a_list_whose_next_page_is_itself_ends() {
    let forge = Forge::of(one());
    let front = Front::before(&forge, |arrived| {
        let next = "<https://api.github.com/repositories/1/hooks?page=2>; rel=\"next\"".to_owned();
        let hook = json!({"id": 1, "active": true, "config": {"url": "https://ci.example.com/hook"}});
        arrived.path.contains("/hooks?").then(|| (200, vec![("link", next)], json!([hook])))
    });
    let policy = "version = 1\n[repository.webhook.\"*\"]\nactive = true\n";
    let desk = Desk::before(front.url(), policy);
    let fast = ["--requests-per-minute", "1000000"];
    let run = desk.run(
        &[&["audit", "policy.toml", "--github", "acme", "--format", "json", "--all"], &fast[..]].concat(),
    );
    assert_eq!(run.json().verdict(ONE, "webhook.active"), "unknown");
    assert!(front.arrived().len() < 20, "{}", front.arrived().len());
}

#[test]
fn a_page_of_repositories_that_leads_back_to_itself_is_the_last() {
    let forge = Forge::of(one());
    let front = Front::before(&forge, |arrived| {
        let page = json!({"totalCount": 200, "pageInfo": {"hasNextPage": true, "endCursor": "x"},
            "nodes": [{"id": "R_1", "nameWithOwner": ONE, "hasWikiEnabled": false, "isArchived": false}]});
        let body = json!({"data": {"rateLimit": {"cost": 1}, "organization": {"repositories": page}}});
        arrived.body.contains("pageInfo").then(|| (200, Vec::new(), body))
    });
    let policy = "version = 1\n[repository]\nhas_wiki = false\n";
    let desk = Desk::before(front.url(), policy);
    let report = desk.run(&["audit", "policy.toml", "--github", "acme", "--format", "json", "--all"]).json();
    assert_eq!(report.verdict(ONE, "repository.has_wiki"), "conforms");
    assert!(report.unread("github:acme").contains("only 1 of its 200"), "{:#}", report.0);
    assert!(front.arrived().len() < 20, "{}", front.arrived().len());
}

#[test]
fn a_team_that_may_be_secret_is_not_ruled_out_by_a_member() {
    let policy = "version = 1\n[repository]\nteams = { exactly = {} }\n";
    let mut world = one();
    let organization = world.organization_mut("acme");
    organization.teams.clear();
    let team = organization.add_team("tigers");
    team.privacy = "secret".to_owned();
    team.grant("service-0001", Role::Admin);
    organization.member("ann", OrganizationRole::Member);
    assert_eq!(Forge::of(world.clone()).report(policy).verdict(ONE, "repository.teams"), "drift");
    world.everybody(Identity::classic("ann", &["repo", "read:org"]));
    let report = Forge::of(world).report(policy);
    assert!(report.needs(ONE, "repository.teams").contains("secret teams"), "{:#}", report.0);
}

#[test]
fn what_is_read_in_documents_and_lists_is_explained() {
    let hook = |id: u64, active: bool| json!({"id": id, "active": active, "events": ["push"], "config": {"url": "https://ci.example.com/hook"}});
    let mut world = one();
    world
        .repository_mut("service-0001")
        .document("/actions/permissions", json!({"enabled": false}))
        .document("/hooks", json!([hook(1, true), hook(2, false)]));
    let forge = Forge::of(world);
    let policy =
        "version = 1\n[repository]\nactions.enabled = true\n[repository.webhook.\"*\"]\nactive = true\n";
    let desk = Desk::before(&forge.url(), policy);
    let explain = |what: &str| desk.run(&["explain", ONE, what, "policy.toml", "--github", "acme"]);
    explain("repository.actions.enabled").says("false").says("drift");
    explain("webhook[*].active").says("hook (2)").says("drift").says("conforms");
}
