//! Shards of a live organization: each reads the documents of its own repositories alone.

use serde_json::Value;

use crate::forge::Forge;
use crate::policies::PIECEMEAL;
use crate::run::Desk;
use crate::sim::World;

/// What must be the same: everything but how much was asked.
fn without_requests(report: &str) -> Value {
    let mut report: Value = serde_json::from_str(report).unwrap();
    report["requests"] = Value::Null;
    report
}

#[test]
fn shards_share_the_documents_and_come_to_the_same_report() {
    let mut world = World::conforming("acme", 60);
    world.organizations[0].repositories[7].set("description", "short");
    let forge = Forge::of(world);
    let desk = Desk::before(&forge.url(), PIECEMEAL);
    let sources = ["audit", "policy.toml", "--github", "acme", "--no-cache", "--today", "2026-11-20"];
    let whole = desk.run(&[&sources[..], &["--format", "json", "--all"]].concat());
    let documents = forge.stats().rest;
    let mut shared = 0;
    for (shard, out) in [("1/3", "a"), ("2/3", "b"), ("3/3", "c")] {
        forge.forget();
        desk.run(&[&sources[..], &["--all", "--shard", shard, "--out", out]].concat()).ended(0);
        let own = forge.stats().rest;
        assert!(own * 2 < documents, "{own} of {documents} documents");
        shared += own;
    }
    // A few are of no repository, and each shard asks for them.
    assert!(shared <= documents + 20, "{shared} of {documents} documents");
    forge.forget();
    let merged = desk.run(&["report", "merge", "c", "a", "b", "--format", "json"]).ended(whole.code);
    assert_eq!(without_requests(&merged.out), without_requests(&whole.out));
    assert_eq!(forge.stats().rest + forge.stats().graphql, 0, "nothing is asked again");
}
