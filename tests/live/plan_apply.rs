//! The thinnest whole road: policy, audit, plan, apply, and an audit that finds nothing left, on a
//! snapshot file and on the simulator over HTTP.

use std::path::Path;
use std::process::Output;

use crate::sim;
use assert_cmd::Command;
use serde_json::Value as Json;

/// Ten settings of different shapes: flags, a text, a list, a choice of rules for a branch, a file.
const POLICY: &str = r##"
version = 1
[[forge]]
name = "ghec"
kind = "snapshot"
path = "acme.jsonl"
[repository]
delete_branch_on_merge = false
has_wiki = { equals = true }
allow_auto_merge = false
homepage = "https://handbook.acme.example"
topics = { contains = ["platform"] }
secret_scanning_non_provider_patterns = true
[branch."~default"]
required_approvals = { at_least = 3 }
allow_force_pushes = false
required_checks = { contains = ["licences"] }
[file."docs/ADOPTING.md"]
present = true
text = { length = { at_least = 1 }, fix = "# Adopting\n\nAsk in the channel.\n" }
"##;

/// What it takes to take back: what was made goes, and what was made strict is lax again.
const UNDO: [&str; 6] =
    ["undo", "plan.json.journal", "--auto-approve", "--allow-delete", "--allow-weaken", "--max-share=100"];

struct Bench {
    folder: tempfile::TempDir,
    simulator: sim::Simulator,
}

impl Bench {
    async fn new(world: sim::World) -> Self {
        let folder = tempfile::tempdir().unwrap();
        std::fs::write(folder.path().join("policy.toml"), POLICY).unwrap();
        let simulator = sim::serve(world, sim::Options::default()).await.unwrap();
        Self { folder, simulator }
    }

    fn path(&self) -> &Path {
        self.folder.path()
    }

    fn run(&self, arguments: &[&str]) -> Output {
        Command::new(env!("CARGO_BIN_EXE_ispo-scm"))
            .current_dir(self.path())
            .env("ISPO_SCM_GITHUB_URL", self.simulator.url())
            .env("GITHUB_TOKEN", "x")
            .env("ISPO_SCM_CACHE_DIR", self.path().join("cache"))
            .args(arguments)
            .output()
            .unwrap()
    }

    fn audit(&self, more: &[&str]) -> Json {
        let mut arguments = vec!["audit", ".", "--format", "json"];
        arguments.extend(more);
        serde_json::from_slice(&self.run(&arguments).stdout).unwrap()
    }
}

fn world() -> sim::World {
    let mut world = sim::World::conforming("acme", 3);
    for name in ["service-0001", "service-0002", "service-0003"] {
        world.repository_mut(name).set("delete_branch_on_merge", true).set("has_wiki", false);
    }
    world
}

fn drift(report: &Json) -> u64 {
    report["summary"]["drift"].as_u64().unwrap()
}

fn code(output: &Output) -> i32 {
    output.status.code().unwrap()
}

fn text(output: &Output) -> String {
    String::from_utf8_lossy(&output.stdout).into_owned() + &String::from_utf8_lossy(&output.stderr)
}

#[tokio::test(flavor = "multi_thread")]
async fn a_snapshot_is_mended_and_then_clean() {
    let bench = Bench::new(world()).await;
    assert_eq!(code(&bench.run(&["snapshot", ".", "--github", "acme", "--out", "acme.jsonl"])), 0);
    let before = bench.audit(&[]);
    assert!(drift(&before) > 9 * 3, "{before}");
    assert_eq!(code(&bench.run(&["plan", ".", "--out", "plan.json"])), 2);
    let applied = bench.run(&["apply", "plan.json", "--auto-approve"]);
    assert_eq!(code(&applied), 0, "{}", text(&applied));
    let after = bench.audit(&[]);
    assert_eq!(after["summary"]["drift"], 0, "{after}");
    assert_eq!(after["summary"]["unknown"], 0, "{after}");
    let again = bench.run(&["plan", "."]);
    assert_eq!((code(&again), text(&again).contains("No changes.")), (0, true));
}

#[tokio::test(flavor = "multi_thread")]
async fn a_live_organization_is_mended_and_clean_once_the_pull_requests_are_merged() {
    let bench = Bench::new(world()).await;
    let live = ["--github", "acme"];
    assert!(drift(&bench.audit(&live)) > 9 * 3);
    assert_eq!(code(&bench.run(&["plan", ".", "--github", "acme", "--out", "plan.json"])), 2);
    assert_eq!(bench.simulator.stats().mutating, 0, "a plan writes nothing");
    let applied = bench.run(&["apply", "plan.json", "--auto-approve"]);
    assert_eq!(code(&applied), 0, "{}", text(&applied));
    // What is left is proposed: the file's two settings, until somebody merges.
    assert_eq!(drift(&bench.audit(&live)), 2 * 3);
    for name in ["service-0001", "service-0002", "service-0003"] {
        merge(&bench, name).await;
    }
    let clean = bench.run(&["audit", ".", "--github", "acme"]);
    assert_eq!(code(&clean), 0, "{}", text(&clean));
}

/// Merges the first pull request of a repository, as its people would.
async fn merge(bench: &Bench, name: &str) {
    let url = format!("{}/repos/acme/{name}/pulls/1/merge", bench.simulator.url());
    let client = reqwest::Client::new();
    let answer = client.put(url).header("authorization", "Bearer x").body("{}").send().await.unwrap();
    assert!(answer.status().is_success(), "{}", answer.text().await.unwrap());
}

#[tokio::test(flavor = "multi_thread")]
async fn what_moved_since_the_plan_is_left_alone() {
    let bench = Bench::new(world()).await;
    bench.run(&["plan", ".", "--github", "acme", "--out", "plan.json"]);
    bench.simulator.world_mut().repository_mut("service-0002").set("homepage", "https://elsewhere.example");
    let applied = bench.run(&["apply", "plan.json", "--auto-approve"]);
    assert_eq!(code(&applied), 2, "{}", text(&applied));
    assert!(text(&applied).contains("it has moved since the plan"), "{}", text(&applied));
    // Asked once more, it is still what its people made of it.
    let report = bench.audit(&["--github", "acme"]);
    let findings = report["findings"].as_array().unwrap();
    let kept = findings.iter().find(|f| f["setting"] == "repository.homepage").unwrap();
    assert_eq!(kept["subject"], "ghec:acme/service-0002");
    assert_eq!(kept["observed"]["known"], "https://elsewhere.example");
}

#[tokio::test(flavor = "multi_thread")]
async fn a_plan_that_was_edited_is_refused() {
    let bench = Bench::new(world()).await;
    bench.run(&["plan", ".", "--github", "acme", "--out", "plan.json"]);
    let file = bench.path().join("plan.json");
    let edited = std::fs::read_to_string(&file).unwrap().replace("handbook.acme", "evil");
    std::fs::write(&file, edited).unwrap();
    let applied = bench.run(&["apply", "plan.json", "--auto-approve"]);
    assert_eq!(code(&applied), 1);
    assert!(text(&applied).contains("was changed after it was made"), "{}", text(&applied));
    assert_eq!(bench.simulator.stats().mutating, 0);
}

#[tokio::test(flavor = "multi_thread")]
async fn without_a_terminal_nobody_can_say_yes() {
    let bench = Bench::new(world()).await;
    bench.run(&["plan", ".", "--github", "acme", "--out", "plan.json"]);
    let applied = bench.run(&["apply", "plan.json"]);
    assert_eq!(code(&applied), 1);
    assert!(text(&applied).contains("--auto-approve"), "{}", text(&applied));
    assert_eq!(bench.simulator.stats().mutating, 0);
}

/// What stands in a report, but for the requests that it took.
fn judged(mut report: Json) -> Json {
    report.as_object_mut().unwrap().remove("requests");
    report
}

#[tokio::test(flavor = "multi_thread")]
async fn what_was_applied_is_taken_back() {
    for snapshot in [true, false] {
        let bench = Bench::new(world()).await;
        let live: &[&str] = if snapshot { &[] } else { &["--github", "acme"] };
        if snapshot {
            bench.run(&["snapshot", ".", "--github", "acme", "--out", "acme.jsonl"]);
        }
        // Files become pull requests, which nobody can unmake.
        let no_file = POLICY.split("[file").next().unwrap();
        std::fs::write(bench.path().join("policy.toml"), no_file).unwrap();
        let before = judged(bench.audit(live));
        bench.run(&[&["plan", ".", "--out", "plan.json"], live].concat());
        assert_eq!(code(&bench.run(&["apply", "plan.json", "--auto-approve"])), 0);
        assert_eq!(drift(&bench.audit(live)), 0);
        let shown = bench.run(&["undo", "plan.json.journal", "--dry-run"]);
        assert_eq!(code(&shown), 2);
        assert!(text(&shown).contains("3 -> 2") || text(&shown).contains('~'), "{}", text(&shown));
        let back = bench.run(&UNDO);
        assert_eq!(code(&back), 0, "{}", text(&back));
        assert_eq!(judged(bench.audit(live)), before, "{snapshot}");
        // Once more there is nothing that it could do.
        let writes = bench.simulator.stats().mutating;
        assert_eq!(code(&bench.run(&UNDO)), 0);
        assert_eq!(bench.simulator.stats().mutating, writes);
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn proposals_are_withdrawn_with_all_else() {
    let bench = Bench::new(world()).await;
    bench.run(&["plan", ".", "--github", "acme", "--out", "plan.json"]);
    bench.run(&["apply", "plan.json", "--auto-approve"]);
    let back = bench.run(&UNDO);
    assert_eq!(code(&back), 0, "{}", text(&back));
    let nothing = bench.run(&["undo", "nowhere.journal", "--auto-approve"]);
    assert_eq!(code(&nothing), 1);
    assert!(text(&nothing).contains("the journal nowhere.journal cannot be used"), "{}", text(&nothing));
}

#[tokio::test(flavor = "multi_thread")]
async fn a_plan_that_was_applied_sends_nothing_again() {
    let bench = Bench::new(world()).await;
    bench.run(&["plan", ".", "--github", "acme", "--out", "plan.json"]);
    assert_eq!(code(&bench.run(&["apply", "plan.json", "--auto-approve"])), 0);
    let writes = bench.simulator.stats().mutating;
    let again = bench.run(&["apply", "plan.json", "--auto-approve"]);
    assert_eq!(code(&again), 0, "{}", text(&again));
    assert!(text(&again).contains("changes were made before"), "{}", text(&again));
    assert_eq!(bench.simulator.stats().mutating, writes);
}

#[tokio::test(flavor = "multi_thread")]
async fn a_journal_of_another_plan_is_not_written_to() {
    let bench = Bench::new(world()).await;
    bench.run(&["plan", ".", "--github", "acme", "--out", "plan.json"]);
    bench.run(&["apply", "plan.json", "--auto-approve"]);
    bench.simulator.world_mut().repository_mut("service-0002").set("homepage", "https://elsewhere.example");
    bench.run(&["plan", ".", "--github", "acme", "--out", "plan.json"]);
    let refused = bench.run(&["apply", "plan.json", "--auto-approve"]);
    assert_eq!(code(&refused), 1);
    assert!(text(&refused).contains("is of another plan"), "{}", text(&refused));
}

#[tokio::test(flavor = "multi_thread")]
async fn labels_are_made_and_changed() {
    let mut world = sim::World::conforming("acme", 2);
    world.repository_mut("service-0001").label("bug", "000000", "Broken");
    let bench = Bench::new(world).await;
    let policy = "version = 1\n[repository.label.\"bug\"]\ncolor = \"d73a4a\"\ndescription = \"Broken\"\n";
    std::fs::write(bench.path().join("policy.toml"), policy).unwrap();
    assert_eq!(code(&bench.run(&["plan", ".", "--github", "acme", "--out", "plan.json"])), 2);
    let applied = bench.run(&["apply", "plan.json", "--auto-approve"]);
    assert_eq!(code(&applied), 0, "{}", text(&applied));
    assert_eq!(code(&bench.run(&["audit", ".", "--github", "acme"])), 0);
}
