//! A world of one organization and one repository that conforms to its policy. A test changes one
//! thing in it and asks the binary what it says then.

#![allow(dead_code, reason = "each test binary uses its own part")]

use std::fs;

use assert_cmd::Command;
use serde_json::{Map, Value, json};

use crate::program::ispo_scm;

/// The day on which the tests take place.
pub(crate) const TODAY: &str = "2026-11-20";

/// A policy, and what there is.
pub(crate) struct World {
    pub(crate) policy: String,
    /// Of which sort of forge the snapshot is.
    pub(crate) kind: &'static str,
    /// Files beside the policy: name and text.
    pub(crate) beside: Vec<(&'static str, String)>,
    pub(crate) organization: Value,
    pub(crate) repository: Value,
}

impl World {
    /// A protected default branch `main` and a protected `release/1`, and a policy that wants that.
    pub(crate) fn conforming() -> Self {
        let policy = r#"
version = 1
[[forge]]
name = "f"
kind = "snapshot"
path = "world.jsonl"
[branch."~default"]
protected = true
required_approvals = { at_least = 1 }
allow_force_pushes = false
bypass_actors = { exactly = [] }
[branch."release/*"]
required_approvals = { at_least = 1 }
"#;
        let mut world = Self {
            policy: policy.into(),
            kind: "github",
            beside: Vec::new(),
            organization: json!({"organization": "acme", "settings": {}, "kinds": {"ruleset": {}}}),
            repository: json!({
                "repository": "acme/widgets",
                "settings": {
                    "default_branch": "main",
                    "branches": ["main", "release/1"],
                    "archived": false,
                    "custom_properties": {"data": "open"},
                    "teams": {},
                },
                "kinds": {"branch_protection": {}, "ruleset": {}, "file": {"{.github/,,docs/}CODEOWNERS": null}},
            }),
        };
        world.protect("main", 1, 10);
        world.protect("release/*", 1, 11);
        world
    }

    /// Adds a classic rule for a pattern: so many approvals, the older the lower `created`.
    pub(crate) fn protect(&mut self, pattern: &str, approvals: u32, created: u32) -> &mut Value {
        let rules = &mut self.repository["kinds"]["branch_protection"];
        rules[pattern] = json!({
            "created": created,
            "required_approving_review_count": approvals,
            "allow_force_pushes": false,
            "bypass_pull_request_allowances": [],
        });
        &mut rules[pattern]
    }

    /// Removes the classic rule of a pattern.
    pub(crate) fn unprotect(&mut self, pattern: &str) {
        remove(&mut self.repository["kinds"]["branch_protection"], pattern);
    }

    /// Adds a ruleset of the repository: active, over the default branch, so many approvals.
    pub(crate) fn ruleset(&mut self, name: &str, approvals: u32) -> &mut Value {
        self.repository["kinds"]["ruleset"][name] = rules(approvals);
        &mut self.repository["kinds"]["ruleset"][name]
    }

    /// Adds a ruleset of the organization that reaches all of its repositories.
    pub(crate) fn organization_ruleset(&mut self, name: &str, approvals: u32) -> &mut Value {
        let mut ruleset = rules(approvals);
        for condition in ["repository_id.ids", "repository_property.include", "repository_property.exclude"] {
            ruleset[condition] = Value::Null;
        }
        ruleset["repository_name.include"] = json!(["~ALL"]);
        ruleset["repository_name.exclude"] = json!([]);
        self.organization["kinds"]["ruleset"][name] = ruleset;
        &mut self.organization["kinds"]["ruleset"][name]
    }

    /// Hides something of the repository, for want of a permission.
    pub(crate) fn hide(&mut self, what: &str) {
        self.repository["unknown"][what] = json!("a permission");
    }

    /// A folder with the policy and the world in it.
    pub(crate) fn laid_out(&self) -> tempfile::TempDir {
        let folder = tempfile::tempdir().unwrap();
        let header = json!({"format": "ispo-scm-snapshot", "version": 1, "forge": "f", "kind": self.kind});
        let world = format!("{header}\n{}\n{}\n", self.organization, self.repository);
        fs::write(folder.path().join("world.jsonl"), world).unwrap();
        fs::write(folder.path().join("policy.toml"), &self.policy).unwrap();
        for (name, text) in &self.beside {
            fs::write(folder.path().join(name), text).unwrap();
        }
        folder
    }

    /// What the binary finds.
    pub(crate) fn audit(&self) -> Report {
        let folder = self.laid_out();
        Report::of(ispo_scm().arg("audit").arg(folder.path()))
    }
}

fn rules(approvals: u32) -> Value {
    json!({
        "enforcement": "active",
        "target": "branch",
        "ref_name.include": ["~DEFAULT_BRANCH"],
        "ref_name.exclude": [],
        "bypass_actors": [],
        "non_fast_forward.present": true,
        "pull_request.required_approving_review_count": approvals,
    })
}

/// Takes a key out of an object.
pub(crate) fn remove(object: &mut Value, key: &str) {
    let fields: &mut Map<String, Value> = object.as_object_mut().unwrap();
    assert!(fields.remove(key).is_some(), "there is no {key}");
}

/// A report in JSON, with everything that was judged.
pub(crate) struct Report {
    pub(crate) json: Value,
    pub(crate) code: i32,
}

impl Report {
    /// Runs an audit to its end.
    pub(crate) fn of(audit: &mut Command) -> Self {
        let done = audit.args(["--format", "json", "--all", "--today", TODAY]).output().unwrap();
        let errors = String::from_utf8_lossy(&done.stderr);
        let json = serde_json::from_slice(&done.stdout).unwrap_or_else(|e| panic!("{e}: {errors}"));
        Self { json, code: done.status.code().unwrap() }
    }

    /// The finding about a setting of a subject and, where it is one of a collection's, of that key.
    pub(crate) fn finding(&self, subject: &str, setting: &str, key: &str) -> &Value {
        let all = self.json["findings"].as_array().unwrap();
        let is = |f: &&Value| {
            f["subject"] == subject && f["setting"] == setting && f["key"].as_str().unwrap_or_default() == key
        };
        let found: Vec<&Value> = all.iter().filter(is).collect();
        assert_eq!(found.len(), 1, "findings about {subject} {setting} [{key}]: {found:#?}");
        found[0]
    }

    /// The verdict about a setting of `acme/widgets`, and the rules that it comes from.
    pub(crate) fn branch(&self, setting: &str, key: &str) -> (&str, Vec<&str>) {
        seen(self.finding("f:acme/widgets", &format!("branch.{setting}"), key))
    }
}

/// A finding's verdict and sources.
pub(crate) fn seen(finding: &Value) -> (&str, Vec<&str>) {
    let sources = finding["sources"].as_array().map(Vec::as_slice).unwrap_or_default();
    (finding["verdict"].as_str().unwrap(), sources.iter().filter_map(Value::as_str).collect())
}
