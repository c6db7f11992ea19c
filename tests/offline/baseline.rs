//! Baselines, through the binary: what was agreed is counted, what is new or worse is told, what is gone is said.

use std::path::Path;
use std::process::Output;

use serde_json::{Value, json};

use crate::program::{FORMATS, ispo_scm, said};
use crate::small::{TODAY, World};

fn audit(policy: &Path, arguments: &[&str]) -> Output {
    let mut command = ispo_scm();
    command.arg("audit").arg(policy).args(["--today", TODAY]).args(arguments);
    command.output().unwrap()
}

/// Agrees on one world and audits another against it.
fn since(agreed: &World, now: &World) -> (Value, i32) {
    let (before, after) = (agreed.laid_out(), now.laid_out());
    let file = before.path().join("baseline.jsonl");
    let file = file.to_str().unwrap();
    let done = audit(before.path(), &["--write-baseline", file]);
    assert_eq!(done.status.code(), Some(0), "{}", said(&done));
    let done = audit(after.path(), &["--baseline", file, "--format", "json"]);
    let json = serde_json::from_slice(&done.stdout).unwrap_or_else(|e| panic!("{e}: {}", said(&done)));
    (json, done.status.code().unwrap())
}

/// A world with so many approvals on main, of which two are wanted.
fn with_approvals(approvals: u32) -> World {
    let mut world = World::conforming();
    world.policy = world.policy.replacen("at_least = 1", "at_least = 2", 1);
    world.repository["kinds"]["branch_protection"]["main"]["required_approving_review_count"] =
        approvals.into();
    world
}

#[test]
fn what_was_agreed_is_counted_and_nothing_of_it_is_told() {
    let (json, code) = since(&with_approvals(0), &with_approvals(0));
    assert_eq!((code, json["findings"].as_array().unwrap().len()), (0, 0));
    assert_eq!(json["summary"]["drift"], 0);
    let baseline =
        json!({"agreed": TODAY, "drift": 1, "unknown": 0, "changed": 0, "not_seen": 0, "gone": []});
    assert_eq!(json["baseline"], baseline);
}

#[test]
fn what_is_worse_is_new_and_what_is_nearer_is_not() {
    let (json, code) = since(&with_approvals(1), &with_approvals(0));
    assert_eq!((code, &json["summary"]["drift"], &json["baseline"]["changed"]), (2, &json!(1), &json!(1)));
    let (json, code) = since(&with_approvals(0), &with_approvals(1));
    assert_eq!((code, &json["summary"]["drift"], &json["baseline"]["drift"]), (0, &json!(0), &json!(1)));
}

#[test]
fn what_is_mended_is_gone() {
    let (json, code) = since(&with_approvals(0), &with_approvals(2));
    assert_eq!(code, 0);
    let gone =
        json!([{"subject": "f:acme/widgets", "setting": "branch.required_approvals", "key": "~default"}]);
    assert_eq!(json["baseline"]["gone"], gone);
}

#[test]
fn another_departure_is_new() {
    let mut now = with_approvals(0);
    now.repository["kinds"]["branch_protection"]["main"]["allow_force_pushes"] = true.into();
    let (json, code) = since(&with_approvals(0), &now);
    assert_eq!(code, 2);
    assert_eq!(json["findings"][0]["setting"], "branch.allow_force_pushes");
    assert_eq!(json["findings"].as_array().unwrap().len(), 1);
}

#[test]
fn what_cannot_be_seen_any_more_is_neither_agreed_nor_gone() {
    let mut now = with_approvals(0);
    now.repository["kinds"].as_object_mut().unwrap().remove("branch_protection");
    let (json, code) = since(&with_approvals(0), &now);
    assert_eq!((code, &json["baseline"]["gone"]), (3, &json!([])));
    assert_eq!(json["baseline"]["drift"], 0);
    assert!(json["summary"]["unknown"].as_u64().unwrap() > 0);
    // Agreed once, it is counted, and still no pass.
    let (json, code) = since(&now, &now);
    assert_eq!((code, &json["summary"]["unknown"]), (0, &json!(0)));
    assert!(json["coverage"]["judged"].as_u64() < json["coverage"]["applicable"].as_u64());
    assert!(!json["coverage"]["needs"].as_array().unwrap().is_empty());
    // What turns out to drift was not agreed.
    let (json, code) = since(&now, &with_approvals(0));
    assert_eq!((code, &json["summary"]["drift"], &json["baseline"]["changed"]), (2, &json!(1), &json!(1)));
}

#[test]
fn what_is_waived_since_is_told_as_waived_and_not_gone() {
    let mut now = with_approvals(0);
    now.policy.push_str(
        "[[waiver]]\nsubject = \"f:acme/widgets\"\nsettings = [\"branch.*\"]\nowner = \"@a\"\nreason = \"later\"\nexpires = 2027-01-01\n",
    );
    let (json, code) = since(&with_approvals(0), &now);
    assert_eq!((code, &json["summary"]["waived"], &json["baseline"]["gone"]), (0, &json!(1), &json!([])));
    // And when the waiver ends it is new: nobody agreed on it.
    let mut ended = now.policy.clone();
    std::mem::swap(&mut ended, &mut now.policy);
    let mut later = with_approvals(0);
    later.policy = ended.replace("2027-01-01", "2026-01-01");
    now.policy = ended;
    let (json, code) = since(&now, &later);
    assert_eq!((code, &json["summary"]["drift"]), (2, &json!(1)));
}

#[test]
fn a_repository_that_is_not_there_any_more_is_gone_unless_its_organization_was_not_read() {
    let mut now = with_approvals(0);
    now.repository["repository"] = "acme/gadgets".into();
    now.repository["kinds"]["branch_protection"]["main"]["required_approving_review_count"] = 2.into();
    let (json, _) = since(&with_approvals(0), &now);
    assert_eq!(json["baseline"]["gone"][0]["subject"], "f:acme/widgets");
    now.organization["organization"] = "other".into();
    now.repository["repository"] = "other/gadgets".into();
    let (json, _) = since(&with_approvals(0), &now);
    assert_eq!((&json["baseline"]["gone"], &json["baseline"]["not_seen"]), (&json!([]), &json!(1)));
}

#[test]
fn a_part_of_a_run_says_nothing_of_the_rest() {
    let folder = with_approvals(0).laid_out();
    let file = folder.path().join("b.jsonl");
    let file = file.to_str().unwrap();
    audit(folder.path(), &["--write-baseline", file]);
    let done = audit(folder.path(), &["--baseline", file, "--only", "nothing-*", "--format", "json"]);
    let json: Value = serde_json::from_slice(&done.stdout).unwrap();
    assert_eq!((&json["baseline"]["gone"], &json["baseline"]["not_seen"]), (&json!([]), &json!(1)));
    let done = audit(folder.path(), &["--write-baseline", file, "--only", "widgets"]);
    assert_eq!(done.status.code(), Some(1));
    assert!(said(&done).contains("a baseline of a part would tell all the rest as new"), "{}", said(&done));
}

#[test]
fn an_old_baseline_only_shrinks() {
    let folder = with_approvals(0).laid_out();
    let file = folder.path().join("b.jsonl");
    let file = file.to_str().unwrap();
    audit(folder.path(), &["--write-baseline", file]);
    let first = std::fs::read_to_string(file).unwrap();
    let mut now = with_approvals(2);
    now.repository["kinds"]["branch_protection"]["main"]["allow_force_pushes"] = true.into();
    let now = now.laid_out();
    let done = audit(now.path(), &["--baseline", file, "--write-baseline", file]);
    assert_eq!(done.status.code(), Some(2), "what is new stays new");
    assert!(said(&done).contains("0 findings agreed, 1 taken out"), "{}", said(&done));
    let second = std::fs::read_to_string(file).unwrap();
    assert_eq!(second.lines().collect::<Vec<_>>(), first.lines().take(1).collect::<Vec<_>>());
}

#[test]
fn the_file_is_sorted_and_the_same_for_the_same_findings() {
    let folder = tempfile::tempdir().unwrap();
    let written = |name: &str| {
        let file = folder.path().join(name);
        audit(Path::new("fixtures/acme"), &["--write-baseline", file.to_str().unwrap()]);
        std::fs::read_to_string(file).unwrap()
    };
    let text = written("a");
    assert!(text == written("b"));
    let keys: Vec<(String, String, String)> = text
        .lines()
        .skip(1)
        .map(|line| {
            let line: Value = serde_json::from_str(line).unwrap();
            let word = |name: &str| line[name].as_str().unwrap_or_default().to_owned();
            assert!(line.to_string().len() < 1000);
            (word("subject"), word("setting"), word("key"))
        })
        .collect();
    assert!(keys.len() > 100 && keys.is_sorted());
}

#[test]
fn every_format_tells_what_is_new_alone() {
    let folder = tempfile::tempdir().unwrap();
    let file = folder.path().join("b.jsonl");
    let file = file.to_str().unwrap();
    let acme = Path::new("fixtures/acme");
    audit(acme, &["--write-baseline", file]);
    // One line less: one finding that nobody agreed on.
    let text = std::fs::read_to_string(file).unwrap();
    let lines: Vec<&str> = text.lines().collect();
    let at = lines.iter().position(|l| l.contains("\"known\"")).unwrap();
    let new: Value = serde_json::from_str(lines[at]).unwrap();
    let kept: Vec<&str> = lines.iter().enumerate().filter(|(i, _)| *i != at).map(|(_, l)| *l).collect();
    std::fs::write(file, kept.join("\r\n")).unwrap();
    let subject = new["subject"].as_str().unwrap();
    // The others are of the whole, which is as it was.
    for format in FORMATS.into_iter().filter(|format| !["badge", "repos", "digest"].contains(format)) {
        let done = audit(acme, &["--baseline", file, "--format", format]);
        assert_eq!(done.status.code(), Some(2), "{format}: {}", said(&done));
        let text = String::from_utf8(done.stdout).unwrap();
        let name = if format == "human" { subject.rsplit('/').next().unwrap() } else { subject };
        assert!(text.contains(name) || text.contains(subject.split_once(':').unwrap().1), "{format}: {text}");
        if !["csv", "code-quality"].contains(&format) {
            assert!(text.contains(TODAY), "{format} says since when");
        }
    }
    let done = audit(acme, &["--baseline", file, "--format", "human"]);
    insta::assert_snapshot!("acme_since_a_baseline", String::from_utf8(done.stdout).unwrap());
    // What the whole comes to is still of the whole.
    let friction = |arguments: &[&str]| {
        let done = audit(acme, &[&["--format", "badge"], arguments].concat());
        String::from_utf8(done.stdout).unwrap()
    };
    assert_eq!(friction(&[]), friction(&["--baseline", file]));
}

#[test]
fn a_file_that_cannot_be_used_says_why() {
    let folder = with_approvals(0).laid_out();
    let file = folder.path().join("b.jsonl");
    let header = format!("{{\"format\":\"ispo-scm-baseline\",\"version\":1,\"agreed\":\"{TODAY}\"}}");
    let line = r#"{"subject":"f:acme/widgets","setting":"repository.has_wiki","observed":{"known":true}}"#;
    for (text, told) in [
        (String::new(), "b.jsonl:1: this is no baseline: a baseline begins with"),
        (
            header.replace(":1,", ":9,"),
            "b.jsonl:1: this baseline is of version 9; this release reads version 1",
        ),
        (header.replace("baseline", "snapshot"), "b.jsonl:1: this is a file of format `ispo-scm-snapshot`"),
        (header.replace(TODAY, "soon"), "b.jsonl:1: the first line cannot be read"),
        (
            format!("{header}\n{line}\n{line}\n"),
            "b.jsonl:3: repository.has_wiki of f:acme/widgets stands here a second time",
        ),
        (
            format!("{header}\n<<<<<<< ours\n{line}\n"),
            "b.jsonl:2: two changes of the baseline were not put together",
        ),
        (format!("{header}\n{{\"subject\":1}}\n"), "b.jsonl:2: this is no finding"),
    ] {
        std::fs::write(&file, text).unwrap();
        let done = audit(folder.path(), &["--baseline", file.to_str().unwrap()]);
        assert_eq!(done.status.code(), Some(1), "{told}");
        assert!(done.stdout.is_empty());
        let said = said(&done);
        // miette wraps long paths.
        assert!(said.replace([' ', '|', '│'], "").contains(&told.replace(' ', "")), "{told}: {said}");
    }
    let done = audit(folder.path(), &["--baseline", "no-such-file"]);
    assert!(said(&done).contains("the baseline no-such-file cannot be read"), "{}", said(&done));
}
