//! What is written is there afterwards, as far as GitLab would keep it.

use serde_json::{Value, json};

use super::client::Client;
use crate::sim::gitlab::{Identity, Tier, World};

const PROJECT: &str = "/projects/acme%2Fteam-1%2Fservice-0001";

async fn client(change: impl FnOnce(&mut World)) -> Client {
    let mut world = World::conforming("acme", 1);
    change(&mut world);
    Client::to(world).await
}

fn at(rest: &str) -> String {
    format!("{PROJECT}{rest}")
}

#[tokio::test]
async fn a_field_of_a_project_is_kept_and_what_nobody_knows_is_taken_in_silence() {
    let client = client(|_| {}).await;
    let body = json!({ "wiki_access_level": "enabled", "no_such_field": 1, "id": 7 });
    let told = client.send("PUT", PROJECT, body).await;
    assert_eq!((told.status, told.json()["wiki_access_level"].clone()), (200, json!("enabled")));
    let read = client.get(PROJECT).await.json();
    assert_eq!((&read["wiki_access_level"], &read["wiki_enabled"]), (&json!("enabled"), &json!(true)));
    assert_ne!(read["id"], 7);
    assert_eq!(client.simulator.stats().mutating, 1);
    let wrong = client.send("PUT", PROJECT, json!({ "merge_method": "octopus" })).await;
    assert_eq!(wrong.status, 400);
}

#[tokio::test]
async fn what_the_plan_lacks_is_not_kept_and_answered_all_the_same() {
    let client = client(|world| world.tier = Tier::Free).await;
    let told = client.send("PUT", PROJECT, json!({ "merge_trains_enabled": true })).await;
    assert_eq!((told.status, told.json().get("merge_trains_enabled").cloned()), (200, None));
    assert_eq!(client.send("PUT", &at("/push_rule"), json!({})).await.status, 404);
}

#[tokio::test]
async fn writing_takes_the_scope_and_the_role() {
    for (identity, expected) in [
        (Identity::person("zoe", &["read_api"]).role("acme", 50), 403),
        (Identity::person("zoe", &["api"]).role("acme", 30), 403),
        (Identity::person("zoe", &["api"]).role("acme", 40), 200),
    ] {
        let client = client(|world| {
            world.everybody(identity);
        })
        .await;
        let told = client.send("PUT", PROJECT, json!({ "description": "x" })).await;
        assert_eq!(told.status, expected, "{}", told.text);
        let of_group = client.send("PUT", "/groups/acme", json!({ "description": "x" })).await;
        assert_eq!(of_group.status, 403);
    }
}

#[tokio::test]
async fn a_push_rule_is_made_once_and_changed_after() {
    let client = client(|world| {
        world.project_mut("service-0001").document("/push_rule", Value::Null);
    })
    .await;
    let rule = json!({ "member_check": true });
    assert_eq!(client.send("PUT", &at("/push_rule"), rule.clone()).await.status, 404);
    assert_eq!(client.send("POST", &at("/push_rule"), rule.clone()).await.status, 201);
    assert_eq!(client.send("POST", &at("/push_rule"), rule).await.status, 422);
    client.send("PUT", &at("/push_rule"), json!({ "prevent_secrets": true })).await;
    let read = client.get(&at("/push_rule")).await.json();
    assert_eq!((&read["member_check"], &read["prevent_secrets"]), (&json!(true), &json!(true)));
}

#[tokio::test]
async fn approval_settings_go_by_two_names_and_a_group_has_the_last_word() {
    let client = client(|world| {
        world
            .group_mut("acme")
            .document("/merge_request_approval_setting", json!({ "allow_committer_approval": false }));
    })
    .await;
    let older =
        json!({ "reset_approvals_on_push": false, "merge_requests_disable_committers_approval": false });
    assert_eq!(client.send("POST", &at("/approvals"), older).await.status, 201);
    let read = client.get(&at("/merge_request_approval_setting")).await.json();
    assert_eq!(read["retain_approvals_on_push"]["value"], true);
    assert_eq!(read["allow_committer_approval"]["value"], false, "the group decides");
}

#[tokio::test]
async fn protected_branches_are_made_changed_and_removed() {
    let client = client(|world| {
        world.group_mut("acme").add("/protected_branches", json!({ "name": "m*" }));
    })
    .await;
    let rules = at("/protected_branches");
    let new = json!({ "name": "release/*", "push_access_level": 0, "merge_access_level": 30, "allow_force_push": true });
    let made = client.send("POST", &rules, new.clone()).await;
    assert_eq!((made.status, made.json()["push_access_levels"][0]["access_level"].clone()), (201, json!(0)));
    assert_eq!(client.send("POST", &rules, new).await.status, 409);
    let one = format!("{rules}/release%2F*");
    assert_eq!(client.send("PATCH", &one, json!({ "allow_force_push": false })).await.status, 200);
    assert_eq!(client.get(&one).await.json()["allow_force_push"], false);
    assert_eq!(client.send("DELETE", &one, json!({})).await.status, 204);
    assert_eq!(client.get(&one).await.status, 404);
    let of_group = client.send("PATCH", &format!("{rules}/m*"), json!({ "allow_force_push": false })).await;
    assert_eq!(of_group.status, 404, "it is the group's");
}

#[tokio::test]
async fn of_approvers_only_members_are_kept() {
    let client = client(|_| {}).await;
    let rule = json!({ "name": "Core", "approvals_required": 1, "usernames": ["ann", "nobody-here"] });
    let made = client.send("POST", &at("/approval_rules"), rule).await;
    assert_eq!(made.status, 201);
    let names: Vec<Value> =
        made.json()["users"].as_array().unwrap().iter().map(|u| u["username"].clone()).collect();
    assert_eq!(names, ["ann"]);
    let any = json!({ "name": "All Members", "rule_type": "any_approver", "approvals_required": 1 });
    assert_eq!(client.send("POST", &at("/approval_rules"), any).await.status, 400);
    let id = client.get(&at("/approval_rules")).await.json()[0]["id"].clone();
    let changed =
        client.send("PUT", &at(&format!("/approval_rules/{id}")), json!({ "approvals_required": 3 })).await;
    assert_eq!(changed.json()["approvals_required"], 3);
}

#[tokio::test]
async fn labels_are_made_changed_and_removed_and_those_of_groups_stay() {
    let client = client(|_| {}).await;
    let label = json!({ "name": "bug", "color": "#d73a4a" });
    assert_eq!(client.send("POST", &at("/labels"), label.clone()).await.status, 201);
    assert_eq!(client.send("POST", &at("/labels"), label).await.status, 409);
    let changed = client.send("PUT", &at("/labels/bug"), json!({ "description": "Broken" })).await;
    assert_eq!(changed.json()["description"], "Broken");
    let of_group = client.send("PUT", &at("/labels/help%20wanted"), json!({ "color": "#000000" })).await;
    assert_eq!(of_group.status, 404);
    assert_eq!(client.send("DELETE", &at("/labels/bug"), json!({})).await.status, 204);
}

#[tokio::test]
async fn a_file_is_proposed_on_a_branch_and_there_once_it_is_merged() {
    let client = client(|_| {}).await;
    let commit = json!({
        "branch": "ispo-scm/x", "start_branch": "main", "commit_message": "Add X",
        "actions": [{ "action": "create", "file_path": "docs/X.md", "content": "# X\n" }],
    });
    assert_eq!(client.send("POST", &at("/repository/commits"), commit.clone()).await.status, 201);
    assert_eq!(client.send("POST", &at("/repository/commits"), commit).await.status, 400);
    let request = json!({ "source_branch": "ispo-scm/x", "target_branch": "main", "title": "Add X" });
    assert_eq!(client.send("POST", &at("/merge_requests"), request.clone()).await.status, 201);
    assert_eq!(client.send("POST", &at("/merge_requests"), request).await.status, 409);
    let file = at("/repository/files/docs%2FX.md/raw");
    assert_eq!(client.get(&file).await.status, 404);
    assert_eq!(client.send("PUT", &at("/merge_requests/1/merge"), json!({})).await.status, 200);
    assert_eq!(client.get(&file).await.text, "# X\n");
}
