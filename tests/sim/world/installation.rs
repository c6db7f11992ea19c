//! The App in one organization.

use std::collections::BTreeSet;

use serde::{Deserialize, Serialize};

use super::identity::{Credential, Identity, Permissions};

/// What an organization granted to the App.
#[derive(Debug, Clone, Default, PartialEq, Serialize, Deserialize)]
#[serde(deny_unknown_fields, default)]
pub struct Installation {
    pub permissions: Permissions,
    /// Where it was not given all.
    pub repositories: Option<BTreeSet<String>>,
    pub suspended: bool,
}

impl Installation {
    /// With these permissions, such as `administration:read`.
    pub fn with(permissions: &[&str]) -> Self {
        Self { permissions: Permissions::of(permissions), ..Self::default() }
    }

    pub(super) fn identity(&self, organization: &str) -> Identity {
        let credential = Credential::Installation(self.permissions.clone());
        Identity {
            credential,
            repositories: self.repositories.clone(),
            ..Identity::installation(organization, &[])
        }
    }
}
