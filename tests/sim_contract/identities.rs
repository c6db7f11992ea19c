//! What different callers are answered: the same world, other rights.

use serde_json::{Value, json};

use crate::client::Client;
use crate::sim::world::{Enterprise, Identity, Installation, Plan, Role, parse_identity};
use crate::sim::{Options, World};

const REPOSITORY: &str = "/repos/acme/service-0001";

async fn asked_by(identity: Identity) -> Client {
    let mut world = World::conforming("acme", 2);
    world.everybody(identity);
    Client::to(world).await
}

async fn status(client: &Client, path: &str) -> u16 {
    client.get(path).await.status.as_u16()
}

#[tokio::test]
async fn an_owner_sees_everything() {
    let client = asked_by(Identity::classic("ann", &["repo", "admin:org", "admin:org_hook"])).await;
    for path in ["/orgs/acme/hooks", "/orgs/acme/actions/permissions", "/orgs/acme/rulesets"] {
        assert_eq!(status(&client, path).await, 200, "{path}");
    }
    let answer = client.get(&format!("{REPOSITORY}/hooks")).await;
    assert_eq!(answer.status, 200);
    assert_eq!(answer.header("x-oauth-scopes"), "admin:org, admin:org_hook, repo");
    assert_eq!(answer.header("x-accepted-oauth-scopes"), "repo, read:repo_hook");
    assert_eq!(client.get("/orgs/acme").await.json()["two_factor_requirement_enabled"], true);
    assert_eq!(client.get("/user").await.json()["login"], "ann");
}

#[tokio::test]
async fn a_reader_is_told_that_what_administrators_see_is_not_there() {
    let client = asked_by(Identity::classic("eve", &["repo", "read:org"]).with_role(Role::Pull)).await;
    for (path, expected) in [
        (String::new(), 200),
        ("/rulesets".to_owned(), 200),
        ("/labels".to_owned(), 200),
        ("/environments".to_owned(), 200),
        ("/hooks".to_owned(), 404),
        ("/keys".to_owned(), 404),
        ("/branches/main/protection".to_owned(), 404),
        ("/collaborators".to_owned(), 403),
        ("/actions/permissions".to_owned(), 403),
        ("/actions/secrets".to_owned(), 403),
    ] {
        assert_eq!(status(&client, &format!("{REPOSITORY}{path}")).await, expected, "{path}");
    }
    for (path, expected) in
        [("/teams", 200), ("/hooks", 404), ("/rulesets", 404), ("/actions/permissions", 403)]
    {
        assert_eq!(status(&client, &format!("/orgs/acme{path}")).await, expected, "{path}");
    }
    let repository = client.get(REPOSITORY).await.json();
    for absent in ["security_and_analysis", "allow_squash_merge"] {
        assert!(repository.get(absent).is_none(), "{absent}");
    }
    assert_eq!(
        (&repository["permissions"]["pull"], &repository["permissions"]["push"]),
        (&json!(true), &json!(false))
    );
    let organization = client.get("/orgs/acme").await.json();
    assert!(
        organization.get("two_factor_requirement_enabled").is_none() && organization.get("plan").is_none()
    );
    assert_eq!(client.patch(REPOSITORY, json!({ "has_wiki": true })).await.status, 404);
    let query = "{ repository(owner: \"acme\", name: \"service-0001\") { viewerCanAdminister viewerPermission \
        squashMergeAllowed branchProtectionRules(first: 1) { totalCount } \
        rulesets(first: 1) { nodes { bypassActors(first: 1) { totalCount } } } } }";
    assert_eq!(
        client.data(query).await["repository"],
        json!({
            "viewerCanAdminister": false, "viewerPermission": "READ", "squashMergeAllowed": true,
            "branchProtectionRules": { "totalCount": 0 }, "rulesets": { "nodes": [{ "bypassActors": null }] },
        })
    );
}

#[tokio::test]
async fn the_role_follows_from_the_world() {
    let mut world = World::conforming("acme", 3);
    world.repository_mut("service-0001").collaborator("dee", Role::Admin);
    world.repository_mut("service-0003").set("visibility", "private");
    world.organization_mut("acme").set("default_repository_permission", "none");
    world.organization_mut("acme").teams.clear();
    world.everybody(Identity::classic("dee", &["repo", "read:org"]));
    let client = Client::to(world).await;
    assert_eq!(status(&client, "/repos/acme/service-0001/hooks").await, 200);
    assert_eq!(status(&client, "/repos/acme/service-0002").await, 200, "internal to the enterprise");
    assert_eq!(status(&client, "/repos/acme/service-0002/hooks").await, 404);
    assert_eq!(status(&client, "/repos/acme/service-0003").await, 404, "private");
    assert_eq!(client.get("/orgs/acme/repos").await.json().as_array().unwrap().len(), 2);
}

#[tokio::test]
async fn a_scope_that_is_missing_is_told() {
    let client = asked_by(Identity::classic("ann", &["read:org"])).await;
    let refused = client.get("/orgs/acme/actions/permissions").await;
    assert_eq!((refused.status.as_u16(), refused.header("x-accepted-oauth-scopes")), (403, "admin:org"));
    assert_eq!(refused.header("x-oauth-scopes"), "read:org");
    assert_eq!(status(&client, REPOSITORY).await, 404, "it is not public");
}

#[tokio::test]
async fn a_permission_that_is_missing_is_told() {
    for (identity, words) in [
        (Identity::fine_grained("ann", &["metadata", "administration:read"]), "personal access token"),
        (Identity::installation("acme", &["metadata", "administration:read"]), "integration"),
    ] {
        let client = asked_by(identity).await;
        let allowed = client.get(&format!("{REPOSITORY}/actions/permissions")).await;
        assert_eq!(allowed.status, 200);
        assert_eq!(allowed.header("x-accepted-github-permissions"), "administration=read");
        assert_eq!(allowed.header("x-oauth-scopes"), "");
        let refused = client.get(&format!("{REPOSITORY}/labels")).await;
        assert_eq!(refused.status, 403);
        assert_eq!(refused.header("x-accepted-github-permissions"), "issues=read; pull_requests=read");
        assert!(refused.json()["message"].as_str().unwrap().ends_with(words));
        assert_eq!(status(&client, "/orgs/acme/rulesets").await, 403);
        let query =
            "{ repository(owner: \"acme\", name: \"service-0001\") { labels(first: 1) { totalCount } } }";
        let body = client.graphql(query, json!({})).await.json();
        assert_eq!(
            (&body["data"]["repository"]["labels"], &body["errors"][0]["type"]),
            (&Value::Null, &json!("FORBIDDEN"))
        );
    }
}

#[tokio::test]
async fn a_token_with_permissions_is_no_more_than_its_person() {
    let client =
        asked_by(Identity::fine_grained("eve", &["metadata", "administration:read", "repository_hooks"]))
            .await;
    assert_eq!(status(&client, &format!("{REPOSITORY}/hooks")).await, 404, "she may maintain, no more");
}

#[tokio::test]
async fn a_job_sees_its_own_repository() {
    let client = asked_by(Identity::job("acme/service-0001", &["contents:read", "metadata:read"])).await;
    assert_eq!(status(&client, &format!("{REPOSITORY}/contents/README.md")).await, 200);
    assert_eq!(status(&client, &format!("{REPOSITORY}/actions/permissions")).await, 403);
    assert_eq!(status(&client, "/repos/acme/service-0002").await, 404);
    assert_eq!(status(&client, "/user").await, 403);
}

#[tokio::test]
async fn tokens_have_identities_of_their_own() {
    let mut world = World::conforming("acme", 1);
    world.identity("owner", Identity::classic("ann", &["repo", "admin:org"]));
    world.identity("reader", Identity::classic("eve", &["repo"]).with_role(Role::Pull));
    let client = Client::to(world).await;
    let path = format!("{REPOSITORY}/keys");
    assert_eq!(client.get_as("owner", &path).await.status, 200);
    assert_eq!(client.get_as("reader", &path).await.status, 404);
    let unknown = client.get_as("somebody", &path).await;
    assert_eq!((unknown.status.as_u16(), &unknown.json()["message"]), (401, &json!("Bad credentials")));
}

/// As an App signs it; nobody here looks at the signature.
const KEY: &str = "eyJhbGciOiJSUzI1NiJ9.eyJpc3MiOiI0NzExIn0.c2ln";

#[tokio::test]
async fn each_organization_has_its_own_installation() {
    let mut world = World::conforming("acme", 1);
    world.add_organization("globex").add_repository("secret").set("visibility", "private");
    world.add_organization("initech").installation = None;
    world.organization_mut("globex").installation =
        Some(Installation::with(&["metadata:read", "administration:read"]));
    let client = Client::to(world).await;
    let all = client.get_as(KEY, "/app/installations").await.json();
    assert_eq!(all.as_array().unwrap().len(), 2);
    let found = client.get_as(KEY, "/orgs/globex/installation").await.json();
    assert_eq!(found["permissions"], json!({ "administration": "read", "metadata": "read" }));
    assert_eq!(client.get_as(KEY, "/orgs/initech/installation").await.status, 404);
    assert_eq!(client.get_as(KEY, "/repos/globex/secret/installation").await.json()["id"], found["id"]);
    assert_eq!(client.get_as(KEY, "/orgs/globex").await.status, 401, "a key is no token");
    let minted =
        client.post(&format!("/app/installations/{}/access_tokens", found["id"]), json!({})).await.json();
    assert_eq!(minted["permissions"], found["permissions"]);
    let token = minted["token"].as_str().unwrap();
    assert_eq!(client.get_as(token, "/repos/globex/secret/actions/permissions").await.status, 200);
    assert_eq!(client.get_as(token, "/repos/globex/secret/hooks").await.status, 403);
    assert_eq!(client.get_as(token, REPOSITORY).await.status, 404, "of another organization");
    assert_eq!(client.get_as(token, "/orgs/globex/installation").await.status, 401);
}

#[tokio::test]
async fn a_token_wears_out_and_the_next_one_serves() {
    let options = Options { token_lifetime: Some(2), ..Options::default() };
    let client = Client::with(World::conforming("acme", 1), options).await;
    for token in ["ghs_sim_1", "ghs_sim_2"] {
        let minted = client.post("/app/installations/9001/access_tokens", json!({})).await.json();
        assert_eq!(minted["token"], token);
        for expected in [200, 200, 401, 401] {
            assert_eq!(client.get_as(token, REPOSITORY).await.status, expected, "{token}");
        }
    }
}

#[tokio::test]
async fn what_is_not_paid_for_is_refused() {
    let mut world = World::conforming("acme", 2);
    world.repository_mut("service-0002").set("visibility", "public");
    let organization = world.organization_mut("acme");
    organization.plan = Plan::Free;
    organization.licences.clear();
    let client = Client::to(world).await;
    let refused = client.get(&format!("{REPOSITORY}/autolinks")).await;
    assert_eq!(refused.status, 403);
    assert!(refused.json()["message"].as_str().unwrap().starts_with("Upgrade to GitHub Team"));
    assert_eq!(status(&client, "/repos/acme/service-0002/autolinks").await, 200);
    assert_eq!(status(&client, &format!("{REPOSITORY}/code-scanning/default-setup")).await, 403);
    assert_eq!(status(&client, "/repos/acme/service-0002/code-scanning/default-setup").await, 200);
    assert_eq!(status(&client, "/orgs/acme/copilot/billing").await, 404);
}

#[tokio::test]
async fn an_enterprise_tells_its_organizations() {
    let mut world = World::conforming("acme", 1);
    world.add_organization("globex");
    world.add_organization("initech").member("dee", crate::sim::world::OrganizationRole::Member);
    world.enterprise = Some(Enterprise::named("big").of(&["acme", "initech"]));
    let query = "{ enterprise(slug: \"big\") { organizations(first: 9) { totalCount nodes { login } } } }";
    let logins = async |identity: Option<Identity>| {
        let mut world = world.clone();
        identity.into_iter().for_each(|identity| {
            world.everybody(identity);
        });
        let mut body = Client::to(world).await.graphql(query, json!({})).await.json();
        body["data"]["enterprise"]["organizations"]["nodes"].take()
    };
    assert_eq!(logins(None).await, json!([{ "login": "acme" }, { "login": "initech" }]));
    let scopes = ["read:org", "read:enterprise"];
    assert_eq!(logins(Some(Identity::classic("ann", &scopes))).await, json!([{ "login": "acme" }]));
    assert_eq!(logins(Some(Identity::classic("ann", &["read:org"]))).await, Value::Null);
    assert_eq!(logins(Some(Identity::installation("acme", &["metadata:read"]))).await, Value::Null);
}

#[test]
fn an_identity_is_written_in_a_line() {
    let (token, identity) = parse_identity("t=classic dee repo read:org").unwrap();
    assert_eq!((token.as_str(), identity), ("t", Identity::classic("dee", &["repo", "read:org"])));
    let (_, identity) = parse_identity("*=job acme/service-0001 contents:read").unwrap();
    assert_eq!(identity, Identity::job("acme/service-0001", &["contents:read"]));
    for wrong in ["", "t", "t=classic", "t=king dee"] {
        assert!(parse_identity(wrong).is_err(), "{wrong}");
    }
}
