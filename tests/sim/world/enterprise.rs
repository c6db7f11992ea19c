//! The enterprise above the organizations.

use serde::{Deserialize, Serialize};

use super::documents::{Documents, documented};

#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Enterprise {
    pub slug: String,
    pub name: String,
    #[serde(default, skip_serializing_if = "Documents::is_empty")]
    pub documents: Documents,
}

documented!(Enterprise);

impl Enterprise {
    /// An enterprise of that slug, with the slug for its name.
    pub fn named(slug: &str) -> Self {
        Self { slug: slug.to_owned(), name: slug.to_owned(), documents: Documents::default() }
    }
}
