//! What would be done about findings: exact changes, each with the value it saw before.

use std::collections::{BTreeMap, BTreeSet};
use std::fmt;

use serde::{Deserialize, Serialize};
use serde_json::Value as Json;

use super::Points;

/// What a change does to its setting or item.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Action {
    /// Something that was absent comes to be.
    Create,
    /// A value becomes another.
    Update,
    /// Something that was there comes to be absent.
    Delete,
    /// A repository becomes read-only.
    Archive,
    /// A read-only repository takes changes again.
    Unarchive,
}

impl Action {
    /// What becomes of `before` when it is `after`; `null` is absent.
    pub fn between(before: &serde_json::Value, after: &serde_json::Value) -> Self {
        match (before.is_null(), after.is_null()) {
            (true, _) => Self::Create,
            (false, true) => Self::Delete,
            (false, false) => Self::Update,
        }
    }

    /// The same of a setting: that an item is there is `true`, and `false` is its absence; archiving has
    /// words of its own.
    pub fn of(setting: &str, before: &serde_json::Value, after: &serde_json::Value) -> Self {
        if let Some(archived) = after.as_bool().filter(|_| setting == "repository.archived") {
            return if archived { Self::Archive } else { Self::Unarchive };
        }
        let is_presence = setting.split_once('.').is_some_and(|(_, name)| name == "present");
        match (is_presence, *before == false, *after == false) {
            (true, true, _) => Self::Create,
            (true, false, true) => Self::Delete,
            _ => Self::between(before, after),
        }
    }

    /// What a plan calls it where its sign does not say it.
    pub fn word(self) -> Option<&'static str> {
        match self {
            Self::Archive => Some("archive"),
            Self::Unarchive => Some("unarchive"),
            Self::Create | Self::Update | Self::Delete => None,
        }
    }

    /// The sign that plans put before a change.
    pub fn sign(self) -> &'static str {
        match self {
            Self::Create => "+",
            Self::Update | Self::Archive | Self::Unarchive => "~",
            Self::Delete => "-",
        }
    }
}

/// One exact request, with nothing left to decide.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Request {
    /// `PATCH`, `PUT`, `POST`, `DELETE`.
    pub method: String,
    /// Path below the forge's API root.
    pub path: String,
    /// The JSON body.
    #[serde(default, skip_serializing_if = "serde_json::Value::is_null")]
    pub body: serde_json::Value,
    /// Texts `{name}` in the path or the body that stand for what a read says just before: name to
    /// `GET /path :: field`; the items of an answer that is a list are its `items`. Of a name that ends in
    /// `?` the answer may say nothing: the field is left out of the body then. With
    /// ` == JSON` behind it the request is sent only where the read still says that. `env NAME` is given by
    /// the environment, and `env NAME sealed for GET /path` sealed with the public key that is there.
    #[serde(default, skip_serializing_if = "BTreeMap::is_empty")]
    pub reads: BTreeMap<String, String>,
}

/// One setting of one subject, before and after.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Change {
    /// `ghec:acme/widgets`.
    pub subject: String,
    /// The setting's key in the catalogue.
    pub setting: String,
    /// The item of a collection, where it is one's.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub key: Option<String>,
    /// Create or update.
    pub action: Action,
    /// What was observed when the plan was made (`null`: absent).
    pub before: serde_json::Value,
    /// What it is to be.
    pub after: serde_json::Value,
    /// The policy line that asked, `file:line`.
    pub origin: String,
    /// What is at stake: `routine` to `destructive`.
    pub risk: String,
    /// The policy claims the whole collection that it is of, so that items may be removed.
    #[serde(default, skip_serializing_if = "std::ops::Not::not")]
    pub complete: bool,
    /// It is proposed, as a pull request, and takes effect when somebody merges it.
    #[serde(default)]
    pub proposed: bool,
    /// Which of the plan's requests carry it out, in order.
    pub requests: Vec<usize>,
    /// Which of the plan's requests of `undo` take it back, in order.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub undo: Vec<usize>,
    /// By how much the friction index of its repository falls when this alone is made.
    #[serde(default, skip_serializing_if = "Points::is_none")]
    pub points: Points,
    /// Why it cannot be taken back.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub irreversible: Option<String>,
}

/// A departure that the tool cannot mend, and who or what can.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Deferred {
    /// `ghec:acme/widgets`.
    pub subject: String,
    /// The setting's key in the catalogue.
    pub setting: String,
    /// The item of a collection, where it is one's.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub key: Option<String>,
    /// Why not, and who can.
    pub reason: String,
}

/// What of an organization or group takes the place of changes in its repositories.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum LiftedBy {
    /// A ruleset, by its name.
    Ruleset(String),
    /// A setting, by its key.
    Setting(String),
    /// A setting of an item.
    Item {
        /// The setting's key.
        setting: String,
        /// The item's.
        key: String,
    },
}

/// What repositories have of a change above them.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Brings {
    /// The repositories' setting.
    pub setting: String,
    /// Of which of their items: a branch.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub key: Option<String>,
    /// Its value then, or what is in it.
    pub value: Json,
}

impl fmt::Display for Brings {
    /// As a policy says it: `branch[~default].required_approvals = 1`.
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let (group, name) = self.setting.split_once('.').unwrap_or(("", &self.setting));
        match &self.key {
            Some(key) => write!(f, "{group}[{key}].{name} = {}", self.value),
            None => write!(f, "{} = {}", self.setting, self.value),
        }
    }
}

/// A change of an organization or group that takes the place of changes in its repositories.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Lifted {
    /// `ghec:acme`.
    pub organization: String,
    /// What of it is changed.
    #[serde(flatten)]
    pub by: LiftedBy,
    /// Which repositories it reaches, in words.
    pub reaches: String,
    /// What it brings them.
    pub brings: Vec<Brings>,
    /// The lines of the policy that asked for that.
    pub origins: Vec<String>,
    /// The repositories that would be changed one by one without it.
    pub instead_of: Vec<String>,
    /// How many changes of theirs it takes the place of.
    pub changes: usize,
    /// The repositories that it reaches besides, of which the policy does not ask that.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub others: Vec<String>,
}

/// Where a plan's forge is.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Target {
    /// A GitHub server, by its address.
    Github(String),
    /// A GitLab server, by its address.
    Gitlab(String),
    /// A snapshot file.
    Snapshot(String),
}

/// Everything that an apply will do.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Plan {
    /// Version of this file's format.
    pub format_version: u32,
    /// The tool and its version.
    pub tool: String,
    /// SHA-256 over the policy files, in hexadecimal.
    pub policy: String,
    /// Where the policy was, as it was named when the plan was made.
    #[serde(default)]
    pub policy_path: String,
    /// The day on which it was made: `2026-03-31`.
    #[serde(default)]
    pub created: String,
    /// Where each forge of the plan is, by its name in addresses.
    pub forges: BTreeMap<String, Target>,
    /// The changes, in the order in which they are to be made.
    pub changes: Vec<Change>,
    /// The requests that make them; fields of one endpoint travel together.
    pub requests: Vec<Request>,
    /// The requests that take them back.
    #[serde(default)]
    pub undo: Vec<Request>,
    /// What stays as it is.
    pub deferred: Vec<Deferred>,
    /// What is changed above repositories in the place of each of them.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub lifted: Vec<Lifted>,
    /// Of what the changes are about, how many there are: the items of a kind, or the subjects of which a
    /// setting is known.
    #[serde(default)]
    pub existing: BTreeMap<String, u64>,
    /// SHA-256 over everything above, in hexadecimal.
    #[serde(default)]
    pub digest: String,
}

impl Plan {
    /// The plan that takes some of the changes back, the last of them first. What cannot be taken back is
    /// left to people.
    #[must_use]
    pub fn reversed(&self, done: &[usize]) -> Self {
        let made = self.changes.iter().enumerate().filter(|(i, _)| done.contains(i)).map(|(_, c)| c);
        let (lost, back): (Vec<&Change>, Vec<&Change>) = made.rev().partition(|c| c.irreversible.is_some());
        let change = |change: &&Change| Change {
            action: Action::of(&change.setting, &change.after, &change.before),
            before: change.after.clone(),
            after: change.before.clone(),
            requests: change.undo.clone(),
            undo: change.requests.clone(),
            points: Points::default(),
            ..(*change).clone()
        };
        let left = |change: &&Change| Deferred {
            subject: change.subject.clone(),
            setting: change.setting.clone(),
            key: change.key.clone(),
            reason: change.irreversible.clone().unwrap_or_default(),
        };
        let mut changes: Vec<Change> = back.iter().map(change).collect();
        let requests = named(&self.undo, changes.iter_mut().map(|c| &mut c.requests));
        let undo = named(&self.requests, changes.iter_mut().map(|c| &mut c.undo));
        Self {
            changes,
            requests,
            undo,
            deferred: lost.iter().map(left).collect(),
            lifted: Vec::new(),
            digest: String::new(),
            ..self.clone()
        }
    }
}

/// Of some requests those that are named by their numbers, in their order; the names are put right.
fn named<'c>(requests: &[Request], names: impl Iterator<Item = &'c mut Vec<usize>>) -> Vec<Request> {
    let mut numbers: Vec<&mut usize> = names.flatten().collect();
    let kept: BTreeSet<usize> = numbers.iter().map(|number| **number).collect();
    for number in &mut numbers {
        **number = kept.range(..**number).count();
    }
    kept.iter().filter_map(|number| requests.get(*number).cloned()).collect()
}
