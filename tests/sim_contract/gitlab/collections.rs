//! Items of lists: made, read, changed and removed, as the table says, and refused as GitLab refuses.

use serde_json::{Value, json};

use super::client::Client;
use crate::sim::gitlab::{Identity, Tier, World, documents};

const PROJECT: &str = "/projects/acme%2Fteam-1%2Fservice-0001";

async fn client(change: impl FnOnce(&mut World)) -> Client {
    let mut world = World::conforming("acme", 2);
    world.tier = Tier::Ultimate;
    world.version = "19.3.0-ee".to_owned();
    change(&mut world);
    Client::to(world).await
}

/// A value that the key may have.
fn value(key: &str) -> Value {
    match key {
        "access_level" | "group_access" | "base_access_level" => json!(30),
        "approvals_required" => json!(2),
        "deploy_access_levels" => json!([{ "access_level": 40 }]),
        "package_type" => json!("npm"),
        "target_project_id" | "target_group_id" => Value::Null,
        "scopes" => json!(["read_registry"]),
        key if key.starts_with("minimum_access_level") => json!("owner"),
        key if key.ends_with("url") => json!("https://example.com/x"),
        _ => json!("made"),
    }
}

fn concrete(path: &str) -> String {
    path.replace("/projects/{id}", PROJECT).replace("/groups/{id}", "/groups/acme")
}

#[tokio::test]
async fn every_list_that_is_made_of_items_takes_one_more_and_gives_it_back() {
    let client = client(|_| {}).await;
    let numbers = {
        let world = client.simulator.world();
        (world.project("acme/team-1/service-0002").unwrap().id, world.group("acme/team-1").unwrap().id)
    };
    for written in documents::lists().filter(|written| !written.collection.create.is_empty()) {
        let (collection, list) = (written.collection, concrete(written.list()));
        let mut body = json!({});
        for key in &collection.required {
            body[key] = value(key);
        }
        for (key, number) in [("target_project_id", numbers.0), ("target_group_id", numbers.1)] {
            if body.get(key).is_some() {
                body[key] = json!(number);
            }
        }
        for (field, given) in [("username", json!("new")), ("name", json!("made")), ("cn", json!("made"))] {
            if collection.takes.iter().any(|key| key == field) {
                body[field] = given;
            }
        }
        let before = client.get(&list).await.json();
        let made = client.send("POST", &list, body.clone()).await;
        assert_eq!(made.status, 201, "{list} {body}: {}", made.text);
        let made = made.json();
        let told = client.get(&list).await.json();
        let grown = told.as_array().unwrap().len();
        assert_eq!(grown, before.as_array().unwrap().len() + 1, "{list}: {told:#}");
        if let Some(secret) = &collection.once {
            assert!(made[secret].is_string(), "{list}: {made}");
            assert!(!told.to_string().contains("glsim-told-once"), "{list}: {told}");
        }
        if !collection.unique.is_empty() {
            let again = client.send("POST", &list, body).await;
            assert!([400, 409, 422].contains(&again.status), "{list}: {} {}", again.status, again.text);
            assert!(again.text.contains("already"), "{list}: {}", again.text);
        }
        let key = match &made[&collection.by] {
            Value::String(name) => name.clone(),
            number => number.to_string(),
        };
        let one = format!("{list}/{key}");
        if collection.stops {
            assert_eq!(client.send("DELETE", &one, Value::Null).await.status, 403);
            client.send("POST", &format!("{one}/stop"), json!({})).await;
        }
        if !collection.update.is_empty() {
            let changed = client.send(&collection.update, &one, json!({ "no_such_field": 1 })).await;
            assert_eq!(changed.status, 200, "{one}: {}", changed.text);
        }
        assert_eq!(client.send("DELETE", &one, Value::Null).await.status, 204, "{one}");
        assert_eq!(client.send("DELETE", &one, Value::Null).await.status, 404, "{one}");
        let left = client.get(&list).await.json();
        assert_eq!(left.as_array().unwrap().len(), before.as_array().unwrap().len(), "{list}");
    }
}

#[tokio::test]
async fn what_is_lacking_is_told_and_what_is_foreign_refused() {
    let client = client(|_| {}).await;
    let badge = client.send("POST", &format!("{PROJECT}/badges"), json!({ "name": "x" })).await;
    assert_eq!(
        (badge.status, badge.json()),
        (400, json!({ "error": "link_url is missing, image_url is missing" }))
    );
    let tier = json!({ "name": "x", "tier": "heaven" });
    assert_eq!(client.send("POST", &format!("{PROJECT}/environments"), tier).await.status, 400);
    let name = json!({ "name": "x" });
    client.send("POST", &format!("{PROJECT}/environments"), name.clone()).await;
    let twice = client.send("POST", &format!("{PROJECT}/environments"), name).await;
    assert_eq!(twice.json(), json!({ "message": { "name": ["has already been taken"] } }));
}

#[tokio::test]
async fn roles_and_tiers_hold_for_items_too() {
    let developer = Identity::person("zoe", &["api"]).role("acme", 30);
    let client = client(|world| {
        world.everybody(developer);
        world.tier = Tier::Free;
    })
    .await;
    let hook = json!({ "url": "https://ci.example.com" });
    assert_eq!(client.send("POST", &format!("{PROJECT}/hooks"), hook).await.status, 403);
    let schedule = json!({ "description": "nightly", "ref": "main", "cron": "0 1 * * *" });
    assert_eq!(client.send("POST", &format!("{PROJECT}/pipeline_schedules"), schedule).await.status, 201);
}

#[tokio::test]
async fn what_the_plan_lacks_is_taken_in_silence() {
    let client = client(|world| world.tier = Tier::Free).await;
    let mirror = json!({ "url": "https://ann:secret@example.com/copy.git", "mirror_branch_regex": "^main$" });
    let made = client.send("POST", &format!("{PROJECT}/remote_mirrors"), mirror).await;
    assert_eq!(made.status, 201);
    let read = client.get(&format!("{PROJECT}/remote_mirrors")).await.json();
    assert_eq!(read[0]["mirror_branch_regex"], Value::Null);
    // What it signs in with is told to nobody again.
    assert_eq!(read[0]["url"], "https://*****:*****@example.com/copy.git");
    let hooks = json!({ "url": "https://ci.example.com" });
    assert_eq!(client.send("POST", "/groups/acme/hooks", hooks).await.status, 404);
}

#[tokio::test]
async fn what_a_group_has_is_not_changed_in_its_projects() {
    let client = client(|world| {
        world.group_mut("acme").add("/badges", json!({ "name": "ci" }));
    })
    .await;
    let badges = client.get(&format!("{PROJECT}/badges")).await.json();
    let badge = badges.as_array().unwrap().iter().find(|badge| badge["kind"] == "group").unwrap().clone();
    let at = format!("{PROJECT}/badges/{}", badge["id"]);
    assert_eq!(client.send("PUT", &at, json!({ "name": "x" })).await.status, 404);
    assert_eq!(client.send("DELETE", &at, Value::Null).await.status, 404);
}
