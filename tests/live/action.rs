//! The step of a workflow, end to end: the program with a runner's environment and files, before a simulated
//! GitHub that holds the organization and the repository of the policy alike.

use std::path::PathBuf;

use serde_json::{Value, json};

use crate::forge::Forge;
use crate::run::{Desk, Run, TOKEN};
use crate::sim::world::{BOT, Comment, Identity, Issue};
use crate::sim::{Options, World};

/// Every repository of the conforming world keeps to it.
pub const POLICY: &str = "version = 1\n[repository]\nhas_wiki = false\ndelete_branch_on_merge = true\n";

/// Where the policy is kept, and the workflow runs.
pub const HOME: &str = "service-0001";

/// The token of the job, which writes in that repository and reads nothing else.
pub const JOBS: &str = "ghs_JobsOwnNeverShown4712";

/// A runner that does a step.
pub struct Runner {
    pub forge: Forge,
    desk: Desk,
}

impl Runner {
    pub fn of(mut world: World) -> Self {
        world.identity(TOKEN, Identity::classic("dee", &["repo", "admin:org"]).owning());
        world.identity(JOBS, Identity::job("acme/service-0001", &["issues:write", "pull_requests:write"]));
        Self::before(world)
    }

    pub fn before(world: World) -> Self {
        let forge = Forge::with(world, Options { record: true, ..Options::default() });
        let desk = Desk::before(&forge.url(), POLICY);
        let at = |name: &str| desk.path(name).display().to_string();
        let files = [
            ("RUNNER_TEMP", at("")),
            ("GITHUB_OUTPUT", at("output")),
            ("GITHUB_STEP_SUMMARY", at("summary")),
        ];
        let desk = files.iter().fold(desk, |desk, (name, file)| desk.set(name, file));
        let desk = desk
            .set("GITHUB_ACTIONS", "true")
            .set("GITHUB_SERVER_URL", &forge.url())
            .set("GITHUB_REPOSITORY", &format!("acme/{HOME}"))
            .set("GITHUB_RUN_ID", "4711")
            .set("INPUT_REPOSITORY_TOKEN", JOBS)
            .set("INPUT_POLICY", "policy.toml")
            .set("INPUT_ORGANIZATIONS", "acme");
        Self { forge, desk }
    }

    #[must_use]
    pub fn set(mut self, name: &str, value: &str) -> Self {
        self.desk = self.desk.set(name, value);
        self
    }

    /// The event of a pull request.
    #[must_use]
    pub fn on_pull(self, number: u64, head: &str, merged: bool) -> Self {
        let event = json!({
            "repository": { "full_name": format!("acme/{HOME}") },
            "pull_request": { "number": number, "merged": merged, "head": { "repo": { "full_name": head } } },
        });
        self.desk.write("event.json", &event.to_string());
        let path = self.desk.path("event.json").display().to_string();
        self.set("GITHUB_EVENT_NAME", "pull_request").set("GITHUB_EVENT_PATH", &path)
    }

    /// Does the step with files that are empty, as a runner gives them.
    #[track_caller]
    pub fn step(&self) -> Run {
        for file in ["output", "summary"] {
            self.desk.write(file, "");
        }
        let run = self.desk.run(&["action"]);
        assert!(!format!("{}{}", run.out, run.err).contains(JOBS), "the job's token is shown");
        run
    }

    pub fn path(&self, name: &str) -> PathBuf {
        self.desk.path(name)
    }

    pub fn write(&self, name: &str, text: &str) {
        self.desk.write(name, text);
    }

    pub fn summary(&self) -> String {
        std::fs::read_to_string(self.path("summary")).unwrap()
    }

    /// An output of the last step.
    #[track_caller]
    pub fn output(&self, name: &str) -> String {
        self.output_or_none(name).unwrap_or_else(|| panic!("there is no output {name}"))
    }

    pub fn output_or_none(&self, name: &str) -> Option<String> {
        let text = std::fs::read_to_string(self.path("output")).unwrap();
        text.lines().find_map(|line| Some(line.strip_prefix(name)?.strip_prefix('=')?.to_owned()))
    }

    pub fn issues(&self) -> Vec<Issue> {
        self.forge.world().repository_mut(HOME).issues.clone()
    }

    pub fn comments(&self) -> Vec<Comment> {
        self.forge.world().repository_mut(HOME).comments.clone()
    }

    /// Changes a setting of a repository behind the workflow's back.
    pub fn wiki(&self, on: bool) {
        self.forge.world_mut(|world| {
            world.repository_mut("service-0002").set("has_wiki", on);
        });
    }
}

/// A world in which all of the policy holds.
pub fn world() -> World {
    let mut world = World::conforming("acme", 6);
    for number in 1..=6 {
        let name = format!("service-000{number}");
        world.repository_mut(&name).set("delete_branch_on_merge", true).set("has_wiki", false);
    }
    world
}

/// A pull request of the home repository, which is the first thing in it.
pub fn with_pull(mut world: World) -> World {
    use crate::sim::world::{PullRequest, PullRequestState};
    world.repository_mut(HOME).pull_requests.push(PullRequest {
        number: 1,
        title: "Change the policy".to_owned(),
        body: None,
        head: "change".to_owned(),
        base: "main".to_owned(),
        state: PullRequestState::Open,
        author: "ann".to_owned(),
    });
    world
}

#[test]
fn an_audit_says_what_it_found_in_outputs_summary_and_annotations() {
    let runner =
        Runner::of(world()).set("INPUT_SARIF", "true").set("INPUT_REPORTS", "csv=scm.csv\nbadge=scm.svg");
    runner.step().ended(0);
    assert_eq!(runner.output("result"), "as-wanted");
    assert_eq!((runner.output("drift"), runner.output("exit-code")), ("0".into(), "0".into()));
    runner.wiki(true);
    let run = runner.step().ended(2);
    for (name, value) in [
        ("mode", "audit"),
        ("result", "drift"),
        ("exit-code", "2"),
        ("subjects", "7"),
        ("drift", "1"),
        ("unknown", "0"),
        ("waived", "0"),
        ("unread", "0"),
    ] {
        assert_eq!(runner.output(name), value, "{name}");
    }
    let friction: f64 = runner.output("friction").parse().unwrap();
    assert!((0.0..=100.0).contains(&friction));
    let json = std::fs::read_to_string(runner.output("json-file")).unwrap();
    assert_eq!(serde_json::from_str::<Value>(&json).unwrap()["summary"]["drift"], 1);
    let sarif = std::fs::read_to_string(runner.output("sarif-file")).unwrap();
    assert_eq!(serde_json::from_str::<Value>(&sarif).unwrap()["version"], "2.1.0");
    assert!(runner.path("scm.csv").is_file() && runner.path("scm.svg").is_file());
    assert!(runner.summary().contains("has_wiki"), "{}", runner.summary());
    // Between the two lines that only this run knows, nothing is a command.
    let word = run.out.lines().next().unwrap().strip_prefix("::stop-commands::").unwrap();
    let (held, free) = run.out.split_once(&format!("\n::{word}::\n")).unwrap();
    assert!(held.contains("has_wiki"));
    assert!(
        free.contains("::file=policy.toml,line=3") || free.contains("file=policy.toml,line=3,"),
        "{free}"
    );
    assert!(runner.issues().is_empty() && runner.comments().is_empty());
    assert_eq!(runner.forge.stats().mutating, 0, "nothing was asked for that writes");
}

#[test]
fn fail_on_decides_how_it_ends_and_not_what_it_says() {
    let runner = Runner::of(world()).set("INPUT_FAIL_ON", "never");
    runner.wiki(true);
    runner.step().ended(0);
    assert_eq!((runner.output("result"), runner.output("exit-code")), ("drift".into(), "0".into()));
    let runner = runner.set("INPUT_FAIL_ON", "sometimes");
    runner.step().ended(1).says("write drift, unknown");
    assert_eq!(runner.output("result"), "error");
}

#[test]
fn there_is_one_issue_which_is_made_updated_closed_and_opened_again() {
    let runner = Runner::of(world())
        .set("INPUT_ISSUE", "true")
        .set("INPUT_ISSUE_LABELS", "scm, needs care")
        .set("INPUT_FAIL_ON", "never");
    runner.step().ended(0);
    assert!(runner.issues().is_empty(), "nothing is to be done, so there is none");
    runner.wiki(true);
    runner.step().ended(0);
    let made = runner.issues();
    assert_eq!((made.len(), made[0].open), (1, true));
    assert_eq!(made[0].labels, ["scm", "needs care"]);
    assert!(made[0].body.starts_with("<!-- ispo-scm:issue -->\n"), "{}", made[0].body);
    assert!(made[0].body.contains("has_wiki") && made[0].body.contains("/actions/runs/4711"));
    assert!(runner.output("issue").ends_with("/acme/service-0001/issues/1"));
    runner.forge.world_mut(|world| {
        world.repository_mut("service-0003").set("delete_branch_on_merge", false);
    });
    runner.step().ended(0);
    let updated = runner.issues();
    assert_eq!((updated.len(), updated[0].number, updated[0].open), (1, 1, true));
    assert!(updated[0].body.contains("delete_branch_on_merge"));
    runner.wiki(false);
    runner.forge.world_mut(|world| {
        world.repository_mut("service-0003").set("delete_branch_on_merge", true);
    });
    runner.step().ended(0).says("brought up to date and closed");
    assert!(!runner.issues()[0].open);
    let writes = runner.forge.stats().mutating;
    runner.step().ended(0).says("stays closed");
    assert_eq!(runner.forge.stats().mutating, writes, "a closed issue that stays closed is not written");
    runner.wiki(true);
    runner.step().ended(0).says("opened again");
    let opened = runner.issues();
    assert_eq!((opened.len(), opened[0].open), (1, true));
}

#[test]
fn the_issue_of_somebody_else_is_not_written_over_nor_that_of_another_name() {
    let mut world = world();
    let planted = |number, author: &str, body: &str| Issue {
        number,
        title: "T".to_owned(),
        body: body.to_owned(),
        open: true,
        author: author.to_owned(),
        labels: Vec::new(),
    };
    let home = world.repository_mut(HOME);
    home.issues.push(planted(1, "mallory", "<!-- ispo-scm:issue -->\nclick here"));
    home.issues.push(planted(2, BOT, "quoted:\n<!-- ispo-scm:issue -->\n"));
    home.issues.push(planted(3, BOT, "<!-- ispo-scm:issue platform -->\n"));
    let runner = Runner::of(world).set("INPUT_ISSUE", "true").set("INPUT_FAIL_ON", "never");
    runner.wiki(true);
    runner.step().ended(0);
    let issues = runner.issues();
    assert_eq!(issues.len(), 4);
    assert_eq!(issues[0].body, "<!-- ispo-scm:issue -->\nclick here");
    assert!(issues[3].body.starts_with("<!-- ispo-scm:issue -->\n"));
    let runner = runner.set("INPUT_NAME", "platform");
    runner.step().ended(0);
    assert_eq!(runner.issues().len(), 4);
    assert!(runner.issues()[2].body.contains("has_wiki"));
}

#[test]
fn the_issue_is_found_behind_many_others() {
    let mut world = world();
    for number in 1..=230 {
        let body = if number == 229 { "<!-- ispo-scm:issue -->\nold" } else { "about something else" };
        world.repository_mut(HOME).issues.push(Issue {
            number,
            title: "T".to_owned(),
            body: body.to_owned(),
            open: number != 229,
            author: BOT.to_owned(),
            labels: Vec::new(),
        });
    }
    let runner = Runner::of(world).set("INPUT_ISSUE", "true").set("INPUT_FAIL_ON", "never");
    runner.wiki(true);
    runner.step().ended(0);
    assert_eq!(runner.issues().len(), 230);
    assert!(runner.issues()[228].open && runner.issues()[228].body.contains("has_wiki"));
}

#[test]
fn an_issue_that_may_not_be_written_is_an_error_and_one_that_nobody_judged_stays() {
    let mut world = world();
    world.identity(TOKEN, Identity::classic("dee", &["repo", "admin:org"]).owning());
    world.identity(JOBS, Identity::job("acme/service-0001", &["issues:read"]));
    let runner = Runner::before(world).set("INPUT_ISSUE", "true").set("INPUT_FAIL_ON", "never");
    runner.wiki(true);
    runner.step().ended(1).says("issues: write");
    assert_eq!((runner.output("result"), runner.output("drift")), ("error".into(), "1".into()));
    let runner = Runner::of(self::world()).set("INPUT_ISSUE", "true").set("INPUT_ORGANIZATIONS", "nowhere");
    runner.step().ended(1).says("judged nothing");
    assert!(runner.issues().is_empty());
}

#[test]
fn what_cannot_be_seen_keeps_the_issue_open() {
    let mut world = world();
    world.repository_mut(HOME).issues.push(Issue {
        number: 1,
        title: "T".to_owned(),
        body: "<!-- ispo-scm:issue -->\nold".to_owned(),
        open: true,
        author: BOT.to_owned(),
        labels: Vec::new(),
    });
    let policy = "version = 1\n[repository]\nhas_wiki = false\n[organization]\ndefault_repository_permission = \"read\"\n";
    world.identity(TOKEN, Identity::classic("zoe", &["repo", "read:org"]));
    world.identity(JOBS, Identity::job("acme/service-0001", &["issues:write"]));
    let runner = Runner::before(world).set("INPUT_ISSUE", "true").set("INPUT_FAIL_ON", "never");
    runner.write("policy.toml", policy);
    runner.step().ended(0);
    assert_eq!(runner.output("result"), "unknown");
    assert!(runner.issues()[0].open, "an unseen setting is no pass");
    let runner = runner.set("INPUT_ISSUE_ON", "drift");
    runner.step().ended(0);
    assert!(!runner.issues()[0].open, "unless the workflow says so");
}

#[test]
fn inputs_that_cannot_be_meant_are_told() {
    for (name, value, told) in [
        ("INPUT_MODE", "aduit", "write audit, plan or apply"),
        ("INPUT_ISSUE", "yes", "write true or false"),
        ("INPUT_NAME", "a --> b", "the input `name` cannot be used"),
        ("INPUT_ISSUE_ON", "never", "the input `issue-on` cannot be used"),
        ("INPUT_ARGUMENTS", "--no-such-flag", "the inputs cannot be used"),
    ] {
        let runner = Runner::of(world()).set(name, value);
        runner.step().ended(1).says(told);
        assert_eq!(runner.output("result"), "error", "{name}");
    }
}
