//! What is in the way of many for one reason is told once by `audit`, too: with how many it is in the way of.

use std::fs;

use serde_json::{Value, json};

use crate::program::ispo_scm;

const POLICY: &str = r#"
version = 1
[[forge]]
name = "f"
kind = "snapshot"
path = "world.jsonl"
[repository]
delete_branch_on_merge = true

[profile.service]
select = { name = "svc-*" }
[profile.service.repository]
allow_forking = { equals = true, why = "a fork is how a stranger proposes" }
has_issues = true
vulnerability_alerts = true
"#;

/// Six services of which forking is off in the first two by themselves, issues in the first three, alerts in all.
fn lines() -> Vec<Value> {
    let mut lines = vec![
        json!({"format": "ispo-scm-snapshot", "version": 1, "forge": "f", "kind": "github"}),
        json!({"organization": "acme", "settings": {"members_can_fork_private_repositories": true}, "kinds": {}}),
    ];
    for n in 1..=6 {
        let settings = json!({
            "archived": false,
            "allow_forking": n > 2,
            "has_issues": n > 3,
            "vulnerability_alerts": false,
            "delete_branch_on_merge": true,
            "visibility": "internal",
        });
        lines.push(json!({"repository": format!("acme/svc-{n}"), "settings": settings, "kinds": {}}));
    }
    lines
}

fn audit(lines: &[Value], arguments: &[&str]) -> String {
    let folder = tempfile::tempdir().unwrap();
    let text: String = lines.iter().map(|line| format!("{line}\n")).collect();
    fs::write(folder.path().join("world.jsonl"), text).unwrap();
    fs::write(folder.path().join("policy.toml"), POLICY).unwrap();
    let mut command = ispo_scm();
    command.current_dir(folder.path());
    let done = command.args(["audit", ".", "--today", "2026-11-20"]).args(arguments).output().unwrap();
    String::from_utf8(done.stdout).unwrap()
}

fn report(lines: &[Value]) -> Value {
    serde_json::from_str(&audit(lines, &["--format", "json"])).unwrap()
}

fn label<'r>(report: &'r Value, setting: &str) -> &'r Value {
    let findings = report["findings"].as_array().unwrap();
    &findings.iter().find(|f| f["setting"] == setting).unwrap_or_else(|| panic!("{report:#}"))["label"]
}

#[track_caller]
fn causes(report: &Value) -> Vec<(&str, u64, &Value, &Value)> {
    let all = report["systemic"].as_array().unwrap();
    all.iter()
        .map(|c| (c["setting"].as_str().unwrap(), c["affected"].as_u64().unwrap(), &c["of"], &c["above"]))
        .collect()
}

#[test]
fn half_of_a_profile_is_one_cause() {
    let report = report(&lines());
    let (none, six) = (json!(null), json!(6));
    assert_eq!(
        causes(&report),
        [("repository.has_issues", 3, &six, &none), ("repository.vulnerability_alerts", 6, &six, &none)]
    );
    assert_eq!(label(&report, "repository.has_issues"), "systemic friction");
    // Two of six are theirs; and what nobody comes across is no friction, in however many it is.
    assert_eq!(label(&report, "repository.allow_forking"), "win-win");
    assert_eq!(label(&report, "repository.vulnerability_alerts"), &json!(null));
}

#[test]
fn what_the_organization_has_so_is_one_cause_however_few_it_is_of() {
    let mut lines = lines();
    lines[1]["settings"]["members_can_fork_private_repositories"] = json!(false);
    let report = report(&lines);
    let why = json!("organization.members_can_fork_private_repositories of f:acme is false");
    assert!(causes(&report).contains(&("repository.allow_forking", 2, &json!(null), &why)), "{report:#}");
    assert_eq!(label(&report, "repository.allow_forking"), "systemic friction");
}

#[test]
fn of_four_repositories_nothing_is_said() {
    let lines = &lines()[..6];
    assert_eq!(report(lines)["systemic"], Value::Null);
    assert!(!audit(lines, &[]).contains("ystemic"));
}

#[test]
fn one_line_tells_people() {
    let mut lines = lines();
    lines[1]["settings"]["members_can_fork_private_repositories"] = json!(false);
    insta::assert_snapshot!("systemic_in_audit", audit(&lines, &[]));
}

#[test]
fn markdown_and_sarif_tell_it_too() {
    let mut lines = lines();
    lines[1]["settings"]["members_can_fork_private_repositories"] = json!(false);
    let markdown = audit(&lines, &["--format", "markdown"]);
    for told in [
        "- systemic: 2 repositories, because of organization.members",
        "- systemic: 3 of the 6 repositories of profile service",
    ] {
        assert!(markdown.replace('\\', "").contains(told), "{told}\n{markdown}");
    }
    let sarif: Value = serde_json::from_str(&audit(&lines, &["--format", "sarif"])).unwrap();
    let of = |rule: &str| {
        let results = sarif["runs"][0]["results"].as_array().unwrap();
        let first = results.iter().find(|r| r["ruleId"] == rule).unwrap();
        first["properties"]["systemic"].clone()
    };
    let above = "organization.members_can_fork_private_repositories of f:acme is false";
    assert_eq!(of("repository.allow_forking"), json!({"above": above}));
    assert_eq!(of("repository.has_issues"), json!({"profile": "service", "failing": 3, "of": 6}));
}
