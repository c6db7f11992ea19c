//! The policy of the acme example, held against a live organization.

use assert_cmd::Command;
use serde_json::Value;

use crate::sim::{self, Options, World};

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_hundred_repositories_cost_a_handful_of_requests_and_hide_no_rule() {
    let simulator = sim::serve(World::synthetic("acme", 100, 1), Options::default()).await.unwrap();
    let url = simulator.url();
    let done = tokio::task::spawn_blocking(move || {
        let mut audit = Command::new(env!("CARGO_BIN_EXE_ispo-scm"));
        audit.env("ISPO_SCM_GITHUB_URL", url).env("GITHUB_TOKEN", "secret");
        audit.args([
            "audit",
            "fixtures/acme",
            "--github",
            "acme",
            "--format",
            "json",
            "--today",
            "2026-11-20",
            "--no-cache",
        ]);
        audit.output().unwrap()
    });
    let done = done.await.unwrap();
    let report: Value = serde_json::from_slice(&done.stdout).unwrap();
    assert_eq!(report["summary"]["subjects"].as_u64(), Some(101));
    assert!(report["requests"]["rest"].as_u64() <= Some(5), "{}", report["requests"]);
    assert!(report["requests"]["graphql"].as_u64() <= Some(10), "{}", report["requests"]);
    // The policy asks about rulesets of the organization, too; those are listed with each repository
    // that they reach, so none of them may make a repository's own protection unknown.
    let findings = report["findings"].as_array().unwrap();
    let unclear = findings.iter().filter(|f| f["reason"].as_str().is_some_and(|r| r.contains("ruleset \"")));
    assert_eq!(unclear.count(), 0);
}
