//! What callers of different tokens and roles are answered.

use serde_json::Value;

use super::client::Client;
use crate::sim::gitlab::{Identity, World};

const PROJECT: &str = "/projects/acme%2Fteam-1%2Fservice-0001";

async fn asked_by(identity: Identity, change: impl FnOnce(&mut World)) -> Client {
    let mut world = World::conforming("acme", 1);
    world.everybody(identity);
    change(&mut world);
    Client::to(world).await
}

#[tokio::test]
async fn both_headers_carry_a_token_and_without_one_nothing_is_told() {
    let mut world = World::conforming("acme", 1);
    world.identity("known", Identity::administrator("root", &["read_api"]));
    let client = Client::to(world).await;
    assert_eq!(client.get_with("/metadata", "private-token", "known").await.status, 200);
    assert_eq!(client.get_with("/metadata", "authorization", "Bearer known").await.status, 200);
    assert_eq!(client.get_with("/metadata", "private-token", "other").await.status, 401);
    assert_eq!(client.get_with("/metadata", "authorization", "Bearer other").await.status, 401);
    assert_eq!(client.get_with("/metadata", "accept", "*/*").await.status, 401);
}

#[tokio::test]
async fn a_token_tells_of_itself_whatever_its_scopes() {
    let client = asked_by(Identity::person("ann", &["read_repository"]), |_| {}).await;
    let token = client.get("/personal_access_tokens/self").await.json();
    assert_eq!(token["scopes"], serde_json::json!(["read_repository"]));
    let refused = client.get(PROJECT).await;
    assert_eq!((refused.status, refused.json()["error"].clone()), (403, Value::from("insufficient_scope")));
    let raw = client.get(&format!("{PROJECT}/repository/files/README.md/raw")).await;
    assert_eq!(raw.status, 200);
    assert!(client.query("{ metadata { version } }").await["errors"].is_array());
}

#[tokio::test]
async fn a_private_project_is_hidden_from_strangers_and_an_internal_one_is_not() {
    let stranger = || Identity::person("xan", &["read_api"]);
    let client = asked_by(stranger(), |_| {}).await;
    assert_eq!(client.get(PROJECT).await.status, 200);
    assert_eq!(client.get(&format!("{PROJECT}/hooks")).await.status, 403);
    let client = asked_by(stranger(), |world| {
        world.project_mut("service-0001").set("visibility", "private");
        world.group_mut("acme").set("visibility", "private");
    })
    .await;
    assert_eq!(client.get(PROJECT).await.json()["message"], "404 Project Not Found");
    assert_eq!(client.get("/groups/acme").await.json()["message"], "404 Group Not Found");
    assert_eq!(
        client.data("{ project(fullPath: \"acme/team-1/service-0001\") { id } }").await["project"],
        Value::Null
    );
}

#[tokio::test]
async fn a_role_sees_its_documents_and_fields_by_rest_and_by_graphql() {
    let query = "{ project(fullPath: \"acme/team-1/service-0001\") { pushRules { memberCheck } branchRules { nodes { name } } } }";
    // Developers read protections, maintainers push rules as well.
    for (level, hooks, branches, pushes) in
        [(20, 403, false, false), (30, 403, true, false), (40, 200, true, true)]
    {
        let client = asked_by(Identity::person("xan", &["read_api"]).role("acme", level), |_| {}).await;
        assert_eq!(client.get(&format!("{PROJECT}/hooks")).await.status, hooks, "{level}");
        let project = client.get(PROJECT).await.json();
        assert_eq!(project.get("build_timeout").is_some(), level >= 40, "{level}");
        let told = client.data(query).await;
        // Whoever may not read them is shown an empty list.
        let rules = told["project"]["branchRules"]["nodes"].as_array().unwrap();
        assert_eq!(!rules.is_empty(), branches, "{level}");
        assert_eq!(told["project"]["pushRules"].is_object(), pushes, "{level}");
    }
}

#[tokio::test]
async fn roles_come_from_memberships_of_groups_above() {
    let client = asked_by(Identity::person("cas", &["read_api"]), |_| {}).await;
    assert_eq!(client.get(&format!("{PROJECT}/hooks")).await.status, 200);
    assert_eq!(client.get("/groups/acme/hooks").await.status, 403);
    let client = asked_by(Identity::person("ann", &["read_api"]), |_| {}).await;
    assert_eq!(client.get("/groups/acme/hooks").await.status, 200);
    assert_eq!(client.get("/application/settings").await.status, 403);
}

#[tokio::test]
async fn what_a_test_refuses_is_refused_by_both_apis() {
    let client = asked_by(Identity::administrator("root", &["read_api"]), |world| {
        world.project_mut("service-0001").refuse("/push_rule", 403, "403 Forbidden");
    })
    .await;
    let refused = client.get(&format!("{PROJECT}/push_rule")).await;
    assert_eq!((refused.status, refused.text.as_str()), (403, "{\"message\":\"403 Forbidden\"}"));
    let told = client
        .data("{ project(fullPath: \"acme/team-1/service-0001\") { pushRules { memberCheck } } }")
        .await;
    assert_eq!(told["project"]["pushRules"], Value::Null);
}
