//! Histories, through the binary: runs are added once, whoever else is adding, and trends say how they moved.

use std::path::{Path, PathBuf};
use std::process::Output;

use assert_cmd::Command;
use serde_json::{Value, json};

use crate::small::World;

fn program(arguments: &[&str]) -> Output {
    let mut command = Command::new(env!("CARGO_BIN_EXE_ispo-scm"));
    command.env("COLUMNS", "80").env("NO_COLOR", "1").env_remove("CLICOLOR_FORCE");
    command.args(arguments).output().unwrap()
}

fn said(done: &Output) -> String {
    let text = String::from_utf8_lossy(&done.stderr).replace(['|', '│'], " ");
    text.split_whitespace().collect::<Vec<_>>().join(" ")
}

struct Kept {
    folder: tempfile::TempDir,
}

impl Kept {
    fn new() -> Self {
        Self { folder: tempfile::tempdir().unwrap() }
    }

    fn file(&self) -> PathBuf {
        self.folder.path().join("history.db")
    }

    fn add(&self, world: &World, day: &str, more: &[&str]) -> Output {
        let policy = world.laid_out();
        let (policy, file) = (policy.path().to_str().unwrap().to_owned(), self.file());
        let arguments = ["audit", &policy, "--today", day, "--history", file.to_str().unwrap()];
        let done = program(&[&arguments, more].concat());
        assert!(matches!(done.status.code(), Some(0 | 2 | 3)), "{}", said(&done));
        done
    }

    fn trend(&self, more: &[&str]) -> String {
        let file = self.file();
        let done = program(&[&["trend", file.to_str().unwrap()], more].concat());
        assert_eq!(done.status.code(), Some(0), "{}", said(&done));
        String::from_utf8(done.stdout).unwrap()
    }

    fn json(&self) -> Value {
        serde_json::from_str(&self.trend(&["--format", "json"])).unwrap()
    }
}

/// A world in which force pushes are allowed or, as wanted, are not.
fn pushes(allowed: bool) -> World {
    let mut world = World::conforming();
    world.repository["kinds"]["branch_protection"]["main"]["allow_force_pushes"] = allowed.into();
    world
}

fn drift(json: &Value) -> Vec<i64> {
    json["runs"].as_array().unwrap().iter().map(|r| r["drift"].as_i64().unwrap()).collect()
}

#[test]
fn what_came_went_and_came_back_is_told() {
    let kept = Kept::new();
    for (day, allowed) in [
        ("2026-01-01", false),
        ("2026-01-11", true),
        ("2026-01-21", false),
        ("2026-01-31", true),
        ("2026-02-02", false),
        ("2026-02-10", true),
    ] {
        kept.add(&pushes(allowed), day, &[]);
    }
    let json = kept.json();
    assert_eq!(drift(&json), [0, 1, 0, 1, 0, 1]);
    let remediation = json!({"mean_days": 6.0, "mended": 2, "mended_of_unknown_age": 0, "open": 1});
    assert_eq!(json["remediation"], remediation);
    assert_eq!(json["repeats"], json!([{"setting": "branch.allow_force_pushes", "returns": 2, "places": 1}]));
    insta::assert_snapshot!("trend_of_six_runs", kept.trend(&[]));
}

#[test]
fn nothing_one_run_and_what_is_no_history() {
    let kept = Kept::new();
    let (file, missing) = (kept.file(), kept.folder.path().join("none.db"));
    let done = program(&["trend", missing.to_str().unwrap()]);
    assert_eq!(done.status.code(), Some(1));
    assert!(said(&done).contains("there is no history"), "{}", said(&done));
    assert!(!missing.exists());
    // A part alone: of everything there is none yet.
    kept.add(&pushes(true), "2026-01-01", &["--only", "widgets"]);
    insta::assert_snapshot!("trend_of_no_run", kept.trend(&[]));
    let part: Value =
        serde_json::from_str(&kept.trend(&["--format", "json", "--scope", "--only widgets"])).unwrap();
    assert_eq!(drift(&part), [1]);
    kept.add(&pushes(true), "2026-01-02", &[]);
    insta::assert_snapshot!("trend_of_one_run", kept.trend(&[]));
    std::fs::write(&file, "something else, which is long enough to be looked at as a database header")
        .unwrap();
    for arguments in [vec!["trend"], vec!["audit", "fixtures/acme", "--history"]] {
        let done = program(&[&arguments, &*vec![file.to_str().unwrap()]].concat());
        assert_eq!(done.status.code(), Some(1));
        assert!(said(&done).contains("is no history"), "{}", said(&done));
    }
}

#[test]
fn a_later_release_and_another_database_are_left_alone() {
    let kept = Kept::new();
    kept.add(&pushes(true), "2026-01-01", &[]);
    let file = kept.file();
    let connection = rusqlite::Connection::open(&file).unwrap();
    connection.pragma_update(None, "user_version", 99).unwrap();
    let done = program(&["trend", file.to_str().unwrap()]);
    assert!(said(&done).contains("is of version 99; this release knows versions up to 1"), "{}", said(&done));
    let other = kept.folder.path().join("other.db");
    rusqlite::Connection::open(&other).unwrap().execute_batch("CREATE TABLE theirs (x)").unwrap();
    let done = program(&["trend", other.to_str().unwrap()]);
    assert!(said(&done).contains("is no history"), "{}", said(&done));
}

#[test]
fn a_run_that_says_the_same_on_the_same_day_is_the_same() {
    let kept = Kept::new();
    kept.add(&pushes(true), "2026-01-01", &[]);
    let again = kept.add(&pushes(true), "2026-01-01", &[]);
    assert!(said(&again).contains("the history has this run already: it is number 1"), "{}", said(&again));
    kept.add(&pushes(false), "2026-01-01", &[]);
    kept.add(&pushes(true), "2026-01-01", &[]);
    assert_eq!(drift(&kept.json()), [1, 0, 1]);
}

#[test]
fn many_at_once_are_all_in_it() {
    let kept = Kept::new();
    std::thread::scope(|scope| {
        for day in 1..=8 {
            let kept = &kept;
            scope.spawn(move || kept.add(&pushes(day % 2 == 0), &format!("2026-01-0{day}"), &[]));
        }
    });
    let json = kept.json();
    let mut days: Vec<&str> =
        json["runs"].as_array().unwrap().iter().map(|r| r["day"].as_str().unwrap()).collect();
    days.sort_unstable();
    assert_eq!(days.len(), 8);
    days.dedup();
    assert_eq!(days.len(), 8);
    let connection = rusqlite::Connection::open(kept.file()).unwrap();
    let whole: String = connection.query_row("PRAGMA integrity_check", [], |r| r.get(0)).unwrap();
    assert_eq!(whole, "ok");
    let left: Vec<_> = std::fs::read_dir(kept.folder.path()).unwrap().collect();
    assert_eq!(left.len(), 1, "a history is one file");
}

#[test]
fn what_was_not_looked_at_is_not_gone() {
    let kept = Kept::new();
    kept.add(&pushes(true), "2026-01-01", &[]);
    // Another organization alone: nothing is known of the first.
    let mut other = pushes(false);
    other.organization["organization"] = "other".into();
    other.repository["repository"] = "other/gadgets".into();
    kept.add(&other, "2026-01-02", &[]);
    assert_eq!(kept.json()["remediation"]["open"], 1);
    // The same organization without the repository: that is gone, and was there in the first run.
    let mut without = pushes(false);
    without.repository["repository"] = "acme/gadgets".into();
    kept.add(&without, "2026-01-03", &[]);
    let remediation = &kept.json()["remediation"];
    assert_eq!((&remediation["open"], &remediation["mended_of_unknown_age"]), (&json!(0), &json!(1)));
}

#[test]
fn what_could_not_be_seen_for_a_while_is_neither_gone_nor_back() {
    let kept = Kept::new();
    kept.add(&pushes(false), "2026-01-01", &[]);
    kept.add(&pushes(true), "2026-01-02", &[]);
    let mut hidden = pushes(true);
    hidden.repository["kinds"].as_object_mut().unwrap().remove("branch_protection");
    kept.add(&hidden, "2026-01-03", &[]);
    kept.add(&pushes(true), "2026-01-04", &[]);
    kept.add(&pushes(false), "2026-01-06", &[]);
    let json = kept.json();
    assert_eq!(json["repeats"], json!([]));
    assert_eq!(
        json["remediation"],
        json!({"mean_days": 4.0, "mended": 1, "mended_of_unknown_age": 0, "open": 0})
    );
}

#[test]
fn a_whole_company_is_kept_with_its_friction() {
    let kept = Kept::new();
    let file = kept.file();
    let arguments = ["audit", "fixtures/acme", "--history", file.to_str().unwrap(), "--today"];
    let plain = program(&["audit", "fixtures/acme", "--today", "2026-11-20"]);
    let first = program(&[&arguments[..], &["2026-11-20"]].concat());
    assert!(plain.stdout == first.stdout, "a history changes no report");
    program(&[&arguments[..], &["2026-11-27"]].concat());
    let json = kept.json();
    let (first, second) = (&json["runs"][0], &json["runs"][1]);
    assert!(first["friction"].as_f64().unwrap() > 0.0 && first["systemic_share"].as_f64().unwrap() > 0.0);
    assert_eq!(first["friction"], second["friction"]);
    insta::assert_snapshot!("trend_of_acme", kept.trend(&[]));
    // The second run added nothing but itself.
    let connection = rusqlite::Connection::open(Path::new(&file)).unwrap();
    let of_second: i64 =
        connection.query_row("SELECT count(*) FROM findings WHERE first = 2", [], |r| r.get(0)).unwrap();
    assert_eq!(of_second, 0);
}
