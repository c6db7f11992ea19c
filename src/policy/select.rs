//! Reads a `select` table.

use std::collections::HashSet;
use std::path::Path;
use std::sync::Arc;

use super::node::{Item, Node, Table};
use super::reader::Reader;
use super::selector::Selector;
use crate::catalog::{Catalog, nearest};
use crate::model::NameGlob;
use crate::model::{SettingId, Value};

pub(super) const KEYS: [&str; 14] = [
    "topics",
    "property",
    "name",
    "visibility",
    "language",
    "team",
    "archived",
    "fork",
    "template",
    "forge",
    "organization",
    "inventory",
    "not",
    "any",
];

/// What a `select` table is read against.
pub(super) struct Selecting<'a> {
    pub catalog: &'a Catalog,
    /// The folder of the file, for an inventory beside it.
    pub folder: Option<&'a Path>,
}

impl Reader<'_> {
    /// Reads a table of conditions; mistakes are noted and their conditions left out.
    pub(super) fn selector(&mut self, with: &Selecting<'_>, node: &Node) -> Selector {
        let Some(table) = self.table("select", node) else { return Selector::Any(Vec::new()) };
        self.only(table, "a selector", &KEYS);
        if table.entries.is_empty() {
            let help = "name at least one of: topics, property, name, visibility, language, team, …";
            self.wrong(
                "policy::empty",
                "this selector selects nothing in particular",
                &node.span,
                "no condition",
                help,
            );
        }
        Selector::All(
            table.entries.iter().filter_map(|(k, n)| self.condition(with, table, &k.name, n)).collect(),
        )
    }

    fn condition(
        &mut self,
        with: &Selecting<'_>,
        table: &Table,
        name: &str,
        node: &Node,
    ) -> Option<Selector> {
        match name {
            "topics" | "language" => {
                let id = self.setting(with, &format!("repository.{name}"), node)?;
                Some(Selector::Setting(id, self.words(table, name)))
            }
            "visibility" => {
                let id = self.setting(with, "repository.visibility", node)?;
                let known = with.catalog.get(id).values.clone();
                let texts = self.texts(table, name);
                for (word, span) in &texts {
                    if !known.contains(word) {
                        let near = nearest(word, known.iter().map(String::as_str));
                        let help = near.map_or_else(
                            || format!("it can be: {}", known.join(", ")),
                            |n| format!("did you mean `{n}`?"),
                        );
                        self.wrong(
                            "policy::value",
                            format!("no repository is `{word}`"),
                            span,
                            "not a visibility",
                            &help,
                        );
                    }
                }
                Some(Selector::Setting(id, texts.into_iter().map(|(t, _)| Value::Text(t)).collect()))
            }
            "archived" | "fork" | "template" => {
                let id = self.setting(with, &format!("repository.{name}"), node)?;
                self.flag(table, name).map(|flag| Selector::Setting(id, vec![Value::Bool(flag)]))
            }
            "property" => self.properties(with, node),
            "name" => Some(Selector::Name(self.globs(table, name))),
            "organization" => Some(Selector::Organization(self.globs(table, name))),
            "team" => {
                Some(Selector::Team(self.texts(table, name).into_iter().map(|(t, _)| t.into()).collect()))
            }
            "forge" => Some(Selector::Forge(self.texts(table, name).into_iter().map(|(t, _)| t).collect())),
            "inventory" => self.inventory(with, table, node),
            "not" => Some(Selector::Not(Box::new(self.selector(with, node)))),
            "any" => match &node.item {
                Item::List(items) => {
                    Some(Selector::Any(items.iter().map(|n| self.selector(with, n)).collect()))
                }
                _ => {
                    self.mistyped("any", node, "a list of selectors");
                    None
                }
            },
            _ => None,
        }
    }

    fn setting(&mut self, with: &Selecting<'_>, key: &str, node: &Node) -> Option<SettingId> {
        let id = with.catalog.id(key);
        if id.is_none() {
            self.wrong(
                "policy::unknown_setting",
                format!("the catalogue has no `{key}` to select by"),
                &node.span,
                "here",
                "",
            );
        }
        id
    }

    fn words(&mut self, table: &Table, name: &str) -> Vec<Value> {
        self.texts(table, name).into_iter().map(|(text, _)| Value::Text(text)).collect()
    }

    fn globs(&mut self, table: &Table, name: &str) -> Vec<NameGlob> {
        let mut globs = Vec::new();
        for (text, span) in self.texts(table, name) {
            match NameGlob::new(&text) {
                Ok(glob) => globs.push(glob),
                Err(reason) => {
                    let help = "`*` is any part of a name, `**` any path, `{a,b}` either";
                    self.wrong(
                        "policy::glob",
                        format!("`{text}` is no glob: {reason}"),
                        &span,
                        "cannot be read",
                        help,
                    );
                }
            }
        }
        globs
    }

    fn properties(&mut self, with: &Selecting<'_>, node: &Node) -> Option<Selector> {
        let id = self.setting(with, "repository.custom_properties", node)?;
        let table = self.table("property", node)?;
        let of = |(key, node): &(super::node::Key, Node)| {
            let values = match &node.item {
                Item::Bool(flag) => vec![flag.to_string()],
                _ => self.texts_of(&key.name, node).into_iter().map(|(t, _)| t).collect(),
            };
            Selector::Property(id, key.name.clone(), values)
        };
        Some(Selector::All(table.entries.iter().map(of).collect()))
    }

    /// A file of addresses, one a line; `#` begins a remark.
    fn inventory(&mut self, with: &Selecting<'_>, table: &Table, node: &Node) -> Option<Selector> {
        let file = self.text(table, "inventory")?;
        let Some(folder) = with.folder else {
            self.wrong(
                "policy::inventory",
                "a pack cannot name an inventory",
                &node.span,
                "there is no folder to look in",
                "",
            );
            return None;
        };
        let path = folder.join(&file);
        match std::fs::read_to_string(&path) {
            Ok(text) => {
                let lines = text.lines().map(|l| l.split('#').next().unwrap_or_default().trim());
                let addresses: HashSet<String> =
                    lines.filter(|l| !l.is_empty()).map(str::to_ascii_lowercase).collect();
                Some(Selector::Inventory(Arc::new(addresses)))
            }
            Err(error) => {
                let message = format!("the inventory `{}` cannot be read: {error}", path.display());
                self.wrong(
                    "policy::inventory",
                    message,
                    &node.span,
                    "named here",
                    "the path is taken from the policy file's folder",
                );
                None
            }
        }
    }
}
