//! The acme example on GitLab, case by case: one policy for both forges, and what it says of each project.

use std::collections::{BTreeMap, BTreeSet};

use serde_json::{Value, json};

use crate::program::ispo_scm;
use crate::small::{Report, seen};

fn acme() -> Report {
    Report::of(ispo_scm().args(["audit", "fixtures/acme"]))
}

/// A setting of a project's default branch on GitLab: its verdict and sources.
#[track_caller]
fn of_project(report: &Report, project: &str, setting: &str, verdict: &str, sources: &[&str]) {
    let finding = report.finding(&format!("gl:acme/{project}"), &format!("branch.{setting}"), "~default");
    assert_eq!(seen(finding), (verdict, sources.to_vec()), "{project}: {finding:#}");
}

/// A setting of a project or group on GitLab itself, and the value or reason beside it.
#[track_caller]
fn on_gitlab(report: &Report, subject: &str, setting: &str, verdict: &str, beside: &Value) {
    let finding = report.finding(&format!("gl:{subject}"), setting, "");
    assert_eq!(finding["verdict"], verdict, "{finding:#}");
    let found = if verdict == "drift" { &finding["observed"]["known"] } else { &finding["reason"] };
    assert_eq!(found, beside, "{finding:#}");
}

#[test]
fn each_project_that_drifts_drifts_by_one_thing_and_its_consequences() {
    let report = acme();
    let findings = report.json["findings"].as_array().unwrap().iter();
    let drifting = findings.filter(|f| f["verdict"] == "drift");
    let mut by_project: BTreeMap<&str, BTreeSet<&str>> = BTreeMap::new();
    for finding in drifting {
        if let Some(project) = finding["subject"].as_str().unwrap().strip_prefix("gl:") {
            by_project.entry(project).or_default().insert(finding["setting"].as_str().unwrap());
        }
    }
    let of = |project: &'static str, settings: &[&'static str]| (project, settings.iter().copied().collect());
    let bare: &[&str] = &[
        "branch.allow_force_pushes",
        "branch.require_code_owner_review",
        "branch.required_approvals",
        "branch.required_checks",
    ];
    let told = [
        of("acme-labs", &["organization.two_factor_requirement_enabled"]),
        of("acme/apps/android-app", &["repository.contributing"]),
        of("acme/apps/lab-ar-preview", &["repository.readme"]),
        of("acme/apps/mobile-handbook", &["repository.allow_forking", "repository.has_wiki"]),
        of("acme/apps/push-gateway", &["branch.require_up_to_date"]),
        of("acme/payments/fraud-rules", &["repository.collaborators"]),
        of("acme/payments/invoice-templates", &["repository.visibility"]),
        of("acme/payments/payout-runner", &["branch.bypass_actors"]),
        of("acme/payments/refunds-api", &["branch.required_approvals"]),
        of("acme/platform/ci-templates", &["branch.allow_force_pushes"]),
        of("acme/platform/gateway-config", &["repository.codeowners"]),
        of("acme/platform/observability-kit", bare),
        of("acme/platform/release-notes-bot", &["repository.description", "repository.topics"]),
        of("acme/platform/secrets-operator", &["branch.required_checks"]),
    ];
    assert_eq!(by_project, BTreeMap::from(told));
}

/// A project's branch is as safe as its loosest rule, where GitHub's exact name beats a wildcard.
#[test]
fn the_loosest_rule_of_a_project_counts_for_pushes() {
    let report = acme();
    let both = ["branch rule \"main\"", "branch rule \"*\""];
    of_project(&report, "platform/ci-templates", "allow_force_pushes", "drift", &both);
    let main = "branch rule \"main\"";
    of_project(&report, "platform/ci-templates", "required_approvals", "conforms", &[main]);
    of_project(&report, "platform/ci-templates", "require_code_owner_review", "conforms", &[main]);
    let star = ["branch rule \"*\""];
    of_project(&report, "platform/terraform-modules", "required_approvals", "conforms", &star);
    of_project(&report, "platform/terraform-modules", "allow_force_pushes", "conforms", &star);
}

#[test]
fn what_a_group_says_of_a_branch_is_said_for_its_projects() {
    let report = acme();
    let both = ["branch rule \"trunk\"", "branch rule \"tr*\""];
    of_project(&report, "platform/build-images", "allow_force_pushes", "conforms", &both);
    // The project waits for nothing by itself; its group has it wait for the pipeline.
    of_project(&report, "apps/web-shell", "required_checks", "conforms", &[]);
    let without_rules = "platform/observability-kit";
    of_project(&report, without_rules, "allow_force_pushes", "drift", &[]);
    of_project(&report, without_rules, "allow_deletions", "conforms", &[]);
}

#[test]
fn checks_are_the_pipeline_and_services_by_name() {
    let report = acme();
    let checks = |project: &str, verdict: &str, wanted: Value, known: Value| {
        let finding = report.finding(&format!("gl:acme/{project}"), "branch.required_checks", "~default");
        let constraint = json!({"contains": wanted, "count": {"at_least": 1}});
        assert_eq!((&finding["verdict"], &finding["constraint"]), (&json!(verdict), &constraint));
        assert_eq!(finding["observed"]["known"], known, "{finding:#}");
    };
    checks("apps/ios-app", "conforms", json!(["pipeline"]), json!(["pipeline"]));
    let both = json!(["pipeline", "sast"]);
    checks("payments/settlement-api", "conforms", both.clone(), both);
    let both = json!(["integration", "pipeline"]);
    checks("platform/build-images", "conforms", both.clone(), both.clone());
    // Asked about each change, but nobody waits for the answer.
    checks("platform/secrets-operator", "drift", both, json!(["pipeline"]));
    let findings = report.json["findings"].as_array().unwrap();
    let asked = |project: &str| {
        findings.iter().any(|f| f["subject"] == project && f["setting"] == "branch.required_checks")
    };
    assert!(!asked("gl:acme/apps/docs-mobile"), "a typo needs no pipeline");
}

#[test]
fn bypass_is_apart_from_strength() {
    let report = acme();
    let main = ["branch rule \"main\""];
    of_project(&report, "payments/payout-runner", "bypass_actors", "drift", &main);
    of_project(&report, "payments/payout-runner", "required_approvals", "conforms", &main);
    of_project(&report, "payments/settlement-api", "bypass_actors", "conforms", &main);
}

#[test]
fn what_cannot_be_seen_is_unknown() {
    let report = acme();
    let findings = report.json["findings"].as_array().unwrap().iter();
    let unknown = findings.filter(|f| f["verdict"] == "unknown");
    let on_gitlab = unknown.filter(|f| f["subject"].as_str().unwrap().starts_with("gl:"));
    let of: BTreeSet<_> =
        on_gitlab.map(|f| (f["subject"].as_str().unwrap(), f["reason"].as_str().unwrap())).collect();
    let why = "needs Maintainer (read_api) (the answer does not carry it)";
    assert_eq!(of, BTreeSet::from([("gl:acme/platform/kube-base", why)]));
    of_project(&report, "platform/kube-base", "required_approvals", "unknown", &[]);
}

#[test]
fn what_does_not_apply_says_why() {
    let report = acme();
    of_project(&report, "apps/lab-ar-preview", "allow_force_pushes", "not_applicable", &[]);
    let free = json!("it comes with GitLab Premium, and this is under the Free plan");
    for setting in ["branch.required_approvals", "branch.require_code_owner_review"] {
        let finding = report.finding("gl:acme-labs/hackday-scoreboard", setting, "~default");
        assert_eq!((&finding["verdict"], &finding["reason"]), (&json!("not_applicable"), &free));
    }
    let merges = json!("auto-merge is always on offer");
    on_gitlab(&report, "acme/apps/ios-app", "repository.allow_auto_merge", "not_applicable", &merges);
    let invites = "organization.members_can_invite_outside_collaborators";
    let lock = json!("a lock keeps all new members out of projects: organization.membership_lock");
    on_gitlab(&report, "acme/apps", invites, "not_applicable", &lock);
    let findings = report.json["findings"].as_array().unwrap().iter();
    let silent = findings.filter(|f| f["verdict"] == "not_applicable" && f["reason"].as_str().is_none());
    assert_eq!(silent.count(), 0);
}

#[test]
fn settings_of_projects_and_groups() {
    let report = acme();
    let private = json!("private");
    on_gitlab(&report, "acme/payments/invoice-templates", "repository.visibility", "drift", &private);
    let mika = json!({"mika": "developer"});
    on_gitlab(&report, "acme/payments/fraud-rules", "repository.collaborators", "drift", &mika);
    on_gitlab(&report, "acme/platform/gateway-config", "repository.codeowners", "drift", &json!(false));
    on_gitlab(&report, "acme/apps/android-app", "repository.contributing", "drift", &json!(false));
    on_gitlab(&report, "acme/apps/mobile-handbook", "repository.allow_forking", "drift", &json!(false));
    let two_factor = "organization.two_factor_requirement_enabled";
    on_gitlab(&report, "acme-labs", two_factor, "drift", &json!(false));
    on_gitlab(&report, "acme", "organization.membership_lock", "conforms", &Value::Null);
}

#[test]
fn the_archived_are_asked_for_directions_only() {
    let report = acme();
    let asked = |project: &str| -> BTreeSet<&str> {
        let findings = report.json["findings"].as_array().unwrap().iter();
        findings.filter(|f| f["subject"] == project).filter_map(|f| f["setting"].as_str()).collect()
    };
    let directions = BTreeSet::from(["repository.description", "repository.topics"]);
    assert_eq!(asked("gl:acme/payments/legacy-batch"), directions);
    assert_eq!(asked("gl:acme/platform/release-notes-bot"), directions);
}

/// By CODEOWNERS, and where there is none by the group that the project is in.
#[test]
fn owners_are_found_by_codeowners_and_by_group() {
    let report = acme();
    let finding = report.finding("gl:acme/payments/refunds-api", "branch.required_approvals", "~default");
    assert_eq!(finding["origin"]["file"], "fixtures/acme/teams/payments.toml");
    for project in ["build-images", "gateway-config"] {
        let project = format!("gl:acme/platform/{project}");
        let finding = report.finding(&project, "branch.required_checks", "~default");
        assert!(finding["constraint"].to_string().contains("integration"), "{finding:#}");
    }
}
