//! One finding of a baseline: what it is known by, and what was seen on the agreed day.

use serde::{Deserialize, Serialize};
use sha2::{Digest, Sha256};

use crate::catalog::Catalog;
use crate::model::{Finding, Observation, Value, Verdict};

/// A value longer than this, as JSON, is kept as its digest: the file is there to be read in a review.
const LONGEST: usize = 200;

/// What makes two findings of two days the same: subject, setting, item.
pub(super) type Key = (String, String, Option<String>);

/// A finding of a baseline that a report names.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Entry {
    /// The subject's address.
    pub subject: String,
    /// The setting's key.
    pub setting: String,
    /// The item's key.
    pub key: Option<String>,
}

impl Entry {
    pub(super) fn key(&self) -> Key {
        (self.subject.clone(), self.setting.clone(), self.key.clone())
    }

    /// The setting with its item: `branch[main].required_approvals`.
    pub fn name(&self) -> String {
        match (&self.key, self.setting.split_once('.')) {
            (Some(key), Some((group, name))) => format!("{group}[{key}].{name}"),
            _ => self.setting.clone(),
        }
    }
}

impl From<&Key> for Entry {
    fn from((subject, setting, key): &Key) -> Self {
        Self { subject: subject.clone(), setting: setting.clone(), key: key.clone() }
    }
}

/// What was seen on the agreed day.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case", deny_unknown_fields)]
pub(super) enum Seen {
    /// This value.
    Known(serde_json::Value),
    /// A value too long to be written down: the SHA-256 of its JSON.
    KnownDigest(String),
    /// Nothing.
    Absent(bool),
    /// This, or what is stricter.
    AtLeastAsStrictAs(serde_json::Value),
    /// It could not be seen.
    Unknown(bool),
}

impl Seen {
    /// What a finding saw; nothing where it is neither drift nor unknown.
    pub(super) fn of(finding: &Finding) -> Option<Self> {
        match (finding.verdict, &finding.observed) {
            (Verdict::Unknown, _) => Some(Self::Unknown(true)),
            (Verdict::Drift, Observation::Known(value)) => Some(Self::value(value)),
            (Verdict::Drift, Observation::Bound { value, .. }) => {
                Some(Self::AtLeastAsStrictAs(value.to_json()))
            }
            (Verdict::Drift, _) => Some(Self::Absent(true)),
            _ => None,
        }
    }

    fn value(value: &Value) -> Self {
        let json = value.to_json();
        let text = json.to_string();
        if text.len() <= LONGEST {
            return Self::Known(json);
        }
        let digest = Sha256::digest(text.as_bytes());
        Self::KnownDigest(digest.iter().map(|byte| format!("{byte:02x}")).collect())
    }

    /// What was seen, with its value; nothing where that is not known.
    pub(super) fn known(&self) -> Option<Option<Value>> {
        match self {
            Self::Known(json) => Some(Value::from_json(json)),
            Self::Absent(_) => Some(None),
            Self::KnownDigest(_) | Self::AtLeastAsStrictAs(_) | Self::Unknown(_) => None,
        }
    }
}

/// What a finding is known by.
pub(super) fn key_of(finding: &Finding, catalog: &Catalog) -> Key {
    let setting = catalog.get(finding.expectation.setting).key.to_string();
    (finding.subject.to_string(), setting, finding.key().map(str::to_owned))
}
