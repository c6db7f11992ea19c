//! What is asked of a forge: as little as the policy needs, and never a change.

use crate::forge::Forge;
use crate::policies::STRICT;
use crate::run::Desk;
use crate::sim::World;

/// What one audit asks, by route.
fn asked(policy: &str) -> Vec<(String, u64)> {
    let forge = Forge::of(World::conforming("acme", 3));
    let report = forge.report(policy);
    let stats = forge.stats();
    let requests = &report.0["requests"];
    assert_eq!(requests["rest"], stats.rest, "what is reported is what was sent");
    assert_eq!((&requests["graphql"], &requests["points"]), (&stats.graphql.into(), &stats.points.into()));
    stats.by_route.into_iter().collect()
}

fn routes(expected: &[(&str, u64)]) -> Vec<(String, u64)> {
    expected.iter().map(|(route, count)| ((*route).to_owned(), *count)).collect()
}

#[test]
fn only_what_is_asked_for_is_read() {
    let repository = |line: &str| format!("version = 1\n[repository]\n{line}\n");
    let query = ("POST /graphql", 2);
    assert_eq!(asked(&repository("description = { length = { at_least = 1 } }")), routes(&[query]));
    assert_eq!(
        asked(&repository("custom_properties = { contains = { team = \"platform\" } }")),
        routes(&[("GET /orgs/{org}/repos", 1), query])
    );
    assert_eq!(
        asked(&repository("teams = { contains = { platform = \"maintain\" } }")),
        routes(&[("POST /graphql", 3)])
    );
    let organization = |line: &str| format!("version = 1\n[organization]\n{line}\n");
    assert_eq!(
        asked(&organization("default_repository_permission = \"read\"")),
        routes(&[("GET /orgs/{org}", 1), query])
    );
    assert_eq!(asked(&organization("description = \"Builds services\"")), routes(&[("POST /graphql", 3)]));
}

#[test]
fn a_selector_reads_what_it_selects_by() {
    let by = |select: &str| {
        asked(&format!(
            "version = 1\n[profile.p]\nselect = {select}\n[profile.p.repository]\nhas_wiki = false\n"
        ))
    };
    assert_eq!(by("{ topics = [\"service\"] }"), routes(&[("POST /graphql", 2)]));
    assert_eq!(
        by("{ property.data = \"internal\" }"),
        routes(&[("GET /orgs/{org}/repos", 1), ("POST /graphql", 2)])
    );
}

#[test]
fn everything_at_once_is_six_requests() {
    assert_eq!(
        asked(STRICT),
        routes(&[("GET /orgs/{org}", 1), ("GET /orgs/{org}/repos", 1), ("POST /graphql", 4)])
    );
}

#[test]
fn no_verb_changes_anything() {
    let mut world = World::conforming("acme", 3);
    world.repository_mut("service-0002").set("has_wiki", true);
    let forge = Forge::of(world.clone());
    let desk = Desk::before(&forge.url(), STRICT);
    let from = ["--github", "acme"];
    // Each run is checked for mutating requests by itself.
    forge.at(&desk, &[&["audit", "policy.toml"][..], &from].concat()).ended(2);
    forge.at(&desk, &[&["audit", "policy.toml", "--explain-reads"][..], &from].concat()).ended(0);
    forge.at(&desk, &[&["snapshot", "policy.toml", "--out", "s.jsonl"][..], &from].concat()).ended(0);
    forge
        .at(&desk, &[&["snapshot", "policy.toml", "--everything", "--out", "e.jsonl"][..], &from].concat())
        .ended(0);
    forge
        .at(
            &desk,
            &[&["explain", "acme/service-0002", "repository.has_wiki", "policy.toml"][..], &from].concat(),
        )
        .ended(0);
    assert!(forge.stats().total > 15, "they were read");
    assert!(forge.world() == world, "and are as they were");
}

#[test]
fn the_forecast_asks_who_asks_and_comes_true() {
    let forge = Forge::of(World::conforming("acme", 250));
    let run = forge.audit(STRICT, &["--explain-reads"]).ended(0);
    assert_eq!(forge.stats().total, 1, "one question of the organization");
    forge.forget();
    let report = forge.report(STRICT);
    let asked = &report.0["requests"];
    run.says(&format!(
        "at the most {} REST requests, about {} GraphQL requests, {} points; within one hour's budget",
        asked["rest"], asked["graphql"], asked["points"]
    ));
}
