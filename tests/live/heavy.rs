//! Queries that are too heavy for the server, and what it may be asked for at most.

use serde_json::{Value, json};

use crate::forge::Forge;
use crate::front::Front;
use crate::policies::{OF_ORGANIZATION, OF_REPOSITORY, STRICT};
use crate::run::Desk;
use crate::sim::{Options, World};

/// The sizes of the pages of repositories that were asked for.
fn pages(front: &Front) -> Vec<u64> {
    let first = |body: &str| serde_json::from_str::<Value>(body).ok()?["variables"]["first"].as_u64();
    front.arrived().iter().filter_map(|arrived| first(&arrived.body)).collect()
}

#[test]
fn a_page_that_takes_too_long_is_halved_and_everything_is_still_read() {
    let options = Options { max_weight: 9_000, ..Options::default() };
    let forge = Forge::with(World::conforming("acme", 120), options);
    let front = Front::before(&forge, |_| None);
    let run = Desk::before(front.url(), STRICT).run(&[
        "audit",
        "policy.toml",
        "--github",
        "acme",
        "--format",
        "json",
    ]);
    let report = run.ended(0).json();
    assert_eq!(report.count("conforms"), OF_ORGANIZATION + 120 * OF_REPOSITORY);
    let pages = pages(&front);
    assert_eq!(pages[..4], [100, 50, 25, 12], "{pages:?}");
    // Once it is known what the server bears, it is asked for more only now and then.
    assert!(pages.len() < 20, "{pages:?}");
}

#[test]
fn one_repository_that_is_too_heavy_ends_the_organization_and_not_the_run() {
    let options = Options { max_weight: 40, ..Options::default() };
    let forge = Forge::with(World::conforming("acme", 3), options);
    let run = forge.audit(STRICT, &["--format", "json"]).ended(1);
    assert!(run.json().unread("github:acme").contains("502"), "{}", run.out);
}

#[test]
fn the_limit_on_nodes_is_kept_by_asking_for_less_at_once() {
    let mut world = World::conforming("acme", 130);
    for number in 1..=30 {
        world.repository_mut(&format!("service-{number:04}")).topics =
            (0..40).map(|n| format!("t-{n}")).collect();
    }
    let forge = Forge::with(world, Options { max_weight: 500_000, ..Options::default() });
    let front = Front::before(&forge, |_| None);
    let desk = Desk::before(front.url(), STRICT);
    let run =
        desk.run(&["snapshot", "policy.toml", "--github", "acme", "--everything", "--out", "all.jsonl"]);
    run.ended(0).says("131 subjects");
    let asked: Vec<_> = front.arrived().into_iter().filter(|a| a.path.ends_with("/graphql")).collect();
    // Each one is asked again by hand: none is refused for its size, not even what is read again.
    let client = reqwest::Client::builder().no_proxy().build().unwrap();
    for query in asked {
        let request = client.post(format!("{}/graphql", forge.url())).bearer_auth("any").body(query.body);
        let answer = forge.runtime().block_on(async { request.send().await.unwrap().text().await.unwrap() });
        let answer: Value = serde_json::from_str(&answer).unwrap();
        let limits = |errors: &Value| {
            errors.as_array().into_iter().flatten().any(|e| e["type"] == json!("MAX_NODE_LIMIT_EXCEEDED"))
        };
        assert!(!limits(&answer["errors"]), "{}", answer["errors"]);
    }
}
