//! The real state of an open-source organization, written down by its own people, under the policy
//! that the product ships for such organizations.

use std::path::{Path, PathBuf};

use crate::forge::Forge;
use crate::run::{Desk, Report};
use crate::sim::worlds;

/// The shipped policy, word for word; without it the test would have nothing to hold it against.
const POLICY: &str = "fixtures/open-source/policy.toml";

/// Of so many repositories that are not archived...
const LIVE: usize = 103;

/// ...so many conform.
const CONFORM: [(&str, usize); 10] = [
    ("branch.protected", 37),
    ("branch.required_approvals", 18),
    ("branch.allow_force_pushes", 35),
    ("branch.allow_deletions", 37),
    ("branch.required_checks", 14),
    ("repository.allow_update_branch", 35),
    ("repository.description", 81),
    ("repository.topics", 38),
    ("repository.collaborators", 1),
    ("repository.teams", 100),
];

fn manifest(path: &str) -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR")).join(path)
}

fn real() -> Option<Forge> {
    let state = manifest("../shared/real/open-source-organization.json");
    if !state.exists() {
        eprintln!("SKIPPED: {} is missing", state.display());
        return None;
    }
    Some(Forge::of(worlds::load(&state, "open-source").unwrap()))
}

fn verdicts(report: &Report, setting: &str, verdict: &str) -> usize {
    report.findings().filter(|f| f["setting"] == setting && f["verdict"] == verdict).count()
}

#[test]
fn a_real_organization_is_judged_exactly_so() {
    let Some(forge) = real() else { return };
    let desk = Desk::before(&forge.url(), &std::fs::read_to_string(manifest(POLICY)).unwrap());
    let run = forge.at(&desk, &["audit", "policy.toml", "--format", "json", "--all"]).ended(2);
    let report = run.json();
    for (setting, conform) in CONFORM {
        eprintln!("{setting}: {conform} of {LIVE} conform");
        assert_eq!(verdicts(&report, setting, "conforms"), conform, "{setting}");
        assert_eq!(verdicts(&report, setting, "drift"), LIVE - conform, "{setting}");
    }
    // Nobody wrote this one down, and so nobody is told that it is off.
    assert_eq!(verdicts(&report, "repository.secret_scanning_non_provider_patterns", "unknown"), LIVE);
    assert_eq!(report.count("expectations"), (CONFORM.len() as u64 + 1) * LIVE as u64);
    assert_eq!((report.count("subjects"), report.count("archived_left_out")), (1 + LIVE as u64, 127));
    let stats = forge.stats();
    eprintln!(
        "230 repositories: {} REST and {} GraphQL requests, {} points",
        stats.rest, stats.graphql, stats.points
    );
    assert!(stats.total <= 12, "{stats:?}");
}

#[test]
fn a_snapshot_of_it_says_the_same() {
    let Some(forge) = real() else { return };
    let desk = Desk::before(&forge.url(), &std::fs::read_to_string(manifest(POLICY)).unwrap());
    let live = forge.at(&desk, &["audit", "policy.toml", "--format", "json", "--all"]).ended(2).json();
    forge.at(&desk, &["snapshot", "policy.toml", "--out", "real.jsonl"]).ended(0);
    let kept = desk.run(&["audit", "policy.toml", "--snapshot", "real.jsonl", "--format", "json", "--all"]);
    assert!(kept.ended(2).json().without_requests() == live.without_requests());
}

/// What the pack for companies asks where repositories are told apart by who sees them.
const PACK: &str = "version = 1\nextends = [\"pack:innersource\"]\n[[forge]]\nname = \"github\"\n\
                    kind = \"github\"\norganizations = [\"open-source\"]\n";

#[test]
fn what_85_repositories_lack_is_one_ruleset_that_the_pack_asks_for() {
    let Some(forge) = real() else { return };
    let desk = Desk::before(&forge.url(), PACK);
    let plan = |flags: &[&str], out: &str| -> serde_json::Value {
        let plan = ["plan", "policy.toml", "--max-risk", "protection", "--out", out];
        let run = forge.at(&desk, &[&plan[..], flags].concat()).ended(2);
        run.says("Checked");
        serde_json::from_slice(&std::fs::read(desk.path(out)).unwrap()).unwrap()
    };
    let of_branches = |plan: &serde_json::Value, setting: &str| {
        plan["changes"].as_array().unwrap().iter().filter(|c| c["setting"] == setting).count()
    };
    let apart = plan(&[], "apart.json");
    assert_eq!(of_branches(&apart, "branch.required_approvals"), 85);
    let lifted = plan(&["--lift"], "lifted.json");
    assert_eq!(of_branches(&lifted, "branch.required_approvals"), 0);
    let [once] = &lifted["lifted"].as_array().unwrap()[..] else { panic!("{:#}", lifted["lifted"]) };
    // The 85 approvals, and 134 branches that may be deleted or pushed over, in one repository more.
    assert_eq!((once["instead_of"].as_array().unwrap().len(), &once["changes"]), (86, &219.into()));
    assert_eq!(once["reaches"], "all repositories, those that come to be, too");
    let approvals =
        serde_json::json!({"setting": "branch.required_approvals", "key": "~default", "value": 1});
    assert!(once["brings"].as_array().unwrap().contains(&approvals), "{once}");
    let requests = |plan: &serde_json::Value| plan["requests"].as_array().unwrap().len();
    let rulesets = |plan: &serde_json::Value| {
        let all = plan["requests"].as_array().unwrap();
        all.iter().filter(|r| r["path"].as_str().unwrap().ends_with("/rulesets")).count()
    };
    assert_eq!((rulesets(&apart), rulesets(&lifted)), (86, 1));
    assert_eq!(requests(&apart) - requests(&lifted), 85);
}
