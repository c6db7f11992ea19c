//! The enterprise above the organizations.

use std::collections::BTreeSet;

use serde::{Deserialize, Serialize};

use super::documents::{Documents, documented};

#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Enterprise {
    pub slug: String,
    pub name: String,
    /// Those that it has, where it has not all of the world's.
    #[serde(default)]
    pub organizations: Option<BTreeSet<String>>,
    #[serde(default, skip_serializing_if = "Documents::is_empty")]
    pub documents: Documents,
}

documented!(Enterprise);

impl Enterprise {
    /// An enterprise of that slug, with the slug for its name.
    pub fn named(slug: &str) -> Self {
        Self {
            slug: slug.to_owned(),
            name: slug.to_owned(),
            organizations: None,
            documents: Documents::default(),
        }
    }

    /// With these organizations and no others.
    #[must_use]
    pub fn of(self, organizations: &[&str]) -> Self {
        let organizations = organizations.iter().map(|&login| login.to_owned()).collect();
        Self { organizations: Some(organizations), ..self }
    }

    pub fn has(&self, login: &str) -> bool {
        self.organizations.as_ref().is_none_or(|organizations| organizations.contains(login))
    }
}
