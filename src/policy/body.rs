//! Reads the body of a layer: the settings it asks for, by scope and kind.

use std::sync::Arc;

use super::document::{Ownership, OwnershipMode, Policy, Statement};
use super::node::{Item, Key, Node, Table};
use super::reader::Reader;
use crate::catalog::{Catalog, Kind, Setting, nearest};
use crate::model::{Layer, SubjectKind};

/// Where in the order the body of a layer stands.
#[derive(Debug, Clone)]
pub(super) struct Standing {
    pub layer: Layer,
    pub rank: u32,
    pub floor: bool,
    pub of: SubjectKind,
}

/// The body of one layer, on its way into a policy.
pub(super) struct Body<'r, 'a> {
    pub reader: &'r mut Reader<'a>,
    pub catalog: &'r Catalog,
    pub policy: &'r mut Policy,
    pub standing: Standing,
}

impl Body<'_, '_> {
    /// Reads the table of a scope: `[repository]`, `[organization]`.
    pub(super) fn scope(&mut self, table: &Table) {
        for (key, node) in &table.entries {
            match self.catalog.kind(self.standing.of, &key.name) {
                Some(kind)
                    if self.catalog.find(&format!("{}.{}", self.standing.of.word(), key.name)).is_none() =>
                {
                    self.kind(kind, key, node);
                }
                _ => self.setting(self.standing.of.word(), None, key, node),
            }
        }
    }

    /// Reads the table of a kind: `[branch."~default"]`, `[repository.label]`.
    pub(super) fn kind(&mut self, kind: &Kind, key: &Key, node: &Node) {
        let Some(table) = self.reader.table(&key.name, node) else { return };
        for (item, node) in &table.entries {
            if item.name == "ownership" && node.as_text().is_some() {
                self.ownership(kind, item, node);
                continue;
            }
            let Some(settings) = node.as_table() else {
                let expected = format!("a table: `[{}.\"{}\"]` with its settings", kind.name, item.name);
                self.reader.mistyped(&item.name, node, &expected);
                continue;
            };
            let of_item: Arc<str> = item.name.as_str().into();
            for (key, node) in &settings.entries {
                self.setting(&kind.name, Some(&of_item), key, node);
            }
        }
    }

    fn ownership(&mut self, kind: &Kind, key: &Key, node: &Node) {
        let word = node.as_text().unwrap_or_default();
        match OwnershipMode::WORDS.iter().find(|(w, _)| *w == word) {
            Some((_, mode)) => {
                let origin = self.reader.source.origin(&(key.span.start..node.span.end));
                let Standing { layer, of, .. } = self.standing.clone();
                self.policy.ownerships.push(Ownership {
                    layer,
                    of,
                    kind: Arc::clone(&kind.name),
                    mode: *mode,
                    origin,
                });
            }
            None => {
                let help = "write complete, additive, watch or ignore";
                self.reader.wrong(
                    "policy::ownership",
                    format!("`{word}` is no way to own a collection"),
                    &node.span,
                    "not one",
                    help,
                );
            }
        }
    }

    /// Reads one setting, or goes down into a table that is part of settings' names.
    fn setting(&mut self, group: &str, item: Option<&Arc<str>>, key: &Key, node: &Node) {
        let full = format!("{group}.{}", key.name);
        if let Some(setting) = self.catalog.find(&full) {
            return self.state(setting, item, key, node);
        }
        let part = format!("{full}.");
        if let Some(table) = node.as_table()
            && self.catalog.settings().any(|s| s.key.starts_with(&part))
        {
            for (inner, node) in &table.entries {
                let inner = Key { name: format!("{}.{}", key.name, inner.name), span: inner.span.clone() };
                self.setting(group, item, &inner, node);
            }
            return;
        }
        self.unknown(group, key);
    }

    fn state(&mut self, setting: &Setting, item: Option<&Arc<str>>, key: &Key, node: &Node) {
        let Some(wish) = self.reader.wish(setting, node) else { return };
        let end = if matches!(node.item, Item::Table(_)) && node.span.start < key.span.end {
            key.span.end
        } else {
            node.span.end
        };
        let origin = self.reader.source.origin(&(key.span.start..end));
        let Standing { layer, rank, floor, of } = self.standing.clone();
        if floor && wish.constraint.is_none() {
            let message = format!("a floor cannot leave `{}` unmanaged", setting.key);
            let span = Policy::span(&origin);
            self.reader.wrong(
                "policy::floor",
                message,
                &span,
                "asks for nothing",
                "remove the line, or the floor",
            );
            return;
        }
        self.policy.statements.push(Statement {
            layer,
            rank,
            floor,
            of,
            setting: setting.id,
            key: item.cloned(),
            constraint: wish.constraint,
            severity: wish.severity,
            why: wish.why,
            fix: wish.fix,
            origin,
        });
    }

    fn unknown(&mut self, group: &str, key: &Key) {
        let (full, prefix) = (format!("{group}.{}", key.name), format!("{group}."));
        let names: Vec<&str> = self.catalog.settings().filter_map(|s| s.key.strip_prefix(&prefix)).collect();
        let kinds = self.catalog.kinds().filter(|k| k.of.word() == group).map(|k| &*k.name);
        let near = nearest(&key.name, names.iter().copied().chain(kinds));
        let elsewhere = || self.catalog.settings().find(|s| s.name() == key.name).map(|s| &*s.key);
        let help = match (near, elsewhere()) {
            (Some(near), _) => format!("did you mean `{near}`?"),
            (None, Some(other)) => format!("there is `{other}`; `ispo-scm settings` lists them all"),
            (None, None) => "`ispo-scm settings` lists all that there are".to_owned(),
        };
        let message = format!("unknown setting `{full}`");
        self.reader.wrong("policy::unknown_setting", message, &key.span, "not in the catalogue", &help);
    }
}
