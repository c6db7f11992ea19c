//! Shards, through the binary: put together, they give byte for byte what one run gives.

use std::path::{Path, PathBuf};
use std::process::Output;

use serde_json::Value;

use crate::program::{FORMATS, program, said};
use crate::small::TODAY;

/// The shards of acme, which is on both forges.
fn shards(folder: &Path, of: u32, more: &[&str]) -> Vec<PathBuf> {
    let read = |number: u32| {
        let (file, shard) = (folder.join(format!("{number}-of-{of}.jsonl")), format!("{number}/{of}"));
        let out = file.to_str().unwrap();
        let arguments = ["audit", "fixtures/acme", "--today", TODAY, "--shard", &shard, "--out", out];
        let done = program(&[&arguments, more].concat());
        assert_eq!(done.status.code(), Some(0), "{}", said(&done));
        file
    };
    (1..=of).map(read).collect()
}

fn merged(shards: &[PathBuf], more: &[&str]) -> Output {
    let files: Vec<&str> = shards.iter().map(|s| s.to_str().unwrap()).collect();
    program(&[&["report", "merge"], &*files, more].concat())
}

#[test]
fn all_shards_are_what_one_run_is() {
    let folder = tempfile::tempdir().unwrap();
    let reports = |to: &str| -> Vec<String> {
        FORMATS
            .iter()
            .map(|f| format!("--report={f}={}", folder.path().join(format!("{to}.{f}")).display()))
            .collect()
    };
    let whole = reports("of-one-run");
    let whole: Vec<&str> = whole.iter().map(String::as_str).collect();
    let one = program(&[&["audit", "fixtures/acme", "--today", TODAY], &*whole].concat());
    for of in [1, 2, 5] {
        let mut shards = shards(folder.path(), of, &[]);
        // In any order.
        shards.reverse();
        let parts = reports("of-shards");
        let parts: Vec<&str> = parts.iter().map(String::as_str).collect();
        let all = merged(&shards, &parts);
        assert_eq!(all.status.code(), one.status.code(), "{}", said(&all));
        assert!(all.stdout == one.stdout && all.stderr == one.stderr, "human, {of} shards");
        for format in FORMATS {
            let file =
                |to: &str| std::fs::read_to_string(folder.path().join(format!("{to}.{format}"))).unwrap();
            // Paths of other reports are told where a report has no room.
            assert!(
                file("of-one-run") == file("of-shards").replace("of-shards.", "of-one-run."),
                "{format}, {of} shards"
            );
        }
    }
}

#[test]
fn what_a_run_is_limited_to_holds_for_its_shards() {
    let folder = tempfile::tempdir().unwrap();
    for more in [vec!["--all"], vec!["--team", "payments"], vec!["--only", "*a*", "--all"]] {
        let shards = shards(folder.path(), 3, &more);
        let one = [&["audit", "fixtures/acme", "--today", TODAY, "--format", "json"], &*more].concat();
        assert!(merged(&shards, &["--format", "json"]).stdout == program(&one).stdout, "{more:?}");
    }
    let shards = shards(folder.path(), 2, &[]);
    for audience in ["leader", "admin"] {
        let one = ["audit", "fixtures/acme", "--today", TODAY, "--audience", audience];
        assert!(merged(&shards, &["--audience", audience]).stdout == program(&one).stdout, "{audience}");
    }
}

#[test]
fn every_subject_is_in_one_shard() {
    let folder = tempfile::tempdir().unwrap();
    let mut subjects = Vec::new();
    for file in shards(folder.path(), 5, &[]) {
        let text = std::fs::read_to_string(file).unwrap();
        let of = text.lines().filter_map(|line| serde_json::from_str::<Value>(line).ok());
        let of = of.filter_map(|l| {
            let name = l.get("repository").or(l.get("organization"))?;
            Some(name.as_str()?.to_owned())
        });
        let of: Vec<String> = of.collect();
        assert!(of.len() > 10, "{}", of.len());
        subjects.extend(of);
    }
    let count = subjects.len();
    subjects.sort();
    subjects.dedup();
    // acme is the name of a group on the one forge and of an organization on the other.
    assert!(count - subjects.len() <= 1, "{count} {}", subjects.len());
}

#[test]
fn shards_that_are_not_all_of_one_run_are_refused() {
    let folder = tempfile::tempdir().unwrap();
    let two = shards(folder.path(), 2, &[]);
    let other = tempfile::tempdir().unwrap();
    let of_three = shards(other.path(), 3, &[]);
    let edited = |from: &str, to: &str| {
        let file = other.path().join("edited.jsonl");
        let text = std::fs::read_to_string(&two[1]).unwrap();
        assert!(text.contains(from), "{from}");
        std::fs::write(&file, text.replacen(from, to, 1)).unwrap();
        file
    };
    let digest = {
        let text = std::fs::read_to_string(&two[0]).unwrap();
        let header: Value = serde_json::from_str(text.lines().next().unwrap()).unwrap();
        header["policy_digest"].as_str().unwrap().to_owned()
    };
    let check = |shards: &[PathBuf], told: &str| {
        let done = merged(shards, &[]);
        assert_eq!(done.status.code(), Some(1), "{told}");
        assert!(done.stdout.is_empty());
        assert!(said(&done).replace(' ', "").contains(&told.replace(' ', "")), "{told}: {}", said(&done));
    };
    check(&two[..1], "shard 2 of 2 missing");
    check(&of_three[..1], "shards 2, 3 of 3 missing");
    check(&[two[0].clone(), two[0].clone()], "shard 1/2 is there twice");
    check(&[two[0].clone(), of_three[1].clone()], "the shards are of different counts of shards");
    check(&[two[0].clone(), edited(TODAY, "2026-11-21")], "the shards are of different days");
    check(&[two[0].clone(), edited(&digest, "0000")], "the shards are of different policies");
    check(&[two[0].clone(), edited("\"all\":false", "\"all\":true")], "the shards are of different options");
    check(&[two[0].clone(), edited("\"version\":1", "\"version\":2")], "this shard is of version 2");
    check(&[two[0].clone(), edited("{\"end\":", "{\"ned\":")], "this is no line of a shard");
    check(&[two[0].clone(), edited("{\"end\":", "{\"end\":9")], "it ends after 9");
    let cut = other.path().join("cut.jsonl");
    let text = std::fs::read_to_string(&two[1]).unwrap();
    std::fs::write(&cut, text.lines().take(20).map(|l| format!("{l}\n")).collect::<String>()).unwrap();
    check(&[two[0].clone(), cut], "the file ends before its last line");
    check(&["fixtures/acme/policy.toml".into()], "this is no shard");
    // A policy that is another by now.
    let done = merged(&two, &["--policy", "fixtures/small"]);
    assert_eq!(done.status.code(), Some(1));
}

#[test]
fn a_shard_is_asked_for_in_words_that_make_sense() {
    for (arguments, told) in [
        (vec!["--shard", "3"], "write 3/16 for the third of sixteen"),
        (vec!["--shard", "0/4", "--out", "x"], "there is no shard 0 of 4: the first is 1/4, the last 4/4"),
        (vec!["--shard", "5/4", "--out", "x"], "there is no shard 5 of 4"),
        (vec!["--shard", "1/4"], "--out <FILE>"),
        (vec!["--shard", "1/4", "--out", "x", "--format", "json"], "a shard is not told by itself"),
        (vec!["--shard", "1/4", "--out", "x", "--baseline", "y"], "a shard is not told by itself"),
        (vec!["--shard", "1/4", "--out", "no/such/x"], "cannot be written"),
    ] {
        let done = program(&[&["audit", "fixtures/acme", "--today", TODAY], &*arguments].concat());
        assert_eq!(done.status.code(), Some(1), "{arguments:?}");
        assert!(said(&done).contains(told), "{arguments:?}: {}", said(&done));
    }
}
