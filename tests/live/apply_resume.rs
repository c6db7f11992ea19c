//! An apply that is killed at any of its steps is gone on with: in the end all is as if it had not been. On either
//! forge by the same walk.

use std::sync::Arc;
use std::sync::atomic::{AtomicUsize, Ordering};
use std::time::{Duration, Instant};

use serde_json::{Value, json};
use tokio::runtime::Runtime;

use crate::forge::Forge;
use crate::front::{Arrived, Behind, Front, Part};
use crate::gitlab::{self, Server};
use crate::run::{Desk, Run};
use crate::sim::{Options, World, gitlab as simulated};

const APPLY: [&str; 5] = ["apply", "plan.json", "--auto-approve", "--allow-weaken", "--allow-delete"];

/// A forge that an apply is killed on.
trait Ground: Behind + Sized {
    /// Settings of each shape that a request has: fields of one, a document, a rule, an item, a file.
    const POLICY: &'static str;
    /// What the program reads.
    const SUBJECTS: [&'static str; 2];
    /// So many changes its plan has at the least.
    const CHANGES: usize;

    fn begun() -> Self;
    fn desk(url: &str) -> Desk;
    /// How often each sort of thing was made.
    fn made(&self) -> Vec<usize>;
    fn mutating(&self) -> u64;
}

const REPOSITORIES: usize = 7;

impl Ground for Forge {
    const POLICY: &'static str = r##"version = 1
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
    const SUBJECTS: [&'static str; 2] = ["--github", "acme"];
    const CHANGES: usize = 60;

    fn begun() -> Self {
        let mut world = World::conforming("acme", REPOSITORIES);
        for number in 1..=REPOSITORIES {
            world
                .repository_mut(&format!("service-{number:04}"))
                .set("delete_branch_on_merge", true)
                .set("has_wiki", false);
        }
        // Who limits nobody is written to without a pause.
        Self::with(world, Options { rate_limits: false, ..Options::default() })
    }

    fn desk(url: &str) -> Desk {
        Desk::before(url, Self::POLICY)
    }

    fn made(&self) -> Vec<usize> {
        let world = self.world();
        let repositories =
            (1..=REPOSITORIES).map(|n| world.repository("acme", &format!("service-{n:04}")).unwrap().1);
        repositories.flat_map(|r| [r.rulesets.len(), r.pull_requests.len()]).collect()
    }

    fn mutating(&self) -> u64 {
        self.stats().mutating
    }
}

impl Ground for Server {
    const POLICY: &'static str = r##"version = 1
[repository]
delete_branch_on_merge = true
has_wiki = true
topics = { contains = ["platform"] }
push_rule.member_check = true
[branch."~default"]
allow_force_pushes = false
required_approvals = { at_least = 3 }
[repository.protected_tag."v*"]
create_access_levels = ["maintainer"]
[repository.label.platform]
color = "ff0000"
description = "What the platform is asked for"
[file."docs/ADOPTING.md"]
present = true
text = { length = { at_least = 1 }, fix = "# Adopting\n\nAsk in the channel.\n" }
"##;
    const SUBJECTS: [&'static str; 2] = ["--gitlab", "acme"];
    const CHANGES: usize = 9;

    fn begun() -> Self {
        let mut world = simulated::World::conforming("acme", 1);
        for project in world.projects.values_mut() {
            project
                .set("remove_source_branch_after_merge", false)
                .document("/push_rule", json!({"member_check": false}))
                .document("/approval_rules", json!([]))
                .document("/protected_branches", json!([]))
                .document(
                    "/protected_tags",
                    json!([{"name": "v*", "create_access_levels": [{"access_level": 30}]}]),
                );
        }
        Self::of(world)
    }

    fn desk(url: &str) -> Desk {
        gitlab::desk(url, Self::POLICY)
    }

    fn made(&self) -> Vec<usize> {
        let world = self.world();
        let lists =
            ["/protected_branches", "/approval_rules", "/labels", "/merge_requests", "/protected_tags"];
        let of = |project: &simulated::Holder| lists.map(|list| project.stated_list(list).len());
        world.projects.values().flat_map(of).collect()
    }

    fn mutating(&self) -> u64 {
        self.stats().mutating
    }
}

/// What GitHub never changes: it is removed, and made anew.
struct Renewed(Forge);

impl Behind for Renewed {
    fn address(&self) -> String {
        self.0.url()
    }

    fn threads(&self) -> &Runtime {
        self.0.runtime()
    }
}

impl Ground for Renewed {
    const POLICY: &'static str = "version = 1\n[repository.deploy_key.ci]\nread_only = true\n";
    const SUBJECTS: [&'static str; 2] = ["--github", "acme"];
    const CHANGES: usize = 1;

    fn begun() -> Self {
        let mut world = World::conforming("acme", 1);
        let repository = world.repository_mut("service-0001");
        repository.deploy_keys.clear();
        repository.deploy_key("ci", false);
        Self(Forge::with(world, Options { rate_limits: false, ..Options::default() }))
    }

    fn desk(url: &str) -> Desk {
        Desk::before(url, Self::POLICY)
    }

    fn made(&self) -> Vec<usize> {
        vec![self.0.world().repository("acme", "service-0001").unwrap().1.deploy_keys.len()]
    }

    fn mutating(&self) -> u64 {
        self.0.stats().mutating
    }
}

fn writes(arrived: &Arrived) -> bool {
    arrived.method != "GET" && !arrived.path.contains("graphql")
}

/// How the organization stands: what every setting is, and how often each sort of thing was made.
fn state<G: Ground>(forge: &G) -> (Value, Vec<usize>) {
    let audit = [&["audit", "policy.toml"], &G::SUBJECTS[..], &["--format", "json", "--all"]].concat();
    let mut report = G::desk(&forge.address()).run(&audit).json().0;
    report.as_object_mut().unwrap().remove("requests");
    (report, forge.made())
}

fn plan<G: Ground>(desk: &Desk) -> usize {
    desk.run(&[&["plan", "policy.toml"], &G::SUBJECTS[..], &["--out", "plan.json"]].concat()).ended(2);
    let plan: Value =
        serde_json::from_str(&std::fs::read_to_string(desk.path("plan.json")).unwrap()).unwrap();
    let changes = plan["changes"].as_array().unwrap().len();
    assert!(changes >= G::CHANGES, "{changes}");
    plan["requests"].as_array().unwrap().len()
}

/// Kills an apply when so many writes have passed and another has come; then goes on.
fn killed_after<G: Ground>(passing: usize, part: Part, whole: &(Value, Vec<usize>)) -> bool {
    let forge = G::begun();
    let seen = Arc::new(AtomicUsize::new(0));
    let counter = Arc::clone(&seen);
    let held = move |arrived: &Arrived| writes(arrived) && counter.fetch_add(1, Ordering::SeqCst) >= passing;
    let front = Front::holding_part(&forge, part, held);
    let desk = G::desk(front.url());
    let requests = plan::<G>(&desk);
    let mut child = desk.begin(&APPLY);
    let begun = Instant::now();
    while seen.load(Ordering::SeqCst) <= passing && passing < requests {
        assert!(begun.elapsed().as_secs() < 60, "only {} writes came", seen.load(Ordering::SeqCst));
        std::thread::sleep(Duration::from_millis(2));
    }
    let _ = child.kill();
    child.wait().unwrap();
    front.open_to_others();
    let run: Run = desk.run(&APPLY).ended(0);
    assert!(run.out.contains("changes made and seen to be made"), "{}", run.out);
    assert_eq!(state(&forge), *whole, "killed after {passing} of {requests} writes, {part:?} held");
    let journal = std::fs::read_to_string(desk.path("plan.json.journal")).unwrap();
    assert!(!journal.contains(crate::run::TOKEN), "no secret is written down");
    passing + 1 < requests
}

fn uninterrupted<G: Ground>() -> (Value, Vec<usize>) {
    let forge = G::begun();
    let desk = G::desk(&forge.address());
    let requests = plan::<G>(&desk);
    desk.run(&APPLY).ended(0);
    assert_eq!(forge.mutating(), requests as u64, "each request is sent once");
    state(&forge)
}

/// Kills it at every step, and goes on.
fn walk<G: Ground>(part: Part) {
    let whole = uninterrupted::<G>();
    let mut passing = 0;
    while killed_after::<G>(passing, part, &whole) {
        passing += 1;
    }
}

#[test]
fn killed_before_github_got_a_request() {
    walk::<Forge>(Part::Request);
}

#[test]
fn killed_before_it_heard_that_github_had_done_it() {
    walk::<Forge>(Part::Answer);
}

#[test]
fn killed_between_removing_and_making_anew() {
    walk::<Renewed>(Part::Request);
    walk::<Renewed>(Part::Answer);
}

#[test]
fn killed_before_gitlab_got_a_request() {
    walk::<Server>(Part::Request);
}

#[test]
fn killed_before_it_heard_that_gitlab_had_done_it() {
    walk::<Server>(Part::Answer);
}
