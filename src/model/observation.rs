//! What was seen of a setting. Four outcomes, because an error is not an absence and an absence is
//! not a `false`.

use std::sync::Arc;

use super::Value;

/// What a forge, or a snapshot, says of one setting of one subject.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Observation {
    /// The forge states this value.
    Known(Value),
    /// The forge states that there is none: `null`, an empty text, an item that is not in a
    /// complete list.
    Absent,
    /// It could not be seen; `needs` says what would make it visible.
    Unknown {
        /// A permission, an answer, or a reading that is missing.
        needs: Arc<str>,
    },
    /// This forge, version or tier does not have the setting.
    Unsupported {
        /// What is lacking.
        why: Arc<str>,
    },
    /// Part of what decides the value was hidden. The value can only be as strict as this one or
    /// stricter, which may be enough to prove conformance and is never enough to prove drift.
    Bound {
        /// What the visible part amounts to.
        value: Value,
        /// What would make the hidden part visible.
        needs: Arc<str>,
    },
}

impl Observation {
    /// Unknown for want of `needs`.
    pub fn unknown(needs: impl Into<Arc<str>>) -> Self {
        Self::Unknown { needs: needs.into() }
    }

    /// The value, if it is known.
    pub fn value(&self) -> Option<&Value> {
        match self {
            Self::Known(value) => Some(value),
            _ => None,
        }
    }

    /// `Known`, except that what is empty is absent: forges answer `""` and `null` for the same.
    pub fn known_or_absent(value: Value) -> Self {
        match value {
            Value::Text(text) if text.is_empty() => Self::Absent,
            value => Self::Known(value),
        }
    }
}

/// An observation that was put together from several places, with each of them named.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Sourced {
    /// What it comes to.
    pub observation: Observation,
    /// The rules that had a say, as a person would look them up: `organization ruleset "base"`.
    pub sources: Vec<String>,
}
