//! What may become of the changes of a plan, what is seen of them, and what carrying one out takes, on
//! whichever forge.

use std::collections::{BTreeMap, BTreeSet, HashMap};
use std::sync::Arc;
use std::time::Duration;

use serde::{Deserialize, Serialize};
use serde_json::Value as Json;

use super::audit::RunError;
use super::journal::{Journal, JournalError, Past};
use super::outcome::Outcome;
use crate::catalog::{Catalog, ForgeKind};
use crate::engine::{Judge, Judged};
use crate::forge::{ForgeError, Stop, Terms};
use crate::model::{Change, Observation, Observed, Value};

/// What became of one change.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Applied {
    /// It is as planned, and was seen to be.
    Done,
    /// It is proposed, and waits for somebody to merge it.
    Proposed,
    /// Somebody else had made it so before.
    Already,
    /// It was not made: the value is no longer the one that the plan saw.
    Moved {
        /// What it is now.
        now: String,
    },
    /// It was not made: what it is now cannot be seen.
    Unread {
        /// Why not.
        why: String,
    },
    /// It was not made, because of what became of others.
    Held {
        /// What that is.
        why: String,
    },
    /// The forge refused.
    Refused {
        /// In its words.
        why: String,
    },
    /// The forge said yes, and did it not: 200 is no proof.
    NotApplied {
        /// What it is still.
        now: String,
    },
    /// The forge said that it will do it, and has not done it in the time that it was given.
    UnderWay {
        /// What it is still.
        now: String,
        /// For how long it was waited for.
        seconds: u64,
    },
    /// It takes back what the forge said that it will do, and has not done: whether that comes yet is unknown.
    Awaited {
        /// For how long it was waited for.
        seconds: u64,
    },
    /// It was sent, and what came of it cannot be seen.
    Unseen {
        /// Why not.
        why: String,
    },
}

impl Applied {
    /// Whether it is as it was planned.
    pub fn is_made(&self) -> bool {
        matches!(self, Self::Done | Self::Proposed | Self::Already)
    }
}

/// Why a plan could not be carried out to its end.
#[derive(Debug, thiserror::Error)]
pub enum ApplyError {
    /// The forge cannot be read or written.
    #[error(transparent)]
    Forge(#[from] ForgeError),
    /// The snapshot file cannot be read or written.
    #[error(transparent)]
    Snapshot(#[from] RunError),
    /// Its steps cannot be kept.
    #[error(transparent)]
    Journal(#[from] JournalError),
}

/// What carrying a plan out came to.
#[derive(Debug, Default)]
pub struct Carried {
    /// What became of changes. Those that were not begun, or were cut short, are not among them.
    pub applied: BTreeMap<usize, Applied>,
    /// Why it ended before its end.
    pub ended: Option<ApplyError>,
}

/// How far a run is.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Step {
    /// What is done: `looking`, `writing`.
    pub what: &'static str,
    /// How much of it.
    pub done: u64,
    /// Of how much.
    pub of: u64,
}

/// Hears how far a run is.
pub type Watch<'a> = &'a dyn Fn(Step);

/// What carrying changes out takes, on whichever forge.
pub struct Applier<'a> {
    /// The rows.
    pub catalog: &'a Catalog,
    /// Looks up a variable of the environment.
    pub environment: &'a dyn Fn(&str) -> Option<String>,
    /// Until when, and how fast; what is waited for is said there.
    pub terms: Terms,
    /// The forge's name in addresses.
    pub forge: Arc<str>,
    /// Where each step is kept.
    pub journal: &'a Journal,
    /// What earlier runs of the same plan did.
    pub past: &'a Past,
    /// Changes that take back what the forge still was to do when it was last looked at.
    pub coming: &'a BTreeSet<usize>,
    /// How long what the forge does in its own time is waited for.
    pub patience: Duration,
    /// Hears how far it is.
    pub watch: Watch<'a>,
}

impl Applier<'_> {
    /// Its terms, with another end.
    pub(super) fn until(&self, stop: Arc<Stop>) -> Terms {
        Terms { stop, ..self.terms.clone() }
    }
}

/// Changes of a forge, by the subject that they are about.
pub(super) struct About<'a>(HashMap<&'a str, Vec<(usize, &'a Change)>>);

impl<'a> About<'a> {
    pub(super) fn of(changes: &[(usize, &'a Change)]) -> Self {
        let mut all: HashMap<&str, Vec<(usize, &Change)>> = HashMap::new();
        for (i, change) in changes {
            all.entry(change.subject.as_str()).or_default().push((*i, change));
        }
        Self(all)
    }

    /// Those about a subject, by its address.
    pub(super) fn subject(&self, address: &str) -> &[(usize, &'a Change)] {
        self.0.get(address).map_or(&[], Vec::as_slice)
    }
}

/// What is seen of changes: a value as JSON, `null` where it is absent, or why it is unknown.
pub(super) type Seen = BTreeMap<usize, Result<Json, String>>;

/// Says of what could not be read why.
pub(super) fn unread(seen: &mut Seen, changes: &[(usize, &Change)], outcome: &Outcome) {
    for unread in &outcome.unread {
        let of = |subject: &str| {
            subject
                .strip_prefix(unread.address.as_str())
                .is_some_and(|rest| rest.is_empty() || rest.starts_with('/'))
        };
        for (i, _) in changes.iter().filter(|(_, change)| of(&change.subject)) {
            seen.entry(*i).or_insert_with(|| Err(unread.why.clone()));
        }
    }
}

/// What is seen now of what each of a subject's changes is about.
pub(super) fn look(
    changes: &[(usize, &Change)],
    catalog: &Catalog,
    judge: &Judge<'_>,
    observed: &Observed,
    above: Option<&Observed>,
    forge: ForgeKind,
) -> Vec<(usize, Result<Json, String>)> {
    let judged = Judged { observed, organization: above, forge, owners: &[] };
    let seen = changes.iter().filter_map(|(i, change)| {
        let setting = catalog.find(&change.setting)?;
        let seen = judge.observe(setting, change.key.as_deref(), judged).into_iter().next()?.1.observation;
        let value = match seen {
            Observation::Known(value) => Ok(value.to_json()),
            Observation::Absent => Ok(Json::Null),
            Observation::Unknown { needs } | Observation::Bound { needs, .. } => {
                Err(format!("it takes {needs} to see it"))
            }
            // Of a branch without any rule nobody can say whom its rules let past: that comes with the first.
            Observation::Unsupported { .. } if setting.effective.is_some() => Ok(Json::Null),
            Observation::Unsupported { why } => Err(why.to_string()),
        };
        Some((*i, value))
    });
    seen.collect()
}

/// A value for people.
pub(super) fn shown(json: Option<&Json>) -> String {
    match json {
        None => "unknown".to_owned(),
        Some(json) => Value::from_json(json).map_or("absent".to_owned(), |v| v.to_string()),
    }
}
