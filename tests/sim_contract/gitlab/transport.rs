//! Faults, validators and counting.

use super::client::Client;
use crate::sim::gitlab::{Options, World};

#[tokio::test]
async fn a_limit_is_answered_429_and_tells_how_long_to_wait() {
    let options = Options { faults: vec!["secondary-every=2:7".parse().unwrap()], ..Options::default() };
    let client = Client::with(World::conforming("acme", 1), options).await;
    let served = client.get("/metadata").await;
    assert_eq!(served.status, 200);
    assert!(
        served.headers.keys().all(|name| !name.as_str().starts_with("ratelimit")),
        "{:?}",
        served.headers
    );
    let refused = client.get("/metadata").await;
    assert_eq!((refused.status, refused.header("retry-after")), (429, Some("7")));
}

#[tokio::test]
async fn lists_may_come_wrong_on_purpose() {
    let options =
        Options { faults: vec!["short-pages=/groups/{id}/projects".parse().unwrap()], ..Options::default() };
    let client = Client::with(World::conforming("acme", 5), options).await;
    let page = client.get("/groups/acme/projects?include_subgroups=true&per_page=3").await;
    assert_eq!(page.json().as_array().unwrap().len(), 2);
    assert_eq!(page.header("x-next-page"), Some("2"));
}

#[tokio::test]
async fn an_answer_that_is_known_already_is_not_sent_again() {
    let client = Client::to(World::conforming("acme", 1)).await;
    let first = client.get("/groups/acme").await;
    let etag = first.header("etag").unwrap().to_owned();
    let url = format!("{}/api/v4/groups/acme", client.simulator.url());
    let again = reqwest::Client::new().get(&url).header("private-token", "x").header("if-none-match", &etag);
    assert_eq!(again.send().await.unwrap().status(), 304);
    client.simulator.world_mut().group_mut("acme").set("description", "Otherwise");
    let again = reqwest::Client::new().get(&url).header("private-token", "x").header("if-none-match", &etag);
    assert_eq!(again.send().await.unwrap().status(), 200);
}

#[tokio::test]
async fn requests_are_counted_by_route_and_recorded() {
    let options = Options { record: true, ..Options::default() };
    let client = Client::with(World::conforming("acme", 1), options).await;
    client.get("/projects/acme%2Fteam-1%2Fservice-0001/hooks").await;
    client.get("/nothing").await;
    client.data("{ metadata { version } }").await;
    let stats = client.simulator.stats();
    assert_eq!(stats.of("GET /projects/{id}/hooks"), 1);
    assert_eq!(stats.of("unknown"), 1);
    assert_eq!(stats.of("POST /api/graphql"), 1);
    assert_eq!((stats.total, stats.mutating), (3, 0));
    let recorded = client.simulator.recorded();
    assert_eq!(recorded[0].path, "/projects/acme%2Fteam-1%2Fservice-0001/hooks");
    assert_eq!(recorded[0].token, "secret");
}

#[tokio::test]
async fn the_same_seed_makes_the_same_world() {
    assert_eq!(World::synthetic("acme", 60, 7), World::synthetic("acme", 60, 7));
    assert_ne!(World::synthetic("acme", 60, 7), World::synthetic("acme", 60, 8));
}
