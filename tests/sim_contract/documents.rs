//! Plain data: what a test states, what is answered by default, and lists that misbehave.

use serde_json::{Value, json};

use crate::client::Client;
use crate::sim::{Options, World};

const REPOSITORY: &str = "/repos/acme/service-0001";

async fn client(change: impl FnOnce(&mut World)) -> Client {
    let mut world = World::conforming("acme", 2);
    change(&mut world);
    Client::to(world).await
}

#[tokio::test]
async fn what_is_stated_completes_the_default() {
    let client = client(|world| {
        let repository = world.repository_mut("service-0001");
        repository.document("/actions/permissions", json!({ "allowed_actions": "selected" }));
        repository.document("/hooks", json!([{ "events": ["release"] }, { "id": 7, "active": false }]));
        repository.document_without("/actions/permissions/workflow", "can_approve_pull_request_reviews");
    })
    .await;
    let actions = client.get(&format!("{REPOSITORY}/actions/permissions")).await.json();
    let url = format!("{}{REPOSITORY}/actions/permissions/selected-actions", client.simulator.url());
    assert_eq!(
        actions,
        json!({ "enabled": true, "allowed_actions": "selected", "sha_pinning_required": false, "selected_actions_url": url })
    );
    assert_eq!(client.get(&format!("{REPOSITORY}/actions/permissions/selected-actions")).await.status, 200);
    let other = client.get("/repos/acme/service-0002/actions/permissions/selected-actions").await;
    assert_eq!(other.status, 409, "there all are allowed");
    let hooks = client.get(&format!("{REPOSITORY}/hooks")).await.json();
    assert_eq!(
        (&hooks[0]["events"], &hooks[0]["id"], &hooks[1]["id"]),
        (&json!(["release"]), &json!(1), &json!(7))
    );
    assert_eq!(client.get(&format!("{REPOSITORY}/hooks/7")).await.json()["active"], false);
    assert_eq!(client.get(&format!("{REPOSITORY}/hooks/8")).await.status, 404);
    let workflow = client.get(&format!("{REPOSITORY}/actions/permissions/workflow")).await.json();
    assert_eq!(workflow, json!({ "default_workflow_permissions": "read" }));
}

#[tokio::test]
async fn what_is_missing_is_answered_as_github_does() {
    let client = client(|world| {
        world.repository_mut("service-0001").vulnerability_alerts = false;
        world.repository_mut("service-0002").document("/hooks", Value::Null).document("/pages", json!({}));
    })
    .await;
    let status = async |path: &str| client.get(path).await.status.as_u16();
    assert_eq!(status(&format!("{REPOSITORY}/pages")).await, 404);
    assert_eq!(status("/repos/acme/service-0002/pages").await, 200);
    assert_eq!(status("/repos/acme/service-0002/hooks").await, 404);
    assert_eq!(status(&format!("{REPOSITORY}/code-security-configuration")).await, 204);
    assert_eq!(status(&format!("{REPOSITORY}/immutable-releases")).await, 404);
    assert_eq!(status(&format!("{REPOSITORY}/automated-security-fixes")).await, 404);
    assert_eq!(status(&format!("{REPOSITORY}/environments/nowhere/secrets")).await, 404);
    assert_eq!(status("/orgs/acme/actions/runner-groups/99/runners").await, 404);
    assert_eq!(status("/orgs/acme/teams/nobody/external-groups").await, 404);
}

#[tokio::test]
async fn a_test_may_refuse_any_path() {
    let client = client(|world| {
        world.repository_mut("service-0001").refuse("/actions/secrets", 403, "No").refuse(
            "/labels",
            404,
            "Not Found",
        );
        world.organization_mut("acme").refuse("", 403, "SAML");
    })
    .await;
    assert_eq!(client.get(&format!("{REPOSITORY}/actions/secrets")).await.json()["message"], "No");
    assert_eq!(client.get(&format!("{REPOSITORY}/labels")).await.status, 404);
    assert_eq!(client.get("/repos/acme/service-0002/labels").await.status, 200);
    assert_eq!(client.get("/orgs/acme").await.status, 403);
}

#[tokio::test]
async fn both_views_tell_one_world() {
    let client = client(|world| {
        world
            .repository_mut("service-0001")
            .environment("production", Some(5), &["ann"])
            .deploy_key("robot", true)
            .file(".github/CODEOWNERS", "* @acme/nobody\n");
    })
    .await;
    let environments = client.get(&format!("{REPOSITORY}/environments")).await.json();
    assert_eq!(environments["total_count"], 1);
    let rules = &environments["environments"][0]["protection_rules"];
    assert_eq!(
        (&rules[0]["wait_timer"], &rules[1]["reviewers"][0]["reviewer"]["login"]),
        (&json!(5), &json!("ann"))
    );
    assert_eq!(client.get(&format!("{REPOSITORY}/keys")).await.json()[0]["title"], "robot");
    let errors = client.get(&format!("{REPOSITORY}/codeowners/errors")).await.json();
    assert_eq!(errors["errors"][0]["line"], 1);
    let rules = client.get(&format!("{REPOSITORY}/rules/branches/main")).await.json();
    assert!(rules.as_array().unwrap().iter().any(|rule| rule["type"] == "pull_request"));
    let members = client.get("/orgs/acme/teams/platform/members?role=maintainer").await.json();
    assert_eq!(members[0]["login"], "cas");
}

fn variables(world: &mut World, count: usize) {
    let all: Vec<Value> = (0..count).map(|number| json!({ "name": format!("V{number}") })).collect();
    world.repository_mut("service-0001").document("/actions/variables", all);
}

/// The names on all pages, the total that the first tells, and the number of pages.
async fn walked(client: &Client) -> (Vec<String>, u64, usize) {
    let mut path = Some(format!("{REPOSITORY}/actions/variables?per_page=100"));
    let (mut names, mut total, mut pages) = (Vec::new(), 0, 0);
    while let Some(asked) = path {
        let answer = client.get(&asked).await;
        let body = answer.json();
        if pages == 0 {
            total = body["total_count"].as_u64().unwrap();
        }
        pages += 1;
        let items = body["variables"].as_array().unwrap().clone();
        names.extend(items.iter().map(|item| item["name"].as_str().unwrap().to_owned()));
        let next =
            answer.header("link").split(", ").find(|link| link.ends_with("rel=\"next\"")).map(str::to_owned);
        path = next.map(|link| {
            let url = link.trim_start_matches('<').split('>').next().unwrap().to_owned();
            url.strip_prefix(&client.simulator.url()).expect("an absolute URL of this host").to_owned()
        });
    }
    (names, total, pages)
}

async fn with_fault(fault: &str) -> Client {
    let mut world = World::conforming("acme", 1);
    variables(&mut world, 65);
    let faults = if fault.is_empty() { vec![] } else { vec![fault.parse().unwrap()] };
    Client::with(world, Options { faults, ..Options::default() }).await
}

const VARIABLES: &str = "/repos/{owner}/{repo}/actions/variables";

#[tokio::test]
async fn pages_are_as_large_as_the_endpoint_allows() {
    let (names, total, pages) = walked(&with_fault("").await).await;
    assert_eq!((names.len(), total, pages), (65, 65, 3), "thirty at most");
}

#[tokio::test]
async fn lists_misbehave_on_request() {
    let (names, total, pages) = walked(&with_fault(&format!("short-pages={VARIABLES}")).await).await;
    assert_eq!((names.len(), total, pages), (65, 65, 3));
    let (names, total, _) = walked(&with_fault(&format!("shifting-list={VARIABLES}")).await).await;
    assert_eq!((names.len(), total), (64, 65), "one slipped through between two pages");
    assert!(!names.contains(&"V30".to_owned()));
    let (names, total, _) = walked(&with_fault(&format!("overstated-total={VARIABLES}=2")).await).await;
    assert_eq!((names.len(), total), (65, 67));
}

#[tokio::test]
async fn an_older_server_lacks_what_came_later() {
    let mut world = World::conforming("acme", 1);
    world.installed_version = "3.18.1".to_owned();
    let client = Client::to(world).await.enterprise();
    let status = async |path: &str| client.get(path).await.status.as_u16();
    assert_eq!(status("/orgs/acme/actions/permissions").await, 200);
    assert_eq!(status("/orgs/acme/dependabot/repository-access").await, 200, "since 3.18");
    assert_eq!(status("/orgs/acme/actions/permissions/artifact-and-log-retention").await, 404, "since 3.19");
    assert_eq!(status("/orgs/acme/blocks").await, 404, "github.com alone has it");
}

#[tokio::test]
async fn a_server_may_limit_nobody() {
    let options = Options { rate_limits: false, rate_limit: 1, ..Options::default() };
    let client = Client::with(World::conforming("acme", 1), options).await;
    for _ in 0..3 {
        let answer = client.get("/orgs/acme").await;
        assert_eq!((answer.status.as_u16(), answer.header("x-ratelimit-remaining")), (200, ""));
    }
    assert_eq!(client.get("/rate_limit").await.status, 404);
    assert_eq!(client.data("{ rateLimit { cost } viewer { login } }").await["rateLimit"], Value::Null);
}

#[tokio::test]
async fn requests_are_kept_when_asked_for() {
    let options = Options { record: true, ..Options::default() };
    let client = Client::with(World::conforming("acme", 1), options).await;
    client.get("/orgs/acme/repos?per_page=5&page=2").await;
    client.patch("/repos/acme/service-0001", json!({ "has_wiki": true })).await;
    let recorded = client.simulator.recorded();
    assert_eq!((recorded[0].method.as_str(), recorded[0].path.as_str()), ("GET", "/orgs/acme/repos"));
    assert_eq!(
        recorded[0].query,
        [("per_page".to_owned(), "5".to_owned()), ("page".to_owned(), "2".to_owned())]
    );
    assert_eq!((&recorded[1].body, recorded[1].status), (&Some(json!({ "has_wiki": true })), 200));
}

#[tokio::test]
async fn what_is_written_is_read() {
    let client = client(|_| {}).await;
    let path = format!("{REPOSITORY}/actions/permissions");
    let selected = json!({ "enabled": true, "allowed_actions": "selected" });
    assert_eq!(client.put(&path, selected).await.status, 204);
    assert_eq!(
        client.put(&format!("{path}/selected-actions"), json!({ "verified_allowed": true })).await.status,
        204
    );
    assert_eq!(client.get(&path).await.json()["allowed_actions"], "selected");
    let actions = client.get(&format!("{path}/selected-actions")).await.json();
    assert_eq!(
        actions,
        json!({ "github_owned_allowed": true, "verified_allowed": true, "patterns_allowed": [] })
    );
    let setup = format!("{REPOSITORY}/code-scanning/default-setup");
    let changed = client.patch(&setup, json!({ "state": "configured" })).await;
    assert_eq!((changed.status.as_u16(), &changed.json()["run_id"]), (202, &json!(42)));
    assert_eq!(client.get(&setup).await.json()["state"], "configured");
    assert_eq!(client.put(&format!("{REPOSITORY}/pages"), json!({ "cname": null })).await.status, 404);
    assert_eq!(client.simulator.stats().mutating, 4);
    client.simulator.world_mut().repository_mut("service-0001").set("archived", true);
    assert_eq!(client.put(&path, json!({ "enabled": false })).await.status, 403);
}
