//! An apply that is killed at any of its steps is gone on with: in the end all is as if it had not been.

use std::sync::Arc;
use std::sync::atomic::{AtomicUsize, Ordering};
use std::time::{Duration, Instant};

use serde_json::Value;

use crate::forge::Forge;
use crate::front::{Arrived, Front, Part};
use crate::run::{Desk, Run};
use crate::sim::{Options, World};

/// Settings of each shape that a request has: fields of one, a document, a rule, a file.
const POLICY: &str = r##"version = 1
[repository]
delete_branch_on_merge = false
has_wiki = true
allow_auto_merge = false
homepage = "https://handbook.acme.example"
topics = { contains = ["platform"] }
[branch."~default"]
required_approvals = { at_least = 3 }
required_checks = { contains = ["licences"] }
[file."docs/ADOPTING.md"]
present = true
text = { length = { at_least = 1 }, fix = "# Adopting\n\nAsk in the channel.\n" }
"##;

const REPOSITORIES: usize = 7;
const APPLY: [&str; 3] = ["apply", "plan.json", "--auto-approve"];

fn forge() -> Forge {
    let mut world = World::conforming("acme", REPOSITORIES);
    for number in 1..=REPOSITORIES {
        world
            .repository_mut(&format!("service-{number:04}"))
            .set("delete_branch_on_merge", true)
            .set("has_wiki", false);
    }
    // Who limits nobody is written to without a pause.
    Forge::with(world, Options { rate_limits: false, ..Options::default() })
}

fn writes(arrived: &Arrived) -> bool {
    arrived.method != "GET" && !arrived.path.contains("graphql")
}

/// How the organization stands: what every setting is, and how often each sort of thing was made.
fn state(forge: &Forge) -> (Value, u64, u64) {
    let desk = Desk::before(&forge.url(), POLICY);
    let mut report =
        desk.run(&["audit", "policy.toml", "--github", "acme", "--format", "json", "--all"]).json().0;
    report.as_object_mut().unwrap().remove("requests");
    let world = forge.world();
    let repositories =
        (1..=REPOSITORIES).map(|n| world.repository("acme", &format!("service-{n:04}")).unwrap().1);
    let counts = repositories.map(|r| (r.rulesets.len() as u64, r.pull_requests.len() as u64));
    let (rulesets, pulls) = counts.fold((0, 0), |(a, b), (c, d)| (a + c, b + d));
    (report, rulesets, pulls)
}

fn plan(desk: &Desk) -> usize {
    desk.run(&["plan", "policy.toml", "--github", "acme", "--out", "plan.json"]).ended(2);
    let plan: Value =
        serde_json::from_str(&std::fs::read_to_string(desk.path("plan.json")).unwrap()).unwrap();
    assert!(plan["changes"].as_array().unwrap().len() >= 60, "{}", plan["changes"].as_array().unwrap().len());
    plan["requests"].as_array().unwrap().len()
}

/// Kills an apply when so many writes have passed and another has come; then goes on.
fn killed_after(passing: usize, part: Part, whole: &(Value, u64, u64)) -> bool {
    let forge = forge();
    let seen = Arc::new(AtomicUsize::new(0));
    let counter = Arc::clone(&seen);
    let held = move |arrived: &Arrived| writes(arrived) && counter.fetch_add(1, Ordering::SeqCst) >= passing;
    let front = Front::holding_part(&forge, part, held);
    let desk = Desk::before(front.url(), POLICY);
    let requests = plan(&desk);
    let mut child = desk.begin(&APPLY);
    let begun = Instant::now();
    while seen.load(Ordering::SeqCst) <= passing && passing < requests {
        assert!(begun.elapsed().as_secs() < 60, "only {} writes came", seen.load(Ordering::SeqCst));
        std::thread::sleep(Duration::from_millis(2));
    }
    let _ = child.kill();
    child.wait().unwrap();
    front.open();
    let run: Run = desk.run(&APPLY).ended(0);
    assert!(run.out.contains("changes made and seen to be made"), "{}", run.out);
    assert_eq!(state(&forge), *whole, "killed after {passing} of {requests} writes, {part:?} held");
    let journal = std::fs::read_to_string(desk.path("plan.json.journal")).unwrap();
    assert!(!journal.contains(crate::run::TOKEN), "no secret is written down");
    passing + 1 < requests
}

fn uninterrupted() -> (Value, u64, u64) {
    let forge = forge();
    let desk = Desk::before(&forge.url(), POLICY);
    let requests = plan(&desk);
    desk.run(&APPLY).ended(0);
    assert_eq!(forge.stats().mutating, requests as u64, "each request is sent once");
    state(&forge)
}

#[test]
fn killed_before_the_forge_got_a_request() {
    let whole = uninterrupted();
    let mut passing = 0;
    while killed_after(passing, Part::Request, &whole) {
        passing += 1;
    }
}

#[test]
fn killed_before_it_heard_that_the_forge_had_done_it() {
    let whole = uninterrupted();
    let mut passing = 0;
    while killed_after(passing, Part::Answer, &whole) {
        passing += 1;
    }
}
