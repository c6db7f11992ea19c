//! Differences, through the binary: of snapshots, of reports, and of runs of a history.

use std::path::Path;

use serde_json::{Value, json};

use crate::program::{program, said};
use crate::small::World;

fn diff(old: &str, new: &str) -> (Value, i32) {
    let done = program(&["diff", old, new, "--format", "json"]);
    let json = serde_json::from_slice(&done.stdout).unwrap_or_else(|e| panic!("{e}: {}", said(&done)));
    (json, done.status.code().unwrap())
}

fn refused(old: &str, new: &str, told: &str) {
    let done = program(&["diff", old, new]);
    assert_eq!(done.status.code(), Some(1), "{told}");
    assert!(said(&done).contains(told), "{told}: {}", said(&done));
}

fn report(world: &World, folder: &Path, name: &str, history: &str, day: &str) -> String {
    let laid_out = world.laid_out();
    let policy = laid_out.path().to_str().unwrap();
    let done = program(&["audit", policy, "--format", "json", "--today", day, "--history", history]);
    let file = folder.join(name);
    std::fs::write(&file, done.stdout).unwrap();
    file.to_str().unwrap().to_owned()
}

/// One thing is new, one is gone, one is worse.
fn before_and_after() -> (World, World) {
    let (mut before, mut after) = (World::conforming(), World::conforming());
    for (world, approvals, pushes) in [(&mut before, 1, false), (&mut after, 0, true)] {
        world.policy = world.policy.replacen("at_least = 1", "at_least = 2", 1);
        let rule = &mut world.repository["kinds"]["branch_protection"]["main"];
        rule["required_approving_review_count"] = approvals.into();
        rule["allow_force_pushes"] = pushes.into();
    }
    before.repository["kinds"]["branch_protection"]["release/*"]["required_approving_review_count"] =
        0.into();
    (before, after)
}

#[test]
fn reports_and_runs_tell_the_same() {
    let folder = tempfile::tempdir().unwrap();
    let history = folder.path().join("history.db");
    let history = history.to_str().unwrap();
    let (before, after) = before_and_after();
    let old = report(&before, folder.path(), "old.json", history, "2026-01-01");
    let new = report(&after, folder.path(), "new.json", history, "2026-01-08");
    let (json, code) = diff(&old, &new);
    let finding = |value: Value| json!({"verdict": "drift", "observed": {"known": value}});
    let change =
        |name: &str, became: &str| json!({"subject": "f:acme/widgets", "name": name, "became": became});
    let mut new_one = change("branch[~default].allow_force_pushes", "new");
    new_one["now"] = finding(json!(true));
    let mut worse = change("branch[~default].required_approvals", "changed");
    (worse["before"], worse["now"]) = (finding(json!(1)), finding(json!(0)));
    let mut gone = change("branch[release/1].required_approvals", "gone");
    gone["before"] = finding(json!(0));
    let expected =
        json!({"format_version": 1, "of": "findings", "changes": [gone, new_one, worse], "not_compared": 0});
    assert_eq!((&json["changes"].as_array().unwrap().len(), code), (&3, 2));
    let sorted = |json: &Value| {
        let mut changes = json["changes"].as_array().unwrap().clone();
        changes.sort_by_key(Value::to_string);
        changes
    };
    assert_eq!(sorted(&json), sorted(&expected));
    for (a, b) in [("#1", "#2"), ("#1", "")] {
        assert_eq!(diff(&format!("{history}{a}"), &format!("{history}{b}")), (json.clone(), 2));
    }
    assert_eq!(diff(&old, &old).1, 0);
    assert_eq!(diff(&format!("{history}#2"), &new).1, 0, "a run and its report are the same");
    for format in ["human", "markdown"] {
        let done = program(&["diff", &old, &new, "--format", format]);
        insta::assert_snapshot!(format!("diff_{format}"), String::from_utf8(done.stdout).unwrap());
    }
    refused(&format!("{history}#9"), &new, "has no run 9");
    let laid_out = after.laid_out();
    program(&["audit", laid_out.path().to_str().unwrap(), "--only", "widgets", "--history", history]);
    refused(
        &format!("{history}#2"),
        &format!("{history}#3"),
        "was of everything, and the other of `--only widgets`",
    );
}

#[test]
fn of_what_was_not_read_nothing_is_said() {
    let folder = tempfile::tempdir().unwrap();
    let history = folder.path().join("history.db");
    let (before, after) = before_and_after();
    let old = report(&before, folder.path(), "old.json", history.to_str().unwrap(), "2026-01-01");
    let new = report(&after, folder.path(), "new.json", history.to_str().unwrap(), "2026-01-02");
    for (address, not_compared) in [("f:acme", 2), ("forge f", 2), ("f:acm", 0), ("f:acme/widgets", 2)] {
        let mut json: Value = serde_json::from_str(&std::fs::read_to_string(&new).unwrap()).unwrap();
        json["unread"] = json!([{"address": address, "why": "it could not be"}]);
        json["findings"] = json!([]);
        let file = folder.path().join("unread.json");
        std::fs::write(&file, json.to_string()).unwrap();
        let (json, _) = diff(&old, file.to_str().unwrap());
        assert_eq!(json["not_compared"], not_compared, "{address}");
        assert_eq!(json["changes"].as_array().unwrap().len(), 2 - usize::try_from(not_compared).unwrap());
    }
}

#[test]
fn snapshots_are_compared_by_what_both_read() {
    let folder = tempfile::tempdir().unwrap();
    let header = r#"{"format":"ispo-scm-snapshot","version":1,"forge":"f","kind":"github"}"#;
    let write = |name: &str, lines: &[Value]| {
        let file = folder.path().join(name);
        let lines: Vec<String> = lines.iter().map(Value::to_string).collect();
        std::fs::write(&file, format!("{header}\n{}\n", lines.join("\n"))).unwrap();
        file.to_str().unwrap().to_owned()
    };
    let old = write(
        "old.jsonl",
        &[
            json!({"organization": "acme", "settings": {}}),
            json!({"repository": "acme/a", "settings": {"has_wiki": true, "homepage": null, "topics": ["x"]},
            "kinds": {"label": {"bug": {"color": "red"}, "old": {"color": "grey"}}, "file": {"README.md": null, "LICENSE": {"present": true}}}}),
            json!({"repository": "acme/b", "settings": {}}),
        ],
    );
    let new = write(
        "new.jsonl",
        &[
            json!({"organization": "acme", "settings": {}}),
            json!({"repository": "acme/a", "settings": {"has_wiki": false, "homepage": "https://a", "visibility": "private"},
            "kinds": {"label": {"bug": {"color": "blue"}, "new": {"color": "green"}}, "file": {"README.md": {"present": true}}}, "unknown": {"topics": "a right"}}),
            json!({"repository": "acme/c", "settings": {}}),
        ],
    );
    let (json, code) = diff(&old, &new);
    let told: Vec<String> = json["changes"]
        .as_array()
        .unwrap()
        .iter()
        .map(|c| {
            format!(
                "{} {} {}",
                c["subject"].as_str().unwrap(),
                c["name"].as_str().unwrap_or("-"),
                c["became"].as_str().unwrap()
            )
        })
        .collect();
    assert_eq!(code, 2);
    assert_eq!(
        told,
        [
            "f:acme/a file[README.md] new",
            "f:acme/a has_wiki changed",
            "f:acme/a homepage changed",
            "f:acme/a label[bug].color changed",
            "f:acme/a label[new] new",
            "f:acme/a label[old] gone",
            "f:acme/b - gone",
            "f:acme/c - new",
        ]
    );
    assert!(json["not_compared"].as_u64().unwrap() >= 3, "topics, visibility and LICENSE: {json}");
    // What one of them did not read to its end is not gone.
    let cut = write(
        "cut.jsonl",
        &[json!({"organization": "acme", "settings": {}}), json!({"unread": "f:acme", "why": "x"})],
    );
    assert_eq!(diff(&old, &cut).0["changes"], json!([]));
    let done = program(&["diff", &old, &new]);
    insta::assert_snapshot!("diff_snapshots", String::from_utf8(done.stdout).unwrap());
}

#[test]
fn what_cannot_be_compared_says_why() {
    let folder = tempfile::tempdir().unwrap();
    let report = folder.path().join("report.json");
    let done = program(&["audit", "fixtures/acme", "--format", "json"]);
    std::fs::write(&report, &done.stdout).unwrap();
    let report = report.to_str().unwrap();
    let snapshot = std::fs::read_dir("fixtures/acme").unwrap().map(|e| e.unwrap().path());
    let snapshot = snapshot.into_iter().find(|p| p.extension().is_some_and(|e| e == "jsonl")).unwrap();
    refused(report, snapshot.to_str().unwrap(), "they cannot be compared");
    refused("no-such-file", report, "no-such-file cannot be read");
    refused("README.md", report, "this is no report, snapshot or history");
    refused("Cargo.toml", report, "this is no report, snapshot or history");
    refused("docs/report.schema.json", report, "this is no JSON report of `ispo-scm audit`");
    let baseline = folder.path().join("b.jsonl");
    let done = program(&[
        "audit",
        "fixtures/acme",
        "--format",
        "json",
        "--write-baseline",
        baseline.to_str().unwrap(),
    ]);
    let since = folder.path().join("since.json");
    std::fs::write(&since, done.stdout).unwrap();
    refused(since.to_str().unwrap(), report, "made with --baseline and lacks what was agreed");
}
