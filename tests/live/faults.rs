//! Servers that fail in passing, ask for patience, or have had enough.

use std::sync::atomic::{AtomicU64, Ordering};
use std::time::Instant;

use serde_json::json;

use crate::forge::Forge;
use crate::front::Front;
use crate::policies::{OF_ORGANIZATION, OF_REPOSITORY, STRICT};
use crate::run::{Desk, Run};
use crate::sim::{Fault, Options, World};

const DOCUMENT: &str =
    "version = 1\n[organization]\ndefault_repository_permission = \"read\"\n[repository]\nhas_wiki = false\n";
const ARGUMENTS: [&str; 5] = ["audit", "policy.toml", "--github", "acme", "--all"];

fn with(faults: Vec<Fault>) -> Forge {
    Forge::with(World::conforming("acme", 120), Options { faults, ..Options::default() })
}

fn everything_conforms(run: Run) -> Run {
    let run = run.ended(0);
    assert_eq!(run.json().count("conforms"), OF_ORGANIZATION + 120 * OF_REPOSITORY);
    run
}

#[test]
fn a_gateway_that_fails_in_passing_is_asked_again() {
    for every in [3, 4] {
        let forge = with(vec![Fault::BadGatewayEvery(every)]);
        everything_conforms(forge.audit(STRICT, &["--format", "json"]));
        assert!(forge.stats().total > 8, "some were asked again: {:?}", forge.stats());
    }
}

#[test]
fn a_body_that_breaks_off_is_asked_for_again_and_never_judged() {
    let forge = with(vec![Fault::TruncateEvery(3)]);
    everything_conforms(forge.audit(STRICT, &["--format", "json"]));
}

#[test]
fn a_server_that_always_fails_is_unread_after_a_few_tries() {
    let forge = with(vec![Fault::BadGatewayEvery(1)]);
    let run = forge.audit(DOCUMENT, &["--format", "json"]).ended(1);
    assert!(run.json().unread("github:acme").contains("502"), "{}", run.out);
    let forge = with(vec![Fault::TruncateEvery(1)]);
    forge.audit(DOCUMENT, &[]).ended(1).says("github:acme was not read");
}

#[test]
fn the_secondary_limit_is_obeyed_and_said_aloud() {
    let forge = with(vec![Fault::SecondaryEvery { every: 4, seconds: 1 }]);
    let begun = Instant::now();
    let run = everything_conforms(forge.audit(STRICT, &["--format", "json"]));
    assert!(run.err.contains("the forge asks for patience: going on in 1 s"), "{}", run.err);
    assert!(begun.elapsed().as_millis() > 900, "it was waited for");
}

#[test]
fn a_budget_that_is_used_up_for_hours_ends_the_reading_at_once() {
    // The limits of the simulator are reset in 2040. GraphQL tells it with a status of 200.
    let spent = Options { rate_limit: 0, ..Options::default() };
    let forge = Forge::with(World::conforming("acme", 3), spent);
    let begun = Instant::now();
    let run = forge.audit(STRICT, &["--format", "json"]).ended(1);
    assert!(begun.elapsed().as_secs() < 5);
    assert!(
        run.json().unread("github:acme").contains("budget of requests is used up for another"),
        "{}",
        run.out
    );
}

#[test]
fn what_was_read_before_the_budget_ended_is_still_judged() {
    let forge = Forge::of(World::conforming("acme", 250));
    let front = Front::before(&forge, |arrived| {
        let further = arrived.body.contains("\"after\":\"") && arrived.body.contains("\"first\"");
        let spent = || {
            vec![("x-ratelimit-remaining", "0".to_owned()), ("x-ratelimit-reset", "2208988800".to_owned())]
        };
        further.then(|| (403, spent(), json!({"message": "API rate limit exceeded"})))
    });
    let arguments = ["audit", "policy.toml", "--github", "acme", "--format", "json"];
    let report = Desk::before(front.url(), STRICT).run(&arguments).ended(3).json();
    assert!(report.unread("github:acme").contains("used up for another"), "{:#}", report.0["unread"]);
    assert_eq!(report.count("conforms"), OF_ORGANIZATION + 100 * OF_REPOSITORY);
}

/// A query may cost more than is left, and the limit may come with a friendlier word than it means.
#[test]
fn a_budget_that_is_nearly_used_up_ends_the_reading_too() {
    for options in [
        Options { rate_limit: 60, ..Options::default() },
        Options { faults: vec![Fault::RateLimitAfter(5)], ..Options::default() },
    ] {
        let forge = Forge::with(World::conforming("acme", 250), options);
        let run = forge.audit(STRICT, &["--format", "json"]);
        assert!(run.json().unread("github:acme").contains("used up"), "{run:?}");
    }
}

#[test]
fn a_server_that_only_ever_asks_for_patience_is_left_alone_in_the_end() {
    let forge = with(vec![Fault::SecondaryEvery { every: 1, seconds: 0 }]);
    forge.audit(DOCUMENT, &[]).ended(1).says("github:acme was not read");
}

#[test]
fn patience_asked_for_in_the_words_of_a_refusal_counts_too() {
    let forge = Forge::of(World::conforming("acme", 2));
    let once = AtomicU64::new(0);
    let front = Front::before(&forge, move |arrived| {
        let rest = arrived.path.ends_with("/orgs/acme") && once.fetch_add(1, Ordering::Relaxed) == 0;
        let message = "You have exceeded a secondary rate limit.";
        rest.then(|| (403, vec![("retry-after", "1".to_owned())], json!({"message": message})))
    });
    let run = Desk::before(front.url(), DOCUMENT).run(&ARGUMENTS).ended(0);
    assert!(run.err.contains("going on in 1 s"), "{}", run.err);
}

#[test]
fn nobody_answers() {
    // A port that was free a moment ago.
    let free = std::net::TcpListener::bind("127.0.0.1:0").unwrap().local_addr().unwrap();
    let run = Desk::before(&format!("http://{free}"), DOCUMENT).run(&ARGUMENTS).ended(1);
    run.says("does not answer").says("check the address and the network");
}
