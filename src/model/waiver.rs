//! An accepted departure: who accepted it, why, and until when.

use std::sync::Arc;

use chrono::NaiveDate;

use super::{NameGlob, Origin, Subject};

/// A `[[waiver]]` of a policy.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Waiver {
    /// Address of the subject, or a glob over addresses.
    pub subject: NameGlob,
    /// Globs over setting keys: `branch.*`.
    pub settings: Vec<NameGlob>,
    /// Who answers for it.
    pub owner: String,
    /// Why it is accepted.
    pub reason: String,
    /// The last day on which it holds.
    pub expires: NaiveDate,
    /// Where it is written.
    pub origin: Origin,
    /// Set when a team's delegated file wrote it: it then reaches only what these teams own.
    pub teams: Option<Vec<Arc<str>>>,
    /// From how many days on before its last it holds: the policy allows none that lasts longer.
    pub most_days: Option<i64>,
}

impl Waiver {
    /// Whether it speaks of that setting of that subject, which those teams own.
    pub fn covers(&self, subject: &Subject, setting: &str, owners: &[Arc<str>]) -> bool {
        self.names(subject)
            && self.settings.iter().any(|s| s.matches(setting))
            && self.teams.as_ref().is_none_or(|teams| teams.iter().any(|t| owners.contains(t)))
    }

    /// Whether it names that subject, by its full address or its path.
    pub fn names(&self, subject: &Subject) -> bool {
        self.subject.matches(&subject.name) || self.subject.matches(&subject.to_string())
    }

    /// Whether it still holds on that day.
    pub fn holds_on(&self, today: NaiveDate) -> bool {
        today <= self.expires && !self.lasts_too_long(today)
    }

    /// Whether its last day is further away than the policy allows.
    pub fn lasts_too_long(&self, today: NaiveDate) -> bool {
        self.most_days.is_some_and(|most| (self.expires - today).num_days() > most)
    }

    /// What is said of it before its last day.
    pub fn state(&self, today: NaiveDate) -> &'static str {
        match (self.holds_on(today), self.lasts_too_long(today)) {
            (true, _) => "until",
            (false, true) => "TOO LONG, until",
            (false, false) => "EXPIRED on",
        }
    }
}
