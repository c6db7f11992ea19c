//! What may become of the changes of a plan, and what is seen of them, on whichever forge.

use serde::{Deserialize, Serialize};
use serde_json::Value as Json;

use super::journal::JournalError;
use crate::catalog::{Catalog, ForgeKind};
use crate::engine::{Judge, Judged};
use crate::forge::ForgeError;
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
}

/// Why a plan could not be carried out to its end.
#[derive(Debug, thiserror::Error)]
pub enum ApplyError {
    /// The forge cannot be read or written.
    #[error(transparent)]
    Forge(#[from] ForgeError),
    /// Its steps cannot be kept.
    #[error(transparent)]
    Journal(#[from] JournalError),
}

/// What is seen now of what each change is about, as JSON; `null` is absent, none is unknown.
pub(super) fn look(
    changes: &[(usize, &Change)],
    catalog: &Catalog,
    judge: &Judge<'_>,
    observed: &Observed,
    above: Option<&Observed>,
    forge: ForgeKind,
) -> Vec<(usize, Option<Json>)> {
    let judged = Judged { observed, organization: above, forge, owners: &[] };
    let name = observed.subject.to_string();
    let about = changes.iter().filter(|(_, c)| c.subject == name);
    about
        .filter_map(|(i, change)| {
            let setting = catalog.find(&change.setting)?;
            let seen =
                judge.observe(setting, change.key.as_deref(), judged).into_iter().next()?.1.observation;
            let json = match seen {
                Observation::Known(value) => Some(value.to_json()),
                Observation::Absent => Some(Json::Null),
                _ => None,
            };
            Some((*i, json))
        })
        .collect()
}

/// A value for people.
pub(super) fn shown(json: Option<&Json>) -> String {
    match json {
        None => "unknown".to_owned(),
        Some(json) => Value::from_json(json).map_or("absent".to_owned(), |v| v.to_string()),
    }
}
