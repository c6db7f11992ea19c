//! Pages, scores and errors of GraphQL.

use serde_json::{Value, json};

use super::client::Client;
use crate::sim::gitlab::{Tier, World};

const PROJECT: &str = "project(fullPath: \"acme/team-1/service-0001\")";

#[tokio::test]
async fn the_projects_of_a_group_and_its_subgroups_come_in_pages() {
    let client = Client::to(World::conforming("acme", 120)).await;
    let page = |after: Value| {
        format!(
            "{{ group(fullPath: \"acme\") {{ projects(includeSubgroups: true, first: 100, after: {after}) {{ pageInfo {{ hasNextPage endCursor }} nodes {{ fullPath }} }} }} }}"
        )
    };
    let first = client.data(&page(Value::Null)).await["group"]["projects"].take();
    assert_eq!(first["nodes"].as_array().unwrap().len(), 100);
    assert_eq!(first["pageInfo"]["hasNextPage"], true);
    let second = client.data(&page(first["pageInfo"]["endCursor"].clone())).await["group"]["projects"].take();
    assert_eq!(second["nodes"].as_array().unwrap().len(), 20);
    assert_eq!(second["pageInfo"]["hasNextPage"], false);
}

#[tokio::test]
async fn a_page_is_never_larger_than_a_hundred() {
    let client = Client::to(World::conforming("acme", 120)).await;
    for arguments in ["", "(first: 500)"] {
        let told = client.data(&format!("{{ projects{arguments} {{ nodes {{ id }} }} }}")).await;
        assert_eq!(told["projects"]["nodes"].as_array().unwrap().len(), 100, "{arguments}");
    }
}

#[tokio::test]
async fn projects_are_found_by_their_global_ids() {
    let client = Client::to(World::conforming("acme", 3)).await;
    let id = client.data(&format!("{{ {PROJECT} {{ id }} }}")).await["project"]["id"].take();
    let told = client.data(&format!("{{ projects(ids: [{id}]) {{ nodes {{ fullPath }} }} }}")).await;
    assert_eq!(told["projects"]["nodes"], json!([{ "fullPath": "acme/team-1/service-0001" }]));
}

#[tokio::test]
async fn branch_rules_tell_what_rest_tells_of_protections_and_approvals() {
    let mut world = World::conforming("acme", 1);
    world
        .group_mut("acme")
        .add("/protected_branches", json!({ "name": "release/*", "allow_force_push": true }));
    let project = world.project_mut("service-0001");
    project.add("/approval_rules", json!({ "name": "security", "protected_branches": [{ "name": "main" }] }));
    project.add(
        "/external_status_checks",
        json!({ "name": "licences", "protected_branches": [{ "name": "main" }] }),
    );
    let client = Client::to(world).await;
    let query = format!(
        "{{ {PROJECT} {{ branchRules {{ nodes {{ name isDefault isProtected matchingBranchesCount
          branchProtection {{ allowForcePush codeOwnerApprovalRequired isGroupLevel pushAccessLevels {{ nodes {{ accessLevel }} }} }}
          approvalRules {{ nodes {{ name type approvalsRequired }} }} externalStatusChecks {{ nodes {{ name }} }} }} }} }} }}"
    );
    let rules = client.data(&query).await["project"]["branchRules"]["nodes"].take();
    let names: Vec<&Value> = rules.as_array().unwrap().iter().map(|rule| &rule["name"]).collect();
    assert_eq!(names, ["All branches", "main", "release/*"]);
    assert_eq!(
        rules[0]["approvalRules"]["nodes"],
        json!([{ "name": "All Members", "type": "ANY_APPROVER", "approvalsRequired": 2 }])
    );
    assert_eq!(rules[0]["branchProtection"], Value::Null);
    assert_eq!((&rules[1]["isDefault"], &rules[1]["matchingBranchesCount"]), (&json!(true), &json!(1)));
    assert_eq!(rules[1]["branchProtection"]["pushAccessLevels"]["nodes"], json!([{ "accessLevel": 0 }]));
    assert_eq!(rules[1]["approvalRules"]["nodes"][0]["name"], "security");
    assert_eq!(rules[1]["externalStatusChecks"]["nodes"], json!([{ "name": "licences" }]));
    assert_eq!(
        (&rules[2]["branchProtection"]["isGroupLevel"], &rules[2]["branchProtection"]["allowForcePush"]),
        (&json!(true), &json!(true))
    );
}

#[tokio::test]
async fn a_free_server_tells_no_approval_rules() {
    let mut world = World::conforming("acme", 1);
    world.tier = Tier::Free;
    let client = Client::to(world).await;
    let query = format!(
        "{{ {PROJECT} {{ pushRules {{ memberCheck }} branchRules {{ nodes {{ name approvalRules {{ nodes {{ name }} }} }} }} }} }}"
    );
    let told = client.data(&query).await;
    assert_eq!(told["project"]["branchRules"]["nodes"], json!([{ "name": "main", "approvalRules": null }]));
    assert_eq!(told["project"]["pushRules"], Value::Null);
}

#[tokio::test]
async fn files_come_by_their_paths() {
    let client = Client::to(World::conforming("acme", 1)).await;
    let query = format!(
        "{{ {PROJECT} {{ repository {{ rootRef codeOwnersPath blobs(paths: [\"CODEOWNERS\", \"NONE\"]) {{ nodes {{ path rawBlob }} }} tree(path: \"src\") {{ blobs {{ nodes {{ path }} }} }} }} }} }}"
    );
    let repository = client.data(&query).await["project"]["repository"].take();
    assert_eq!(
        repository["blobs"]["nodes"],
        json!([{ "path": "CODEOWNERS", "rawBlob": "* @acme/platform\n" }])
    );
    assert_eq!(repository["tree"]["blobs"]["nodes"], json!([{ "path": "src/main.rs" }]));
    assert_eq!(repository["rootRef"], "main");
}

#[tokio::test]
async fn a_query_is_scored_and_refused_above_the_limit() {
    let client = Client::to(World::conforming("acme", 1)).await;
    // group + (projects + nodes + 2 fields) and a hundredth more for each of fifty items + the score's own three.
    let query = |first: u32, fields: &str| {
        format!(
            "{{ queryComplexity {{ score limit }} group(fullPath: \"acme\") {{ projects(first: {first}) {{ nodes {{ {fields} }} }} }} }}"
        )
    };
    let told = client.data(&query(50, "id fullPath")).await;
    assert_eq!(told["queryComplexity"], json!({ "score": 10, "limit": 250 }));
    let many: String = (0..130).map(|number| format!("a{number}: id ")).collect();
    let refused = client.query(&query(100, &many)).await;
    assert_eq!(
        refused,
        json!({ "errors": [{ "message": "Query has complexity of 268, which exceeds max complexity of 250" }] })
    );
    client.data(&query(10, &many)).await;
}

#[tokio::test]
async fn a_query_may_be_no_longer_than_ten_thousand_characters() {
    let client = Client::to(World::conforming("acme", 1)).await;
    let query = format!("{{ metadata {{ version }} }} # {}", "x".repeat(10_000));
    assert_eq!(client.query(&query).await, json!({ "errors": [{ "message": "Query too large" }] }));
}

#[tokio::test]
async fn an_older_server_refuses_the_whole_query_for_a_field_it_does_not_know() {
    let mut world = World::conforming("acme", 1);
    world.version = "18.0.2-ee".to_owned();
    let client = Client::to(world).await;
    let answer = client.query(&format!("{{ {PROJECT} {{ id mergeRequestTitleRegex }} }}")).await;
    assert_eq!(
        answer["errors"][0]["message"],
        "Field 'mergeRequestTitleRegex' doesn't exist on type 'Project'"
    );
    assert!(answer.get("data").is_none());
    let fields =
        client.data("{ __type(name: \"Project\") { fields { name } } }").await["__type"]["fields"].take();
    let knows = |name: &str| fields.as_array().unwrap().iter().any(|field| field["name"] == name);
    assert!(knows("archived") && !knows("mergeRequestTitleRegex"));
}
