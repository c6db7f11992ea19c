//! Writes that go wrong, on both forges: what was done is said, what was not is said, and nothing is made
//! twice. Each test begins with a plan that would go well.

use serde_json::Value;

use crate::forge::Forge;
use crate::gitlab::Server;
use crate::run::{Desk, Run};
use crate::sim::{self, Fault, Options};

const GITHUB: &str = r#"version = 1
[repository]
homepage = "https://handbook.acme.example"
[repository.label."bug"]
color = "d73a4a"
"#;

const GITLAB: &str = r#"version = 1
[repository]
delete_branch_on_merge = true
[repository.label."bug"]
color = "d73a4a"
"#;

const APPLY: [&str; 3] = ["apply", "plan.json", "--auto-approve"];

/// A forge of either sort, with three repositories that each lack a label and have a wrong field.
enum Of {
    Github(Forge),
    Gitlab(Server),
}

struct Bench {
    of: Of,
    desk: Desk,
    audit: [&'static str; 4],
}

fn faults(faults: &[&str]) -> Vec<Fault> {
    faults.iter().map(|fault| format!("writes={fault}").parse().unwrap()).collect()
}

impl Bench {
    /// A forge on which these things go wrong with writes, and the plan for it.
    fn github(wrong: &[&str]) -> Self {
        let world = sim::World::conforming("acme", 3);
        let options = Options { faults: faults(wrong), record: true, ..Options::default() };
        let forge = Forge::with(world, options);
        let desk = Desk::before(&forge.url(), GITHUB);
        Self { of: Of::Github(forge), desk, audit: ["audit", "policy.toml", "--github", "acme"] }.planned()
    }

    fn gitlab(wrong: &[&str]) -> Self {
        let mut world = sim::gitlab::World::conforming("acme", 3);
        for number in 1..=3 {
            let project = world.project_mut(&format!("acme/team-1/service-{number:04}"));
            project.set("remove_source_branch_after_merge", false);
        }
        let options =
            sim::gitlab::Options { faults: faults(wrong), record: true, ..sim::gitlab::Options::default() };
        let server = Server::with(world, options);
        let desk = server.desk(GITLAB);
        Self { of: Of::Gitlab(server), desk, audit: ["audit", "policy.toml", "--gitlab", "acme"] }.planned()
    }

    fn both(wrong: &[&str]) -> [Self; 2] {
        [Self::github(wrong), Self::gitlab(wrong)]
    }

    #[track_caller]
    fn planned(self) -> Self {
        let [_, policy, forge, acme] = self.audit;
        self.desk.run(&["plan", policy, forge, acme, "--out", "plan.json"]).ended(2);
        let plan = std::fs::read_to_string(self.desk.path("plan.json")).unwrap();
        let plan: Value = serde_json::from_str(&plan).unwrap();
        assert_eq!(plan["requests"].as_array().unwrap().len(), 6, "{plan:#}");
        self
    }

    fn apply(&self) -> Run {
        self.desk.run(&APPLY)
    }

    /// Method and status of each write that the forge got.
    fn writes(&self) -> Vec<(String, u16)> {
        let recorded = match &self.of {
            Of::Github(forge) => forge.recorded(),
            Of::Gitlab(server) => server.recorded(),
        };
        let writes = recorded.into_iter().filter(|r| r.method != "GET" && !r.path.ends_with("graphql"));
        writes.map(|r| (r.method, r.status)).collect()
    }

    fn count(&self, method: &str) -> usize {
        self.writes().iter().filter(|(m, _)| m == method).count()
    }

    #[track_caller]
    fn is_clean(&self) {
        self.desk.run(&self.audit).ended(0);
    }

    /// How many changes are not as they should be.
    fn drift(&self) -> u64 {
        self.desk.run(&[&self.audit[..], &["--format", "json"]].concat()).json().count("drift")
    }
}

#[test]
fn nothing_goes_wrong() {
    for bench in Bench::both(&[]) {
        bench.apply().ended(0).says("6 of 6 changes made");
        assert_eq!((bench.writes().len(), bench.count("POST")), (6, 3));
        bench.is_clean();
    }
}

#[test]
fn a_server_error_in_passing_is_tried_again_and_a_creation_only_after_a_look() {
    for status in ["500", "502", "503"] {
        for bench in Bench::both(&[&format!("1-4={status}")]) {
            bench.apply().ended(0).says("6 of 6 changes made");
            assert_eq!(bench.writes().len(), 6 + 4, "{:?}", bench.writes());
            bench.is_clean();
        }
    }
}

#[test]
fn a_server_error_after_it_was_done_makes_nothing_twice() {
    for bench in Bench::both(&["1-6=500-done"]) {
        bench.apply().ended(0).says("6 of 6 changes made");
        assert_eq!(bench.count("POST"), 3, "what was seen to be there was not made again");
        bench.is_clean();
    }
}

#[test]
fn a_connection_that_breaks_before_it_was_done_is_tried_again() {
    for bench in Bench::both(&["1-3=reset"]) {
        bench.apply().ended(0).says("6 of 6 changes made");
        bench.is_clean();
    }
}

#[test]
fn a_connection_that_breaks_after_it_was_done_makes_nothing_twice() {
    for bench in Bench::both(&["1-6=reset-done"]) {
        bench.apply().ended(0).says("6 of 6 changes made");
        assert_eq!(bench.count("POST"), 3);
        bench.is_clean();
    }
}

#[test]
fn a_server_that_always_fails_is_left_alone_in_the_end() {
    for bench in Bench::both(&["1-999=502"]) {
        let run = bench.apply().ended(2);
        run.says("0 of 6 changes made").says("502");
        assert!(bench.writes().len() < 60, "{}", bench.writes().len());
    }
}

#[test]
fn a_conflict_is_a_refusal_and_stops_nothing_else() {
    for status in ["409", "422"] {
        for bench in Bench::both(&[&format!("1={status}")]) {
            bench.apply().ended(2).says("5 of 6 changes made").says(status);
            assert_eq!(bench.writes().len(), 6, "a refusal is not tried again");
            assert_eq!(bench.drift(), 1);
            bench.apply().ended(0);
            bench.is_clean();
        }
    }
}

#[test]
fn a_yes_that_is_not_done_is_not_believed() {
    for bench in Bench::both(&["1=ignored"]) {
        bench.apply().ended(2).says("5 of 6 changes made").says("applied by the forge");
        assert_eq!(bench.drift(), 1);
    }
}

#[test]
fn a_right_that_is_lost_in_mid_run_is_said_and_the_others_go_on() {
    for bench in Bench::both(&["3-999=403"]) {
        let run = bench.apply().ended(2);
        run.says("2 of 6 changes made").says("403").says("the same command goes on from here");
        assert_eq!(bench.writes().len(), 6, "each was tried");
        assert_eq!(bench.drift(), 4);
    }
}

#[test]
fn a_token_that_expires_in_mid_run_ends_it() {
    for bench in Bench::both(&["3-999=401"]) {
        let run = bench.apply().ended(2);
        run.says("2 of 6 changes made").says("the token is not valid, or has expired");
        // Those of other repositories may have been under way.
        assert!(bench.writes().len() <= 5, "{:?}", bench.writes());
    }
}

#[test]
fn a_spent_budget_is_waited_for_aloud() {
    let bench = Bench::github(&["3=spent:1"]);
    let run = bench.apply().ended(0);
    assert!(run.err.contains("the forge asks for patience: going on in "), "{}", run.err);
    bench.is_clean();
}

#[test]
fn a_secondary_limit_is_waited_for_aloud() {
    let bench = Bench::github(&["2-3=patience:1"]);
    let run = bench.apply().ended(0);
    assert!(run.err.contains("the forge asks for patience: going on in 1 s"), "{}", run.err);
    bench.is_clean();
}

#[test]
fn a_budget_that_comes_back_past_the_deadline_ends_the_run_at_once() {
    let bench = Bench::github(&["3-999=spent:3600"]);
    let begun = std::time::Instant::now();
    let run = bench.desk.run(&[&APPLY[..], &["--deadline", "10m"]].concat()).ended(2);
    assert!(begun.elapsed().as_secs() < 30);
    run.says("of 6 changes made").says("past the deadline of 10m").says("the same command goes on from here");
}

/// A disk that is full after so many bytes.
#[cfg(target_os = "linux")]
#[test]
fn nothing_is_sent_that_cannot_be_written_down() {
    let bench = Bench::github(&[]);
    let plan: Value =
        serde_json::from_str(&std::fs::read_to_string(bench.desk.path("plan.json")).unwrap()).unwrap();
    // Room for the journal's first line, which holds the plan, and for some steps.
    let room = format!("{{\"plan\":{{\"journal\":1,\"plan\":{plan}}}}}\n").len() + 70;
    let run = bench.desk.limited(&format!("trap '' XFSZ; prlimit --pid $$ --fsize={room}"), &APPLY);
    let journal = std::fs::read_to_string(bench.desk.path("plan.json.journal")).unwrap();
    let begun =
        journal.lines().filter(|line| line.starts_with("{\"sending\"") && line.ends_with('}')).count();
    assert!(bench.writes().len() <= begun, "{} of {begun}", bench.writes().len());
    assert!((1..6).contains(&bench.writes().len()), "{journal}");
    run.says("the journal plan.json.journal cannot be used");
    assert_ne!(run.code, 0);
    // With room again it goes on.
    bench.apply().ended(0);
    assert_eq!(bench.count("POST"), 3);
    bench.is_clean();
}

#[test]
fn without_a_journal_nothing_is_sent() {
    let bench = Bench::github(&[]);
    std::fs::create_dir(bench.desk.path("plan.json.journal")).unwrap();
    bench.apply().ended(1).says("nothing is changed without one");
    assert_eq!(bench.writes().len(), 0);
}
