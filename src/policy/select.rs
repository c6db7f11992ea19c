//! Reads a `select` table.

use std::collections::HashSet;
use std::ops::Range;
use std::path::Path;
use std::sync::Arc;

use super::files::unreadable;
use super::names::Named;
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
    /// The teams and forges that it names, to be looked for when all files are read.
    pub mentions: Vec<(Named, String, Range<usize>)>,
}

impl Reader<'_> {
    /// Reads a table of conditions; mistakes are noted and their conditions left out.
    pub(super) fn selector(&mut self, with: &mut Selecting<'_>, node: &Node) -> Selector {
        let Some(table) = node.as_table() else {
            let help = "write conditions: select = { topics = [\"…\"] }";
            self.mistyped_for("select", node, "a table of conditions", help);
            return Selector::Any(Vec::new());
        };
        self.only(table, "a selector", &KEYS);
        if table.entries.is_empty() {
            let help = "name at least one of: topics, property, name, visibility, language, team, …";
            self.empty("this selector has no condition", &node.span, help);
        }
        let mut conditions = Vec::new();
        for (key, node) in &table.entries {
            conditions.extend(self.condition(with, table, &key.name, node));
        }
        Selector::All(conditions)
    }

    fn condition(
        &mut self,
        with: &mut Selecting<'_>,
        table: &Table,
        name: &str,
        node: &Node,
    ) -> Option<Selector> {
        match name {
            "topics" | "language" => {
                let id = self.setting(with, &format!("repository.{name}"), node)?;
                let words = self.some_texts_of(name, node).into_iter();
                Some(Selector::Setting(id, words.map(|(text, _)| Value::Text(text)).collect()))
            }
            "visibility" => {
                let id = self.setting(with, "repository.visibility", node)?;
                let known = with.catalog.get(id).values.clone();
                let texts = self.some_texts_of(name, node);
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
            "name" => Some(Selector::Name(self.globs(name, node))),
            "organization" => Some(Selector::Organization(self.globs(name, node))),
            "team" => Some(Selector::Team(
                self.named(with, &Named::Team, name, node).into_iter().map(Into::into).collect(),
            )),
            "forge" => Some(Selector::Forge(self.named(with, &Named::Forge(None), name, node))),
            "inventory" => self.inventory(with, table, node),
            "not" => Some(Selector::Not(Box::new(self.selector(with, node)))),
            "any" => match &node.item {
                Item::List(items) => {
                    if items.is_empty() {
                        let help = "write any = [{ … }, { … }], or leave it out";
                        self.empty("`any` is an empty list", &node.span, help);
                    }
                    Some(Selector::Any(items.iter().map(|n| self.selector(with, n)).collect()))
                }
                _ => {
                    let help = "write any = [{ … }, { … }], of which one must hold";
                    self.mistyped_for("any", node, "a list of tables of conditions", help);
                    None
                }
            },
            _ => None,
        }
    }

    fn setting(&mut self, with: &mut Selecting<'_>, key: &str, node: &Node) -> Option<SettingId> {
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

    /// Names that must lead somewhere.
    fn named(&mut self, with: &mut Selecting<'_>, of: &Named, name: &str, node: &Node) -> Vec<String> {
        let texts = self.some_texts_of(name, node);
        with.mentions.extend(texts.iter().map(|(text, span)| (of.clone(), text.clone(), span.clone())));
        texts.into_iter().map(|(text, _)| text).collect()
    }

    fn globs(&mut self, name: &str, node: &Node) -> Vec<NameGlob> {
        let mut globs = Vec::new();
        for (text, span) in self.some_texts_of(name, node) {
            match NameGlob::new(&text) {
                Ok(glob) => globs.push(glob),
                Err(reason) => self.not_a_glob(&text, &reason, &span),
            }
        }
        globs
    }

    /// Notes a glob that cannot be read.
    pub(super) fn not_a_glob(&mut self, text: &str, reason: &str, span: &Range<usize>) {
        let help = "`*` is any part of a name, `**` any path, `{a,b}` either";
        let message = format!("`{text}` cannot be used as a glob: {reason}");
        self.wrong("policy::glob", message, span, "this glob", help);
    }

    fn properties(&mut self, with: &mut Selecting<'_>, node: &Node) -> Option<Selector> {
        let id = self.setting(with, "repository.custom_properties", node)?;
        let help = "write property.NAME = \"value\", or a list of values";
        let Some(table) = node.as_table() else {
            self.mistyped_for("property", node, "a table of properties", help);
            return None;
        };
        if table.entries.is_empty() {
            self.empty("`property` names no property", &node.span, help);
        }
        let of = |(key, node): &(super::node::Key, Node)| {
            let values = match &node.item {
                Item::Bool(flag) => vec![flag.to_string()],
                _ => self.some_texts_of(&key.name, node).into_iter().map(|(t, _)| t).collect(),
            };
            Selector::Property(id, key.name.clone(), values)
        };
        Some(Selector::All(table.entries.iter().map(of).collect()))
    }

    /// A file of addresses, one a line; `#` begins a remark.
    fn inventory(&mut self, with: &mut Selecting<'_>, table: &Table, node: &Node) -> Option<Selector> {
        let file = self.text(table, "inventory")?;
        let Some(folder) = with.folder else {
            self.wrong(
                "policy::inventory",
                "an inventory cannot be looked for here",
                &node.span,
                "no folder to look in",
                "what is not in a folder, such as a pack, selects by topics or properties",
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
                let message =
                    format!("the inventory `{}` cannot be read: {}", path.display(), unreadable(&error));
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
