//! A repository, and the few words with which a test says how it differs from a conforming one.

use indexmap::IndexMap;
use serde::{Deserialize, Serialize};
use serde_json::{Value, json};

use super::branch::{Files, PullRequest};
use super::denials::Denials;
use super::documents::{Documents, documented};
use super::protection::Protection;
use super::ruleset::Ruleset;
use super::settings::Settings;
use super::tables::REPOSITORY;
use super::team::Role;
use super::{CHILDREN, MOMENT};

#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Repository {
    pub id: u64,
    pub name: String,
    pub settings: Settings,
    pub topics: Vec<String>,
    pub custom_properties: IndexMap<String, Value>,
    /// In order of creation, which decides between wildcards.
    pub protections: Vec<Protection>,
    pub rulesets: Vec<Ruleset>,
    pub branches: IndexMap<String, Files>,
    /// The commits made on each branch since it began: which file, and the message.
    #[serde(default)]
    pub log: IndexMap<String, Vec<(String, String)>>,
    pub labels: Vec<Label>,
    pub milestones: Vec<Milestone>,
    /// Direct grants to people.
    pub collaborators: IndexMap<String, Role>,
    pub environments: Vec<Environment>,
    pub deploy_keys: Vec<DeployKey>,
    pub pull_requests: Vec<PullRequest>,
    /// Numbered together with the pull requests.
    #[serde(default)]
    pub issues: Vec<Issue>,
    /// On issues and pull requests.
    #[serde(default)]
    pub comments: Vec<Comment>,
    /// Bytes of code by language.
    pub languages: IndexMap<String, u64>,
    pub vulnerability_alerts: bool,
    pub interaction_limit: Option<InteractionLimit>,
    /// The repository it was forked from, in the same organization.
    pub parent: Option<String>,
    pub template: Option<String>,
    #[serde(default, skip_serializing_if = "Documents::is_empty")]
    pub documents: Documents,
    pub denials: Denials,
    /// The checks that reported on the newest commit of each branch.
    #[serde(default)]
    pub reported_checks: Vec<String>,
    /// Those of them that an app other than GitHub Actions reported.
    pub checks_of_others: Vec<String>,
    sequence: u64,
}

#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Issue {
    pub number: u64,
    pub title: String,
    pub body: String,
    pub open: bool,
    pub author: String,
    pub labels: Vec<String>,
}

#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Comment {
    pub id: u64,
    /// The number of the issue or pull request.
    pub on: u64,
    pub body: String,
    pub author: String,
}

#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Label {
    pub id: u64,
    pub name: String,
    pub color: String,
    pub description: Option<String>,
    pub default: bool,
}

#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Milestone {
    pub number: u64,
    pub title: String,
    pub description: Option<String>,
    pub open: bool,
    pub due_on: Option<String>,
}

#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Environment {
    pub id: u64,
    pub name: String,
    /// Minutes; none where there is no wait timer.
    pub wait_timer: Option<u64>,
    pub reviewing_users: Vec<String>,
    /// Slugs.
    pub reviewing_teams: Vec<String>,
    pub prevent_self_review: bool,
    /// As REST reads it: `protected_branches` and `custom_branch_policies`; none where any branch may deploy.
    #[serde(default)]
    pub deployment_branch_policy: Option<Value>,
}

#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct DeployKey {
    pub id: u64,
    pub title: String,
    pub key: String,
    pub read_only: bool,
}

#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct InteractionLimit {
    /// `existing_users`, `contributors_only` or `collaborators_only`.
    pub limit: String,
    pub expires_at: Option<String>,
}

documented!(Repository);

impl Repository {
    pub(super) fn new(id: u64, name: &str) -> Self {
        let mut settings = Settings::presets(REPOSITORY);
        let off = json!({ "status": "disabled" });
        settings.set(
            "security_and_analysis",
            json!({
                "secret_scanning": off,
                "secret_scanning_push_protection": off,
                "secret_scanning_non_provider_patterns": off,
                "dependabot_security_updates": off,
            }),
        );
        Self {
            id,
            name: name.to_owned(),
            settings,
            topics: Vec::new(),
            custom_properties: IndexMap::new(),
            protections: Vec::new(),
            rulesets: Vec::new(),
            branches: IndexMap::from([("main".to_owned(), Files::new())]),
            log: IndexMap::new(),
            labels: Vec::new(),
            milestones: Vec::new(),
            collaborators: IndexMap::new(),
            environments: Vec::new(),
            deploy_keys: Vec::new(),
            pull_requests: Vec::new(),
            issues: Vec::new(),
            comments: Vec::new(),
            languages: IndexMap::new(),
            vulnerability_alerts: false,
            interaction_limit: None,
            parent: None,
            template: None,
            documents: Documents::default(),
            denials: Denials::default(),
            reported_checks: vec!["ci".to_owned(), "licences".to_owned()],
            checks_of_others: vec!["licences".to_owned()],
            sequence: 0,
        }
    }

    pub fn next_id(&mut self) -> u64 {
        self.sequence += 1;
        self.id * CHILDREN + self.sequence
    }

    pub fn default_branch(&self) -> &str {
        self.settings.text("default_branch").unwrap_or("main")
    }

    pub fn visibility(&self) -> &str {
        self.settings.text("visibility").unwrap_or("public")
    }

    pub fn is_archived(&self) -> bool {
        self.settings.flag("archived", false)
    }

    /// States a setting by its REST key, whatever its type: a test may describe what GitHub refuses.
    pub fn set(&mut self, key: &str, value: impl Into<Value>) -> &mut Self {
        self.settings.set(key, value);
        self
    }

    pub fn unstate(&mut self, key: &str) -> &mut Self {
        self.settings.unstate(key);
        self
    }

    /// Switches a feature of `security_and_analysis`.
    pub fn security(&mut self, feature: &str, enabled: bool) -> &mut Self {
        if self.settings.get("security_and_analysis").is_none_or(|features| !features.is_object()) {
            self.settings.set("security_and_analysis", json!({}));
        }
        let status = if enabled { "enabled" } else { "disabled" };
        if let Some(Value::Object(features)) = self.settings.get_mut("security_and_analysis") {
            features.insert(feature.to_owned(), json!({ "status": status }));
        }
        self
    }

    pub fn topics(&mut self, topics: &[&str]) -> &mut Self {
        self.topics = topics.iter().map(|&topic| topic.to_owned()).collect();
        self
    }

    pub fn property(&mut self, name: &str, value: impl Into<Value>) -> &mut Self {
        self.custom_properties.insert(name.to_owned(), value.into());
        self
    }

    /// Moves the default branch, with its files, to another name.
    pub fn rename_default_branch(&mut self, name: &str) -> &mut Self {
        let old = self.default_branch().to_owned();
        let files = self.branches.shift_remove(&old).unwrap_or_default();
        self.branches.shift_insert(0, name.to_owned(), files);
        self.set("default_branch", name)
    }

    pub fn file(&mut self, path: &str, text: &str) -> &mut Self {
        self.files_mut().insert(path.to_owned(), text.to_owned());
        self
    }

    pub fn without_file(&mut self, path: &str) -> &mut Self {
        self.files_mut().remove(path);
        self
    }

    /// Adds a rule, or replaces the one of the same pattern.
    pub fn protect(&mut self, mut rule: Protection) -> &mut Self {
        match self.protections.iter_mut().find(|old| old.pattern == rule.pattern) {
            Some(old) => {
                rule.id = old.id;
                *old = rule;
            }
            None => {
                rule.id = self.next_id();
                self.protections.push(rule);
            }
        }
        self
    }

    pub fn ruleset(&mut self, mut ruleset: Ruleset) -> &mut Self {
        ruleset.id = self.next_id();
        self.rulesets.push(ruleset);
        self
    }

    pub fn label(&mut self, name: &str, color: &str, description: &str) -> &mut Self {
        let id = self.next_id();
        let default = DEFAULT_LABELS.contains(&name);
        self.labels.push(Label {
            id,
            name: name.to_owned(),
            color: color.to_owned(),
            description: Some(description.to_owned()),
            default,
        });
        self
    }

    pub fn collaborator(&mut self, login: &str, role: Role) -> &mut Self {
        self.collaborators.insert(login.to_owned(), role);
        self
    }

    pub fn environment(
        &mut self,
        name: &str,
        wait_timer: Option<u64>,
        reviewing_users: &[&str],
    ) -> &mut Self {
        let id = self.next_id();
        self.environments.push(Environment {
            id,
            name: name.to_owned(),
            wait_timer,
            reviewing_users: reviewing_users.iter().map(|&login| login.to_owned()).collect(),
            reviewing_teams: Vec::new(),
            prevent_self_review: false,
            deployment_branch_policy: None,
        });
        self
    }

    pub fn deploy_key(&mut self, title: &str, read_only: bool) -> &mut Self {
        let id = self.next_id();
        let key = format!("ssh-ed25519 simulated-{id}");
        self.deploy_keys.push(DeployKey { id, title: title.to_owned(), key, read_only });
        self
    }

    /// Forbids the fields of these GraphQL names, and the REST routes that correspond.
    pub fn forbid(&mut self, fields: &[&str]) -> &mut Self {
        self.denials.forbidden.extend(fields.iter().map(|&field| field.to_owned()));
        self
    }

    pub fn hide(&mut self, fields: &[&str]) -> &mut Self {
        self.denials.hidden.extend(fields.iter().map(|&field| field.to_owned()));
        self
    }

    pub fn hide_bypass(&mut self) -> &mut Self {
        self.denials.may_see_bypass = false;
        self
    }

    pub fn without_administration(&mut self) -> &mut Self {
        self.denials.may_administer = false;
        self
    }

    /// When it was archived, which GitHub tells in GraphQL alone.
    pub fn archived_at(&self) -> Option<&'static str> {
        self.is_archived().then_some(MOMENT)
    }
}

/// The labels GitHub gives to a new repository.
const DEFAULT_LABELS: [&str; 9] = [
    "bug",
    "documentation",
    "duplicate",
    "enhancement",
    "good first issue",
    "help wanted",
    "invalid",
    "question",
    "wontfix",
];
