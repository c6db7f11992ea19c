//! Reads the body of a layer: the settings it asks for, by scope and kind.

use std::ops::Range;
use std::sync::Arc;

use super::document::{Ownership, OwnershipMode, Policy, Statement};
use super::node::{Key, Node, Table, place};
use super::reader::Reader;
use crate::catalog::{Catalog, Kind, Setting, nearest};
use crate::model::{Control, Layer, NameGlob, SubjectKind};

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
        let Some(table) = node.as_table() else {
            let help = format!("write [{}.\"…\"], where … is {}", self.header(kind), kind.key);
            return self.reader.mistyped_for(&key.name, node, "tables of its items", &help);
        };
        for (item, node) in &table.entries {
            let Some(settings) = node.as_table() else {
                self.not_an_item(kind, item, node);
                continue;
            };
            if item.name.trim().is_empty() {
                let help = format!("write {}", kind.key);
                self.reader.empty(format!("a {} needs a name", kind.name), &item.span, &help);
                continue;
            }
            self.pattern_of(kind, item);
            let of_item: Arc<str> = item.name.as_str().into();
            for (key, node) in &settings.entries {
                self.setting(&kind.name, Some(&of_item), key, node);
            }
        }
    }

    /// A branch may be a pattern, and a path name alternatives: both must mean something.
    fn pattern_of(&mut self, kind: &Kind, item: &Key) {
        const MOST: usize = 100;
        if kind.derived.is_some() {
            // Braces are plain characters here.
            if let Err(reason) = NameGlob::new(&item.name.replace(['{', '}'], "x")) {
                let message = format!("`{}` cannot be used as a pattern: {reason}", item.name);
                let help = "`*` stays between slashes, `**` does not, `?` is one character";
                self.reader.wrong("policy::glob", message, &item.span, "this pattern", help);
            }
        } else if kind.is_asked_by_key() {
            let groups = item.name.split('{').skip(1).map(|group| group.matches(',').count() + 1);
            if groups.fold(1_usize, usize::saturating_mul) > MOST {
                let message = format!("`{}` stands for more than {MOST} keys", item.name);
                let help = "braces name alternatives, and each is looked for: write fewer";
                self.reader.wrong("policy::glob", message, &item.span, "too many", help);
            }
        }
    }

    /// What stands directly under a kind and is no item: how it is owned, or a mistake.
    fn not_an_item(&mut self, kind: &Kind, key: &Key, node: &Node) {
        if key.name == "ownership" {
            return self.ownership(kind, key, node);
        }
        let header = format!("[{}.\"…\"], where … is {}", self.header(kind), kind.key);
        if self.catalog.find(&format!("{}.{}", kind.name, key.name)).is_some() {
            let message = format!("`{}` is asked of no {} in particular", key.name, kind.name);
            let all =
                if kind.is_asked_by_key() || kind.derived.is_some() { "" } else { "; \"*\" is all of them" };
            let help = format!("write it under {header}{all}");
            return self.reader.wrong("policy::no_item", message, &key.span, "of which one?", &help);
        }
        let help = format!("write its settings under {header}");
        self.reader.mistyped_for(&key.name, node, "a table of its settings", &help);
    }

    /// The header of a kind's tables, as it stands in this layer.
    fn header(&self, kind: &Kind) -> String {
        match (&self.standing.layer, kind.of) {
            (Layer::General, SubjectKind::Repository) => kind.name.to_string(),
            (Layer::General, of) => format!("{}.{}", of.word(), kind.name),
            (layer, _) => format!("{}.{}", layer.header(), kind.name),
        }
    }

    fn ownership(&mut self, kind: &Kind, key: &Key, node: &Node) {
        let words = OwnershipMode::WORDS.map(|(word, _)| word);
        let Some(word) = node.as_text() else {
            return self.reader.mistyped("ownership", node, &format!("one of {}", words.join(", ")));
        };
        if kind.derived.is_some() {
            let message = format!("a {} is not kept in a collection that could be owned", kind.name);
            let help = "it is what all rules come to together: own those, such as `ruleset`";
            return self.reader.wrong("policy::ownership", message, &key.span, "owns nothing", help);
        }
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
                let help = match nearest(word, words) {
                    Some(near) => format!("did you mean `{near}`?"),
                    None => format!("write one of {}", words.join(", ")),
                };
                self.reader.wrong(
                    "policy::ownership",
                    format!("`{word}` is no way to own a collection"),
                    &node.span,
                    "not one",
                    &help,
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
        let origin = self.reader.source.origin(&place(key, node));
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
        let controls = self.serves(&wish.controls);
        let heaviest = || controls.iter().filter_map(|c| c.severity).max();
        let reason = || controls.iter().find_map(|c| c.why.clone());
        self.policy.statements.push(Statement {
            layer,
            rank,
            floor,
            of,
            setting: setting.id,
            key: item.cloned(),
            constraint: wish.constraint,
            severity: wish.severity.or_else(heaviest),
            why: wish.why.or_else(reason),
            fix: wish.fix,
            controls,
            owner: wish.owner,
            healthy: wish.healthy,
            origin,
        });
    }

    /// The controls of those names, which some file must tell.
    fn serves(&mut self, names: &[(String, Range<usize>)]) -> Vec<Arc<Control>> {
        let mut serves = Vec::new();
        for (name, span) in names {
            if let Some(control) = self.policy.controls.iter().find(|c| *c.name == **name) {
                serves.push(Arc::clone(control));
                continue;
            }
            let help = match nearest(name, self.policy.controls.iter().map(|c| &*c.name)) {
                Some(near) => format!("did you mean `{near}`?"),
                None => format!("tell it in a table of its own: [control.\"{name}\"]"),
            };
            let message = format!("there is no control `{name}`");
            self.reader.wrong("policy::unknown_name", message, span, "not told anywhere", &help);
        }
        serves
    }

    fn unknown(&mut self, group: &str, key: &Key) {
        let (full, prefix) = (format!("{group}.{}", key.name), format!("{group}."));
        let names: Vec<&str> = self.catalog.settings().filter_map(|s| s.key.strip_prefix(&prefix)).collect();
        let kinds = self.catalog.kinds().filter(|k| k.of.word() == group).map(|k| &*k.name);
        let near = nearest(&key.name, names.iter().copied().chain(kinds));
        // A name that several have is more likely meant of a subject than of an item.
        let namesakes = || self.catalog.settings().filter(|s| s.name() == key.name);
        let elsewhere = || namesakes().find(|s| !self.catalog.is_keyed(s)).or_else(|| namesakes().next());
        let kind = || self.catalog.kinds().find(|k| *k.name == *key.name);
        let own = key.name.strip_prefix(&prefix).filter(|_| self.catalog.find(&key.name).is_some());
        let help = if let Some(own) = own {
            format!("the table says `{group}` already: write `{own}`")
        } else if let Some(near) = near {
            format!("did you mean `{near}`?")
        } else if let Some(kind) = kind() {
            let of = kind.of.word();
            let article = if of == "repository" { "a" } else { "an" };
            format!("`{}` belongs to {article} {of}: write [{of}.{}.\"…\"]", kind.name, kind.name)
        } else if let Some(other) = elsewhere() {
            let header = match self.catalog.kinds().find(|k| k.name == other.group) {
                Some(kind) => format!("[{}.\"…\"], where … is {}", self.header(kind), kind.key),
                None => format!("[{}]", other.group),
            };
            format!("there is `{}`: write it under {header}", other.key)
        } else {
            "`ispo-scm settings` lists all that there are".to_owned()
        };
        let message = format!("unknown setting `{full}`");
        self.reader.wrong("policy::unknown_setting", message, &key.span, "not in the catalogue", &help);
    }
}
