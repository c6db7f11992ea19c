//! An instance, a group or a project: whatever has settings of its own and documents beneath it.

use std::collections::{BTreeMap, BTreeSet};

use serde::{Deserialize, Serialize};
use serde_json::{Map, Value, json};

use crate::sim::gitlab::fields;
use crate::sim::world::{Documents, documented};

#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum HolderKind {
    Instance,
    Group,
    Project,
}

#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Holder {
    pub kind: HolderKind,
    pub id: u64,
    /// The full path, such as `acme/team/service`; empty for the instance.
    pub path: String,
    /// What differs from the fields' defaults.
    #[serde(default)]
    pub settings: Map<String, Value>,
    /// Fields that are not told though they have a default.
    #[serde(default)]
    pub without: BTreeSet<String>,
    #[serde(default)]
    pub documents: Documents,
    /// The text of each file of the default branch by its path.
    #[serde(default)]
    pub files: BTreeMap<String, String>,
    /// The same of other branches, by their names.
    #[serde(default)]
    pub branches: BTreeMap<String, BTreeMap<String, String>>,
    /// The commits made on those branches: which files, and the message.
    #[serde(default)]
    pub log: BTreeMap<String, Vec<(Vec<String>, String)>>,
}

documented!(Holder);

impl Holder {
    pub fn new(kind: HolderKind, id: u64, path: &str) -> Self {
        let mut settings = Map::new();
        if kind == HolderKind::Project {
            settings.insert("empty_repo".to_owned(), json!(true));
        }
        let (path, without, documents) = (path.to_owned(), BTreeSet::new(), Documents::default());
        let (files, branches, log) = (BTreeMap::new(), BTreeMap::new(), BTreeMap::new());
        Self { kind, id, path, settings, without, documents, files, branches, log }
    }

    /// States a field of its own document, such as `wiki_access_level`.
    ///
    /// # Panics
    /// When GitLab has no such field: the test itself is wrong then.
    #[allow(clippy::panic, reason = "a test that names nothing should stop at once")]
    pub fn set(&mut self, key: &str, value: impl Into<Value>) -> &mut Self {
        assert!(fields::is_known(self.kind, key), "GitLab tells no field {key} of this {:?}", self.kind);
        self.settings.insert(key.to_owned(), value.into());
        self
    }

    /// Its own document lacks this field.
    pub fn without(&mut self, key: &str) -> &mut Self {
        self.without.insert(key.to_owned());
        self
    }

    /// Adds an item to the list at this path beneath it.
    pub fn add(&mut self, suffix: &str, item: impl Into<Value>) -> &mut Self {
        let mut items = self.stated_list(suffix).to_vec();
        items.push(item.into());
        self.document(suffix, items)
    }

    /// A direct member: 10 guest, 15 planner, 20 reporter, 30 developer, 40 maintainer, 50 owner.
    pub fn member(&mut self, username: &str, access_level: u64) -> &mut Self {
        self.add("/members", json!({ "username": username, "access_level": access_level }))
    }

    pub fn label(&mut self, name: &str, color: &str, description: &str) -> &mut Self {
        self.add("/labels", json!({ "name": name, "color": color, "description": description }))
    }

    /// A file of the default branch; with the first one the repository is no longer empty.
    pub fn file(&mut self, path: &str, text: &str) -> &mut Self {
        self.settings.shift_remove("empty_repo");
        self.files.insert(path.to_owned(), text.to_owned());
        self
    }

    pub fn topics(&mut self, topics: &[&str]) -> &mut Self {
        self.set("topics", topics)
    }

    /// What somebody stated of a list, in the order of the statements.
    pub fn stated_list(&self, suffix: &str) -> &[Value] {
        self.documents.stated(suffix).and_then(Value::as_array).map_or(&[], Vec::as_slice)
    }

    /// The last part of its path.
    pub fn name(&self) -> &str {
        self.path.rsplit_once('/').map_or(self.path.as_str(), |(_, name)| name)
    }

    /// The full path of the group right above.
    pub fn parent(&self) -> Option<&str> {
        self.path.rsplit_once('/').map(|(parent, _)| parent)
    }

    pub fn is_below(&self, group: &str, deep: bool) -> bool {
        if deep {
            self.path.strip_prefix(group).is_some_and(|rest| rest.starts_with('/'))
        } else {
            self.parent() == Some(group)
        }
    }

    /// A field of its own document, stated or by default.
    pub fn told(&self, key: &str) -> Value {
        fields::value(self, key).or_else(|| fields::default(self.kind, key).cloned()).unwrap_or(Value::Null)
    }

    pub fn is(&self, key: &str) -> bool {
        self.told(key) == true
    }

    pub fn default_branch(&self) -> String {
        self.told("default_branch").as_str().unwrap_or("main").to_owned()
    }
}
