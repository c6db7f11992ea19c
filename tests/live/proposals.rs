//! Files that are missing travel to people in one pull or merge request, which is kept up to date while it
//! is open. Each test begins with a world in which all is well but for two files.

use serde_json::{Value, json};

use crate::forge::Forge;
use crate::gitlab::Server;
use crate::run::{Desk, Run};
use crate::sim::gitlab;
use crate::sim::world::{PullRequestState, Repository, World};
use crate::sim::{Options, server::Recorded};

const BRANCH: &str = "ispo-scm/files";
const POLICY: &str = r##"version = 1
[file."README.md"]
present = true
[file."docs/ADOPTING.md"]
text = { length = { at_least = 1 }, fix = "# Adopting\n" }
[file."{.github/,}CONTRIBUTING.md"]
present = { equals = true, why = "people ask how" }
"##;

struct Bench {
    forge: Forge,
    desk: Desk,
}

impl Bench {
    fn of(change: impl FnOnce(&mut Repository)) -> Self {
        let mut world = World::conforming("acme", 1);
        let repository = world.repository_mut("service-0001");
        repository.files_mut().remove("CONTRIBUTING.md");
        change(repository);
        let forge = Forge::with(world, Options { record: true, ..Options::default() });
        let desk = Desk::before(&forge.url(), POLICY);
        Self { forge, desk }
    }

    #[track_caller]
    fn plan(&self, code: i32) -> Value {
        let all = ["plan", "policy.toml", "--github", "acme", "--out", "plan.json", "--format", "json"];
        let plan = self.desk.run(&all).ended(code).json().0;
        let _ = std::fs::remove_file(self.desk.path("plan.json.journal"));
        plan
    }

    fn apply(&self) -> Run {
        self.desk.run(&["apply", "plan.json", "--auto-approve"])
    }

    fn undo(&self) -> Run {
        self.desk.run(&["undo", "plan.json.journal", "--auto-approve"])
    }

    fn repository(&self) -> Repository {
        self.forge.world().organizations["acme"].repositories["service-0001"].clone()
    }

    fn repository_mut(&self, change: impl FnOnce(&mut Repository)) {
        self.forge.world_mut(|world| change(world.repository_mut("service-0001")));
    }

    fn writes(&self) -> Vec<Recorded> {
        let all = self.forge.recorded().into_iter();
        all.filter(|r| r.method != "GET" && !r.path.ends_with("/graphql")).collect()
    }
}

fn reasons(plan: &Value) -> Vec<&str> {
    assert_eq!(plan["changes"], json!([]), "{plan:#}");
    plan["deferred"].as_array().unwrap().iter().filter_map(|d| d["reason"].as_str()).collect()
}

#[test]
fn all_missing_files_travel_in_one_pull_request_which_is_made_once() {
    let bench = Bench::of(|_| {});
    bench.plan(2);
    bench.apply().ended(0).says("proposed; it takes effect when it is merged");
    let repository = bench.repository();
    let [pull] = &repository.pull_requests[..] else { panic!("{:#?}", repository.pull_requests) };
    assert_eq!((&*pull.head, &*pull.base), (BRANCH, "main"));
    assert_eq!(pull.title, "Add 2 files that our policy asks for");
    assert!(pull.body.as_ref().unwrap().contains("`CONTRIBUTING.md`: people ask how"), "{pull:?}");
    let proposed = &repository.branches[BRANCH];
    assert_eq!(proposed["docs/ADOPTING.md"], "# Adopting\n");
    assert!(proposed["CONTRIBUTING.md"].contains("# Contributing to service-0001"));
    assert!(!repository.files().unwrap().contains_key("CONTRIBUTING.md"), "nothing was pushed to main");
    // A second plan has nothing to do, and says where it is.
    let writes = bench.writes().len();
    for why in reasons(&bench.plan(3)) {
        assert!(why.starts_with("proposed in #1 (http") && why.contains("waits for"), "{why}");
    }
    assert_eq!(bench.writes().len(), writes);
    bench.repository_mut(|repository| drop(repository.merge(1)));
    bench.desk.run(&["plan", "policy.toml", "--github", "acme"]).ended(0).says("No changes.");
}

#[test]
fn an_open_pull_request_is_brought_up_to_date() {
    let bench = Bench::of(|_| {});
    bench.plan(2);
    bench.apply().ended(0);
    bench.desk.write(
        "policy.toml",
        &(POLICY.replace("# Adopting", "# Taking it over")
            + "[file.\"README.txt\"]\ntext = \"See README.md.\"\n"),
    );
    bench.plan(2);
    bench.apply().ended(0);
    let repository = bench.repository();
    assert_eq!(repository.pull_requests.len(), 1);
    assert_eq!(repository.pull_requests[0].title, "Add 3 files that our policy asks for");
    assert_eq!(repository.branches[BRANCH]["docs/ADOPTING.md"], "# Taking it over\n");
    assert_eq!(repository.branches[BRANCH]["README.txt"], "See README.md.");
    bench.undo().ended(2).says("cannot be taken back: pull request #1 was open before");
    reasons(&bench.plan(3));
}

#[test]
fn what_people_committed_to_our_branch_is_kept() {
    let bench = Bench::of(|_| {});
    bench.plan(2);
    bench.apply().ended(0);
    bench.repository_mut(|repository| {
        repository.commit(BRANCH, "docs/ADOPTING.md", "# Ours\n", "Say it better")
    });
    bench.desk.write("policy.toml", &POLICY.replace("# Adopting", "# Taking it over"));
    let plan = bench.plan(3);
    assert!(!reasons(&plan).is_empty());
    assert_eq!(bench.repository().branches[BRANCH]["docs/ADOPTING.md"], "# Ours\n");
    // Another file that is wanted now does not touch it either.
    let more = POLICY.replace("# Adopting", "# Taking it over")
        + "[file.\"README.txt\"]\ntext = \"See README.md.\"\n";
    bench.desk.write("policy.toml", &more);
    let plan = bench.plan(2);
    let edited =
        plan["deferred"].as_array().unwrap().iter().find(|d| d["key"] == "docs/ADOPTING.md").unwrap();
    assert!(
        edited["reason"].as_str().unwrap().starts_with("people changed docs/ADOPTING.md in #1"),
        "{edited}"
    );
    bench.apply().ended(0);
    assert_eq!(bench.repository().branches[BRANCH]["docs/ADOPTING.md"], "# Ours\n");
}

#[test]
fn what_people_said_no_to_is_not_asked_again() {
    let bench = Bench::of(|_| {});
    bench.plan(2);
    bench.apply().ended(0);
    bench.repository_mut(|repository| repository.pull_requests[0].state = PullRequestState::Closed);
    for why in reasons(&bench.plan(3)) {
        assert!(why.starts_with("#1 (http") && why.contains("reopen that to ask again"), "{why}");
    }
    bench.repository_mut(|repository| repository.pull_requests[0].state = PullRequestState::Open);
    assert!(reasons(&bench.plan(3)).iter().all(|why| why.starts_with("proposed in #1")));
}

#[test]
fn undo_closes_the_pull_request_and_removes_our_branch() {
    let bench = Bench::of(|_| {});
    bench.plan(2);
    bench.apply().ended(0);
    bench.undo().ended(0);
    let repository = bench.repository();
    assert_eq!(repository.pull_requests[0].state, PullRequestState::Closed);
    assert!(!repository.branches.contains_key(BRANCH));
}

#[test]
fn undo_keeps_a_branch_that_somebody_committed_to() {
    let bench = Bench::of(|_| {});
    bench.plan(2);
    bench.apply().ended(0);
    bench.repository_mut(|repository| repository.commit(BRANCH, "docs/MORE.md", "More\n", "Add more"));
    bench.undo().ended(2).says("is no longer as the plan saw it");
    let repository = bench.repository();
    assert_eq!(repository.pull_requests[0].state, PullRequestState::Closed);
    assert_eq!(repository.branches[BRANCH]["docs/MORE.md"], "More\n");
}

#[test]
fn what_was_merged_is_not_taken_back() {
    let bench = Bench::of(|_| {});
    bench.plan(2);
    bench.apply().ended(0);
    bench.repository_mut(|repository| drop(repository.merge(1)));
    bench.undo().ended(2).says("it was merged");
    assert!(bench.repository().files().unwrap().contains_key("CONTRIBUTING.md"));
}

#[test]
fn an_empty_repository_has_no_place_for_a_proposal() {
    let bench = Bench::of(|repository| repository.branches.clear());
    for why in reasons(&bench.plan(3)) {
        assert!(why.contains("somebody has to make its first commit"), "{why}");
    }
}

const ONE: &str = "acme/team-1/service-0001";

/// The same on GitLab: a server, a desk, and what becomes of the project.
fn gitlab_bench() -> (Server, Desk) {
    let mut world = gitlab::World::conforming("acme", 1);
    world.project_mut(ONE).files.remove("CONTRIBUTING.md");
    let server = Server::with(world, gitlab::Options { record: true, ..gitlab::Options::default() });
    let desk = server.desk(POLICY);
    (server, desk)
}

fn gitlab_plan(desk: &Desk, code: i32) -> Value {
    let all = ["plan", "policy.toml", "--gitlab", "acme", "--out", "plan.json", "--format", "json"];
    let plan = desk.run(&all).ended(code).json().0;
    let _ = std::fs::remove_file(desk.path("plan.json.journal"));
    plan
}

#[test]
fn a_merge_request_is_made_once_kept_up_to_date_and_withdrawn() {
    let (server, desk) = gitlab_bench();
    gitlab_plan(&desk, 2);
    desk.run(&["plan", "policy.toml", "--gitlab", "acme"]).ended(2).says("proposed as a merge request");
    let first = desk.path("first.json");
    std::fs::copy(desk.path("plan.json"), &first).unwrap();
    desk.run(&["apply", "first.json", "--auto-approve"]).ended(0);
    for why in reasons(&gitlab_plan(&desk, 3)) {
        assert!(why.starts_with("proposed in !1 (http"), "{why}");
    }
    desk.write("policy.toml", &POLICY.replace("# Adopting", "# Taking it over"));
    gitlab_plan(&desk, 2);
    desk.run(&["apply", "plan.json", "--auto-approve"]).ended(0);
    let said = |server: &Server| server.world().project(ONE).unwrap().branches.get(BRANCH).cloned();
    assert_eq!(said(&server).unwrap()["docs/ADOPTING.md"], "# Taking it over\n");
    // Ours is not the only commit any more: the branch stays.
    desk.run(&["undo", "first.json.journal", "--auto-approve"]).ended(2);
    assert!(said(&server).is_some());
    let why = gitlab_plan(&desk, 3);
    assert!(reasons(&why).iter().all(|why| why.contains("reopen that to ask again")), "{why:#}");
}

#[test]
fn a_merge_request_is_withdrawn_with_its_branch() {
    let (server, desk) = gitlab_bench();
    gitlab_plan(&desk, 2);
    desk.run(&["apply", "plan.json", "--auto-approve"]).ended(0);
    desk.run(&["undo", "plan.json.journal", "--auto-approve"]).ended(0);
    assert!(!server.world().project(ONE).unwrap().branches.contains_key(BRANCH));
}
