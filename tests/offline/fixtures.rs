//! The worlds that ship as examples tell the stories that their READMEs promise.

use std::collections::BTreeSet;
use std::path::Path;

use serde_json::{Value, json};

use crate::program::ispo_scm;
use crate::small::{Report, TODAY, seen};
use ispo_scm::catalog::{Binding, Catalog, ForgeKind};
use ispo_scm::model::SubjectKind;
use ispo_scm::{policy, run};

fn acme() -> Report {
    Report::of(ispo_scm().args(["audit", "fixtures/acme"]))
}

/// A branch setting's verdict and sources; `~default` unless the repository names the branch.
#[track_caller]
fn branch(report: &Report, repository: &str, setting: &str, verdict: &str, sources: &[&str]) {
    let (repository, key) = repository.split_once('@').unwrap_or((repository, "~default"));
    let finding = report.finding(&format!("ghec:acme/{repository}"), &format!("branch.{setting}"), key);
    assert_eq!(seen(finding), (verdict, sources.to_vec()), "{repository}: {finding:#}");
}

/// A repository's or an organization's own setting.
#[track_caller]
fn verdict(report: &Report, subject: &str, setting: &str, key: &str, verdict: &str) {
    let finding = report.finding(&format!("ghec:{subject}"), setting, key);
    assert_eq!(finding["verdict"], verdict, "{finding:#}");
}

// --- acme: the whole ---

#[test]
fn acme_drifts() {
    assert_eq!(acme().code, 2);
}

#[test]
fn acme_as_people_read_it() {
    let done = ispo_scm().args(["audit", "fixtures/acme", "--today", TODAY]).output().unwrap();
    assert_eq!(done.status.code(), Some(2));
    assert_eq!(String::from_utf8_lossy(&done.stderr), "");
    insta::assert_snapshot!("acme", String::from_utf8_lossy(&done.stdout));
}

#[test]
fn acme_has_every_profile_five_times_or_more() {
    let report = acme();
    let profiles = report.json["profiles"].as_object().unwrap();
    let names = [
        "archived",
        "closed",
        "contained",
        "docs",
        "experiment",
        "governance-repo",
        "innersource",
        "mirror",
        "on-gitlab",
        "published-oss",
        "readable-source",
        "regulated",
        "restricted",
        "shared-ownership",
        "template",
    ];
    assert_eq!(profiles.keys().map(String::as_str).collect::<Vec<_>>(), names);
    for (name, count) in profiles {
        assert!(count.as_u64() >= Some(5), "{name}: {count}");
    }
    assert_eq!(report.json["undecided"], json!({}), "every selector could be decided");
    assert_eq!(report.json["owner_unknown"], json!(0), "every owner could be told");
    let unprofiled = [
        "ghec:acme/release-dashboard",
        "ghec:acme/supplier-import-2024",
        "ghec:acme/test-migration-do-not-use",
        "gl:acme/apps/feature-toggles",
    ];
    assert_eq!(report.json["unprofiled"], json!(unprofiled));
}

#[test]
fn acme_is_in_order() {
    let text = std::fs::read_to_string("fixtures/acme/acme.jsonl").unwrap();
    let names =
        |line: &str| serde_json::from_str::<Value>(line).unwrap()["repository"].as_str().map(str::to_owned);
    let repositories: Vec<String> = text.lines().filter_map(names).collect();
    assert!(repositories.is_sorted());
    assert!(repositories.len() >= 100);
    assert_eq!(text.lines().count(), repositories.len() + 2, "a header, the organization, the repositories");
    let text = std::fs::read_to_string("fixtures/acme/acme-gitlab.jsonl").unwrap();
    let projects: Vec<String> = text.lines().filter_map(names).collect();
    assert!(projects.is_sorted());
    assert_eq!(text.lines().count(), projects.len() + 6, "a header, five groups, the projects");
}

/// Live, a hundred repositories must not cost a hundred requests. What GitLab tells of one project at a
/// time is asked by profiles that few are of.
#[test]
fn what_acme_asks_of_a_repository_comes_in_bulk() {
    let mut catalog = Catalog::built_in().unwrap();
    let (policy, warnings) = policy::load(Path::new("fixtures/acme"), &mut catalog).unwrap();
    assert!(warnings.is_empty());
    let demand = run::wanted(&policy, &catalog, None);
    let of_repositories = demand.kinds.iter().filter(|((of, _), _)| *of == SubjectKind::Repository);
    let items = of_repositories.flat_map(|(_, kind)| &kind.settings);
    let wanted: Vec<_> = demand.settings.iter().chain(items).map(|id| catalog.get(*id)).collect();
    let one_by_one = |forge| -> BTreeSet<&str> {
        // That there is an item is said by the list of its kind.
        let alone = |b: &Binding| b.graphql.is_none() && b.list.is_none() && b.via.is_none();
        let of_repositories = wanted.iter().filter(|s| &*s.group != "organization" && !s.presence);
        of_repositories.filter(|s| s.on(forge).binding().is_some_and(alone)).map(|s| &*s.key).collect()
    };
    assert_eq!(one_by_one(ForgeKind::Github), BTreeSet::new());
    let alone = ["repository.approvals.reset_approvals_on_push", "repository.branches"];
    assert_eq!(one_by_one(ForgeKind::Gitlab), BTreeSet::from(alone), "of the regulated, and of team search");
}

// --- acme: protection, case by case ---

#[test]
fn acme_wildcards() {
    let report = acme();
    branch(&report, "search-api", "required_approvals", "conforms", &["branch protection rule \"*\""]);
    branch(&report, "search-api@release/1.4", "require_pull_request", "drift", &[]);
    branch(&report, "search-api@release/1.4", "allow_force_pushes", "drift", &[]);
    let release = "branch protection rule \"release/*\"";
    branch(&report, "search-index@release/2026.1", "require_pull_request", "conforms", &[release]);
    branch(&report, "search-index@release/2026.2", "allow_force_pushes", "conforms", &[release]);
    branch(
        &report,
        "search-index",
        "require_code_owner_review",
        "conforms",
        &["branch protection rule \"*\""],
    );
}

#[test]
fn acme_an_exact_name_beats_a_wildcard_and_the_older_wildcard_a_newer_one() {
    let report = acme();
    branch(&report, "docs-platform", "required_approvals", "drift", &["branch protection rule \"main\""]);
    branch(&report, "feature-flags", "required_approvals", "drift", &["branch protection rule \"ma*\""]);
}

#[test]
fn acme_rulesets() {
    let report = acme();
    let restricted = "organization ruleset \"restricted data\"";
    branch(&report, "design-system", "required_approvals", "conforms", &["ruleset \"main\""]);
    branch(
        &report,
        "kube-operators",
        "required_approvals",
        "conforms",
        &["organization ruleset \"toolkits\""],
    );
    branch(&report, "fraud-scoring", "required_approvals", "conforms", &[restricted]);
    let both = ["branch protection rule \"main\"", restricted];
    branch(&report, "ledger", "required_approvals", "conforms", &both);
    branch(&report, "payments-gateway", "required_approvals", "conforms", &both);
    let sources = ["branch protection rule \"main\"", "organization ruleset \"baseline\""];
    branch(&report, "pricing-engine", "allow_force_pushes", "conforms", &sources);
}

#[test]
fn acme_rulesets_that_are_off_or_on_trial_do_not_count() {
    let report = acme();
    branch(&report, "checkout-web", "required_approvals", "drift", &[]);
    branch(&report, "recommendations", "required_approvals", "drift", &[]);
    branch(&report, "recommendations", "required_checks", "drift", &[]);
    for repository in ["access-policy", "compliance-controls", "innersource-charter"] {
        let finding =
            report.finding(&format!("ghec:acme/{repository}"), "branch.require_signatures", "~default");
        assert_eq!(finding["verdict"], "drift");
        assert!(!finding["sources"].to_string().contains("signed commits"));
    }
    verdict(&report, "acme", "ruleset.enforcement", "signed commits", "drift");
    verdict(&report, "acme", "ruleset.enforcement", "baseline", "conforms");
}

#[test]
fn acme_bypass_is_apart_from_strength() {
    let report = acme();
    branch(&report, "card-vault", "bypass_actors", "drift", &["ruleset \"main\""]);
    let both = ["ruleset \"main\"", "organization ruleset \"restricted data\""];
    branch(&report, "card-vault", "required_approvals", "conforms", &both);
    branch(&report, "tax-filing", "bypass_actors", "drift", &["branch protection rule \"main\""]);
    branch(&report, "jsonpath-rs", "bypass_actors", "conforms", &["ruleset \"main\""]);
    branch(&report, "otel-exporter", "bypass_actors", "drift", &["ruleset \"main\""]);
}

#[test]
fn acme_what_cannot_be_seen_is_unknown_or_proven() {
    let report = acme();
    branch(&report, "settlement", "bypass_actors", "unknown", &[]);
    let both = ["ruleset \"main\"", "organization ruleset \"restricted data\""];
    branch(&report, "settlement", "required_approvals", "conforms", &both);
    let toolkits = "organization ruleset \"toolkits\"";
    branch(&report, "stream-toolkit", "required_approvals", "conforms", &[toolkits]);
    let all = ["organization ruleset \"baseline\"", toolkits];
    branch(&report, "stream-toolkit", "allow_force_pushes", "conforms", &all);
    let finding = report.finding("ghec:acme/stream-toolkit", "branch.require_up_to_date", "~default");
    assert_eq!(finding["verdict"], "unknown");
    verdict(&report, "acme/hr-selfservice", "repository.collaborators", "", "unknown");
    verdict(&report, "acme", "organization.members_without_two_factor", "", "unknown");
}

#[test]
fn acme_a_repository_without_a_branch_has_nothing_to_protect() {
    let report = acme();
    branch(&report, "lab-quantum-routing", "allow_force_pushes", "not_applicable", &[]);
    branch(&report, "lab-voice-checkout", "allow_force_pushes", "drift", &[]);
}

// --- acme: layers, owners, waivers ---

#[test]
fn acme_later_layers_win_and_say_over_whom() {
    let report = acme();
    let finding = report.finding("ghec:acme/payments-sdk-python", "branch.required_approvals", "~default");
    assert_eq!(finding["constraint"], json!({"at_least": 2}));
    assert_eq!(finding["origin"]["file"], "fixtures/acme/teams/payments.toml");
    assert_eq!(finding["overridden"][0]["layer"], "profile innersource");
    let finding = report.finding("ghec:acme/design-system", "branch.required_approvals", "~default");
    assert_eq!((&finding["constraint"], &finding["verdict"]), (&json!({"at_least": 2}), &json!("conforms")));
    let finding = report.finding("ghec:acme", "organization.members_can_create_public_repositories", "");
    assert_eq!((&finding["constraint"], &finding["verdict"]), (&json!({"equals": true}), &json!("conforms")));
    let finding = report.finding("ghec:acme/payments-gateway", "branch.required_checks", "~default");
    assert_eq!(finding["constraint"], json!({"contains": ["build", "sast"]}));
}

#[test]
fn acme_unmanaged_takes_a_wish_back() {
    let report = acme();
    let asked: BTreeSet<&str> = report.json["findings"]
        .as_array()
        .unwrap()
        .iter()
        .filter(|f| f["subject"] == "ghec:acme/docs-platform")
        .filter_map(|f| f["setting"].as_str())
        .collect();
    assert!(asked.contains("branch.required_approvals"));
    assert!(!asked.contains("branch.required_checks"), "docs took back what innersource asked");
}

#[test]
fn acme_owners_are_found_by_property_by_role_and_by_codeowners() {
    let report = acme();
    for repository in ["search-api", "search-ui-kit", "query-parser"] {
        let finding = report.finding(&format!("ghec:acme/{repository}"), "repository.has_discussions", "");
        assert_eq!(finding["origin"]["file"], "fixtures/acme/teams/search.toml", "{repository}");
    }
}

#[test]
fn acme_an_expired_waiver_is_drift_and_one_that_holds_is_waived() {
    let report = acme();
    let expired = report.finding("ghec:acme/ledger", "environment.prevent_self_review", "production");
    assert_eq!((&expired["verdict"], &expired["waiver"]["expires"]), (&json!("drift"), &json!("2026-01-31")));
    let day_before = ["audit", "fixtures/acme", "--format", "json", "--today", "2026-01-31"];
    let then: Value = serde_json::from_slice(&ispo_scm().args(day_before).output().unwrap().stdout).unwrap();
    let then = Report { json: then, code: 2 };
    verdict(&then, "acme/ledger", "environment.prevent_self_review", "production", "waived");
    for mirror in ["mirror-postgres", "mirror-zlib"] {
        let holds = report.finding(&format!("ghec:acme/{mirror}"), "branch.allow_force_pushes", "~default");
        assert_eq!(
            (&holds["verdict"], &holds["waiver"]["expires"]),
            (&json!("waived"), &json!("2099-12-31"))
        );
    }
    for waiver in report.json["waivers"].as_array().unwrap() {
        assert_eq!((&waiver["used"], &waiver["subject_seen"]), (&json!(true), &json!(true)));
    }
}

/// The floor is what makes the mirrors' exception a waiver: nothing below may ask for less.
#[test]
fn acme_cannot_leave_its_floor() {
    let folder = tempfile::tempdir().unwrap();
    let at = |name: &str| folder.path().join(name);
    for name in ["security-floor.toml", "regulated.txt", "acme.jsonl", "acme-gitlab.jsonl"] {
        std::fs::copy(Path::new("fixtures/acme").join(name), at(name)).unwrap();
    }
    let policy = std::fs::read_to_string("fixtures/acme/policy.toml").unwrap();
    let policy = policy.replace("include = [\"teams/*.toml\"]", "");
    for (line, code) in
        [("", 0), ("allow_force_pushes = true\n", 1), ("allow_force_pushes = { unmanaged = true }\n", 1)]
    {
        let heading = "[profile.mirror.branch.\"~default\"]\n";
        std::fs::write(at("policy.toml"), policy.replace(heading, &format!("{heading}{line}"))).unwrap();
        ispo_scm().arg("check").arg(folder.path()).assert().code(code);
    }
}

// --- open-source ---

#[test]
fn open_source_asks_for_eleven_things_and_no_more() {
    let mut catalog = Catalog::built_in().unwrap();
    let (policy, warnings) = policy::load(Path::new("fixtures/open-source"), &mut catalog).unwrap();
    assert!(warnings.is_empty());
    let asked: Vec<String> = policy
        .statements
        .iter()
        .map(|s| {
            let key = s.key.as_ref().map_or(String::new(), |key| format!("[{key}]"));
            format!("{}{key}: {}", catalog.get(s.setting).key, s.constraint.as_ref().unwrap())
        })
        .collect();
    assert_eq!(
        asked,
        [
            "repository.description: at least 30 characters",
            "repository.topics: at least 1 item",
            "repository.allow_update_branch: true",
            "repository.collaborators: empty",
            "repository.teams: at least 1 item",
            "repository.secret_scanning_non_provider_patterns: true",
            "branch.protected[~default]: true",
            "branch.required_approvals[~default]: at least 1",
            "branch.required_checks[~default]: at least 1 item",
            "branch.allow_force_pushes[~default]: false",
            "branch.allow_deletions[~default]: false",
        ]
    );
}
