//! Subjects, lists and documents by REST.

use serde_json::{Value, json};

use super::client::Client;
use crate::sim::gitlab::{Tier, World};

const PROJECT: &str = "/projects/acme%2Fteam-1%2Fservice-0001";

#[tokio::test]
async fn a_project_is_found_by_its_number_and_by_its_encoded_path() {
    let client = Client::to(World::conforming("acme", 1)).await;
    let by_path = client.get(PROJECT).await.json();
    let by_number = client.get(&format!("/projects/{}", by_path["id"])).await.json();
    assert_eq!(by_path, by_number);
    assert_eq!(by_path["path_with_namespace"], "acme/team-1/service-0001");
    assert_eq!(by_path["namespace"]["full_path"], "acme/team-1");
    assert_eq!(client.get("/projects/acme%2Fnone").await.status, 404);
}

#[tokio::test]
async fn what_a_test_sets_is_told_and_so_is_what_says_the_same() {
    let mut world = World::conforming("acme", 1);
    world.project_mut("service-0001").set("wiki_access_level", "enabled").set("emails_enabled", false);
    let project = Client::to(world).await.get(PROJECT).await.json();
    assert_eq!(project["wiki_access_level"], "enabled");
    assert_eq!(project["wiki_enabled"], true);
    assert_eq!(project["emails_disabled"], true);
    assert_eq!(project["tag_list"], json!(["innersource", "service"]));
}

#[tokio::test]
#[should_panic(expected = "GitLab tells no field wiki_acess_level")]
async fn a_misspelt_field_stops_the_test() {
    World::conforming("acme", 1).project_mut("service-0001").set("wiki_acess_level", "enabled");
}

#[tokio::test]
async fn the_projects_of_subgroups_come_in_pages_that_tell_the_way() {
    let client = Client::to(World::conforming("acme", 120)).await;
    let first = client.get("/groups/acme/projects?include_subgroups=true&per_page=100").await;
    assert_eq!(first.header("x-total"), Some("120"));
    assert_eq!(first.header("x-next-page"), Some("2"));
    assert_eq!(first.json().as_array().unwrap().len(), 100);
    let second = client.get(&first.link("next").unwrap()).await;
    assert_eq!(second.header("x-next-page"), Some(""));
    assert_eq!(second.json().as_array().unwrap().len(), 20);
    assert_eq!(second.link("next"), None);
    assert_eq!(client.get("/groups/acme/projects").await.json(), json!([]));
    let subgroup = client.get("/groups/acme%2Fteam-1/projects?per_page=100").await;
    assert_eq!(subgroup.json().as_array().unwrap().len(), 25);
}

#[tokio::test]
async fn all_projects_come_by_keyset_where_it_is_asked_for() {
    let client = Client::to(World::conforming("acme", 5)).await;
    let mut next = Some("/projects?pagination=keyset&order_by=id&sort=asc&per_page=2".to_owned());
    let mut names = Vec::new();
    while let Some(path) = next {
        let page = client.get(&path).await;
        assert_eq!(page.header("x-total"), None);
        names.extend(
            page.json()
                .as_array()
                .unwrap()
                .iter()
                .map(|project| project["path"].as_str().unwrap().to_owned()),
        );
        next = page.link("next");
    }
    assert_eq!(names, ["service-0001", "service-0002", "service-0003", "service-0004", "service-0005"]);
}

#[tokio::test]
async fn a_total_above_ten_thousand_is_not_told() {
    let mut world = World::conforming("acme", 1);
    let labels: Vec<Value> = (0..10_001).map(|number| json!({ "name": format!("label-{number}") })).collect();
    world.project_mut("service-0001").document("/labels", labels);
    let page = Client::to(world).await.get(&format!("{PROJECT}/labels?per_page=100")).await;
    assert_eq!(page.header("x-total"), None);
    assert_eq!(page.header("x-next-page"), Some("2"));
    assert_eq!(page.link("last"), None);
}

#[tokio::test]
async fn a_push_rule_never_set_is_null_in_a_project_and_missing_in_a_group() {
    let mut world = World::conforming("acme", 1);
    world.project_mut("service-0001").document("/push_rule", Value::Null);
    let client = Client::to(world).await;
    let rule = client.get(&format!("{PROJECT}/push_rule")).await;
    assert_eq!((rule.status, rule.text.as_str()), (200, "null"));
    assert_eq!(client.get("/groups/acme/push_rule").await.status, 404);
}

#[tokio::test]
async fn a_document_is_completed_by_its_default_and_an_item_by_its_row() {
    let mut world = World::conforming("acme", 1);
    let project = world.project_mut("service-0001");
    project.document("/push_rule", json!({ "commit_message_regex": "^A" }));
    project.document("/hooks", json!([{ "url": "https://a.example.com" }]));
    project.add("/protected_branches", json!({ "name": "release/*" }));
    let client = Client::to(world).await;
    let rule = client.get(&format!("{PROJECT}/push_rule")).await.json();
    assert_eq!((&rule["commit_message_regex"], &rule["prevent_secrets"]), (&json!("^A"), &json!(false)));
    let hook = client.get(&format!("{PROJECT}/hooks")).await.json()[0].take();
    assert_eq!((&hook["url"], &hook["push_events"]), (&json!("https://a.example.com"), &json!(true)));
    assert_eq!(client.get(&format!("{PROJECT}/hooks/{}", hook["id"])).await.json(), hook);
    let branch = client.get(&format!("{PROJECT}/protected_branches/release%2F%2A")).await.json();
    assert_eq!(branch["merge_access_levels"][0]["access_level_description"], "Maintainers");
    assert_eq!(client.get(&format!("{PROJECT}/protected_branches/none")).await.status, 404);
}

#[tokio::test]
async fn what_a_group_protects_and_labels_its_projects_inherit() {
    let mut world = World::conforming("acme", 1);
    world.group_mut("acme").add("/protected_branches", json!({ "name": "hotfix/*" }));
    let client = Client::to(world).await;
    let branches = client.get(&format!("{PROJECT}/protected_branches")).await.json();
    let told: Vec<_> =
        branches.as_array().unwrap().iter().map(|branch| (&branch["name"], &branch["inherited"])).collect();
    assert_eq!(told, [(&json!("main"), &json!(false)), (&json!("hotfix/*"), &json!(true))]);
    let labels = client.get(&format!("{PROJECT}/labels")).await.json();
    assert_eq!(labels[0]["is_project_label"], false);
    assert_eq!(
        client.get(&format!("{PROJECT}/labels?include_ancestor_groups=false")).await.json(),
        json!([])
    );
}

#[tokio::test]
async fn a_stricter_approval_setting_above_locks_the_one_below() {
    let mut world = World::conforming("acme", 1);
    let project = world.project_mut("service-0001");
    project.document("/merge_request_approval_setting", json!({ "allow_author_approval": true }));
    let client = Client::to(world).await;
    let told = client.get(&format!("{PROJECT}/merge_request_approval_setting")).await.json();
    assert_eq!(
        told["allow_author_approval"],
        json!({ "value": true, "locked": false, "inherited_from": null })
    );
    assert_eq!(
        client.get(&format!("{PROJECT}/approvals")).await.json()["merge_requests_author_approval"],
        true
    );
    let strict = json!({ "allow_author_approval": false });
    client.simulator.world_mut().group_mut("acme").document("/merge_request_approval_setting", strict);
    let told = client.get(&format!("{PROJECT}/merge_request_approval_setting")).await.json();
    assert_eq!(
        told["allow_author_approval"],
        json!({ "value": false, "locked": true, "inherited_from": "group" })
    );
    assert_eq!(
        client.get(&format!("{PROJECT}/approvals")).await.json()["merge_requests_author_approval"],
        false
    );
}

#[tokio::test]
async fn members_are_direct_or_all_that_reach_a_project() {
    let mut world = World::conforming("acme", 1);
    world.add_group("everyone").member("zoe", 40);
    world.share("acme/team-1/service-0001", "everyone", 20);
    world.project_mut("service-0001").member("dee", 50);
    let client = Client::to(world).await;
    let of = |list: Value| -> Vec<(String, u64)> {
        let members = list.as_array().unwrap().clone();
        let told = members.iter().map(|member| {
            (member["username"].as_str().unwrap().to_owned(), member["access_level"].as_u64().unwrap())
        });
        told.collect()
    };
    let direct = of(client.get(&format!("{PROJECT}/members")).await.json());
    assert_eq!(direct, [("dee".to_owned(), 50)]);
    let all = of(client.get(&format!("{PROJECT}/members/all")).await.json());
    assert!(all.contains(&("dee".to_owned(), 50)) && all.contains(&("zoe".to_owned(), 20)), "{all:?}");
    assert!(all.contains(&("ann".to_owned(), 50)), "{all:?}");
}

#[tokio::test]
async fn a_tier_has_its_fields_and_endpoints_and_no_more() {
    for (tier, trains, pushes, checks) in
        [(Tier::Free, false, 404, 404), (Tier::Premium, true, 200, 404), (Tier::Ultimate, true, 200, 200)]
    {
        let mut world = World::conforming("acme", 1);
        world.tier = tier;
        let client = Client::to(world).await;
        let project = client.get(PROJECT).await.json();
        assert_eq!(project.get("merge_trains_enabled").is_some(), trains, "{tier:?}");
        assert_eq!(client.get(&format!("{PROJECT}/push_rule")).await.status, pushes, "{tier:?}");
        assert_eq!(client.get(&format!("{PROJECT}/external_status_checks")).await.status, checks, "{tier:?}");
    }
}

#[tokio::test]
async fn an_older_server_and_gitlab_com_lack_what_they_lack() {
    let mut world = World::conforming("acme", 1);
    world.version = "17.5.0-ee".to_owned();
    let client = Client::to(world).await;
    assert_eq!(client.get("/metadata").await.json()["version"], "17.5.0-ee");
    let project = client.get(PROJECT).await.json();
    assert!(project.get("feature_flags_minimum_role").is_none());
    let rules = format!("{PROJECT}/registry/protection/repository/rules");
    assert_eq!(client.get(&rules).await.status, 404);
    let client = Client::to(World::conforming("acme", 1).on_gitlab_com()).await;
    assert_eq!(client.get(PROJECT).await.json()["visibility"], "private");
    assert_eq!(client.get("/application/settings").await.status, 403);
    assert_eq!(client.get("/application/plan_limits").await.status, 404);
    assert_eq!(client.get("/groups/acme/ssh_certificates").await.status, 200);
}

#[tokio::test]
async fn files_are_listed_and_read() {
    let client = Client::to(World::conforming("acme", 1)).await;
    let tree = client.get(&format!("{PROJECT}/repository/tree?recursive=true&per_page=100")).await.json();
    let paths: Vec<&str> =
        tree.as_array().unwrap().iter().map(|entry| entry["path"].as_str().unwrap()).collect();
    assert!(paths.contains(&"CODEOWNERS") && paths.contains(&"src/main.rs"), "{paths:?}");
    let raw = client.get(&format!("{PROJECT}/repository/files/src%2Fmain.rs/raw?ref=HEAD")).await;
    assert_eq!(raw.text, "fn main() {}\n");
    let file = client.get(&format!("{PROJECT}/repository/files/CODEOWNERS?ref=main")).await.json();
    assert_eq!(file["encoding"], "base64");
    assert_eq!(client.get(&format!("{PROJECT}/repository/files/NONE?ref=main")).await.status, 404);
}
