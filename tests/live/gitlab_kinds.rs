//! What GitLab's projects and groups have many of, and who belongs to them: read live from a conforming
//! world, and with one thing changed.

use std::collections::BTreeSet;

use ispo_scm::catalog::{Catalog, ForgeKind};
use ispo_scm::model::SubjectKind;
use serde_json::{Value, json};

use crate::gitlab::Server;
use crate::run::Report;
use crate::sim::gitlab::{World, documents};

const PROJECT: &str = "acme/team-1/service-0001";

/// The number of the project's runner.
const RUNNER: u64 = 501;

/// A policy with a line on every setting of that scope, and of every kind that it has, that GitLab tells by
/// REST.
pub fn everything(scope: &str) -> String {
    let catalog = Catalog::built_in().unwrap();
    let of = SubjectKind::from_word(scope).unwrap();
    let told = |group: &str| {
        let settings = catalog.settings().filter(|s| &*s.group == group);
        let told = settings.filter(|s| s.gitlab.binding().is_some_and(|b| b.rest.is_some()));
        told.map(|s| format!("{} = {{ absent = true }}\n", s.name())).collect::<String>()
    };
    let listed = catalog.kinds().filter(|k| k.of == of);
    let listed = listed.filter(|k| k.on(ForgeKind::Gitlab).is_some_and(|b| b.list.is_some()));
    let kinds: String = listed.map(|k| format!("[{scope}.{}.\"*\"]\n{}", k.name, told(&k.name))).collect();
    format!("version = 1\n[{scope}]\n{}{kinds}", told(scope))
}

/// A world of the newest version in which every list of the instance, the groups and the project has an item.
pub fn full() -> World {
    let mut world = World { version: "19.3.0".into(), ..World::conforming("acme", 1) };
    for row in documents::table().iter().filter(|row| row.one.is_none()) {
        let (holder, suffix) =
            match (row.path.strip_prefix("/projects/{id}"), row.path.strip_prefix("/groups/{id}")) {
                (Some(suffix), _) => (world.project_mut(PROJECT), suffix),
                (_, Some(suffix)) => (world.group_mut("acme"), suffix),
                _ => (world.instance_mut(), row.path.as_str()),
            };
        if row.list && holder.stated_list(suffix).is_empty() {
            holder.add(suffix, if suffix == "/runners" { json!({"id": RUNNER}) } else { json!({}) });
        } else if row.fill.is_some() && holder.documents.stated(suffix).is_none() {
            holder.document(suffix, json!({}));
        }
    }
    world.instance_mut().document(&format!("/runners/{RUNNER}"), json!({}));
    world
}

/// Kinds whose settings all are to be seen, in each scope that has them.
const KINDS: [&str; 22] = [
    "access_token",
    "approval_rule",
    "badge",
    "deploy_key",
    "deploy_token",
    "environment",
    "integration",
    "label",
    "milestone",
    "package_protection_rule",
    "pipeline_schedule",
    "protected_branch",
    "protected_environment",
    "protected_tag",
    "push_mirror",
    "registry_protection_rule",
    "registry_tag_protection_rule",
    "runner",
    "status_check",
    "system_hook",
    "variable",
    "webhook",
];

/// What only a group's webhooks are told of.
const OF_GROUPS: [&str; 3] = ["webhook.member_events", "webhook.project_events", "webhook.subgroup_events"];

#[test]
fn every_setting_of_every_item_is_seen() {
    for (scope, subject) in [("enterprise", "127.0.0.1"), ("organization", "acme"), ("repository", PROJECT)] {
        let report = Server::of(full()).report(&everything(scope));
        let subject = format!("gitlab:{subject}");
        let is_kind = |key: &str| KINDS.iter().any(|kind| key.starts_with(&format!("{kind}.")));
        let of_kinds: Vec<&Value> = report
            .findings()
            .filter(|f| f["subject"] == subject.as_str() && is_kind(f["setting"].as_str().unwrap()))
            .collect();
        let seen = |f: &Value| f["verdict"] == "conforms" || f["verdict"] == "drift";
        let unseen: BTreeSet<_> =
            of_kinds.iter().filter(|f| !seen(f)).map(|f| f["setting"].as_str().unwrap()).collect();
        let expected = if scope == "repository" { OF_GROUPS.into() } else { BTreeSet::new() };
        assert_eq!(unseen, expected, "{scope}");
        assert!(of_kinds.len() >= if scope == "enterprise" { 12 } else { 80 }, "{scope}: {}", of_kinds.len());
    }
}

const STRICT: &str = r#"version = 1

[repository]
access = { contains = { ann = "owner", dee = "developer" } }
admins = { exactly = ["ann", "ben", "cas"] }
access_requests = { count = { at_most = 0 } }
collaborators = { exactly = {} }
invitations = { exactly = {} }
member_expiry = { count = { at_most = 0 } }

[repository.access_token."*"]
access_level = { one_of = ["guest", "reporter", "developer"] }
expires_at = { absent = false, age = { at_most = 0 } }
scopes = { exactly = ["read_api"] }

[repository.badge."coverage"]
link_url = { matches = '^https://' }

[repository.deploy_key."*"]
read_only = true

[repository.deploy_token."*"]
expires_at = { absent = false }
scopes = { exactly = ["read_registry"] }

[repository.integration."*"]
active = true
confidential_issues_events = false

[repository.pipeline_schedule."*"]
owner = { one_of = ["ann", "ben"] }

[repository.runner."*"]
access_level = "ref_protected"
labels = { contains = ["docker"] }
locked = true

[repository.variable."*"]
masked = true
protected = true

[repository.webhook."*"]
insecure_ssl = false
push_events = true
confidential_issues_events = false
url = { matches = '^https://' }

[organization]
access = { contains = { ann = "owner" } }

[organization.webhook."*"]
insecure_ssl = false
member_events = false

[organization.variable."*"]
protected = true

[instance.variable."*"]
masked = true
"#;

/// The lists of the project in which nothing is wrong, each with one item.
fn lists() -> Vec<(&'static str, Value)> {
    vec![
        ("/access_tokens", json!({"name": "ci", "access_level": 30, "expires_at": "2199-01-01"})),
        ("/badges", json!({"name": "coverage"})),
        ("/deploy_keys", json!({"title": "deployment"})),
        ("/deploy_tokens", json!({"name": "registry", "expires_at": "2199-01-01T00:00:00.000Z"})),
        ("/integrations", json!({"slug": "jira", "confidential_issues_events": false})),
        ("/pipeline_schedules", json!({"description": "nightly", "owner": {"username": "ann"}})),
        ("/runners", json!({"id": RUNNER, "description": "builder"})),
        ("/variables", json!({"key": "TOKEN", "masked": true, "protected": true})),
        ("/hooks", json!({"url": "https://ci.example.com/hook"})),
    ]
}

fn conforming() -> World {
    let mut world = World { version: "19.3.0".into(), ..World::conforming("acme", 1) };
    for (list, item) in lists() {
        world.project_mut(PROJECT).document(list, json!([item]));
    }
    world.group_mut("acme").document("/hooks", json!([{"url": "https://ci.example.com/group"}]));
    world.group_mut("acme").document("/variables", json!([{"key": "TOKEN", "protected": true}]));
    let runner = json!({"access_level": "ref_protected", "locked": true, "tag_list": ["docker", "rust"]});
    let instance = world.instance_mut();
    instance.document(&format!("/runners/{RUNNER}"), runner);
    instance.document("/admin/ci/variables", json!([{"key": "PROXY", "masked": true}]));
    world
}

/// The settings that drift, each of one subject; nothing else does, and nothing is unknown.
fn drifting(report: &Report) -> Vec<String> {
    let other = |f: &&Value| f["verdict"] == "unknown";
    let unknown: Vec<_> = report.findings().filter(other).map(|f| f["setting"].to_string()).collect();
    assert!(unknown.is_empty(), "unknown: {unknown:?}");
    let drift = report.findings().filter(|f| f["verdict"] == "drift");
    let drift: BTreeSet<_> = drift.map(|f| f["setting"].as_str().unwrap().to_owned()).collect();
    drift.into_iter().collect()
}

#[track_caller]
fn drifts(change: impl FnOnce(&mut World), settings: &[&str]) {
    let mut world = conforming();
    change(&mut world);
    assert_eq!(drifting(&Server::of(world).report(STRICT)), settings);
}

#[test]
fn what_conforms_does_so() {
    drifts(|_| {}, &[]);
}

#[test]
fn one_thing_changed_in_a_list_of_a_project_drifts_alone() {
    let changes: [(&str, &str, Value, &str); 14] = [
        ("/access_tokens", "access_level", json!(40), "access_token.access_level"),
        ("/access_tokens", "expires_at", Value::Null, "access_token.expires_at"),
        ("/access_tokens", "scopes", json!(["api"]), "access_token.scopes"),
        ("/badges", "link_url", json!("http://example.com"), "badge.link_url"),
        ("/deploy_keys", "can_push", json!(true), "deploy_key.read_only"),
        ("/deploy_tokens", "expires_at", Value::Null, "deploy_token.expires_at"),
        (
            "/integrations",
            "confidential_issues_events",
            json!(true),
            "integration.confidential_issues_events",
        ),
        ("/pipeline_schedules", "owner", json!({"username": "zoe"}), "pipeline_schedule.owner"),
        ("/variables", "masked", json!(false), "variable.masked"),
        ("/variables", "protected", json!(false), "variable.protected"),
        ("/hooks", "enable_ssl_verification", json!(false), "webhook.insecure_ssl"),
        ("/hooks", "push_events", json!(false), "webhook.push_events"),
        ("/hooks", "confidential_issues_events", json!(true), "webhook.confidential_issues_events"),
        ("/hooks", "url", json!("http://ci.example.com/hook"), "webhook.url"),
    ];
    for (list, field, value, setting) in changes {
        let mut item = lists().into_iter().find(|(at, _)| *at == list).unwrap().1;
        item[field] = value;
        drifts(
            |world| {
                world.project_mut(PROJECT).document(list, json!([item]));
            },
            &[setting],
        );
    }
}

#[test]
fn a_runner_is_judged_by_its_own_document() {
    let runner = json!({"access_level": "not_protected", "locked": true, "tag_list": ["docker"]});
    drifts(
        |world| {
            world.instance_mut().document(&format!("/runners/{RUNNER}"), runner);
        },
        &["runner.access_level"],
    );
}

#[test]
fn groups_and_the_instance_have_the_same_kinds() {
    let hook = json!([{"url": "https://ci.example.com/group", "enable_ssl_verification": false}]);
    drifts(
        |world| {
            world.group_mut("acme").document("/hooks", hook);
        },
        &["webhook.insecure_ssl"],
    );
    let hook = json!([{"url": "https://ci.example.com/group", "member_events": true}]);
    drifts(
        |world| {
            world.group_mut("acme").document("/hooks", hook);
        },
        &["webhook.member_events"],
    );
    let open = json!([{"key": "TOKEN", "protected": false}]);
    drifts(
        |world| {
            world.group_mut("acme").document("/variables", open);
        },
        &["variable.protected"],
    );
    let shown = json!([{"key": "PROXY", "masked": false}]);
    drifts(
        |world| {
            world.instance_mut().document("/admin/ci/variables", shown);
        },
        &["variable.masked"],
    );
}

#[test]
fn who_comes_from_a_group_above_counts_for_a_project() {
    // A maintainer of the group in between is one of the project, though nobody let her in there.
    drifts(
        |world| {
            world.group_mut("acme/team-1").member("gus", 40);
        },
        &["repository.admins"],
    );
    drifts(
        |world| {
            world.project_mut(PROJECT).member("zoe", 30);
        },
        &["repository.collaborators", "repository.member_expiry"],
    );
    let invited = json!([{"invite_email": "new@example.com"}]);
    drifts(
        |world| {
            world.project_mut(PROJECT).document("/invitations", invited);
        },
        &["repository.invitations"],
    );
    let asked = json!([{"username": "new"}]);
    drifts(
        |world| {
            world.project_mut(PROJECT).document("/access_requests", asked);
        },
        &["repository.access_requests"],
    );
}

#[test]
fn two_variables_of_one_name_are_both_judged() {
    let both = json!([
        {"key": "TOKEN", "environment_scope": "production", "masked": true, "protected": true},
        {"key": "TOKEN", "environment_scope": "*", "masked": true, "protected": false},
    ]);
    drifts(
        |world| {
            world.project_mut(PROJECT).document("/variables", both);
        },
        &["variable.protected"],
    );
}

#[test]
fn what_a_variable_says_is_nowhere_to_be_seen() {
    const SAID: &str = "correct-horse-battery";
    let mut world = conforming();
    let variable = json!([{"key": "TOKEN", "value": SAID, "masked": false, "protected": true}]);
    world.project_mut(PROJECT).document("/variables", variable);
    let server = Server::of(world);
    for format in ["json", "text", "markdown"] {
        let run = server.audit(STRICT, &["--format", format, "--all"]);
        assert!(!run.out.contains(SAID) && !run.err.contains(SAID), "{format}");
    }
    let desk = server.desk(STRICT);
    desk.run(&["audit", "policy.toml", "--gitlab", "acme"]).ended(2);
    let said = |file: &std::path::Path| {
        let bytes = std::fs::read(file).unwrap();
        bytes.windows(SAID.len()).any(|part| part == SAID.as_bytes())
    };
    let kept: Vec<_> = std::fs::read_dir(desk.cache.path()).unwrap().map(|e| e.unwrap().path()).collect();
    assert!(!kept.is_empty());
    assert!(!kept.iter().any(|file| said(file)), "what a variable says is in a file");
}

/// Rules as they are written, and what lets machines in: each in order, then with one thing changed.
#[test]
fn rules_and_what_lets_machines_in_are_judged_each() {
    let policy = r#"version = 1
[repository]
freeze_periods = { exactly = [] }
job_token_scope.groups_allowlist = { exactly = [] }
job_token_scope.inbound_enabled = true
pipeline_triggers = { exactly = [] }
[repository.protected_branch.main]
allow_force_push = false
push_access_levels = { exactly = ["nobody"] }
[repository.protected_tag."v*"]
create_access_levels = { exactly = ["maintainer"] }
[repository.approval_rule."All Members"]
approvals_required = { at_least = 2 }
"#;
    let report = |change: &dyn Fn(&mut crate::sim::gitlab::Holder)| {
        let mut world = World::conforming("acme", 1);
        change(world.project_mut(PROJECT));
        Server::of(world).report(policy)
    };
    let drift = |change: &dyn Fn(&mut crate::sim::gitlab::Holder)| {
        let report = report(change);
        assert_eq!(report.count("unknown"), 0, "{:#}", report.0["findings"]);
        let of = report.findings().filter(|f| f["verdict"] == "drift");
        of.map(|f| f["setting"].as_str().unwrap().to_owned()).collect::<Vec<_>>()
    };
    assert_eq!(drift(&|_| {}), [""; 0]);
    let two = json!([{"id": 1, "description": null}, {"id": 2, "description": null}]);
    let triggers = |p: &mut crate::sim::gitlab::Holder| {
        p.document("/triggers", two.clone());
    };
    assert_eq!(drift(&triggers), ["repository.pipeline_triggers"], "one without a word is one all the same");
    assert_eq!(
        drift(&|p| {
            p.add(
                "/job_token_scope/groups_allowlist",
                json!({"id": 3, "name": "Partners", "web_url": "https://gitlab.example/groups/partners"}),
            );
        }),
        ["repository.job_token_scope.groups_allowlist"]
    );
    // Somebody may call themselves what a role is called.
    let levels = json!([{"access_level": 40, "user_id": 7, "access_level_description": "Maintainers"}]);
    assert_eq!(
        drift(&|p| {
            p.document("/protected_tags", json!([{"name": "v*", "create_access_levels": levels}]));
        }),
        ["protected_tag.create_access_levels"]
    );
    assert_eq!(
        drift(&|p| {
            let one = json!([{"name": "All Members", "rule_type": "any_approver", "approvals_required": 1}]);
            p.document("/approval_rules", one);
        }),
        ["approval_rule.approvals_required"]
    );
}
