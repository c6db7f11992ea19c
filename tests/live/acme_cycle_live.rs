//! The policy of the acme example there and back on live forges: what a plan makes is seen to be made, leaves
//! nothing to plan, and comes back to what it was.

use std::collections::{BTreeMap, BTreeSet};
use std::path::Path;

use serde_json::{Value as Json, json};

use crate::forge::Forge;
use crate::gitlab::Server;
use crate::own_settings::ALL;
use crate::run::{Desk, Run, TOKEN};
use crate::sim::{Options, World, gitlab};

/// Repositories that the fixture's list of regulated ones is to name.
const REGULATED: &str = "ghec:acme/service-0003\nghec:acme/service-0008\ngl:acme/team-1/service-0002\n";

/// What no plan takes back: who comes by an invitation, and what a group had never said before.
const NEVER_BACK: [&str; 2] = ["repository.collaborators", "organization.prevent_forking_outside_group"];

/// A desk with the whole example, whose forges are live in place of the snapshots.
fn desk(github: &Forge, gitlab: &Server) -> Desk {
    let desk = gitlab.desk("").set("ISPO_SCM_GITHUB_URL", &github.url()).set("GITHUB_TOKEN", TOKEN);
    let fixture = Path::new(env!("CARGO_MANIFEST_DIR")).join("fixtures/acme");
    std::fs::create_dir(desk.path("teams")).unwrap();
    for folder in ["", "teams"] {
        for file in std::fs::read_dir(fixture.join(folder)).unwrap().map(|file| file.unwrap().path()) {
            if file.extension().is_some_and(|end| end == "toml") {
                let text = std::fs::read_to_string(&file).unwrap();
                desk.write(Path::new(folder).join(file.file_name().unwrap()), &text);
            }
        }
    }
    let policy = std::fs::read_to_string(desk.path("policy.toml")).unwrap();
    let snapshot = |file: &str| format!("kind = \"snapshot\"\npath = \"{file}\"");
    let (one, other) = (snapshot("acme.jsonl"), snapshot("acme-gitlab.jsonl"));
    assert!(policy.contains(&one) && policy.contains(&other));
    let policy = policy.replace(&one, "kind = \"github\"\norganizations = [\"acme\"]");
    desk.write("policy.toml", &policy.replace(&other, "kind = \"gitlab\"\ngroups = [\"acme\"]"));
    desk.write("regulated.txt", REGULATED);
    desk
}

fn run(desk: &Desk, arguments: &[&str]) -> Run {
    desk.run(&[arguments, &["--today", "2026-11-20"]].concat())
}

/// Each verdict with what was observed.
fn audit(desk: &Desk) -> BTreeMap<[String; 3], String> {
    let report = run(desk, &["audit", ".", "--format", "json", "--all"]).json();
    assert_eq!(report.0["unread"], json!([]));
    let of = |f: &Json| ["subject", "setting", "key"].map(|part| f[part].to_string());
    report.findings().map(|f| (of(f), format!("{} {}", f["verdict"], f["observed"]))).collect()
}

fn plan(desk: &Desk) -> Json {
    let planned = run(desk, &["plan", ".", "--out", "plan.json"]);
    assert!(matches!(planned.code, 2 | 3), "{}{}", planned.out, planned.err);
    serde_json::from_str(&std::fs::read_to_string(desk.path("plan.json")).unwrap()).unwrap()
}

#[test]
fn the_policy_of_acme_goes_there_and_back_on_both_forges() {
    // Who limits nobody is written to without a pause.
    let options = Options { rate_limits: false, ..Options::default() };
    let github = Forge::with(World::synthetic("acme", 40, 1), options);
    let gitlab = Server::of(gitlab::World::synthetic("acme", 30, 1));
    let desk = desk(&github, &gitlab);
    let before = audit(&desk);

    let first = plan(&desk);
    let changes = first["changes"].as_array().unwrap();
    for forge in ["ghec:", "gl:"] {
        let of = changes.iter().filter(|c| c["subject"].as_str().unwrap().starts_with(forge));
        assert!(of.count() >= 30, "{first:#}");
    }
    desk.run(&[&["apply", "plan.json", "--max-deletes=200"], ALL].concat())
        .ended(0)
        .says(&format!("{0} of {0} changes made and seen to be made.", changes.len()));

    std::fs::rename(desk.path("plan.json"), desk.path("first.json")).unwrap();
    let left = plan(&desk);
    assert_eq!(left["changes"], json!([]), "{left:#}");

    let lost: BTreeSet<[String; 3]> = changes
        .iter()
        .filter(|c| !c["irreversible"].is_null())
        .map(|c| ["subject", "setting", "key"].map(|part| c[part].to_string()))
        .collect();
    let known = |setting: &String| NEVER_BACK.contains(&setting.trim_matches('"'));
    assert!(lost.iter().all(|[_, setting, _]| known(setting)), "{lost:#?}");
    let undone = desk.run(&[&["undo", "plan.json.journal", "--max-deletes=200"], ALL].concat());
    undone.ended(if lost.is_empty() { 0 } else { 2 });
    let after = audit(&desk);
    let differing: Vec<_> = before
        .iter()
        .filter(|(key, found)| after.get(*key) != Some(found) && !lost.contains(*key))
        .map(|(key, found)| (key, found, after.get(key)))
        .collect();
    assert!(differing.is_empty(), "{differing:#?}");
    assert_eq!(before.len(), after.len());
}
