//! Reads the tables of a file: which layers there are and what each is about.

use std::path::Path;
use std::sync::Arc;

use super::body::{Body, Standing};
use super::document::{Policy, Profile, Team};
use super::node::{Item, Key, Node, Table};
use super::reader::Reader;
use super::select::Selecting;
use crate::catalog::Catalog;
use crate::model::{Layer, SubjectKind};

/// A file that is being read into a policy.
pub(super) struct Layers<'r, 'a> {
    pub reader: Reader<'a>,
    pub catalog: &'r Catalog,
    pub policy: &'r mut Policy,
    pub rank: u32,
    pub floor: bool,
    pub folder: Option<&'r Path>,
    /// The file was included: it may speak for its own team only.
    pub delegated: bool,
}

/// The keys that a file may have at its top, besides the kinds of a repository.
pub(super) const TOP: [&str; 16] = [
    "version",
    "extends",
    "include",
    "floor",
    "ownership",
    "forge",
    "enterprise",
    "instance",
    "organization",
    "repository",
    "profile",
    "team_type",
    "team",
    "override",
    "setting",
    "waiver",
];

impl<'a> Layers<'_, 'a> {
    /// Reads every table of the file but those that say how it hangs together with others.
    pub(super) fn read(&mut self, file: &Table) {
        for (key, node) in &file.entries {
            if self.delegated && !matches!(key.name.as_str(), "version" | "team" | "waiver") {
                let message = format!("`{}` does not belong in an included file", key.name);
                let help = "an included file is a team's own: it may hold [team.NAME] and [[waiver]]";
                self.reader.wrong("policy::delegated", message, &key.span, "not a team's to say", help);
                continue;
            }
            match key.name.as_str() {
                "version" | "extends" | "include" | "floor" | "setting" | "waiver" => {}
                "ownership" => self.owner_property(node),
                "forge" => self.forges(node),
                "repository" => self.scope(key, node, SubjectKind::Repository),
                "enterprise" | "instance" => self.scope(key, node, SubjectKind::Enterprise),
                "organization" => self.organizations(key, node),
                "profile" => self.each(key, node, Self::profile),
                "team_type" => self.each(key, node, Self::team_type),
                "team" => self.each(key, node, Self::team),
                "override" => self.each(key, node, Self::one_subject),
                _ => self.kind_or_unknown(key, node, Layer::General, "a policy", &TOP),
            }
        }
        if let Some((_, node)) = file.get("waiver") {
            let teams =
                file.get("team").and_then(|(_, n)| n.as_table()).map(|t| &t.entries[..]).unwrap_or_default();
            let teams: Vec<Arc<str>> = teams.iter().map(|(k, _)| k.name.as_str().into()).collect();
            self.waivers(node, self.delegated.then_some(teams));
        }
    }

    fn each(&mut self, key: &Key, node: &Node, read: fn(&mut Self, &Key, &Table)) {
        let Some(table) = self.reader.table(&key.name, node) else { return };
        for (name, node) in &table.entries {
            if let Some(table) = self.reader.table(&name.name, node) {
                read(self, name, table);
            }
        }
    }

    fn owner_property(&mut self, node: &Node) {
        let Some(table) = self.reader.table("ownership", node) else { return };
        self.reader.only(table, "[ownership]", &["property"]);
        if let Some(name) = self.reader.text(table, "property") {
            self.policy.owner_property = name;
        }
    }

    fn body(&mut self, layer: Layer, of: SubjectKind) -> Body<'_, 'a> {
        let standing = Standing { layer, rank: self.rank, floor: self.floor, of };
        Body { reader: &mut self.reader, catalog: self.catalog, policy: self.policy, standing }
    }

    fn scope(&mut self, key: &Key, node: &Node, of: SubjectKind) {
        if let Some(table) = self.reader.table(&key.name, node) {
            self.body(Layer::General, of).scope(table);
        }
    }

    /// `[organization]` holds settings of all, and tables named after one organization.
    fn organizations(&mut self, key: &Key, node: &Node) {
        let Some(table) = self.reader.table(&key.name, node) else { return };
        let of = SubjectKind::Organization;
        let prefix = "organization.";
        let is_setting = |catalog: &Catalog, name: &str| {
            let full = format!("{prefix}{name}");
            catalog.kind(of, name).is_some()
                || catalog
                    .settings()
                    .any(|s| s.key.strip_prefix(&*full).is_some_and(|r| r.is_empty() || r.starts_with('.')))
        };
        let (general, named): (Vec<_>, Vec<_>) = table.entries.iter().cloned().partition(|(k, n)| {
            n.as_table().is_none() || is_setting(self.catalog, &k.name) || !self.is_organization(&k.name)
        });
        self.body(Layer::General, of).scope(&Table { entries: general });
        for (key, node) in named {
            if let Some(table) = node.as_table() {
                self.body(Layer::Override(key.name.as_str().into()), of).scope(table);
            }
        }
    }

    fn is_organization(&self, name: &str) -> bool {
        name.contains(':')
            || self.policy.forges.iter().any(|f| f.organizations.iter().any(|o| o.eq_ignore_ascii_case(name)))
    }

    /// The part of a layer's body that speaks of a repository: `repository`, or a kind by itself.
    fn repository_part(&mut self, layer: &Layer, key: &Key, node: &Node, known: &[&str]) {
        if key.name == "repository" {
            if let Some(table) = self.reader.table(&key.name, node) {
                self.body(layer.clone(), SubjectKind::Repository).scope(table);
            }
            return;
        }
        self.kind_or_unknown(key, node, layer.clone(), &format!("the {layer}"), known);
    }

    fn kind_or_unknown(&mut self, key: &Key, node: &Node, layer: Layer, table: &str, known: &[&str]) {
        let catalog = self.catalog;
        match catalog.kind(SubjectKind::Repository, &key.name) {
            Some(kind) => self.body(layer, SubjectKind::Repository).kind(kind, key, node),
            None => {
                let kinds = catalog.kinds().filter(|k| k.of == SubjectKind::Repository).map(|k| &*k.name);
                let known: Vec<&str> = known.iter().copied().chain(kinds).collect();
                self.reader.unknown_key(key, table, &known);
            }
        }
    }

    fn profile(&mut self, name: &Key, table: &Table) {
        let layer = Layer::Profile(name.name.as_str().into());
        let origin = self.reader.source.origin(&name.span);
        let after = self.reader.texts(table, "after");
        let after = after.into_iter().map(|(n, span)| (n.into(), self.reader.source.origin(&span))).collect();
        let with = Selecting { catalog: self.catalog, folder: self.folder };
        let select = table.get("select").map(|(_, node)| self.reader.selector(&with, node));
        for (key, node) in &table.entries {
            if !matches!(key.name.as_str(), "select" | "after") {
                self.repository_part(&layer, key, node, &["select", "after", "repository"]);
            }
        }
        let Layer::Profile(name) = layer else { return };
        let earlier = self.policy.profiles.iter_mut().find(|p| p.name == name);
        match (earlier, select) {
            // A later file may add to a profile of an earlier one, and may select anew.
            (Some(profile), select) => {
                profile.after.extend::<Vec<_>>(after);
                if let Some(select) = select {
                    profile.select = select;
                    profile.origin = origin;
                }
            }
            (None, Some(select)) => self.policy.profiles.push(Profile { name, select, after, origin }),
            (None, None) => {
                let help = "add select = { topics = [\"…\"] }, or another condition";
                let span = Policy::span(&origin);
                self.reader.wrong(
                    "policy::no_select",
                    format!("profile `{name}` selects nothing"),
                    &span,
                    "has no `select`",
                    help,
                );
            }
        }
    }

    fn team_type(&mut self, name: &Key, table: &Table) {
        let layer = Layer::TeamType(name.name.as_str().into());
        for (key, node) in &table.entries {
            self.repository_part(&layer, key, node, &["repository"]);
        }
    }

    fn team(&mut self, name: &Key, table: &Table) {
        let layer = Layer::Team(name.name.as_str().into());
        let mut addresses = Vec::new();
        for forge in ["github", "gitlab"] {
            addresses.extend(self.reader.texts(table, forge).into_iter().map(|(a, _)| a));
        }
        let team_type = self.reader.text(table, "type").map(Arc::from);
        for (key, node) in &table.entries {
            if !matches!(key.name.as_str(), "github" | "gitlab" | "type") {
                self.repository_part(&layer, key, node, &["type", "github", "gitlab", "repository"]);
            }
        }
        let Layer::Team(name) = layer else { return };
        match self.policy.teams.iter_mut().find(|t| t.name == name) {
            Some(team) => {
                team.addresses.extend(addresses);
                team.team_type = team_type.or_else(|| team.team_type.take());
            }
            None => self.policy.teams.push(Team { name, team_type, addresses }),
        }
    }

    fn one_subject(&mut self, address: &Key, table: &Table) {
        let layer = Layer::Override(address.name.as_str().into());
        let path = address.name.split_once(':').map_or(address.name.as_str(), |(_, path)| path);
        if !path.contains('/') {
            let help = "write [override.\"forge:organization/repository\"]; for an organization write [organization.\"forge:name\"]";
            let message = format!("`{}` is not the address of a repository", address.name);
            self.reader.wrong("policy::address", message, &address.span, "names no repository", help);
        }
        for (key, node) in &table.entries {
            self.repository_part(&layer, key, node, &["repository"]);
        }
    }
}

impl Layers<'_, '_> {
    /// Items of an array of tables, or a note that it is none.
    pub(super) fn tables<'n>(
        &mut self,
        name: &str,
        node: &'n Node,
    ) -> Vec<(&'n Table, std::ops::Range<usize>)> {
        match &node.item {
            Item::List(items) => {
                items.iter().filter_map(|n| Some((self.reader.table(name, n)?, n.span.clone()))).collect()
            }
            _ => {
                self.reader.mistyped(name, node, &format!("tables written [[{name}]]"));
                Vec::new()
            }
        }
    }
}
