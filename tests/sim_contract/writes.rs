//! What is written through REST is read through both views.

use serde_json::{Value, json};

use crate::client::Client;
use crate::sim::World;
use crate::sim::world::Role;

const REPOSITORY: &str = "/repos/acme/service-0001";

async fn conforming() -> Client {
    Client::to(World::conforming("acme", 2)).await
}

async fn seen(client: &Client, fields: &str) -> Value {
    client.data(&format!("{{ repository(owner: \"acme\", name: \"service-0001\") {{ {fields} }} }}")).await["repository"].take()
}

#[tokio::test]
async fn settings() {
    let client = conforming().await;
    let changes = json!({ "has_wiki": true, "allow_rebase_merge": true, "no_such_key": 1 });
    let answer = client.patch(REPOSITORY, changes).await;
    assert_eq!(answer.status, 200);
    // What people can see changes in a request of its own.
    let answer = client.patch(REPOSITORY, json!({ "visibility": "private" })).await;
    assert_eq!(answer.status, 200);
    assert_eq!(answer.json()["private"], true);
    assert_eq!(
        seen(&client, "hasWikiEnabled rebaseMergeAllowed visibility").await,
        json!({ "hasWikiEnabled": true, "rebaseMergeAllowed": true, "visibility": "PRIVATE" })
    );
}

#[tokio::test]
async fn what_github_refuses_is_refused() {
    let client = conforming().await;
    let status = async |changes: Value| client.patch(REPOSITORY, changes).await.status.as_u16();
    assert_eq!(status(json!({ "has_wiki": "yes" })).await, 422);
    assert_eq!(status(json!({ "allow_squash_merge": false })).await, 422, "the last merge method");
    assert_eq!(status(json!({ "squash_merge_commit_title": "PR_TITLE" })).await, 422, "without its message");
    assert_eq!(status(json!({ "default_branch": "nowhere" })).await, 422);
    assert_eq!(status(json!({ "allow_forking": false })).await, 200);
    client.patch("/orgs/acme", json!({ "members_can_fork_private_repositories": false })).await;
    assert_eq!(status(json!({ "allow_forking": false })).await, 422, "the organization forbids forks");
    client.patch(REPOSITORY, json!({ "visibility": "public" })).await;
    let ghas = json!({ "security_and_analysis": { "advanced_security": { "status": "enabled" } } });
    assert_eq!(status(ghas).await, 422, "advanced security on a public repository");
}

#[tokio::test]
async fn an_archived_repository_is_read_only_until_it_is_unarchived() {
    let client = conforming().await;
    assert_eq!(client.patch(REPOSITORY, json!({ "archived": true })).await.status, 200);
    assert!(!seen(&client, "archivedAt").await["archivedAt"].is_null());
    let refused = client.put(&format!("{REPOSITORY}/topics"), json!({ "names": [] })).await;
    assert_eq!(refused.status, 403);
    assert_eq!(refused.json()["message"], "Repository was archived so is read-only.");
    assert_eq!(client.patch(REPOSITORY, json!({ "has_wiki": true })).await.status, 403);
    assert_eq!(client.patch(REPOSITORY, json!({ "archived": false })).await.status, 200);
    assert_eq!(client.patch(REPOSITORY, json!({ "has_wiki": true })).await.status, 200);
}

#[tokio::test]
async fn topics_properties_labels_and_alerts() {
    let client = conforming().await;
    assert_eq!(client.put(&format!("{REPOSITORY}/topics"), json!({ "names": ["docs"] })).await.status, 200);
    assert_eq!(
        client.put(&format!("{REPOSITORY}/topics"), json!({ "names": ["No good"] })).await.status,
        422
    );
    let values = |value: &str| json!({ "properties": [{ "property_name": "data", "value": value }] });
    assert_eq!(
        client.patch(&format!("{REPOSITORY}/properties/values"), values("restricted")).await.status,
        204
    );
    assert_eq!(client.patch(&format!("{REPOSITORY}/properties/values"), values("secret")).await.status, 422);
    let label = json!({ "name": "a b", "color": "ff0000" });
    assert_eq!(client.post(&format!("{REPOSITORY}/labels"), label.clone()).await.status, 201);
    assert_eq!(client.post(&format!("{REPOSITORY}/labels"), label).await.status, 422);
    assert_eq!(
        client.patch(&format!("{REPOSITORY}/labels/a%20b"), json!({ "new_name": "c" })).await.status,
        200
    );
    assert_eq!(client.delete(&format!("{REPOSITORY}/labels/help%20wanted")).await.status, 204);
    assert_eq!(client.get(&format!("{REPOSITORY}/vulnerability-alerts")).await.status, 204);
    assert_eq!(client.delete(&format!("{REPOSITORY}/vulnerability-alerts")).await.status, 204);
    assert_eq!(client.get(&format!("{REPOSITORY}/vulnerability-alerts")).await.status, 404);
    let fields = "repositoryTopics(first: 9) { nodes { topic { name } } } labels(first: 9) { nodes { name } } \
        repositoryCustomPropertyValue(propertyName: \"data\") { value } hasVulnerabilityAlertsEnabled";
    assert_eq!(
        seen(&client, fields).await,
        json!({
            "repositoryTopics": { "nodes": [{ "topic": { "name": "docs" } }] },
            "labels": { "nodes": [{ "name": "good first issue" }, { "name": "c" }] },
            "repositoryCustomPropertyValue": { "value": "restricted" },
            "hasVulnerabilityAlertsEnabled": false,
        })
    );
}

#[tokio::test]
async fn branch_protection_is_replaced_as_a_whole() {
    let client = conforming().await;
    let path = format!("{REPOSITORY}/branches/main/protection");
    assert_eq!(
        client.get(&path).await.json()["required_pull_request_reviews"]["required_approving_review_count"],
        2
    );
    assert_eq!(
        client.put(&path, json!({ "enforce_admins": true })).await.status,
        422,
        "all four keys are needed"
    );
    let wanted = json!({
        "required_status_checks": { "strict": false, "checks": [{ "context": "lint", "app_id": -1 }] },
        "enforce_admins": null,
        "required_pull_request_reviews": null,
        "restrictions": { "users": ["ann"], "teams": ["platform"], "apps": [] },
    });
    let answer = client.put(&path, wanted).await;
    assert_eq!(answer.status, 200, "{}", answer.text);
    let fields = "branchProtectionRules(first: 5) { nodes { isAdminEnforced requiredApprovingReviewCount requiresCommitSignatures \
        requiredStatusCheckContexts requiresLinearHistory pushAllowances(first: 5) { nodes { actor { ... on User { login } ... on Team { slug } } } } } }";
    assert_eq!(
        seen(&client, fields).await["branchProtectionRules"]["nodes"],
        json!([{
            "isAdminEnforced": false,
            "requiredApprovingReviewCount": null,
            "requiresCommitSignatures": true,
            "requiredStatusCheckContexts": ["lint"],
            "requiresLinearHistory": false,
            "pushAllowances": { "nodes": [{ "actor": { "login": "ann" } }, { "actor": { "slug": "platform" } }] },
        }]),
        "signatures are a resource of their own"
    );
    assert_eq!(client.delete(&format!("{path}/required_signatures")).await.status, 204);
    assert_eq!(client.get(&path).await.json()["required_signatures"]["enabled"], false);
    assert_eq!(client.delete(&path).await.status, 204);
    assert_eq!(client.get(&path).await.json()["message"], "Branch not protected");
    assert_eq!(
        client.get(&format!("{REPOSITORY}/branches/none/protection")).await.json()["message"],
        "Branch not found"
    );
}

#[tokio::test]
async fn rulesets() {
    let client = conforming().await;
    let wanted = json!({
        "name": "tags", "target": "tag", "enforcement": "active",
        "conditions": { "ref_name": { "include": ["refs/tags/v*"], "exclude": [] } },
        "rules": [{ "type": "deletion" }],
        "bypass_actors": [{ "actor_id": 5, "actor_type": "RepositoryRole" }],
    });
    let created = client.post(&format!("{REPOSITORY}/rulesets"), wanted).await;
    assert_eq!(created.status, 201);
    let path = format!("{REPOSITORY}/rulesets/{}", created.json()["id"]);
    assert_eq!(client.put(&path, json!({ "enforcement": "evaluate" })).await.status, 200);
    assert_eq!(client.put(&path, json!({ "enforcement": "sometimes" })).await.status, 422);
    let fields = "rulesets(first: 5) { nodes { name enforcement target bypassActors(first: 5) { nodes { repositoryRoleName bypassMode } } } }";
    assert_eq!(
        seen(&client, fields).await["rulesets"]["nodes"][1],
        json!({
            "name": "tags", "enforcement": "EVALUATE", "target": "TAG",
            "bypassActors": { "nodes": [{ "repositoryRoleName": "admin", "bypassMode": "ALWAYS" }] },
        })
    );
    assert_eq!(client.delete(&path).await.status, 204);
    assert_eq!(client.get(&path).await.status, 404);
}

#[tokio::test]
async fn team_grants() {
    let client = conforming().await;
    let path = "/orgs/acme/teams/platform/repos/acme/service-0001";
    assert_eq!(client.put(path, json!({ "permission": "admin" })).await.status, 204);
    assert_eq!(client.delete("/orgs/acme/teams/everyone/repos/acme/service-0001").await.status, 204);
    let teams = client.get(&format!("{REPOSITORY}/teams")).await.json();
    assert_eq!((teams.as_array().unwrap().len(), &teams[0]["permission"]), (1, &json!("admin")));
    let data = client.data("{ organization(login: \"acme\") { team(slug: \"platform\") { repositories(first: 1) { edges { permission } } } } }").await;
    assert_eq!(data["organization"]["team"]["repositories"]["edges"][0]["permission"], "ADMIN");
}

#[tokio::test]
async fn a_file_travels_by_branch_and_pull_request() {
    let client = conforming().await;
    let main = client.get(&format!("{REPOSITORY}/git/ref/heads/main")).await.json();
    let reference = json!({ "ref": "refs/heads/ispo/files", "sha": main["object"]["sha"] });
    assert_eq!(client.post(&format!("{REPOSITORY}/git/refs"), reference.clone()).await.status, 201);
    assert_eq!(client.post(&format!("{REPOSITORY}/git/refs"), reference).await.status, 422, "exists");
    let pull = json!({ "title": "Files", "head": "ispo/files", "base": "main" });
    assert_eq!(
        client.post(&format!("{REPOSITORY}/pulls"), pull.clone()).await.status,
        422,
        "no commits between"
    );
    let path = format!("{REPOSITORY}/contents/docs/GUIDE.md");
    assert_eq!(client.get(&path).await.status, 404);
    let file = json!({ "message": "Add", "content": "SGVsbG8=", "branch": "ispo/files" });
    assert_eq!(client.put(&path, file.clone()).await.status, 201);
    assert_eq!(client.put(&path, file).await.status, 422, "the old sha is missing");
    let opened = client.post(&format!("{REPOSITORY}/pulls"), pull).await;
    assert_eq!(opened.status, 201);
    let found = client.get(&format!("{REPOSITORY}/pulls?head=acme:ispo/files&state=open")).await.json();
    assert_eq!(found[0]["number"], opened.json()["number"]);
    assert_eq!(client.get(&path).await.status, 404, "not merged yet");
    assert_eq!(client.put(&format!("{REPOSITORY}/pulls/1/merge"), json!({})).await.json()["merged"], true);
    assert_eq!(client.put(&format!("{REPOSITORY}/pulls/1/merge"), json!({})).await.status, 405);
    assert_eq!(client.get(&path).await.json()["content"], "SGVsbG8=\n");
    assert_eq!(
        seen(&client, "object(expression: \"HEAD:docs/GUIDE.md\") { ... on Blob { text } }").await["object"]
            ["text"],
        "Hello"
    );
    let listing = client.get(&format!("{REPOSITORY}/contents/docs")).await.json();
    assert_eq!(listing[0]["name"], "GUIDE.md");
}

#[tokio::test]
async fn the_world_may_change_behind_the_client() {
    let client = conforming().await;
    client
        .simulator
        .world_mut()
        .repository_mut("service-0001")
        .set("has_wiki", true)
        .collaborator("zoe", Role::Push);
    let people = client.get(&format!("{REPOSITORY}/collaborators?affiliation=direct")).await.json();
    assert_eq!((&people[0]["login"], &people[0]["role_name"]), (&json!("zoe"), &json!("write")));
    assert_eq!(client.get(REPOSITORY).await.json()["has_wiki"], true);
}
