//! `diff --who`: what the forges' logs can tell of a change is told, and nothing is guessed.

use chrono::{Duration, SecondsFormat, Utc};
use serde_json::{Value, json};

use crate::forge::Forge;
use crate::gitlab::Server;
use crate::run::Desk;
use crate::sim::gitlab::{Identity as GitlabIdentity, World as GitlabWorld};
use crate::sim::world::Identity;
use crate::sim::{Options, World};

const POLICY: &str = r#"version = 1
[repository]
has_wiki = false
[branch."~default"]
allow_force_pushes = false
required_approvals = { at_least = 1 }
"#;

/// Something that was done now, or so many days ago.
fn event(actor: &str, action: &str, repository: Option<&str>, days_ago: i64) -> Value {
    let at = (Utc::now() - Duration::days(days_ago)).timestamp_millis();
    let mut event = json!({"@timestamp": at, "action": action, "actor": actor});
    if let Some(repository) = repository {
        event["repo"] = format!("acme/{repository}").into();
    }
    event
}

/// An organization before and after the protection of one repository was taken away, with what its log says.
struct Story {
    forge: Forge,
    desk: Desk,
}

impl Story {
    fn of(log: &[Value]) -> Self {
        Self::with(log, |_| {})
    }

    fn with(log: &[Value], more: impl FnOnce(&mut World)) -> Self {
        let mut world = World::conforming("acme", 3);
        for repository in ["service-0001", "service-0002", "service-0003"] {
            world.repository_mut(repository).set("has_wiki", false);
        }
        let forge = Forge::with(world, Options { record: true, ..Options::default() });
        let desk = Desk::before(&forge.url(), POLICY);
        let audit = ["audit", "policy.toml", "--github", "acme", "--history", "history.db"];
        forge.at(&desk, &audit);
        forge.world_mut(|world| {
            let repository = world.repository_mut("service-0002");
            repository.protections.clear();
            repository.rulesets.clear();
            world.organization_mut("acme").document("/audit-log", json!(log));
            more(world);
        });
        forge.at(&desk, &audit);
        forge.forget();
        Self { forge, desk }
    }

    fn diff(&self, more: &[&str]) -> crate::run::Run {
        let arguments = [&["diff", "history.db#1", "history.db#2", "--who"], more].concat();
        self.forge.at(&self.desk, &arguments)
    }

    /// What is told of who changed whether a branch of `service-0002` asks for approvals.
    #[track_caller]
    fn who(&self) -> Value {
        let json: Value = self.diff(&["--format", "json"]).ended(2).json().0;
        let changes = json["changes"].as_array().unwrap();
        let of = |change: &&Value| change["name"].as_str().is_some_and(|n| n.ends_with("required_approvals"));
        changes.iter().find(of).unwrap_or_else(|| panic!("{json:#}"))["who"].clone()
    }

    #[track_caller]
    fn unknown(&self, told: &str) {
        let who = self.who();
        assert!(who["unknown"].as_str().is_some_and(|why| why.contains(told)), "{told}: {who}");
    }
}

#[track_caller]
fn names(who: &Value) -> Vec<&str> {
    who["actors"]
        .as_array()
        .unwrap_or_else(|| panic!("{who}"))
        .iter()
        .map(|a| a["name"].as_str().unwrap())
        .collect()
}

#[test]
fn whoever_did_it_is_told_and_nobody_else() {
    let story = Story::of(&[
        event("ann", "protected_branch.destroy", Some("service-0002"), 0),
        event("ben", "protected_branch.destroy", Some("service-0001"), 0),
        event("cas", "repo.add_topic", Some("service-0002"), 0),
        event("dee", "protected_branch.update", Some("service-0002"), 3),
        event("eve", "protected_branch.update", Some("service-0002"), -3),
        event("fay", "team.add_member", None, 0),
    ]);
    let who = story.who();
    assert_eq!(names(&who), ["ann"]);
    assert_eq!(who["actors"][0]["events"][0]["action"], "protected_branch.destroy");
    assert!(who.get("partly").is_none(), "{who}");
    let text = story.diff(&[]).ended(2).out;
    assert!(text.contains("by ann: protected_branch.destroy on "), "{text}");
    assert!(!["ben", "cas", "dee", "eve", "fay"].iter().any(|other| text.contains(other)), "{text}");
}

#[test]
fn of_several_all_are_told() {
    let story = Story::of(&[
        event("zoe", "protected_branch.update", Some("service-0002"), 0),
        event("ann", "protected_branch.destroy", Some("service-0002"), 0),
        event("ann", "protected_branch.update", Some("service-0002"), 0),
        // A ruleset above the repository may be what reached it.
        event("kim", "repository_ruleset.destroy", None, 0),
        // Whom the log does not name is somebody, too.
        json!({"@timestamp": Utc::now().timestamp_millis(), "action": "protected_branch.update", "repo": "acme/service-0002"}),
    ]);
    let who = story.who();
    let all: Vec<&Value> = who["actors"].as_array().unwrap().iter().map(|a| &a["name"]).collect();
    assert_eq!(all, [&Value::Null, &json!("ann"), &json!("kim"), &json!("zoe")]);
    assert_eq!(who["actors"][1]["events"].as_array().unwrap().len(), 2);
    let text = story.diff(&[]).ended(2).out;
    assert!(text.contains("by somebody whom the log does not name"), "{text}");
}

#[test]
fn what_the_log_cannot_tell_is_unknown_and_says_why() {
    Story::of(&[]).unknown("no event of these kinds between the two: protected_branch, repository_ruleset");
    for (status, said) in [(404, "Not Found"), (403, "Resource not accessible by personal access token")] {
        let story = Story::with(&[], |world| {
            world.organization_mut("acme").refuse("/audit-log", status, said);
        });
        story.unknown(&format!("{status}: {said}"));
        story.unknown("GitHub Enterprise");
        // It is said once, not of each change.
        let text = story.diff(&[]).ended(2).out;
        assert_eq!(text.matches("is unknown").count(), 1, "{text}");
    }
    let told = event("ann", "protected_branch.destroy", Some("service-0002"), 0);
    let scopes = ["repo", "read:org"];
    let member = |world: &mut World| {
        world.everybody(Identity::classic("dee", &scopes));
    };
    let story = Story::with(&[told], |_| {});
    story.forge.world_mut(member);
    story.unknown("read:audit_log");
}

#[test]
fn a_log_that_tells_a_part_says_so() {
    let told = event("ann", "protected_branch.destroy", Some("service-0002"), 0);
    let many = (0..600).map(|_| event("ann", "protected_branch.update", Some("service-0002"), 0));
    let who = Story::of(&many.chain([told]).collect::<Vec<_>>()).who();
    assert_eq!(names(&who), ["ann"]);
    assert!(
        who["partly"].as_str().is_some_and(|why| why.contains("more than 500 events")),
        "{}",
        who["partly"]
    );
}

#[test]
fn a_setting_of_which_no_event_tells_is_not_asked_for() {
    let story = Story::with(&[event("ann", "repo.access", Some("service-0001"), 0)], |world| {
        world.repository_mut("service-0001").set("has_wiki", true);
    });
    let json = story.diff(&["--format", "json"]).ended(2).json().0;
    let wiki =
        json["changes"].as_array().unwrap().iter().find(|c| c["name"] == "repository.has_wiki").unwrap();
    assert_eq!(wiki["who"]["unknown"], "no kind of event is known that tells of this setting");
    // Only what differs is asked for: of one repository three categories and what is above it.
    let asked = story.forge.recorded().iter().filter(|r| r.path == "/orgs/acme/audit-log").count();
    let stats = story.forge.stats();
    assert_eq!(stats.total, 5, "{:?}", stats.by_route);
    assert!(asked >= 5, "{asked}");
    assert!(story.diff(&[]).ended(2).out.contains("by whom is unknown"));
}

#[test]
fn without_it_nothing_is_asked_and_without_times_nothing_is_told() {
    let story = Story::of(&[event("ann", "protected_branch.destroy", Some("service-0002"), 0)]);
    let plain = story.forge.at(&story.desk, &["diff", "history.db#1", "history.db#2"]).ended(2).out;
    assert!(!plain.contains("ann") && !plain.contains("whom"), "{plain}");
    assert_eq!(story.forge.stats().total, 0);
    // Reports, and runs of an older release, do not say when.
    let connection = rusqlite::Connection::open(story.desk.path("history.db")).unwrap();
    connection.execute("UPDATE runs SET began = NULL, ended = NULL WHERE id = 1", []).unwrap();
    drop(connection);
    let text = story.diff(&[]).ended(2).out;
    assert!(text.contains("Who changed it is unknown: the run does not say when"), "{text}");
    assert_eq!(story.forge.stats().total, 0);
    let report = |name: &str| {
        let run =
            story.forge.at(&story.desk, &["audit", "policy.toml", "--github", "acme", "--format", "json"]);
        story.desk.write(name, &run.out);
    };
    report("old.json");
    story.forge.world_mut(|world| {
        world.repository_mut("service-0001").protections.clear();
        world.repository_mut("service-0001").rulesets.clear();
    });
    report("new.json");
    let text = story.forge.at(&story.desk, &["diff", "old.json", "new.json", "--who"]).ended(2).out;
    assert!(text.contains("a report does not say when"), "{text}");
}

#[test]
fn another_policy_is_told_and_another_name_takes_the_policy() {
    let story = Story::of(&[event("ann", "protected_branch.destroy", Some("service-0002"), 0)]);
    let url = story.forge.url();
    let named = format!(
        "{POLICY}\n[[forge]]\nname = \"ghec\"\nkind = \"github\"\nurl = \"{url}\"\norganizations = [\"acme\"]\n"
    );
    story.desk.write("policy.toml", &named);
    let audit = ["audit", "policy.toml", "--history", "other.db", "--today"];
    story.forge.at(&story.desk, &[&audit[..], &["2026-01-01"]].concat());
    story.forge.world_mut(|world| {
        world.repository_mut("service-0003").protections.clear();
        world.repository_mut("service-0003").rulesets.clear();
        let log = json!([event("ben", "protected_branch.destroy", Some("service-0003"), 0)]);
        world.organization_mut("acme").document("/audit-log", log);
    });
    story.desk.write("policy.toml", &named.replace("has_wiki = false", "has_wiki = true"));
    story.forge.at(&story.desk, &[&audit[..], &["2026-01-08"]].concat());
    let diff = ["diff", "other.db#1", "other.db#2", "--who"];
    let text = story.forge.at(&story.desk, &diff).ended(2).out;
    let text = text.split_whitespace().collect::<Vec<_>>().join(" ");
    assert!(text.contains("where the forge ghec is, is not known: --policy PATH names it"), "{text}");
    let text = story.forge.at(&story.desk, &[&diff[..], &["--policy", "policy.toml"]].concat()).ended(2).out;
    assert!(text.contains("by ben: protected_branch.destroy"), "{text}");
    assert!(text.contains("The policy changed between the two, too"), "{text}");
}

#[test]
fn snapshots_tell_it_by_their_days() {
    let story = Story::of(&[
        event("ann", "protected_branch.create", Some("service-0002"), 0),
        event("old", "protected_branch.update", Some("service-0002"), 30),
    ]);
    let take = |name: &str| {
        let arguments = ["snapshot", "policy.toml", "--github", "acme", "--out", name];
        story.forge.at(&story.desk, &arguments);
    };
    take("new.jsonl");
    let before = story.forge.world().repository_mut("service-0001").protections.clone();
    story.forge.world_mut(|world| world.repository_mut("service-0002").protections = before);
    take("old.jsonl");
    let diff = ["diff", "old.jsonl", "new.jsonl", "--who"];
    let text = story.forge.at(&story.desk, &diff).ended(2).out;
    assert!(text.contains("by ann: protected_branch.create") && !text.contains("by old"), "{text}");
    let dayless = std::fs::read_to_string(story.desk.path("new.jsonl")).unwrap();
    let (header, rest) = dayless.split_once('\n').unwrap();
    let mut header: Value = serde_json::from_str(header).unwrap();
    header.as_object_mut().unwrap().remove("taken").unwrap();
    story.desk.write("new.jsonl", &format!("{header}\n{rest}"));
    let text = story.forge.at(&story.desk, &diff).ended(2).out;
    assert!(text.contains("a snapshot does not say on which day"), "{text}");
}

const PROJECT: &str = "acme/team-1/service-0002";

/// The same of a GitLab project, whose topic went.
fn on_gitlab(caller: Option<GitlabIdentity>, more: impl FnOnce(&mut GitlabWorld)) -> (Server, Desk) {
    let policy = "version = 1\n[repository]\ntopics = { contains = [\"innersource\"] }\n";
    let mut world = GitlabWorld::conforming("acme", 3);
    if let Some(caller) = caller {
        world.everybody(caller);
    }
    let server = Server::of(world);
    let desk = server.desk(policy);
    let audit = ["audit", "policy.toml", "--gitlab", "acme", "--history", "history.db"];
    desk.run(&audit).ended(0);
    let now = |days: i64| (Utc::now() - Duration::days(days)).to_rfc3339_opts(SecondsFormat::Millis, true);
    let did = |id: u64, who: &str, what: &str, days: i64| json!({"id": id, "event_name": what, "created_at": now(days), "details": {"author_name": who}});
    {
        let mut world = server.world_mut();
        world.project_mut(PROJECT).set("topics", json!([])).document(
            "/audit_events",
            json!([
                did(1, "Ann", "project_topics_updated", 0),
                did(2, "Ben", "project_visibility_level_updated", 0),
                did(3, "Cas", "project_topics_updated", 9),
            ]),
        );
        more(&mut world);
    }
    desk.run(&audit).ended(2);
    (server, desk)
}

fn who_on_gitlab(caller: Option<GitlabIdentity>, more: impl FnOnce(&mut GitlabWorld)) -> Value {
    let (server, desk) = on_gitlab(caller, more);
    let run = desk.run(&["diff", "history.db#1", "history.db", "--who", "--format", "json"]).ended(2);
    assert_eq!(server.stats().mutating, 0);
    run.json().0["changes"][0]["who"].clone()
}

#[test]
fn gitlab_tells_it_to_those_who_see_what_others_did() {
    let maintainer = GitlabIdentity::person("ann", &["read_api"]).role("acme", 40);
    for caller in [None, Some(maintainer)] {
        let who = who_on_gitlab(caller, |_| {});
        assert_eq!(names(&who), ["Ann"], "{who}");
        assert!(who.get("partly").is_none(), "{who}");
    }
    let developer = GitlabIdentity::person("dee", &["read_api"]).role("acme", 30);
    let who = who_on_gitlab(Some(developer.clone()), |_| {});
    assert_eq!(names(&who), ["Ann"]);
    assert!(who["partly"].as_str().unwrap().contains("maintainers of the project"), "{who}");
    let nothing = |world: &mut GitlabWorld| {
        world.project_mut(PROJECT).document("/audit_events", json!([]));
    };
    let who = who_on_gitlab(Some(developer), nothing);
    assert!(who["unknown"].as_str().unwrap().contains("maintainers of the project"), "{who}");
    let who = who_on_gitlab(None, nothing);
    assert!(who["unknown"].as_str().unwrap().contains("no event of these kinds"), "{who}");
    // Of an event of which the server does not say what it is, nothing is said.
    let nameless = |world: &mut GitlabWorld| {
        let now = Utc::now().to_rfc3339_opts(SecondsFormat::Millis, true);
        let event =
            json!({"id": 1, "event_name": null, "created_at": now, "details": {"author_name": "Ann"}});
        world.project_mut(PROJECT).document("/audit_events", json!([event]));
    };
    let who = who_on_gitlab(None, nameless);
    assert!(who["unknown"].as_str().unwrap().contains("of what kind it is"), "{who}");
}

#[test]
fn gitlab_without_premium_cannot_tell() {
    for status in [403, 404] {
        let who = who_on_gitlab(None, |world| {
            world.project_mut(PROJECT).refuse("/audit_events", status, "404 Not Found");
        });
        assert!(who["unknown"].as_str().unwrap().contains("it takes Premium"), "{who}");
    }
}
