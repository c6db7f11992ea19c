//! GraphQL's bounds: what a query must say, may ask, and is charged.

use serde_json::{Value, json};

use crate::client::Client;
use crate::sim::{Options, World};

async fn first_error(client: &Client, query: &str) -> Value {
    client.graphql(query, json!({})).await.json()["errors"][0].take()
}

#[tokio::test]
async fn connections_must_be_bounded() {
    let client = Client::to(World::conforming("acme", 1)).await;
    let error =
        first_error(&client, "{ organization(login: \"acme\") { repositories { nodes { id } } } }").await;
    assert_eq!(error["type"], "MISSING_PAGINATION_BOUNDARIES");
    assert_eq!(error["path"], json!(["organization", "repositories"]));
    let error =
        first_error(&client, "{ organization(login: \"acme\") { repositories(first: 101) { totalCount } } }")
            .await;
    assert_eq!(error["type"], "EXCESSIVE_PAGINATION");
    // A total alone has no pages.
    let total = "{ organization(login: \"acme\") { repositories { totalCount } } }";
    let told = client.graphql(total, json!({})).await.json();
    assert_eq!(told["data"]["organization"]["repositories"]["totalCount"], 1);
}

#[tokio::test]
async fn cursors_lead_through_a_connection() {
    let client = Client::to(World::conforming("acme", 7)).await;
    let query = "query($after: String) { organization(login: \"acme\") { repositories(first: 3, after: $after, \
        orderBy: { field: NAME, direction: DESC }) { totalCount pageInfo { hasNextPage endCursor } nodes { name } } } }";
    let (mut names, mut after) = (Vec::new(), Value::Null);
    loop {
        let body = client.graphql(query, json!({ "after": after })).await.json();
        let page = &body["data"]["organization"]["repositories"];
        assert_eq!(page["totalCount"], 7);
        names.extend(
            page["nodes"].as_array().unwrap().iter().map(|node| node["name"].as_str().unwrap().to_owned()),
        );
        if page["pageInfo"]["hasNextPage"] == false {
            break;
        }
        after = page["pageInfo"]["endCursor"].clone();
    }
    assert_eq!(names.len(), 7);
    assert_eq!((names[0].as_str(), names[6].as_str()), ("service-0007", "service-0001"));
}

#[tokio::test]
async fn an_unknown_field_is_told_as_github_tells_it() {
    let client = Client::to(World::conforming("acme", 1)).await;
    let answer = client.graphql("{ organization(login: \"acme\") {\n  spoon } }", json!({})).await;
    assert_eq!(answer.status, 200);
    let error = &answer.json()["errors"][0];
    assert_eq!(error["message"], "Field 'spoon' doesn't exist on type 'Organization'");
    assert_eq!(
        error["extensions"],
        json!({ "code": "undefinedField", "typeName": "Organization", "fieldName": "spoon" })
    );
    assert_eq!(error["locations"], json!([{ "line": 2, "column": 3 }]));
}

#[tokio::test]
async fn an_older_server_refuses_the_whole_query_and_tells_so_when_asked() {
    let without_fields = vec!["Repository.hasPullRequestsEnabled".to_owned()];
    let client =
        Client::with(World::conforming("acme", 1), Options { without_fields, ..Options::default() }).await;
    let query = "{ repository(owner: \"acme\", name: \"service-0001\") { name hasPullRequestsEnabled } }";
    let body = client.graphql(query, json!({})).await.json();
    assert!(body.get("data").is_none());
    assert_eq!(body["errors"][0]["extensions"]["fieldName"], "hasPullRequestsEnabled");
    let fields = client.data("{ __type(name: \"Repository\") { fields { name } } }").await;
    let fields = fields["__type"]["fields"].as_array().unwrap();
    assert!(fields.contains(&json!({ "name": "hasWikiEnabled" })));
    assert!(!fields.contains(&json!({ "name": "hasPullRequestsEnabled" })));
}

#[tokio::test]
async fn what_cannot_be_resolved_is_null_with_an_error() {
    let client = Client::to(World::conforming("acme", 1)).await;
    let body =
        client.graphql("{ organization(login: \"none\") { id } viewer { login } }", json!({})).await.json();
    assert_eq!(body["data"], json!({ "organization": null, "viewer": { "login": "ispo-bot" } }));
    assert_eq!(body["errors"][0]["type"], "NOT_FOUND");
    let body = client
        .graphql("{ nodes(ids: [\"R_20001\", \"R_1\"]) { ... on Repository { name } } }", json!({}))
        .await
        .json();
    assert_eq!(body["data"]["nodes"], json!([{ "name": "service-0001" }, null]));
    assert_eq!(body["errors"][0]["path"], json!(["nodes", 1]));
}

/// 1 request for repositories, 100 for issues, 5,000 for labels: GitHub's own example, by other names.
#[tokio::test]
async fn points_and_nodes_are_counted_with_every_first_filled() {
    let client = Client::to(World::conforming("acme", 1)).await;
    let query = "query($first: Int = 20) { rateLimit { cost nodeCount remaining limit } organization(login: \"acme\") { \
        repositories(first: $first) { nodes { environments(first: 50) { nodes { protectionRules(first: 60) { totalCount } } } } } } }";
    let body = client.graphql(query, json!({})).await.json();
    assert_eq!(
        body["data"]["rateLimit"],
        json!({ "cost": 10, "nodeCount": 20 + 1_000 + 60_000, "remaining": 4_990, "limit": 5_000 })
    );
    let failed = client.graphql(query, json!({ "first": 100 })).await;
    assert_eq!(failed.status, 502, "305,100 nodes take too long");
    let query = query.replace("first: 50", "first: 100");
    let refused = client.graphql(&query, json!({ "first": 100 })).await;
    assert_eq!(refused.json()["errors"][0]["type"], "MAX_NODE_LIMIT_EXCEEDED");
    assert_eq!(client.simulator.stats().points, 10, "what is refused is not charged");
}

#[tokio::test]
async fn what_is_not_included_is_not_charged() {
    let client = Client::to(World::conforming("acme", 1)).await;
    let query = "query($labels: Boolean!) { rateLimit { nodeCount } organization(login: \"acme\") { repositories(first: 10) { \
        nodes { ...Twice labels(first: 100) @include(if: $labels) { totalCount } ...Twice } } } } \
        fragment Twice on Repository { repositoryTopics(first: 5) { totalCount } }";
    let counted = async |labels: bool| {
        client.graphql(query, json!({ "labels": labels })).await.json()["data"]["rateLimit"]["nodeCount"]
            .take()
    };
    assert_eq!(counted(false).await, 10 + 50);
    assert_eq!(counted(true).await, 10 + 50 + 1_000);
}

#[tokio::test]
async fn points_run_out() {
    let options = Options { rate_limit: 1, ..Options::default() };
    let client = Client::with(World::conforming("acme", 1), options).await;
    assert!(client.graphql("{ viewer { login } }", json!({})).await.json().get("errors").is_none());
    assert_eq!(first_error(&client, "{ viewer { login } }").await["type"], "RATE_LIMITED");
}
