//! Runs that end before they are done, and are taken up again.

use std::io::Read;
use std::process::Command;
use std::time::{Duration, Instant};

use rusqlite::Connection;

use crate::forge::Forge;
use crate::front::{Arrived, Front};
use crate::policies::PIECEMEAL;
use crate::run::{Desk, Run};
use crate::sim::{Options, World};

const AUDIT: [&str; 9] = [
    "audit",
    "policy.toml",
    "--github",
    "acme",
    "--format",
    "json",
    "--all",
    "--requests-per-minute",
    "100000",
];

fn with(more: &[&'static str]) -> Vec<&'static str> {
    [&AUDIT[..], more].concat()
}

fn forge() -> Forge {
    Forge::of(World::conforming("acme", 140))
}

/// So many documents are never held.
const PASSING: u32 = 70;

/// The documents of the later repositories are held, some of the first page and some of the second.
fn later(arrived: &Arrived) -> bool {
    let number = arrived.path.split("/service-").nth(1).and_then(|rest| rest.split('/').next());
    number.and_then(|number| number.parse::<u32>().ok()).is_some_and(|number| number > PASSING)
}

/// A run that nothing interrupted.
struct Whole {
    report: String,
    documents: u64,
    queries: u64,
}

fn uninterrupted(forge: &Forge) -> Whole {
    let run = forge.at(&Desk::before(&forge.url(), PIECEMEAL), &AUDIT).ended(0);
    let stats = forge.stats();
    forge.forget();
    assert!(stats.rest >= 140, "{}", stats.rest);
    Whole { report: run.out, documents: stats.rest, queries: stats.graphql }
}

/// Waits until every document that is not held is kept.
fn until_kept(desk: &Desk) {
    let begun = Instant::now();
    loop {
        let store = Connection::open(desk.cache.path().join("http.sqlite")).unwrap();
        store.busy_timeout(Duration::from_secs(5)).unwrap();
        let kept = store.query_row(
            "SELECT count(*) FROM run_answers WHERE CAST(body AS TEXT) LIKE '{\"names\"%'",
            [],
            |row| row.get::<_, u32>(0),
        );
        if kept.is_ok_and(|kept| kept == PASSING) {
            return;
        }
        assert!(begun.elapsed().as_secs() < 60, "they are not kept");
        std::thread::sleep(Duration::from_millis(20));
    }
}

fn signal(child: &std::process::Child, name: &str) {
    let sent = Command::new("kill").args([name, &child.id().to_string()]).status().unwrap();
    assert!(sent.success());
}

/// Waits until a run says that it is going to stop.
fn until_heard(child: &mut std::process::Child) {
    let mut heard = String::new();
    let mut byte = [0];
    while !heard.contains("once more stops at once") {
        let more = child.stderr.as_mut().unwrap().read(&mut byte).unwrap();
        assert!(more > 0, "it ended instead: {heard}");
        heard.push(char::from(byte[0]));
    }
}

/// The rest of an interrupted run: the very report of one that was not, and hardly a request more. A page
/// that the server found too large leaves no answer to go on from: queries may be sent twice.
#[track_caller]
fn is_as_if_nothing_happened(forge: &Forge, desk: &Desk, whole: &Whole) {
    let run = desk.run(&with(&["--resume"])).ended(0);
    let Whole { report, documents, queries } = whole;
    assert!(
        run.err.contains("resuming the run of ") && run.err.contains(" answers are there already"),
        "{}",
        run.err
    );
    assert!(run.out == *report, "{}\n{report}", run.out);
    let all = forge.stats();
    assert!(all.rest * 20 <= documents * 21, "{} documents instead of {documents}", all.rest);
    assert!(all.graphql <= 2 * queries, "{} queries instead of {queries}", all.graphql);
    // It has ended now: nothing is left of it.
    let again = desk.run(&with(&["--resume"])).ended(0);
    again.says("there is no run of").says("to resume: beginning anew");
}

#[test]
fn a_deadline_ends_the_reading_and_the_rest_is_read_later() {
    let forge = forge();
    let whole = uninterrupted(&forge);
    let front = Front::holding(&forge, later);
    let desk = Desk::before(front.url(), PIECEMEAL);
    let child = desk.begin(&with(&["--deadline", "4s"]));
    until_kept(&desk);
    // What is under way at the deadline is let finish; there is no other way to get past one. By now the
    // run has begun, however busy the machine is.
    std::thread::sleep(Duration::from_millis(4_100));
    front.open();
    let run = Run::of(&child.wait_with_output().unwrap()).ended(3);
    let report = run.json();
    let why = report.unread("github:acme").to_owned();
    assert!(why.starts_with("the deadline of 4s passed after "), "{why}");
    assert!(why.ends_with(" of 140 repositories; `--resume` goes on from there"), "{why}");
    assert!(report.count("conforms") > 70 && report.count("drift") == 0, "what was read is judged");
    is_as_if_nothing_happened(&forge, &desk, &whole);
}

#[test]
fn a_run_that_is_taken_up_again_is_in_its_history_once() {
    let forge = forge();
    let front = Front::holding(&forge, later);
    let desk = Desk::before(front.url(), PIECEMEAL);
    let child = desk.begin(&with(&["--history", "history.db", "--deadline", "4s"]));
    until_kept(&desk);
    std::thread::sleep(Duration::from_millis(4_100));
    front.open();
    let run = Run::of(&child.wait_with_output().unwrap()).ended(3);
    run.says("this run is not added to the history");
    let resumed = with(&["--history", "history.db", "--resume"]);
    desk.run(&resumed).ended(0).says("resuming the run of");
    desk.run(&resumed).ended(0).says("the history has this run already: it is number 1");
    let trend = desk.run(&["trend", "history.db", "--format", "json"]).ended(0);
    let trend: serde_json::Value = serde_json::from_str(&trend.out).unwrap();
    assert_eq!(trend["runs"].as_array().unwrap().len(), 1);
    assert_eq!((&trend["runs"][0]["unread"], &trend["runs"][0]["subjects"]), (&0.into(), &141.into()));
}

#[test]
fn a_run_that_is_killed_is_taken_up_where_it_was() {
    let forge = forge();
    let whole = uninterrupted(&forge);
    let front = Front::holding(&forge, later);
    let desk = Desk::before(front.url(), PIECEMEAL);
    let mut child = desk.begin(&AUDIT);
    until_kept(&desk);
    child.kill().unwrap();
    child.wait().unwrap();
    front.open_to_others();
    is_as_if_nothing_happened(&forge, &desk, &whole);
}

#[test]
fn an_app_goes_on_with_a_new_token_and_none_was_written_down() {
    let Some(key) = crate::app::throwaway_key() else { return };
    let app = |url: &str| {
        let desk = Desk::new(PIECEMEAL).set("ISPO_SCM_GITHUB_URL", url).set("ISPO_SCM_APP_ID", "4711");
        desk.set("ISPO_SCM_APP_INSTALLATION_ID", "9001").set("ISPO_SCM_APP_PRIVATE_KEY", &key)
    };
    let forge = forge();
    let whole = forge.at(&app(&forge.url()), &AUDIT);
    forge.forget();
    let front = Front::holding(&forge, later);
    let desk = app(front.url());
    let mut child = desk.begin(&AUDIT);
    until_kept(&desk);
    child.kill().unwrap();
    child.wait().unwrap();
    front.open_to_others();
    for entry in std::fs::read_dir(desk.cache.path()).unwrap() {
        let bytes = std::fs::read(entry.unwrap().path()).unwrap();
        assert!(!bytes.windows(4).any(|window| window == b"ghs_"), "a token is kept");
    }
    let run = desk.run(&with(&["--resume"]));
    run.says("resuming the run of");
    assert!(run.out == whole.out, "{}\n{}", run.out, whole.out);
}

#[cfg(unix)]
#[test]
fn a_run_that_is_stopped_finishes_what_is_under_way() {
    for name in ["-INT", "-TERM"] {
        let forge = forge();
        let whole = uninterrupted(&forge);
        let front = Front::holding(&forge, later);
        let desk = Desk::before(front.url(), PIECEMEAL);
        let mut child = desk.begin(&AUDIT);
        until_kept(&desk);
        signal(&child, name);
        until_heard(&mut child);
        front.open();
        let run = Run::of(&child.wait_with_output().unwrap()).ended(130);
        assert_eq!(run.out, "", "a part of a report would be taken for all of it");
        run.says("stopped: `--resume` goes on where this run was");
        is_as_if_nothing_happened(&forge, &desk, &whole);
    }
}

#[cfg(unix)]
#[test]
fn a_second_signal_ends_the_program_at_once() {
    let forge = forge();
    let front = Front::holding(&forge, later);
    let desk = Desk::before(front.url(), PIECEMEAL);
    let mut child = desk.begin(&AUDIT);
    until_kept(&desk);
    signal(&child, "-INT");
    until_heard(&mut child);
    signal(&child, "-INT");
    // What is under way is still held: nothing of it is waited for.
    assert_eq!(child.wait().unwrap().code(), Some(130));
}

#[test]
fn only_a_run_that_asked_for_the_same_is_taken_up() {
    let forge = forge();
    let front = Front::holding(&forge, later);
    let desk = Desk::before(front.url(), PIECEMEAL);
    let mut child = desk.begin(&AUDIT);
    until_kept(&desk);
    child.kill().unwrap();
    child.wait().unwrap();
    front.open_to_others();
    let before = desk.run(&with(&["--resume", "--only", "topics = \"innersource\""])).ended(0);
    before.says("to resume: beginning anew");
    let other = desk.set("GITHUB_TOKEN", "ghp_SomebodyElse");
    other.run(&with(&["--resume"])).ended(0).says("to resume: beginning anew");
    let desk = other.set("GITHUB_TOKEN", crate::run::TOKEN);
    desk.write("policy.toml", &format!("{PIECEMEAL}\n# another day\n"));
    desk.run(&with(&["--resume"])).ended(0).says("to resume: beginning anew");
    desk.write("policy.toml", PIECEMEAL);
    desk.run(&with(&["--resume"])).ended(0).says("resuming the run of");
}

#[test]
fn a_run_that_is_not_to_be_resumed_forgets_the_one_before() {
    let forge = forge();
    let front = Front::holding(&forge, later);
    let desk = Desk::before(front.url(), PIECEMEAL);
    let mut child = desk.begin(&AUDIT);
    until_kept(&desk);
    child.kill().unwrap();
    child.wait().unwrap();
    front.open_to_others();
    desk.run(&AUDIT).ended(0);
    desk.run(&with(&["--resume"])).ended(0).says("to resume: beginning anew");
}

#[test]
fn a_server_that_is_too_slow_for_large_pages_is_asked_for_as_little_again() {
    let options = Options { max_weight: 2_000, ..Options::default() };
    let forge = Forge::with(World::conforming("acme", 140), options);
    let whole = uninterrupted(&forge);
    let front = Front::holding(&forge, later);
    let desk = Desk::before(front.url(), PIECEMEAL);
    let mut child = desk.begin(&AUDIT);
    until_kept(&desk);
    child.kill().unwrap();
    child.wait().unwrap();
    front.open_to_others();
    is_as_if_nothing_happened(&forge, &desk, &whole);
}

#[test]
fn a_plan_and_a_snapshot_can_be_resumed_too() {
    let forge = forge();
    for verb in [
        &["plan", "policy.toml", "--github", "acme"][..],
        &["snapshot", "policy.toml", "--github", "acme", "--out", "kept.jsonl"],
    ] {
        let front = Front::holding(&forge, later);
        let desk = Desk::before(front.url(), PIECEMEAL);
        let pace = ["--requests-per-minute", "100000"];
        let mut child = desk.begin(&[verb, &pace].concat());
        until_kept(&desk);
        signal(&child, "-TERM");
        until_heard(&mut child);
        front.open();
        let run = Run::of(&child.wait_with_output().unwrap()).ended(130);
        run.says("stopped: `--resume` goes on where this run was");
        assert!(!desk.path("kept.unfinished").exists() && !desk.path("kept.jsonl").exists());
        desk.run(&[verb, &pace, &["--resume"]].concat()).ended(0).says("resuming the run of");
    }
}

#[test]
fn a_deadline_that_has_passed_sends_nothing() {
    let forge = Forge::of(World::conforming("acme", 2));
    let run = forge.audit(PIECEMEAL, &["--deadline", "0s", "--format", "json"]).ended(1);
    assert_eq!(forge.stats().total, 0);
    let unread = run.json().0["unread"].to_string();
    assert!(unread.contains("the deadline of 0s passed"), "{unread}");
    forge.audit(PIECEMEAL, &["--deadline", "soon"]).ended(1).says("write 90s, 10m or 2h");
}

#[test]
fn a_budget_that_is_back_after_the_deadline_is_not_waited_for() {
    let forge = Forge::of(World::conforming("acme", 2));
    let front = Front::before(&forge, |arrived| {
        let message = serde_json::json!({"message": "You have exceeded a secondary rate limit."});
        arrived.path.contains("/topics").then(|| (403, vec![("retry-after", "600".to_owned())], message))
    });
    let begun = Instant::now();
    let desk = Desk::before(front.url(), PIECEMEAL);
    let run = desk.run(&with(&["--deadline", "60s"]));
    assert!(begun.elapsed().as_secs() < 30);
    let why = run.json().unread("github:acme").to_owned();
    assert!(
        why.starts_with("the budget of requests is back at ") && why.contains("past the deadline of 60s"),
        "{why}"
    );
}
