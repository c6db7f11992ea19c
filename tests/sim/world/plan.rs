//! What an organization pays for.

use serde::{Deserialize, Serialize};

/// In order: each has what those before it have.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Default, Serialize, Deserialize)]
#[serde(rename_all = "lowercase")]
pub enum Plan {
    Free,
    Team,
    #[default]
    Enterprise,
}

impl Plan {
    pub fn name(self) -> &'static str {
        match self {
            Self::Free => "free",
            Self::Team => "team",
            Self::Enterprise => "enterprise",
        }
    }
}

/// What is bought beside the plan; an organization has all of it until a test takes some away.
pub const LICENCES: [&str; 4] = ["code_security", "secret_protection", "code_quality", "copilot"];

pub(super) fn all_licences() -> std::collections::BTreeSet<String> {
    LICENCES.into_iter().map(str::to_owned).collect()
}
