//! Names and texts made to fool a terminal, a log or a parser.

use serde_json::json;

use crate::forge::Forge;
use crate::front::Front;
use crate::run::{Desk, Run};
use crate::sim::World;
use crate::sim::world::{Protection, Role, Ruleset};

/// Clears the screen, forges a line, sets a title, turns the direction of writing, ends a quote.
const EVIL: &str = "\u{1b}[2J\u{1b}]0;owned\u{7}\r\nDrift: none\n::error::\u{9b}31m\u{202e}\"'`{}\\\u{0}<b>";

const POLICY: &str = r#"version = 1
[repository]
description = "plain"
topics = { exactly = [] }
teams = { exactly = {} }
collaborators = { exactly = {} }
homepage = { absent = true }
[repository.label.plain]
color = "ffffff"
[repository.branch."~default"]
required_checks = { exactly = [] }
required_approvals = { at_least = 7 }
bypass_actors = { exactly = [] }
"#;

fn hostile() -> World {
    let mut world = World::conforming("acme", 2);
    let organization = world.organization_mut("acme");
    organization.set("description", EVIL).add_repository(&format!("evil{EVIL}"));
    let team = organization.add_team("evil");
    team.slug = EVIL.to_owned();
    team.grant("service-0001", Role::Push);
    let team = organization.teams.shift_remove("evil").unwrap();
    organization.teams.insert(EVIL.to_owned(), team);
    let repository = world.repository_mut("service-0001");
    repository
        .set("description", EVIL)
        .set("homepage", EVIL)
        .topics(&[EVIL])
        .label(EVIL, EVIL, EVIL)
        .collaborator(EVIL, Role::Push)
        .protect(Protection::on("main").approvals(1).check(EVIL))
        .ruleset(Ruleset::named(EVIL).refs(&["~DEFAULT_BRANCH"], &[]).pull_request(1));
    world
}

/// `Run` has seen to it that there is no control character; here are the marks that turn writing.
fn harmless(run: Run) -> Run {
    for shown in [&run.out, &run.err] {
        assert!(!shown.contains(['\u{202e}', '\u{9b}']), "{shown:?}");
        assert!(
            !shown.lines().any(|line| line.trim_start().starts_with("::") || line.starts_with("Drift: none"))
        );
    }
    run
}

#[test]
fn people_see_what_is_there_and_nothing_is_obeyed() {
    let forge = Forge::of(hostile());
    for more in [&[][..], &["--all"]] {
        let run = harmless(forge.audit(POLICY, more).ended(2));
        run.says("service-0001");
        assert!(run.out.contains('\u{fffd}'), "what was left out is marked: {}", run.out);
    }
    let desk = Desk::before(&forge.url(), POLICY);
    for setting in [
        "repository.description",
        "repository.topics",
        "repository.teams",
        "branch[~default].required_approvals",
    ] {
        harmless(
            forge
                .at(&desk, &["explain", "acme/service-0001", setting, "policy.toml", "--github", "acme"])
                .ended(0),
        );
    }
}

#[test]
fn machines_get_valid_json_with_the_very_text() {
    let forge = Forge::of(hostile());
    let report = forge.audit(POLICY, &["--format", "json"]).ended(2).json();
    assert_eq!(report.of("acme/service-0001", "repository.description")["observed"]["known"], EVIL);
    assert_eq!(report.of("acme/service-0001", "repository.topics")["observed"]["known"], json!([EVIL]));
    report.of(&format!("acme/evil{EVIL}"), "repository.description");
}

#[test]
fn a_terminal_is_safe_from_the_machines_view_too() {
    harmless(Forge::of(hostile()).audit(POLICY, &["--format", "json"]).ended(2)).json();
}

#[test]
fn a_snapshot_keeps_one_subject_a_line_whatever_it_is_called() {
    let forge = Forge::of(hostile());
    let desk = Desk::before(&forge.url(), POLICY);
    let live = forge.at(&desk, &["audit", "policy.toml", "--github", "acme", "--format", "json"]).json();
    harmless(
        forge.at(&desk, &["snapshot", "policy.toml", "--github", "acme", "--out", "kept.jsonl"]).ended(0),
    );
    assert_eq!(std::fs::read_to_string(desk.path("kept.jsonl")).unwrap().lines().count(), 1 + 4);
    let kept = desk.run(&["audit", "policy.toml", "--snapshot", "kept.jsonl", "--format", "json"]).json();
    assert!(kept.without_requests() == live.without_requests());
}

#[test]
fn a_server_that_answers_with_such_words_is_quoted_harmlessly() {
    let forge = Forge::of(World::conforming("acme", 1));
    let front = Front::before(&forge, |_| Some((403, vec![], json!({"message": EVIL}))));
    let desk = Desk::before(front.url(), POLICY);
    let from = ["policy.toml", "--github", "acme"];
    harmless(desk.run(&[&["audit"], &from[..]].concat()).ended(1));
    desk.run(&[&["audit", "--format", "json"], &from[..]].concat()).ended(1).json().unread("github:acme");
    harmless(desk.run(&[&["audit", "--explain-reads"], &from[..]].concat()));
    harmless(desk.run(&[&["snapshot", "--out", "s.jsonl"], &from[..]].concat()).ended(1));
    harmless(desk.run(&[&["explain", "acme/x", "repository.topics"], &from[..]].concat()).ended(1));
}
