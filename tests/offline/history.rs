//! Histories, through the binary: runs are added once, whoever else is adding, and trends say how they moved.

use std::path::{Path, PathBuf};
use std::process::Output;

use serde_json::{Value, json};

use crate::program::{program, said};
use crate::small::World;

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
    let each: Vec<(&Value, &Value)> =
        json["runs"].as_array().unwrap().iter().map(|r| (&r["mended"], &r["mean_days"])).collect();
    let (none, zero, one) = (Value::Null, json!(0), json!(1));
    let (ten, two) = (json!(10.0), json!(2.0));
    assert_eq!(
        each,
        [(&zero, &none), (&zero, &none), (&one, &ten), (&zero, &none), (&one, &two), (&zero, &none)]
    );
    let remediation = json!({"mean_days": 6.0, "mended": 2, "mended_of_unknown_age": 0, "open": 1});
    assert_eq!(json["remediation"], remediation);
    assert_eq!(json["repeats"], json!([{"setting": "branch.allow_force_pushes", "returns": 2, "places": 1}]));
    insta::assert_snapshot!("trend_of_six_runs", kept.trend(&[]));
}

#[test]
fn a_page_shows_how_the_numbers_moved() {
    let kept = Kept::new();
    let page = |day: &str, allowed: bool, more: &[&str]| {
        let done = kept.add(&pushes(allowed), day, &[&["--format", "html"], more].concat());
        assert_eq!(String::from_utf8_lossy(&done.stderr), "");
        String::from_utf8(done.stdout).unwrap()
    };
    let first = page("2026-01-01", false, &[]);
    assert_eq!(first.matches("This is the first run in its history, so there is no trend yet.").count(), 2);
    assert!(!first.contains("<figure"), "of one run there is nothing to draw");
    page("2026-01-11", true, &[]);
    page("2026-01-21", false, &[]);
    let last = page("2026-01-31", true, &[]);
    for told in [
        "4 runs from 2026-01-01 to 2026-01-31.",
        "1 departure that came and went stayed 10 days on average. 1 departure there now.",
        "2026-01-01: 0; 2026-01-11: 1; 2026-01-21: 0; 2026-01-31: 1",
        "2026-01-01: not known; 2026-01-11: not known; 2026-01-21: 10 days; 2026-01-31: not known",
        "Friction is not known of any of the 4 runs",
        "Friction, median: not known of any of these runs",
    ] {
        assert!(last.contains(told), "{told}: {last}");
    }
    let section = last.split("<h3 id=\"trends\">").nth(1).unwrap().split("<h3>").next().unwrap();
    insta::assert_snapshot!("trend_on_a_page", section.replace("><", ">\n<"));
    // Whoever decides gets the line alone; and without a history nobody gets anything.
    let leader = page("2026-02-01", true, &["--audience", "leader"]);
    assert!(leader.contains("class=\"moved\"") && !leader.contains("<figure"));
    let policy = pushes(true).laid_out();
    let plain = program(&["audit", policy.path().to_str().unwrap(), "--format", "html"]).stdout;
    let plain = String::from_utf8(plain).unwrap();
    assert!(!plain.contains("class=\"moved\"") && !plain.contains("id=\"trends\""));
    // The page of `trend` says the same, and nothing in it moves by itself.
    let own = kept.trend(&["--format", "html"]);
    assert!(own.contains("script-src 'none'") && !own.contains("<script"));
    assert!(own.contains("5 runs from 2026-01-01 to 2026-02-01.") && own.ends_with("</html>\n"));
    assert_eq!(own, kept.trend(&["--format", "html"]));
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
    drop(connection);
    let before = std::fs::read(&file).unwrap();
    for arguments in [vec!["trend"], vec!["audit", "fixtures/acme", "--history"], vec!["diff", "x#1"]] {
        let done = program(&[&arguments, &*vec![file.to_str().unwrap()]].concat());
        let told = match arguments[0] {
            "diff" => "there is no history x",
            _ => "is of version 99; this release knows versions up to 2",
        };
        assert!(said(&done).contains(told), "{}", said(&done));
        assert_eq!((done.status.code(), done.stdout.is_empty()), (Some(1), true));
    }
    assert!(before == std::fs::read(&file).unwrap(), "a file that is refused is left as it is");
    let other = kept.folder.path().join("other.db");
    rusqlite::Connection::open(&other).unwrap().execute_batch("CREATE TABLE theirs (x)").unwrap();
    let done = program(&["trend", other.to_str().unwrap()]);
    assert!(said(&done).contains("is no history"), "{}", said(&done));
}

/// A history as version 1 made it: three runs, a departure that was mended, one that stayed, one waived, one unknown.
const OF_VERSION_1: &str = "
PRAGMA application_id = 0x4953504f;
PRAGMA user_version = 1;
CREATE TABLE runs (id INTEGER PRIMARY KEY AUTOINCREMENT, day TEXT NOT NULL, scope TEXT NOT NULL, digest TEXT NOT NULL,
    policy TEXT NOT NULL, release TEXT NOT NULL, unread INTEGER NOT NULL, subjects INTEGER NOT NULL,
    conforms INTEGER NOT NULL, drift INTEGER NOT NULL, waived INTEGER NOT NULL, unknown INTEGER NOT NULL,
    not_applicable INTEGER NOT NULL, repositories INTEGER, friction REAL, friction_p90 REAL, gated INTEGER,
    systemic REAL);
CREATE INDEX runs_scope ON runs (scope, id);
CREATE TABLE findings (id INTEGER PRIMARY KEY, scope TEXT NOT NULL, subject TEXT NOT NULL, setting TEXT NOT NULL,
    key TEXT, verdict TEXT NOT NULL, severity TEXT NOT NULL, observed TEXT NOT NULL,
    first INTEGER NOT NULL REFERENCES runs (id), until INTEGER REFERENCES runs (id));
CREATE INDEX findings_open ON findings (scope, until);
INSERT INTO runs VALUES
    (1, '2025-01-01', '', 'a', 'p', '0.0.9', 0, 2, 8, 1, 1, 1, 0, 6, 31.5, 40.0, 2, 0.25),
    (2, '2025-01-08', '', 'b', 'p', '0.0.9', 0, 2, 7, 2, 1, 1, 0, 6, 33.0, 41.0, 2, 0.5),
    (3, '2025-01-15', '', 'c', 'p', '0.0.9', 0, 2, 8, 1, 1, 1, 0, NULL, NULL, NULL, NULL, NULL),
    (4, '2025-01-15', '--only w*', 'd', 'p', '0.0.9', 0, 1, 1, 1, 0, 0, 0, NULL, NULL, NULL, NULL, NULL);
INSERT INTO findings (scope, subject, setting, key, verdict, severity, observed, first, until) VALUES
    ('', 'f:acme/widgets', 'branch.allow_force_pushes', '~default', 'drift', 'high', '{\"known\":true}', 1, NULL),
    ('', 'f:acme/widgets', 'branch.required_approvals', '~default', 'drift', 'high', '{\"known\":0}', 2, 3),
    ('', 'f:acme/widgets', 'repository.topics', NULL, 'waived', 'low', '{\"known\":[]}', 1, NULL),
    ('', 'f:acme/widgets', 'repository.license', NULL, 'unknown', 'low', '{\"unknown\":true}', 1, NULL),
    ('--only w*', 'f:acme/widgets', 'repository.license', NULL, 'drift', 'low', '{\"absent\":true}', 4, NULL);
";

/// Every row of a table but for the columns that are new.
fn rows(file: &Path, table: &str, columns: &str) -> Vec<String> {
    let connection = rusqlite::Connection::open(file).unwrap();
    let sql = format!("SELECT json_array({columns}) FROM {table} ORDER BY id");
    let mut select = connection.prepare(&sql).unwrap();
    select.query_map([], |row| row.get(0)).unwrap().collect::<Result<_, _>>().unwrap()
}

#[test]
fn a_history_of_an_older_release_is_brought_up_to_date_without_loss() {
    let kept = Kept::new();
    let file = kept.file();
    rusqlite::Connection::open(&file).unwrap().execute_batch(OF_VERSION_1).unwrap();
    let runs = "id, day, scope, digest, policy, release, unread, subjects, conforms, drift, waived, unknown,
                not_applicable, repositories, friction, friction_p90, gated, systemic";
    let findings = "id, scope, subject, setting, key, verdict, severity, observed, first, until";
    let before = (rows(&file, "runs", runs), rows(&file, "findings", findings));
    assert_eq!((before.0.len(), before.1.len()), (4, 5));
    let json = kept.json();
    assert_eq!(before, (rows(&file, "runs", runs), rows(&file, "findings", findings)));
    let version: i64 = {
        let connection = rusqlite::Connection::open(&file).unwrap();
        connection.pragma_query_value(None, "user_version", |row| row.get(0)).unwrap()
    };
    assert_eq!(version, 2);
    assert_eq!(drift(&json), [1, 2, 1]);
    assert_eq!(json["runs"][1]["friction"], 33.0);
    assert_eq!(json["other_scopes"], json!([{"scope": "--only w*", "runs": 1}]));
    let remediation = json!({"mean_days": 7.0, "mended": 1, "mended_of_unknown_age": 0, "open": 2});
    assert_eq!(json["remediation"], remediation);
    // It goes on from there, and what was open is known again.
    kept.add(&pushes(true), "2025-01-22", &[]);
    assert_eq!(drift(&kept.json()), [1, 2, 1, 1]);
    assert!(rows(&file, "runs", runs).starts_with(&before.0));
}

#[test]
fn several_that_bring_it_up_to_date_at_once_lose_nothing() {
    let kept = Kept::new();
    rusqlite::Connection::open(kept.file()).unwrap().execute_batch(OF_VERSION_1).unwrap();
    std::thread::scope(|scope| {
        for day in 1..=4 {
            let kept = &kept;
            scope.spawn(move || kept.add(&pushes(day % 2 == 0), &format!("2025-02-0{day}"), &[]));
        }
    });
    assert_eq!(drift(&kept.json()).len(), 7);
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
    let leader = ["2026-12-04", "--format", "html", "--audience", "leader"];
    let leader = String::from_utf8(program(&[&arguments[..], &leader].concat()).stdout).unwrap();
    let line = leader.split("<p class=\"moved\">").nth(1).unwrap().split("</p>").next().unwrap();
    insta::assert_snapshot!("trend_in_a_line", line.replace("><", ">\n<"));
    let json = kept.json();
    let (first, second) = (&json["runs"][0], &json["runs"][1]);
    assert!(first["friction"].as_f64().unwrap() > 0.0 && first["systemic_share"].as_f64().unwrap() > 0.0);
    assert_eq!(first["friction"], second["friction"]);
    insta::assert_snapshot!("trend_of_acme", kept.trend(&[]));
    // The later runs added nothing but themselves.
    let connection = rusqlite::Connection::open(Path::new(&file)).unwrap();
    let of_later: i64 =
        connection.query_row("SELECT count(*) FROM findings WHERE first > 1", [], |r| r.get(0)).unwrap();
    assert_eq!(of_later, 0);
}
