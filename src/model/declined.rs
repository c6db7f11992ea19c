//! A change above repositories that somebody declined.

use super::{NameGlob, Origin, Subject};

/// A `[[declined]]` of a policy: these settings of repositories are not set above them.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Declined {
    /// Address of an organization, or a glob over addresses.
    pub organization: NameGlob,
    /// Globs over the settings of repositories and branches: `branch.*`.
    pub settings: Vec<NameGlob>,
    /// Who decided.
    pub owner: String,
    /// Why.
    pub reason: String,
    /// Where it is written.
    pub origin: Origin,
}

impl Declined {
    /// Whether it speaks of that setting of that organization's repositories.
    pub fn covers(&self, organization: &Subject, setting: &str) -> bool {
        let names = |text: &str| self.organization.matches(text);
        (names(&organization.name) || names(&organization.to_string()))
            && self.settings.iter().any(|s| s.matches(setting))
    }
}
