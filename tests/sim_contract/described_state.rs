//! An organization described by somebody else's file.

use std::path::{Path, PathBuf};

use serde_json::json;

use crate::client::Client;
use crate::sim::worlds;

const SMALL: &str = r#"{
  "members": { "admin": ["ann"], "member": ["ben"] },
  "teams": {
    "WG Web/UX": { "privacy": "closed", "members": { "maintainer": ["ben"] }, "parent_team_id": "All" },
    "All": { "description": "All of us", "privacy": "closed" }
  },
  "repositories": {
    "old": { "archived": true },
    "web": {
      "archived": false, "visibility": "public", "default_branch": "master", "secret_scanning": true,
      "teams": { "push": ["WG Web/UX"] }, "collaborators": { "admin": ["zoe"] },
      "branch_protection": { "master": {
        "enforce_admins": true, "force_push_bypassers": ["/zoe"], "push_restrictions": ["small/wg-web-ux"],
        "required_pull_request_reviews": { "dismiss_stale_reviews": true }, "required_status_checks": { "strict": true }
      } }
    }
  }
}"#;

async fn described(path: &Path, login: &str) -> Client {
    Client::to(worlds::load(path, login).unwrap()).await
}

#[tokio::test]
async fn what_is_missing_is_empty_or_left_out() {
    let path = std::env::temp_dir().join(format!("forge-sim-described-{}.json", std::process::id()));
    std::fs::write(&path, SMALL).unwrap();
    let client = described(&path, "small").await;
    std::fs::remove_file(&path).unwrap();

    let old = client.get("/repos/small/old").await.json();
    assert_eq!(
        (&old["archived"], &old["description"], &old["topics"]),
        (&json!(true), &json!(null), &json!([]))
    );
    for key in ["visibility", "private", "has_wiki", "default_branch", "security_and_analysis"] {
        assert!(old.get(key).is_none(), "{key}");
    }
    let web = client.get("/repos/small/web").await.json();
    assert_eq!(web["security_and_analysis"], json!({ "secret_scanning": { "status": "enabled" } }));
    assert_eq!(client.get("/repos/small/web/teams").await.json()[0]["slug"], "wg-web-ux");
    assert_eq!(
        client.get("/repos/small/web/collaborators?affiliation=direct").await.json()[0]["login"],
        "zoe"
    );

    let query = "{ repository(owner: \"small\", name: \"web\") { hasWikiEnabled branchProtectionRules(first: 1) { nodes { pattern isAdminEnforced \
        requiredApprovingReviewCount dismissesStaleReviews requiresStrictStatusChecks restrictsPushes \
        bypassForcePushAllowances(first: 1) { nodes { actor { ... on User { login } } } } \
        pushAllowances(first: 1) { nodes { actor { ... on Team { name parentTeam { name } } } } } } } } }";
    assert_eq!(
        client.data(query).await["repository"],
        json!({
            "hasWikiEnabled": true,
            "branchProtectionRules": { "nodes": [{
                "pattern": "master", "isAdminEnforced": true, "requiredApprovingReviewCount": 0, "dismissesStaleReviews": true,
                "requiresStrictStatusChecks": true, "restrictsPushes": true,
                "bypassForcePushAllowances": { "nodes": [{ "actor": { "login": "zoe" } }] },
                "pushAllowances": { "nodes": [{ "actor": { "name": "WG Web/UX", "parentTeam": { "name": "All" } } }] },
            }] },
        })
    );
}

#[tokio::test]
async fn a_real_organization_is_understood() {
    let path = PathBuf::from(env!("CARGO_MANIFEST_DIR")).join("../shared/real/open-source-organization.json");
    if !path.exists() {
        eprintln!("SKIPPED: {} is missing", path.display());
        return;
    }
    let client = described(&path, "ipfs").await;
    let query = "{ organization(login: \"ipfs\") { all: repositories(first: 1) { totalCount } \
        live: repositories(first: 1, isArchived: false) { totalCount } teams(first: 1) { totalCount } \
        membersWithRole(first: 1) { totalCount } } }";
    let organization = &client.data(query).await["organization"];
    assert_eq!(organization["all"]["totalCount"], 230);
    assert_eq!(organization["live"]["totalCount"], 103);
    assert_eq!(organization["teams"]["totalCount"], 27);
    let world = client.simulator.world();
    let repositories = &world.organization("ipfs").unwrap().repositories;
    let protected = repositories.values().filter(|repository| !repository.protections.is_empty()).count();
    let rules: usize = repositories.values().map(|repository| repository.protections.len()).sum();
    assert_eq!((protected, rules), (37, 46));
}
