//! Whoever asks: what may not be seen leaves a verdict unknown, and never turns it into another.

use std::collections::BTreeMap;

use serde_json::{Value, json};

use crate::forge::Forge;
use crate::policies::STRICT;
use crate::run::Report;
use crate::sim::World;
use crate::sim::world::{Identity, Role};

/// What single documents tell, on top of everything else.
const DOCUMENTS: &str = r#"
[repository.actions]
enabled = true
workflow.default_workflow_permissions = "read"

[repository.webhook."*"]
insecure_ssl = false

[repository.environment."production"]
wait_timer = { at_most = 60 }
"#;

/// Verdicts by subject, setting, and what else tells one expectation from another.
fn verdicts(report: &Report) -> BTreeMap<String, String> {
    let told = report.findings().map(|finding| {
        let mut key = finding.clone();
        let verdict = key["verdict"].take();
        let keys = ["subject", "setting", "key", "item", "expected"];
        let key: Vec<String> = keys.iter().map(|name| key[*name].to_string()).collect();
        (key.join(" "), verdict.as_str().unwrap_or_default().to_owned())
    });
    told.collect()
}

fn varied() -> World {
    let mut world = World::synthetic("acme", 14, 11);
    let names: Vec<String> = world.organization("acme").unwrap().repositories.keys().cloned().collect();
    for (at, name) in names.iter().enumerate() {
        let repository = world.repository_mut(name);
        if at % 3 == 0 {
            repository.document(
                "/actions/permissions/workflow",
                json!({ "default_workflow_permissions": "write" }),
            );
        }
        if at % 4 == 0 {
            repository.document(
                "/hooks",
                json!([{ "config": { "url": "https://x.example", "insecure_ssl": "1" } }]),
            );
        }
    }
    let conforming = World::conforming("acme", 1).organization("acme").unwrap().repositories[0].clone();
    let organization = world.organization_mut("acme");
    let id = organization.repositories[0].id;
    organization.repositories[0] = conforming;
    organization.repositories[0].id = id;
    world
}

fn audited(identity: Option<Identity>) -> Report {
    let mut world = varied();
    if let Some(identity) = identity {
        world.everybody(identity);
    }
    Forge::of(world).report(&format!("{STRICT}{DOCUMENTS}"))
}

#[test]
fn rights_make_a_verdict_unknown_and_nothing_else() {
    let whole = verdicts(&audited(None));
    let both = |verdict: &str| whole.values().filter(|known| *known == verdict).count() > 20;
    assert!(both("conforms") && both("drift"), "{whole:#?}");
    let all = ["repo", "admin:org", "read:org", "read:repo_hook", "admin:org_hook"];
    let mut wrong = Vec::new();
    for (who, identity) in [
        ("an owner", Identity::classic("ann", &all)),
        ("an owner's narrow token", Identity::classic("ann", &["repo"])),
        ("a member", Identity::classic("person-001", &["repo", "read:org"])),
        ("an administrator of repositories", Identity::classic("person-001", &all).with_role(Role::Admin)),
        ("a writer", Identity::classic("person-001", &all).with_role(Role::Push)),
        ("a reader", Identity::classic("person-001", &all).with_role(Role::Pull)),
        ("a stranger", Identity::classic("stranger", &all)),
        ("a fine-grained token to look", Identity::fine_grained("ann", &["metadata:read", "contents:read"])),
        ("a fine-grained token of a reader", Identity::fine_grained("person-001", &["administration:read"])),
        ("an App that sees metadata", Identity::installation("acme", &["metadata:read"])),
        (
            "an App that sees settings",
            Identity::installation("acme", &["metadata:read", "administration:read"]),
        ),
        ("an App that sees people", Identity::installation("acme", &["metadata:read", "members:read"])),
        ("an App elsewhere", Identity::installation("globex", &["administration:write"])),
        ("a job", Identity::job("acme/service-0001", &["contents:read", "metadata:read"])),
    ] {
        let seen = verdicts(&audited(Some(identity)));
        for (key, verdict) in &seen {
            let truth = whole.get(key);
            if verdict != "unknown" && truth != Some(verdict) {
                wrong.push(format!("{who}: {key}: {verdict}, in truth {truth:?}"));
            }
        }
        if who == "an owner" {
            assert_eq!(seen, whole);
        }
    }
    assert!(wrong.is_empty(), "{} wrong:\n{}", wrong.len(), wrong.join("\n"));
}

#[test]
fn no_identity_ends_in_a_crash_or_in_silence() {
    for identity in
        [Identity::classic("stranger", &[]), Identity::installation("globex", &[]), Identity::app_key()]
    {
        let mut world = varied();
        world.everybody(identity.clone());
        let run = Forge::of(world).audit(STRICT, &["--format", "json", "--all"]);
        assert_ne!(run.code, 0, "{identity:?}: nothing that could be seen, and no complaint");
        let _: Value = serde_json::from_str(&run.out).unwrap_or(Value::Null);
    }
}
