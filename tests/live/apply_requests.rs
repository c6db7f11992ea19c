//! How many requests an apply takes: for each repository that changes at most one read, one write and one
//! read back.

use crate::forge::Forge;
use crate::gitlab::Server;
use crate::run::Desk;
use crate::sim::{self, Options, World};

const APPLY: [&str; 3] = ["apply", "plan.json", "--auto-approve"];

#[test]
fn what_comes_in_bulk_is_read_in_bulk_and_written_once() {
    let repositories = 250;
    // Who limits nobody is written to without a pause.
    let options = Options { rate_limits: false, ..Options::default() };
    let forge = Forge::with(World::conforming("acme", repositories), options);
    let policy = "version = 1\n[repository]\nhomepage = \"https://handbook.acme.example\"\nhas_wiki = true\n";
    let desk = Desk::before(&forge.url(), policy);
    desk.run(&["plan", "policy.toml", "--github", "acme", "--out", "plan.json"]).ended(2);
    forge.forget();
    desk.run(&[&APPLY[..], &["--max-share", "100"]].concat()).ended(0);
    let stats = forge.stats();
    assert_eq!(stats.mutating, repositories as u64, "fields of one endpoint travel together");
    // Before and after: who asks, and three pages.
    assert!(stats.total - stats.mutating <= 2 * 4, "{stats:?}");
}

#[test]
fn a_document_is_read_once_before_and_once_after() {
    let repositories = 20;
    let options = Options { rate_limits: false, ..Options::default() };
    let forge = Forge::with(World::conforming("acme", repositories), options);
    let policy = "version = 1\n[repository.webhook.\"https://ci.acme.example/hook\"]\nactive = true\n";
    let desk = Desk::before(&forge.url(), policy);
    let planned = desk.run(&["plan", "policy.toml", "--github", "acme", "--out", "plan.json"]).ended(2);
    planned.says("20 requests");
    forge.forget();
    desk.run(&[&APPLY[..], &["--max-share", "100"]].concat()).ended(0);
    let stats = forge.stats();
    assert_eq!(stats.mutating, repositories as u64);
    let reads = stats.of("GET /repos/{owner}/{repo}/hooks");
    assert_eq!(reads, 2 * repositories as u64, "{stats:?}");
    assert!(stats.total - stats.mutating - reads <= 2 * 3, "{stats:?}");
}

#[test]
fn projects_are_read_in_bulk_and_written_once() {
    let projects = 150;
    let mut world = sim::gitlab::World::conforming("acme", projects);
    for project in 1..=25 {
        let path = format!("acme/team-1/service-{project:04}");
        world.project_mut(&path).set("remove_source_branch_after_merge", false);
    }
    let server = Server::of(world);
    let desk = server.desk("version = 1\n[repository]\ndelete_branch_on_merge = true\n");
    desk.run(&["plan", "policy.toml", "--gitlab", "acme", "--out", "plan.json"]).ended(2);
    let before = server.stats();
    desk.run(&APPLY).ended(0);
    let stats = server.stats();
    let mutating = stats.mutating - before.mutating;
    assert_eq!(mutating, 25);
    let reads = stats.total - before.total - mutating;
    assert!(reads <= 2 * 25, "{reads}");
}
