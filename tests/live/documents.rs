//! Documents of single repositories: asked for where an expectation needs them, and judged as what
//! they are.

use serde_json::json;

use crate::forge::Forge;
use crate::run::{Desk, Report};
use crate::sim::{Options, World};

/// What no list and no query carries, of every repository.
const EVERYWHERE: &str = r#"version = 1

[repository]
actions.enabled = true
actions.allowed_actions = { one_of = ["all", "local_only", "selected"] }
actions.workflow.default_workflow_permissions = "read"
code_scanning.default_setup.state = "configured"

[repository.webhook."*"]
insecure_ssl = false

[repository.environment."production"]
wait_timer = { at_most = 60 }
"#;

const FAST: [&str; 2] = ["--requests-per-minute", "1000000"];

fn generous() -> Options {
    Options { rate_limit: 1_000_000, ..Options::default() }
}

/// Requests by route, those of GraphQL and the lists of the organization left out.
fn own(forge: &Forge) -> Vec<(String, u64)> {
    let routes = forge.stats().by_route.into_iter();
    routes.filter(|(route, _)| route.starts_with("GET /repos/")).collect()
}

fn conforming(repositories: usize) -> World {
    let mut world = World::conforming("acme", repositories);
    for n in 1..=repositories {
        world
            .repository_mut(&format!("service-{n:04}"))
            .document("/actions/permissions", json!({"enabled": true, "allowed_actions": "selected"}))
            .document(
                "/actions/permissions/workflow",
                json!({"default_workflow_permissions": "read", "can_approve_pull_request_reviews": false}),
            )
            .document("/code-scanning/default-setup", json!({"state": "configured"}));
    }
    world
}

#[test]
fn each_profile_costs_its_own_documents_only() {
    let mut world = conforming(6);
    for n in [1, 2] {
        world.repository_mut(&format!("service-{n:04}")).topics(&["innersource", "deploys"]);
    }
    world.repository_mut("service-0003").topics(&["innersource", "scanned"]);
    let policy = r#"version = 1
[profile.deploys]
select = { topics = ["deploys"] }
[profile.deploys.repository]
actions.workflow.default_workflow_permissions = "read"
[profile.scanned]
select = { topics = ["scanned"] }
[profile.scanned.repository]
code_scanning.default_setup.state = "configured"
code_scanning.default_setup.query_suite = { unmanaged = true }
"#;
    let forge = Forge::of(world);
    forge.audit(policy, &[]).ended(0);
    let expected = [
        ("GET /repos/{owner}/{repo}/actions/permissions/workflow".to_owned(), 2),
        ("GET /repos/{owner}/{repo}/code-scanning/default-setup".to_owned(), 1),
    ];
    assert_eq!(own(&forge), expected);
    forge.forget();
    forge.audit(policy, &["--only", "topics = \"scanned\""]).ended(0);
    assert_eq!(own(&forge).len(), 1, "what is not looked at is not read");
}

#[test]
fn what_is_archived_is_not_asked_for() {
    let mut world = conforming(3);
    world.repository_mut("service-0002").set("archived", true);
    let forge = Forge::of(world);
    forge.audit("version = 1\n[repository]\nactions.enabled = true\n", &[]).ended(0);
    assert_eq!(own(&forge), [("GET /repos/{owner}/{repo}/actions/permissions".to_owned(), 2)]);
}

#[test]
fn what_the_list_says_is_not_there_is_not_asked_for() {
    let mut world = conforming(3);
    world
        .repository_mut("service-0002")
        .set("has_pages", true)
        .document("/pages", json!({"https_enforced": true}));
    let forge = Forge::of(world);
    let report = forge.report("version = 1\n[repository]\npages.https_enforced = true\n");
    let of = |n: u32| {
        report.verdict(&format!("acme/service-000{n}"), "repository.pages.https_enforced").to_owned()
    };
    assert_eq!([of(1), of(2), of(3)], ["drift", "conforms", "drift"]);
    assert_eq!(own(&forge), [("GET /repos/{owner}/{repo}/pages".to_owned(), 1)]);
}

#[test]
fn one_document_serves_all_of_its_settings() {
    let forge = Forge::of(conforming(2));
    let policy =
        "version = 1\n[repository]\nactions.enabled = true\nactions.allowed_actions = \"selected\"\n";
    forge.audit(policy, &[]).ended(0);
    assert_eq!(own(&forge), [("GET /repos/{owner}/{repo}/actions/permissions".to_owned(), 2)]);
}

#[test]
fn a_thousand_repositories_cost_four_requests_each_and_nothing_the_second_time() {
    const N: u64 = 1_000;
    let forge = Forge::with(conforming(1_000), generous());
    let desk = Desk::before(&forge.url(), EVERYWHERE);
    let arguments = [&["audit", "policy.toml", "--github", "acme", "--format", "json"], &FAST[..]].concat();
    let cold = forge.at(&desk, &arguments).ended(0).json();
    let first = forge.stats();
    assert!(first.total <= 25 + 4 * N + 60, "{first:?}");
    forge.forget();
    let warm = forge.at(&desk, &arguments).ended(0).json();
    let second = forge.stats();
    eprintln!(
        "1,000 repositories, documents of each: {} requests ({} REST, {} GraphQL); again: {} REST of which {} unchanged",
        first.total, first.rest, first.graphql, second.rest, second.not_modified
    );
    assert_eq!((second.rest, second.not_modified), (first.rest, first.rest));
    assert!(cold.without_requests() == warm.without_requests());
}

fn verdicts(world: World, policy: &str) -> Report {
    Forge::of(world).report(policy)
}

#[test]
fn what_the_answer_is_decides_what_is_known() {
    let policy =
        "version = 1\n[repository]\npages.https_enforced = true\nactions.allowed_actions = \"selected\"\n";
    let mut world = conforming(4);
    let hidden = "Resource not accessible by personal access token";
    let plan = "Upgrade to GitHub Pro or make this repository public to enable this feature.";
    world.repository_mut("service-0001").refuse("/actions/permissions", 403, hidden);
    world.repository_mut("service-0002").refuse("/actions/permissions", 403, plan);
    world.repository_mut("service-0003").refuse("/actions/permissions", 404, "Not Found");
    let report = verdicts(world, policy);
    let of = |n: u32| report.verdict(&format!("acme/service-000{n}"), "repository.actions.allowed_actions");
    assert_eq!([of(1), of(2), of(3), of(4)], ["unknown", "not_applicable", "unknown", "conforms"]);
    let needs = report.needs("acme/service-0001", "repository.actions.allowed_actions");
    assert!(needs.contains("administration:read") && needs.contains(hidden), "{needs}");
    // There is no site, and an administrator is told so: that is no guess.
    assert_eq!(report.verdict("acme/service-0004", "repository.pages.https_enforced"), "drift");
}

#[test]
fn each_webhook_is_judged_and_none_hides_behind_another() {
    let policy = "version = 1\n[repository.webhook.\"*\"]\ninsecure_ssl = false\n[repository.webhook.\"https://ci.example/\"]\nactive = true\n";
    let hook = |id: u64, url: &str, insecure: &str, active: bool| {
        json!({"id": id, "type": "Repository", "name": "web", "active": active, "events": ["push"],
            "config": {"url": url, "content_type": "json", "insecure_ssl": insecure}})
    };
    let mut world = conforming(3);
    let good = json!([hook(1, "https://ci.example/", "0", true)]);
    world.repository_mut("service-0001").document("/hooks", good);
    let twins =
        json!([hook(1, "https://ci.example/", "0", true), hook(2, "https://ci.example/", "1", false)]);
    world.repository_mut("service-0002").document("/hooks", twins);
    let report = verdicts(world, policy);
    assert_eq!(report.verdict("acme/service-0001", "webhook.insecure_ssl"), "conforms");
    let drifting: Vec<_> = report.drift_of("acme/service-0002");
    assert_eq!(drifting, ["webhook.active", "webhook.insecure_ssl"]);
    assert_eq!(report.verdict("acme/service-0003", "webhook.insecure_ssl"), "not_applicable");
    assert_eq!(report.verdict("acme/service-0003", "webhook.active"), "drift");
}

#[test]
fn the_documents_of_an_item_cost_only_where_the_item_is_asked_about() {
    let mut world = conforming(3);
    for n in 1..=2 {
        let repository = world.repository_mut(&format!("service-000{n}"));
        for name in ["production", "a place/with a slash"] {
            repository.environment(name, None, &[]);
        }
        repository.document("/environments/production/secrets", json!([{"name": "DEPLOY_KEY"}]));
    }
    let forge = Forge::of(world);
    let policy =
        "version = 1\n[repository.environment.\"production\"]\nsecrets = { contains = [\"DEPLOY_KEY\"] }\n";
    let report = forge.report(policy);
    assert_eq!(report.verdict("acme/service-0001", "environment.secrets"), "conforms");
    assert_eq!(report.verdict("acme/service-0003", "environment.secrets"), "drift", "there is no such place");
    let route = "GET /repos/{owner}/{repo}/environments/{environment_name}/secrets".to_owned();
    assert_eq!(own(&forge), [(route.clone(), 2)]);
    forge.forget();
    let all = policy
        .replace("production", "*")
        .replace("{ contains = [\"DEPLOY_KEY\"] }", "{ count = { at_most = 9 } }");
    forge.audit(&all, &[]).ended(0);
    assert_eq!(own(&forge), [(route, 4)]);
}
