//! What would be done about findings: exact changes, each with the value it saw before.

use std::collections::BTreeMap;

use serde::{Deserialize, Serialize};

/// What a change does to its setting or item.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Action {
    /// Something that was absent comes to be.
    Create,
    /// A value becomes another.
    Update,
}

impl Action {
    /// The sign that plans put before a change.
    pub fn sign(self) -> &'static str {
        match self {
            Self::Create => "+",
            Self::Update => "~",
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
    /// Texts `{name}` in the body that stand for what a read says just before: name to
    /// `GET /path :: field`.
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
    /// It is proposed, as a pull request, and takes effect when somebody merges it.
    #[serde(default)]
    pub proposed: bool,
    /// Which of the plan's requests carry it out, in order.
    pub requests: Vec<usize>,
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

/// Where a plan's forge is.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Target {
    /// A GitHub server, by its address.
    Github(String),
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
    /// Where each forge of the plan is, by its name in addresses.
    pub forges: BTreeMap<String, Target>,
    /// The changes, in the order of their subjects.
    pub changes: Vec<Change>,
    /// The requests that make them; fields of one endpoint travel together.
    pub requests: Vec<Request>,
    /// What stays as it is.
    pub deferred: Vec<Deferred>,
    /// SHA-256 over everything above, in hexadecimal.
    #[serde(default)]
    pub digest: String,
}
