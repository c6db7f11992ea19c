//! JUnit's XML against `tests/contract/junit.xsd`, which says what those who read it take.
//!
//! It takes Node and `npm ci --prefix tests/contract`. Where one of them is missing it says so, past the harness that
//! keeps what passing tests say; under `CI=true` that is a failure.

use std::io::Write;
use std::path::{Path, PathBuf};
use std::process::{Command, Output, Stdio};

use crate::program::ispo_scm;
use crate::small::{TODAY, World};

fn folder() -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR")).join("tests/contract")
}

/// What is missing, if anything is.
fn missing() -> Option<&'static str> {
    if !Command::new("node").arg("--version").output().is_ok_and(|done| done.status.success()) {
        return Some("there is no Node");
    }
    let package = folder().join("node_modules/xmllint-wasm/package.json");
    (!package.is_file()).then_some("its package is missing: run npm ci --prefix tests/contract")
}

/// Whether there is nothing to check with, which is said aloud.
fn skipped() -> bool {
    let Some(what) = missing() else { return false };
    assert!(std::env::var("CI").as_deref() != Ok("true"), "JUnit by its schema: {what}");
    // Not `eprintln!`: the harness would keep it.
    writeln!(std::io::stderr(), "SKIPPED: JUnit by its schema: {what}").unwrap();
    true
}

fn held(xml: &[u8]) -> Output {
    let mut node = Command::new("node");
    node.arg(folder().join("xsd.mjs")).arg(folder().join("junit.xsd"));
    node.stdin(Stdio::piped()).stdout(Stdio::piped()).stderr(Stdio::piped());
    let mut node = node.spawn().unwrap();
    node.stdin.take().unwrap().write_all(xml).unwrap();
    node.wait_with_output().unwrap()
}

#[track_caller]
fn valid(xml: &[u8]) {
    let done = held(xml);
    let said = format!("{}{}", String::from_utf8_lossy(&done.stdout), String::from_utf8_lossy(&done.stderr));
    assert_eq!(done.status.code(), Some(0), "{said}");
}

fn junit(arguments: &[&str]) -> Vec<u8> {
    let mut command = ispo_scm();
    command.args(["audit", "--today", TODAY, "--format", "junit"]).args(arguments);
    command.output().unwrap().stdout
}

#[test]
fn junit_is_as_those_who_read_it_take_it() {
    if skipped() {
        return;
    }
    let folder = tempfile::tempdir().unwrap();
    let baseline = folder.path().join("baseline.jsonl");
    let write = ["fixtures/acme", "--write-baseline", baseline.to_str().unwrap()];
    valid(&junit(&["fixtures/acme"]));
    valid(&junit(&["fixtures/acme", "--all"]));
    valid(&junit(&write));
    // One that was not read, and nothing at all.
    let empty = World::conforming().laid_out();
    let nothing = junit(&[empty.path().to_str().unwrap()]);
    assert!(String::from_utf8_lossy(&nothing).contains("tests=\"0\""));
    valid(&nothing);
    let part = World::conforming().laid_out();
    let world = part.path().join("world.jsonl");
    let lines = std::fs::read_to_string(&world).unwrap();
    let unread = r#"{"unread":"f:acme","why":"it <could> not \"be\" & so on"}"#;
    std::fs::write(&world, format!("{}\n{unread}\n", lines.trim_end())).unwrap();
    let unread = junit(&[part.path().to_str().unwrap()]);
    assert!(String::from_utf8_lossy(&unread).contains("was not read: it &lt;could&gt;"));
    valid(&unread);
}

#[test]
fn what_they_would_not_take_is_refused() {
    if skipped() {
        return;
    }
    let counts = r#"tests="1" failures="1" errors="0" skipped="0" time="0""#;
    let report = |case: &str| {
        format!(
            "<testsuites name=\"a\" {counts}><testsuite name=\"a\" {counts}>{case}</testsuite></testsuites>"
        )
    };
    let failure = r#"<failure type="high" message="x">y</failure>"#;
    let case =
        |inside: &str| report(&format!(r#"<testcase classname="a" name="b" time="0">{inside}</testcase>"#));
    valid(case(failure).as_bytes());
    for wrong in [
        case(&failure.repeat(2)),
        case(&failure.replace("type=\"high\" ", "")),
        case("<passed/>"),
        report(r#"<testcase name="b" time="0"/>"#),
        report(r#"<testcase classname="a" name="b" time="0" line="0"/>"#),
        report(""),
        case(failure).replace("tests=\"1\"", "tests=\"one\""),
        case(failure).replace("</testsuites>", ""),
    ] {
        assert_eq!(held(wrong.as_bytes()).status.code(), Some(1), "{wrong}");
    }
}
