//! An accepted departure: who accepted it, why, and until when.

use std::sync::Arc;

use chrono::NaiveDate;

use super::Origin;

/// A `[[waiver]]` of a policy.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Waiver {
    /// Address of the subject, or a glob over addresses.
    pub subject: String,
    /// Globs over setting keys: `branch.*`.
    pub settings: Vec<String>,
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
}

impl Waiver {
    /// Whether it still holds on that day.
    pub fn holds_on(&self, today: NaiveDate) -> bool {
        today <= self.expires
    }
}
