//! What is kept between runs: asked for again under its ETag, and given to nobody else.

use std::path::PathBuf;
use std::sync::atomic::{AtomicU64, Ordering};

use rusqlite::Connection;

use crate::forge::Forge;
use crate::front::Front;
use crate::policies::PIECEMEAL;
use crate::run::{Desk, Report, Run};
use crate::sim::World;

const AUDIT: [&str; 8] =
    ["audit", "policy.toml", "--github", "acme", "--format", "json", "--requests-per-minute", "100000"];

/// Repositories of the organization, each with a document of its own.
const REPOSITORIES: u64 = 7;

fn forge() -> Forge {
    Forge::of(World::conforming("acme", 7))
}

fn desk(url: &str) -> Desk {
    Desk::before(url, PIECEMEAL)
}

/// What the store holds; whoever looks at it from outside can.
fn store(desk: &Desk) -> Connection {
    Connection::open(file(desk)).unwrap()
}

fn file(desk: &Desk) -> PathBuf {
    desk.cache.path().join("http.sqlite")
}

fn count(desk: &Desk, table: &str) -> u32 {
    store(desk).query_row(&format!("SELECT count(*) FROM {table}"), [], |row| row.get(0)).unwrap()
}

#[track_caller]
fn requests(run: &Run, of: &str) -> u64 {
    run.json().0["requests"][of].as_u64().unwrap()
}

#[track_caller]
fn judged(run: &Run) -> Report {
    run.json().without_requests()
}

#[test]
fn a_second_run_is_told_that_nothing_has_changed() {
    let forge = forge();
    let desk = desk(&forge.url());
    let first = forge.at(&desk, &AUDIT).ended(0);
    assert_eq!(requests(&first, "not_modified"), 0);
    let rest = requests(&first, "rest");
    assert!(rest > REPOSITORIES, "{rest}");
    forge.forget();
    let second = forge.at(&desk, &AUDIT).ended(0);
    assert_eq!(requests(&second, "not_modified"), rest);
    assert_eq!((forge.stats().not_modified, forge.stats().rest), (rest, rest));
    assert_eq!(judged(&first), judged(&second));
    assert_eq!((first.err.as_str(), second.err.as_str()), ("", ""));
}

#[test]
fn what_has_changed_is_judged_as_it_is_now() {
    let forge = forge();
    let desk = desk(&forge.url());
    forge.at(&desk, &AUDIT).ended(0);
    forge.world_mut(|world| world.repository_mut("service-0003").topics = vec!["other".into()]);
    let report = forge.at(&desk, &AUDIT).ended(2).json();
    assert_eq!(report.count("drift"), 1);
    assert_eq!(report.verdict("acme/service-0003", "repository.topics_of_its_own"), "drift");
    forge.world_mut(|world| world.repository_mut("service-0003").topics = vec!["innersource".into()]);
    forge.at(&desk, &AUDIT).ended(0);
}

#[test]
fn the_pages_of_a_list_are_found_behind_an_answer_that_has_not_changed() {
    let forge = Forge::of(World::conforming("acme", 230));
    let policy = "version = 1\n[repository]\nsecret_scanning_push_protection = true\n";
    let desk = Desk::before(&forge.url(), policy);
    let first = forge.at(&desk, &AUDIT).ended(0);
    let second = forge.at(&desk, &AUDIT).ended(0);
    assert_eq!(requests(&second, "not_modified"), 3);
    assert_eq!(judged(&first), judged(&second));
    assert_eq!(second.json().count("unknown"), 0);
}

#[test]
fn nobody_is_given_what_another_identity_was_answered() {
    let forge = forge();
    let front = Front::before(&forge, |_| None);
    let desk = desk(front.url());
    desk.run(&AUDIT).ended(0);
    let other = desk.set("GITHUB_TOKEN", "ghp_SomebodyElse");
    let before = front.arrived().len();
    let run = other.run(&AUDIT).ended(0);
    assert_eq!(requests(&run, "not_modified"), 0);
    assert!(front.arrived()[before..].iter().all(|a| a.known.is_none()));
    // Neither token is in the file, nor in those beside it.
    for entry in std::fs::read_dir(other.cache.path()).unwrap() {
        let bytes = std::fs::read(entry.unwrap().path()).unwrap();
        for token in [crate::run::TOKEN, "ghp_SomebodyElse"] {
            assert!(!bytes.windows(token.len()).any(|window| window == token.as_bytes()));
        }
    }
}

#[test]
fn a_refusal_takes_the_place_of_what_was_known() {
    let forge = forge();
    let refuse = std::sync::Arc::new(AtomicU64::new(0));
    let front = Front::before(&forge, {
        let refuse = std::sync::Arc::clone(&refuse);
        move |arrived| {
            let refused = refuse.load(Ordering::Relaxed) == 1 && arrived.path.contains("service-0003/topics");
            refused.then(|| (403, Vec::new(), serde_json::json!({"message": "Not yours any more"})))
        }
    });
    let desk = desk(front.url());
    desk.run(&AUDIT).ended(0);
    refuse.store(1, Ordering::Relaxed);
    let report = desk.run(&AUDIT).ended(3).json();
    assert!(report.needs("acme/service-0003", "repository.topics_of_its_own").contains("Not yours any more"));
}

#[test]
fn an_entry_that_was_tampered_with_is_asked_for_anew() {
    let forge = forge();
    let desk = desk(&forge.url());
    let first = forge.at(&desk, &AUDIT).ended(0);
    let forged = "UPDATE cache SET body = CAST('{\"names\":[\"other\"]}' AS BLOB) WHERE path LIKE '%service-0003/topics'";
    assert_eq!(store(&desk).execute(forged, []).unwrap(), 1);
    assert_eq!(
        store(&desk).execute("UPDATE cache SET etag = 7 WHERE path LIKE '%service-0004%'", []).unwrap(),
        1
    );
    let second = forge.at(&desk, &AUDIT).ended(0);
    assert_eq!(requests(&second, "not_modified"), requests(&first, "rest") - 2);
    assert_eq!(judged(&first), judged(&second));
    let third = forge.at(&desk, &AUDIT).ended(0);
    assert_eq!(requests(&third, "not_modified"), requests(&first, "rest"));
}

#[test]
fn a_damaged_file_is_made_anew_and_nothing_is_lost_but_time() {
    let forge = forge();
    let desk = desk(&forge.url());
    forge.at(&desk, &AUDIT).ended(0);
    std::fs::write(file(&desk), "this is no database".repeat(1_000)).unwrap();
    let run = forge.at(&desk, &AUDIT).ended(0);
    run.says("is damaged: it is made anew");
    assert_eq!(requests(&run, "not_modified"), 0);
    let run = forge.at(&desk, &AUDIT).ended(0);
    assert_eq!((requests(&run, "not_modified"), run.err.as_str()), (requests(&run, "rest"), ""));
}

#[test]
fn damage_within_the_file_does_not_end_a_run() {
    let forge = forge();
    let desk = desk(&forge.url());
    forge.at(&desk, &AUDIT).ended(0);
    // All in one file, and then nothing behind its first page.
    store(&desk).execute_batch("PRAGMA wal_checkpoint(TRUNCATE)").unwrap();
    let mut bytes = std::fs::read(file(&desk)).unwrap();
    bytes[4096..].fill(0xa5);
    std::fs::write(file(&desk), bytes).unwrap();
    let run = forge.at(&desk, &AUDIT).ended(0);
    assert!(run.err.contains("is damaged"), "{}", run.err);
    assert_eq!(run.err.lines().count(), 1, "it is said once: {}", run.err);
    forge.at(&desk, &AUDIT).ended(0);
    let run = forge.at(&desk, &AUDIT).ended(0);
    assert_eq!((requests(&run, "not_modified"), run.err.as_str()), (requests(&run, "rest"), ""));
}

#[test]
fn tables_of_another_release_are_made_anew() {
    let forge = forge();
    let desk = desk(&forge.url());
    forge.at(&desk, &AUDIT).ended(0);
    store(&desk).pragma_update(None, "user_version", 99).unwrap();
    let run = forge.at(&desk, &AUDIT).ended(0);
    assert_eq!((requests(&run, "not_modified"), run.err.as_str()), (0, ""));
}

#[test]
fn without_a_folder_to_write_to_a_run_goes_on() {
    let forge = forge();
    let desk = desk(&forge.url());
    desk.write("file", "");
    let desk = desk.set("ISPO_SCM_CACHE_DIR", "file");
    let run = forge.at(&desk, &AUDIT).ended(0);
    assert_eq!(run.err.matches("cannot be used").count(), 1, "{}", run.err);
    run.says("going on without it");
}

#[test]
fn two_processes_at_once_do_not_disturb_each_other() {
    let forge = forge();
    let desk = desk(&forge.url());
    let children: Vec<_> = (0..4).map(|_| desk.begin(&AUDIT)).collect();
    let runs: Vec<Run> =
        children.into_iter().map(|child| Run::of(&child.wait_with_output().unwrap()).ended(0)).collect();
    for run in &runs {
        assert_eq!((judged(run), run.err.as_str()), (judged(&runs[0]), ""));
    }
    let last = forge.at(&desk, &AUDIT).ended(0);
    assert_eq!(requests(&last, "not_modified"), requests(&last, "rest"));
    assert_eq!((count(&desk, "runs"), count(&desk, "run_answers")), (0, 0));
}

#[test]
fn only_get_is_asked_under_a_condition() {
    let forge = Forge::of(World::conforming("acme", 2));
    forge.world_mut(|world| {
        world.repository_mut("service-0001").set("has_wiki", true);
    });
    let front = Front::before(&forge, |_| None);
    let desk = desk(front.url());
    desk.run(&AUDIT).ended(2);
    desk.run(&["plan", "policy.toml", "--github", "acme", "--out", "plan.json"]).ended(2);
    desk.run(&["apply", "plan.json", "--auto-approve"]).ended(0);
    desk.run(&AUDIT).ended(0);
    let arrived = front.arrived();
    assert!(arrived.iter().any(|a| a.method == "PATCH"));
    assert!(arrived.iter().any(|a| a.known.is_some()));
    assert!(arrived.iter().all(|a| a.known.is_none() || a.method == "GET"), "{arrived:#?}");
}

#[test]
fn no_cache_leaves_no_file() {
    let forge = forge();
    let desk = desk(&forge.url());
    let all = [&AUDIT[..], &["--no-cache"]].concat();
    forge.at(&desk, &all).ended(0);
    let second = forge.at(&desk, &all).ended(0);
    assert_eq!(requests(&second, "not_modified"), 0);
    assert_eq!(std::fs::read_dir(desk.cache.path()).unwrap().count(), 0);
    desk.run(&[&all[..], &["--resume"]].concat()).ended(1).says("cannot be used with");
}

#[test]
fn the_folder_can_be_named_and_the_file_is_its_owners_alone() {
    let forge = forge();
    let desk = desk(&forge.url());
    forge.at(&desk, &[&AUDIT[..], &["--cache-dir", "here/there"]].concat()).ended(0);
    assert_eq!(std::fs::read_dir(desk.cache.path()).unwrap().count(), 0);
    let folder = desk.path("here/there");
    let names: Vec<_> = std::fs::read_dir(&folder).unwrap().map(|e| e.unwrap().file_name()).collect();
    assert_eq!(names, ["http.sqlite"], "what SQLite and the run needed meanwhile is gone");
    #[cfg(unix)]
    {
        use std::os::unix::fs::PermissionsExt;
        let mode = |path| std::fs::metadata(path).unwrap().permissions().mode() & 0o777;
        assert_eq!((mode(folder.join("http.sqlite")), mode(folder)), (0o600, 0o700));
    }
}

#[test]
fn the_file_does_not_grow_without_bounds() {
    let forge = Forge::of(World::conforming("acme", 230));
    let policy = "version = 1\n[repository]\nsecret_scanning_push_protection = true\n";
    let bodies = |most: &str| {
        let desk = Desk::before(&forge.url(), policy).set("ISPO_SCM_CACHE_MAX_MB", most);
        forge.at(&desk, &AUDIT).ended(0);
        count(&desk, "cache")
    };
    assert_eq!(bodies("512"), 3);
    // A page of this list is larger than what may be kept of all.
    assert_eq!(bodies("0"), 0);
    let desk = Desk::before(&forge.url(), policy).set("ISPO_SCM_CACHE_MAX_MB", "much");
    forge.at(&desk, &AUDIT).ended(0).says("ISPO_SCM_CACHE_MAX_MB is not a number: 512 is used");
}
