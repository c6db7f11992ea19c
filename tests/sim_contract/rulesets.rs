//! Patterns, and which repositories and branches rules reach.

use serde_json::{Value, json};

use crate::client::Client;
use crate::sim::World;
use crate::sim::world::{Protection, Ruleset, applies_to_ref, covers, fnmatch};

#[test]
fn patterns_are_githubs() {
    for (pattern, text, matches) in [
        ("main", "main", true),
        ("*", "main", true),
        ("*", "release/1", false),
        ("**/*", "release/1/x", true),
        ("release/*", "release/1", true),
        ("release/*", "release/1/x", false),
        ("release/**/*", "release/1/x", true),
        ("release/**/*", "release/1", true),
        ("release/**", "release/1/x", false),
        ("ma*", "master", true),
        ("v?", "v1", true),
        ("v?", "v", false),
        ("v[0-9]", "v7", true),
        ("v[!0-9]", "v7", false),
        ("[", "[", true),
        ("a\\*", "a*", true),
        ("a\\*", "ab", false),
        ("", "", true),
    ] {
        assert_eq!(fnmatch(pattern, text), matches, "{pattern} {text}");
    }
}

#[test]
fn conditions_choose_repositories() {
    let mut world = World::conforming("acme", 2);
    let repository = world.repository_mut("service-0001");
    repository.property("data", "restricted").property("tags", json!(["a", "b"]));
    let id = repository.id;
    let names = |include: Value, exclude: Value| {
        ("repository_name", json!({ "include": include, "exclude": exclude }))
    };
    let properties = |include: Value, exclude: Value| {
        ("repository_property", json!({ "include": include, "exclude": exclude }))
    };
    let is =
        |name: &str, values: Value| json!([{ "name": name, "property_values": values, "source": "custom" }]);
    for ((kind, condition), wanted) in [
        (names(json!(["~ALL"]), json!([])), true),
        (names(json!(["service-*"]), json!([])), true),
        (names(json!(["~ALL"]), json!(["*-0001"])), false),
        (names(json!([]), json!([])), false),
        (("repository_id", json!({ "repository_ids": [id] })), true),
        (("repository_id", json!({ "repository_ids": [1] })), false),
        (properties(is("data", json!(["restricted", "internal"])), json!([])), true),
        (properties(is("tags", json!(["b"])), json!([])), true),
        (properties(is("data", json!(["public"])), json!([])), false),
        (properties(is("none", json!(["x"])), json!([])), false),
        (properties(is("team", json!(["platform"])), is("data", json!(["restricted"]))), false),
        (
            properties(
                json!([{ "name": "visibility", "property_values": ["internal"], "source": "system" }]),
                json!([]),
            ),
            true,
        ),
    ] {
        let ruleset = Ruleset::named("r").condition(kind, condition);
        let repository = world.repository("acme", "service-0001").unwrap().1;
        assert_eq!(covers(&ruleset, repository), wanted, "{:?}", ruleset.conditions);
    }
}

#[test]
fn conditions_choose_branches() {
    let world = World::conforming("acme", 1);
    let (_, repository) = world.repository("acme", "service-0001").unwrap();
    for (include, exclude, branch, wanted) in [
        (["~DEFAULT_BRANCH"], [].as_slice(), "main", true),
        (["~DEFAULT_BRANCH"], &[], "other", false),
        (["~ALL"], &[], "a/b", true),
        (["refs/heads/release*"], &[], "release-1", true),
        (["~ALL"], &["refs/heads/main"], "main", false),
    ] {
        let ruleset = Ruleset::named("r").refs(&include, exclude);
        assert_eq!(
            applies_to_ref(&ruleset, repository, &format!("refs/heads/{branch}")),
            wanted,
            "{include:?} {branch}"
        );
    }
}

#[tokio::test]
async fn a_repository_shows_the_organizations_rulesets_that_cover_it() {
    let mut world = World::conforming("acme", 2);
    let restricted =
        json!({ "include": [{ "name": "data", "property_values": ["restricted"] }], "exclude": [] });
    world
        .organization_mut("acme")
        .add_ruleset(Ruleset::named("data").condition("repository_property", restricted));
    world.repository_mut("service-0002").property("data", "restricted");
    let client = Client::to(world).await;
    let query = "{ organization(login: \"acme\") { repositories(first: 2) { nodes { all: rulesets(first: 5) { nodes { name source { __typename } } } \
        own: rulesets(first: 5, includeParents: false) { totalCount } } } } }";
    let data = client.data(query).await;
    let nodes = &data["organization"]["repositories"]["nodes"];
    assert_eq!(
        nodes[0]["all"]["nodes"],
        json!([{ "name": "base", "source": { "__typename": "Repository" } }])
    );
    assert_eq!(
        nodes[1]["all"]["nodes"][1],
        json!({ "name": "data", "source": { "__typename": "Organization" } })
    );
    assert_eq!(nodes[1]["own"]["totalCount"], 1);
    let listed = client.get("/repos/acme/service-0002/rulesets").await.json();
    assert_eq!((&listed[1]["source_type"], &listed[1]["source"]), (&json!("Organization"), &json!("acme")));
    assert!(listed[1].get("rules").is_none());
    assert_eq!(
        client
            .get("/repos/acme/service-0002/rulesets?includes_parents=false")
            .await
            .json()
            .as_array()
            .unwrap()
            .len(),
        1
    );
}

#[tokio::test]
async fn the_rule_that_names_a_branch_wins_over_wildcards_and_older_wildcards_over_newer() {
    let mut world = World::conforming("acme", 1);
    let repository = world.repository_mut("service-0001");
    repository.protections.clear();
    repository
        .protect(Protection::on("m*"))
        .protect(Protection::on("*"))
        .protect(Protection::on("main").approvals(1));
    repository.branches.insert("maintenance".to_owned(), Default::default());
    let client = Client::to(world).await;
    let query = "{ repository(owner: \"acme\", name: \"service-0001\") { defaultBranchRef { branchProtectionRule { pattern } } \
        branchProtectionRules(first: 5) { nodes { pattern matchingRefs(first: 5) { nodes { name } } } } } }";
    assert_eq!(
        client.data(query).await["repository"],
        json!({
            "defaultBranchRef": { "branchProtectionRule": { "pattern": "main" } },
            "branchProtectionRules": { "nodes": [
                { "pattern": "m*", "matchingRefs": { "nodes": [{ "name": "maintenance" }] } },
                { "pattern": "*", "matchingRefs": { "nodes": [] } },
                { "pattern": "main", "matchingRefs": { "nodes": [{ "name": "main" }] } },
            ] },
        })
    );
}
