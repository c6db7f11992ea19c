//! Keyed collections of a subject: labels, rulesets, files, branches.

use std::borrow::Cow;
use std::sync::Arc;

use crate::model::SubjectKind;

use super::path::Path;
use super::setting::{Endpoint, ForgeKind};

/// Where one forge has a kind's collection.
#[derive(Debug, Clone, Default)]
pub struct KindBinding {
    /// Path to the collection, or with `{key}` to one item.
    pub graphql: Option<Path>,
    /// Path from an item to its key.
    pub identity: Option<Path>,
    /// The same of an item of the query, where it is called otherwise there.
    pub graphql_identity: Option<Path>,
    /// Path from the subject to a flag: only where it is true is an empty collection believed.
    pub complete_for: Option<Path>,
    /// Whether two names that differ in nothing but upper and lower case are one name to the forge.
    pub any_case: bool,
    /// The REST list. Where there is no GraphQL path, the collection is read from it.
    pub list: Option<Endpoint>,
    /// An item's own document.
    pub one: Option<Endpoint>,
    /// Makes an item.
    pub create: Option<Endpoint>,
    /// Changes an item.
    pub update: Option<Endpoint>,
    /// Removes an item.
    pub delete: Option<Endpoint>,
    /// The field that holds an item's key in the request that makes it, and in an item of the list.
    pub named: Option<String>,
    /// What the request that makes an item carries besides.
    pub also: serde_json::Map<String, serde_json::Value>,
    /// The field of that request which takes the value that an item holds, and that nobody reads again.
    pub value: Option<String>,
    /// The public key that such a value is sealed with.
    pub sealed: Option<Endpoint>,
    /// The names of settings without which the forge makes no item.
    pub required: Vec<String>,
    /// Why none is made by us.
    pub unmade: Option<Arc<str>>,
    /// Whether keys are patterns themselves.
    pub patterns: bool,
    /// The setting that tells of an item that it comes from a level above.
    pub from_above: Option<String>,
    /// The request without which an item is not removed.
    pub stop: Option<Endpoint>,
    /// What an identity needs to read it.
    pub permission: Arc<str>,
}

/// One kind of one scope.
#[derive(Debug, Clone)]
pub struct Kind {
    /// `branch_protection`, `ruleset`, `label`, `file`.
    pub name: Arc<str>,
    /// The scope that has it.
    pub of: SubjectKind,
    /// What it is.
    pub doc: String,
    /// What its key is.
    pub key: String,
    /// The function that puts it together from other kinds.
    pub derived: Option<Arc<str>>,
    /// On GitHub.
    pub github: Option<KindBinding>,
    /// On GitLab.
    pub gitlab: Option<KindBinding>,
}

impl Kind {
    /// The forge's share of the kind.
    pub fn on(&self, forge: ForgeKind) -> Option<&KindBinding> {
        match forge {
            ForgeKind::Github => self.github.as_ref(),
            ForgeKind::Gitlab => self.gitlab.as_ref(),
        }
    }

    /// A name as that forge tells it from others.
    pub fn folded<'a>(&self, name: &'a str, forge: ForgeKind) -> Cow<'a, str> {
        match self.on(forge) {
            Some(binding) if binding.any_case => name.to_lowercase().into(),
            _ => name.into(),
        }
    }

    /// Whether items are asked for one by one, by their key, because no list carries them all.
    pub fn is_asked_by_key(&self) -> bool {
        let bound = [&self.github, &self.gitlab].into_iter().flatten();
        bound.filter_map(|b| b.graphql.as_ref()).any(Path::wants_key)
    }
}
