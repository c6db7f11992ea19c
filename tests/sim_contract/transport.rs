//! Paging, validators, counts, prefixes and faults.

use std::time::Duration;

use serde_json::{Value, json};

use crate::client::Client;
use crate::sim::{Fault, Options, World};

#[tokio::test]
async fn without_a_token_only_meta_is_told() {
    let client = Client::to(World::conforming("acme", 1)).await;
    assert_eq!(client.anonymously("/orgs/acme").await.status, 401);
    assert_eq!(client.anonymously("/meta").await.status, 200);
}

#[tokio::test]
async fn links_lead_through_all_pages() {
    let client = Client::to(World::synthetic("acme", 250, 7)).await;
    let mut names = Vec::new();
    let mut path = Some("/orgs/acme/repos?per_page=100&type=all".to_owned());
    while let Some(asked) = path {
        let answer = client.get(&asked).await;
        names.extend(answer.json().as_array().unwrap().iter().map(|item| item["name"].clone()));
        let next = answer.header("link").split(", ").find(|link| link.ends_with("rel=\"next\""));
        path = next.map(|link| {
            let url = link.trim_start_matches('<').split('>').next().unwrap();
            url.strip_prefix(&client.simulator.url()).expect("an absolute URL of this host").to_owned()
        });
    }
    assert_eq!(names.len(), 250);
    assert_eq!(names[249], "service-0250");
    assert_eq!(client.simulator.stats().of("GET /orgs/{org}/repos"), 3);
}

#[tokio::test]
async fn a_page_has_thirty_items_and_never_more_than_a_hundred() {
    let client = Client::to(World::conforming("acme", 130)).await;
    let length = async |path: &str| client.get(path).await.json().as_array().unwrap().len();
    assert_eq!(length("/orgs/acme/repos").await, 30);
    assert_eq!(length("/orgs/acme/repos?per_page=1000").await, 100);
    assert_eq!(length("/orgs/acme/repos?per_page=100&page=3").await, 0);
}

#[tokio::test]
async fn lists_do_not_carry_merge_settings() {
    let client = Client::to(World::conforming("acme", 1)).await;
    let list = client.get("/orgs/acme/repos").await.json();
    for present in
        ["security_and_analysis", "custom_properties", "allow_forking", "visibility", "topics", "archived"]
    {
        assert!(!list[0][present].is_null(), "{present}");
    }
    for absent in ["allow_squash_merge", "delete_branch_on_merge", "squash_merge_commit_title"] {
        assert!(list[0].get(absent).is_none(), "{absent}");
    }
}

#[tokio::test]
async fn what_is_known_already_costs_nothing() {
    let client = Client::to(World::conforming("acme", 1)).await;
    let first = client.get("/repos/acme/service-0001").await;
    assert_eq!(first.header("x-ratelimit-remaining"), "4999");
    let again = client.get_with("/repos/acme/service-0001", "if-none-match", first.header("etag")).await;
    assert_eq!((again.status.as_u16(), again.text.as_str()), (304, ""));
    assert_eq!(again.header("x-ratelimit-remaining"), "4999");
    client.patch("/repos/acme/service-0001", json!({ "has_wiki": true })).await;
    let changed = client.get_with("/repos/acme/service-0001", "if-none-match", first.header("etag")).await;
    assert_eq!(changed.status, 200);
    let stats = client.simulator.stats();
    assert_eq!((stats.not_modified, stats.not_modified_by_route["GET /repos/{owner}/{repo}"]), (1, 1));
    let another = client.simulator.url() + "/repos/acme/service-0001";
    let asked = reqwest::Client::new()
        .get(another)
        .bearer_auth("another")
        .header("if-none-match", changed.header("etag"));
    assert_eq!(asked.send().await.unwrap().status(), 200, "a validator is one token's own");
}

#[tokio::test]
async fn requests_are_counted_by_what_they_do() {
    let client = Client::to(World::conforming("acme", 1)).await;
    client.get("/orgs/acme").await;
    client.patch("/orgs/acme", json!({ "company": "Acme" })).await;
    client.post("/app/installations/9001/access_tokens", json!({})).await;
    client.get("/orgs/acme/spoons").await;
    client.data("{ rateLimit { cost } }").await;
    let told: Value = client.anonymously("/__stats").await.json();
    assert_eq!(told["total"], 5);
    assert_eq!(told["rest"], 4);
    assert_eq!(told["graphql"], 1);
    assert_eq!(told["mutating"], 1, "a token changes nothing");
    assert_eq!(told["points"], 1);
    assert_eq!(told["by_route"]["GET /orgs/{org}"], 1);
    assert_eq!(told["by_route"]["unknown"], 1);
    client.post("/__reset", Value::Null).await;
    assert_eq!(client.simulator.stats().total, 0);
}

#[tokio::test]
async fn concurrency_is_seen() {
    let options = Options { latency: Duration::from_millis(50), ..Options::default() };
    let client = Client::with(World::conforming("acme", 1), options).await;
    futures_util::future::join_all((0..8).map(|_| client.get("/orgs/acme"))).await;
    assert_eq!(client.simulator.stats().max_concurrent, 8);
}

#[tokio::test]
async fn an_enterprise_server_has_a_prefix_and_a_version() {
    let client = Client::to(World::conforming("acme", 1)).await;
    assert!(client.get("/meta").await.json().get("installed_version").is_none());
    let client = client.enterprise();
    assert_eq!(client.get("/meta").await.json()["installed_version"], "3.19.0");
    let url = client.get("/repos/acme/service-0001").await.json()["url"].clone();
    assert_eq!(url, format!("{}/repos/acme/service-0001", client.simulator.enterprise_url()));
}

#[tokio::test]
async fn unknown_routes_are_not_found() {
    let client = Client::to(World::conforming("acme", 1)).await;
    let answer = client.get("/repos/acme/service-0001/spoons").await;
    assert_eq!(answer.status, 404);
    assert_eq!(answer.json()["message"], "Not Found");
    assert_eq!(answer.json()["status"], "404");
}

async fn with_fault(fault: &str) -> Client {
    let faults = vec![fault.parse::<Fault>().unwrap()];
    Client::with(World::conforming("acme", 1), Options { faults, ..Options::default() }).await
}

#[tokio::test]
async fn the_rate_limit_is_reached() {
    let client = with_fault("rate-limit-after=1").await;
    assert_eq!(client.get("/orgs/acme").await.status, 200);
    let limited = client.get("/orgs/acme").await;
    assert_eq!(limited.status, 403);
    assert_eq!(limited.header("x-ratelimit-remaining"), "0");
    assert_eq!(limited.header("retry-after"), "60");
    let limited = client.graphql("{ viewer { login } }", json!({})).await;
    assert_eq!(limited.status, 200);
    assert_eq!(limited.json()["errors"][0]["type"], "RATE_LIMITED");
}

#[tokio::test]
async fn secondary_limits_bad_gateways_and_broken_bodies_strike_in_turn() {
    let client = with_fault("secondary-every=2:7").await;
    assert_eq!(client.get("/orgs/acme").await.status, 200);
    let limited = client.get("/orgs/acme").await;
    assert_eq!((limited.status.as_u16(), limited.header("retry-after")), (429, "7"));

    let client = with_fault("502-every=2").await;
    client.get("/orgs/acme").await;
    let failed = client.get("/orgs/acme").await;
    assert_eq!((failed.status.as_u16(), failed.header("content-type")), (502, "text/html; charset=utf-8"));

    let client = with_fault("truncate-every=2").await;
    assert!(client.try_get("/orgs/acme").await.is_ok());
    assert!(client.try_get("/orgs/acme").await.is_err());
}

#[test]
fn a_fault_must_be_known() {
    assert_eq!("502-every=3".parse(), Ok(Fault::BadGatewayEvery(3)));
    for wrong in ["", "502-every", "502-every=0", "secondary-every=3", "flood=1"] {
        assert!(wrong.parse::<Fault>().is_err(), "{wrong}");
    }
}
