//! What the caller may not see.

use std::collections::BTreeSet;

use serde::{Deserialize, Serialize};

use super::team::Role;

/// Names are GraphQL field names; each REST route and key knows the field it corresponds to.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[serde(deny_unknown_fields, default)]
pub struct Denials {
    /// GraphQL: null with an error of type FORBIDDEN. REST: 403, or the key left out.
    pub forbidden: BTreeSet<String>,
    /// As `forbidden`, but REST answers 404 as if there were nothing.
    pub hidden: BTreeSet<String>,
    /// GitHub shows bypass actors only to those who may write the ruleset.
    pub may_see_bypass: bool,
    /// To those who may not administer a repository GitHub's GraphQL shows no classic rules, whatever
    /// there are, and does not say so.
    pub may_administer: bool,
    /// What the caller is told to be on the repository.
    pub role: Role,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Denial {
    Forbidden,
    Hidden,
}

impl Default for Denials {
    fn default() -> Self {
        Self {
            forbidden: BTreeSet::new(),
            hidden: BTreeSet::new(),
            may_see_bypass: true,
            may_administer: true,
            role: Role::Admin,
        }
    }
}

impl Denials {
    pub fn of(&self, field: &str) -> Option<Denial> {
        if self.hidden.contains(field) {
            Some(Denial::Hidden)
        } else if self.forbidden.contains(field) {
            Some(Denial::Forbidden)
        } else {
            None
        }
    }

    pub fn none(&self) -> bool {
        self.forbidden.is_empty() && self.hidden.is_empty()
    }
}
