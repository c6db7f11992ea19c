//! Of which subjects a run can tell that something is gone: what was not looked at may be as it was.

use std::collections::{HashMap, HashSet};

use super::outcome::Outcome;

/// What a run looked at.
pub(super) struct Looked {
    /// Each subject, and whether it is known what is wanted of it.
    subjects: HashMap<String, bool>,
    /// The organizations and uppermost groups all of whose subjects were looked at.
    places: HashSet<String>,
}

impl Looked {
    /// What a run looked at; `everything`: nobody limited it to a part of the repositories.
    pub(super) fn of(outcome: &Outcome, everything: bool) -> Self {
        let looked = outcome.looked_at.iter();
        let subjects: HashMap<String, bool> = looked.map(|l| (l.subject.to_string(), l.whole)).collect();
        let whole = everything && outcome.unread.is_empty();
        let places = subjects.keys().filter(|_| whole).map(|subject| place(subject).to_owned()).collect();
        Self { subjects, places }
    }

    /// Whether what was not found of a subject is gone. A subject that is not there any more is, if whatever it was in
    /// was read to its end.
    pub(super) fn tells_of(&self, subject: &str) -> bool {
        self.subjects.get(subject).copied().unwrap_or_else(|| self.places.contains(place(subject)))
    }
}

/// The forge and the organization or uppermost group of an address: `ghec:acme` of `ghec:acme/widgets`.
fn place(subject: &str) -> &str {
    subject.split_once('/').map_or(subject, |(place, _)| place)
}
