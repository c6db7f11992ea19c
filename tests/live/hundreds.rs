//! A thousand repositories, in few requests.

use std::path::Path;

use crate::forge::Forge;
use crate::policies::{OF_REPOSITORY, STRICT};
use crate::sim::{Options, World};

/// Flags, topics, files, branches, teams, custom properties and the organization's own settings, of
/// a thousand repositories: the peers need between nine and twenty-one thousand requests for less.
const MOST: u64 = 30;

#[test]
fn a_thousand_repositories_of_every_sort() {
    let forge = Forge::of(World::synthetic("acme", 1_000, 7));
    let report = forge.report(STRICT);
    let stats = forge.stats();
    eprintln!(
        "1,000 repositories: {} REST and {} GraphQL requests, {} points; {} drift, {} conform",
        stats.rest,
        stats.graphql,
        stats.points,
        report.count("drift"),
        report.count("conforms")
    );
    assert!(stats.total <= MOST, "{stats:?}");
    assert_eq!(report.count("unknown"), 0, "everything was read");
    assert_eq!(report.count("subjects") + report.count("archived_left_out"), 1_001);
    assert_eq!(report.0["unread"], serde_json::json!([]));
}

#[test]
fn what_is_judged_does_not_depend_on_the_size_of_a_page() {
    let world = World::synthetic("acme", 230, 11);
    let whole = Forge::of(world.clone()).report(STRICT).without_requests();
    let options = Options { max_weight: 9_000, ..Options::default() };
    let pieces = Forge::with(world, options).report(STRICT).without_requests();
    assert!(whole == pieces);
    assert!(whole.count("conforms") > 100 * OF_REPOSITORY);
}

/// The organization that the product ships as an example, under its own policy.
#[test]
fn the_shipped_example_reads_live() {
    let example = Path::new(env!("CARGO_MANIFEST_DIR")).join("fixtures/acme");
    if !example.join("policy.toml").exists() {
        eprintln!("SKIPPED: {} is missing", example.display());
        return;
    }
    let forge = Forge::of(World::synthetic("acme", 1_000, 7));
    let desk = crate::run::Desk::before(&forge.url(), "");
    let example = example.to_str().unwrap();
    let run = forge.at(&desk, &["audit", example, "--github", "acme", "--format", "json"]);
    let stats = forge.stats();
    eprintln!(
        "fixtures/acme: {} REST and {} GraphQL requests, {} points",
        stats.rest, stats.graphql, stats.points
    );
    assert!(stats.total <= MOST, "{stats:?}\n{}", run.err);
    assert_eq!(run.json().count("subjects") + run.json().count("archived_left_out"), 1_001);
    assert_eq!(run.code, 2, "{}", run.err);
}
