//! What the caller may not see, and what nobody ever stated.

use serde_json::json;

use crate::client::Client;
use crate::sim::World;

#[tokio::test]
async fn forbidden_fields_are_null_with_an_error_and_their_routes_closed() {
    let mut world = World::conforming("acme", 2);
    world.repository_mut("service-0001").forbid(&["rulesets", "squashMergeAllowed"]).hide(&["collaborators"]);
    let client = Client::to(world).await;
    let query = "{ repository(owner: \"acme\", name: \"service-0001\") { name rulesets(first: 1) { totalCount } \
        collaborators(first: 1) { totalCount } } }";
    let body = client.graphql(query, json!({})).await.json();
    assert_eq!(
        body["data"]["repository"],
        json!({ "name": "service-0001", "rulesets": null, "collaborators": null })
    );
    assert_eq!(
        body["errors"][0],
        json!({
            "type": "FORBIDDEN",
            "path": ["repository", "rulesets"],
            "locations": [{ "line": 1, "column": 58 }],
            "message": "Resource not accessible by integration",
        })
    );
    assert_eq!(client.get("/repos/acme/service-0001/rulesets").await.status, 403);
    assert_eq!(client.get("/repos/acme/service-0001/collaborators").await.status, 404);
    assert_eq!(client.get("/repos/acme/service-0002/rulesets").await.status, 200);
    assert!(client.get("/repos/acme/service-0001").await.json().get("allow_squash_merge").is_none());
}

#[tokio::test]
async fn a_field_that_cannot_be_null_takes_its_repository_with_it() {
    let mut world = World::conforming("acme", 2);
    world.repository_mut("service-0002").forbid(&["branchProtectionRules"]);
    let client = Client::to(world).await;
    let query = "{ organization(login: \"acme\") { repositories(first: 5) { nodes { name branchProtectionRules(first: 1) { totalCount } } } } }";
    let body = client.graphql(query, json!({})).await.json();
    let nodes = &body["data"]["organization"]["repositories"]["nodes"];
    assert_eq!((&nodes[0]["name"], &nodes[1]), (&json!("service-0001"), &json!(null)));
    assert_eq!(
        body["errors"][0]["path"],
        json!(["organization", "repositories", "nodes", 1, "branchProtectionRules"])
    );
}

#[tokio::test]
async fn bypass_actors_are_hidden_rather_than_empty() {
    let mut world = World::conforming("acme", 1);
    let repository = world.repository_mut("service-0001").hide_bypass();
    let id = repository.rulesets[0].id;
    let client = Client::to(world).await;
    let ruleset = client.get(&format!("/repos/acme/service-0001/rulesets/{id}")).await.json();
    assert!(ruleset.get("bypass_actors").is_none());
    let query = "{ repository(owner: \"acme\", name: \"service-0001\") { rulesets(first: 1) { nodes { bypassActors(first: 1) { totalCount } } } } }";
    assert_eq!(client.data(query).await["repository"]["rulesets"]["nodes"][0]["bypassActors"], json!(null));
}

#[tokio::test]
async fn what_is_unstated_is_left_out_of_rest_and_the_default_in_graphql() {
    let mut world = World::conforming("acme", 1);
    world
        .repository_mut("service-0001")
        .unstate("has_wiki")
        .unstate("allow_forking")
        .unstate("security_and_analysis");
    let client = Client::to(world).await;
    let body = client.get("/repos/acme/service-0001").await.json();
    for key in ["has_wiki", "allow_forking", "security_and_analysis"] {
        assert!(body.get(key).is_none(), "{key}");
    }
    let data = client
        .data("{ repository(owner: \"acme\", name: \"service-0001\") { hasWikiEnabled forkingAllowed } }")
        .await;
    assert_eq!(data["repository"], json!({ "hasWikiEnabled": true, "forkingAllowed": false }));
}

#[tokio::test]
async fn an_installation_is_no_person() {
    let client = Client::to(World::conforming("acme", 1)).await;
    let installation = client.get("/orgs/acme/installation").await.json()["id"].clone();
    let minted = client.post(&format!("/app/installations/{installation}/access_tokens"), json!({})).await;
    assert_eq!(minted.status, 201);
    assert_eq!(minted.json()["token"], "ghs_sim_1");
    assert_eq!(client.get("/user").await.json()["login"], "ispo-bot");
    let refused = client.get_as("ghs_sim_1", "/user").await;
    assert_eq!((refused.status.as_u16(), refused.header("x-oauth-scopes")), (403, ""));
    assert_eq!(client.get_as("ghs_sim_1", "/orgs/acme").await.status, 200);
    assert_eq!(client.post("/app/installations/1/access_tokens", json!({})).await.status, 404);
}
