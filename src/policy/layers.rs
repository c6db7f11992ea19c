//! Reads the tables of a file: which layers there are and what each is about.

use std::ops::Range;
use std::path::Path;
use std::sync::Arc;

use super::body::{Body, Standing};
use super::document::{ForgeSort, Policy, Profile, Team};
use super::names::{Mention, Named, Told};
use super::node::{Key, Node, Table};
use super::problem::Problem;
use super::reader::Reader;
use super::select::Selecting;
use super::selector::Selector;
use super::source::Source;
use crate::catalog::{Catalog, nearest};
use crate::model::{Layer, Remedy, Stage, SubjectKind};

/// A file that is being read into a policy.
pub(super) struct Layers<'r, 'a> {
    pub reader: Reader<'a>,
    pub catalog: &'r Catalog,
    pub policy: &'r mut Policy,
    pub sources: &'r [Arc<Source>],
    pub rank: u32,
    pub floor: bool,
    pub folder: Option<&'r Path>,
    /// The file was included: it may speak for its own team only.
    pub delegated: bool,
}

/// The keys that a file may have at its top, besides the kinds of a repository.
pub(super) const TOP: [&str; 21] = [
    "version",
    "extends",
    "include",
    "floor",
    "ownership",
    "remedy",
    "friction",
    "forge",
    "control",
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
    "declined",
    "waiving",
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
                "version" | "extends" | "include" | "floor" | "forge" | "control" | "setting" | "waiver" => {}
                "declined" => self.declined(node),
                "waiving" => self.waiving(node),
                "ownership" => self.owner_property(node),
                "remedy" => self.policy.remedy = self.remedy(node).or(self.policy.remedy),
                "friction" => self.friction(node),
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

    /// Reads each table under a key by its name.
    pub(super) fn each(&mut self, key: &Key, node: &Node, read: fn(&mut Self, &Key, &Table)) {
        let Some(table) = self.reader.table(&key.name, node) else { return };
        for (name, node) in &table.entries {
            if name.name.trim().is_empty() {
                let message = format!("a {} needs a name", key.name.replace('_', " "));
                let help = format!("write [{}.NAME]", key.name);
                self.reader.empty(message, &name.span, &help);
            } else if let Some(table) = node.as_table() {
                read(self, name, table);
            } else {
                let help = format!("write [{}.NAME] above its lines", key.name);
                self.reader.mistyped_for(&name.name, node, "a table", &help);
            }
        }
    }

    /// Keeps a name that must lead somewhere.
    pub(super) fn mention(&mut self, of: Named, name: &str, span: &Range<usize>) {
        let origin = self.reader.source.origin(span);
        self.policy.mentions.push(Mention { of, name: name.to_owned(), origin });
    }

    fn owner_property(&mut self, node: &Node) {
        let Some(table) = node.as_table() else {
            let help =
                "write [ownership] and below it property = \"NAME\": the custom property that names owners";
            return self.reader.mistyped_for("ownership", node, "a table", help);
        };
        self.reader.only(table, "[ownership]", &["property"]);
        if let Some(name) = self.reader.text(table, "property") {
            self.policy.owner_property = name;
        }
    }

    /// By what rules branches are mended.
    fn remedy(&mut self, node: &Node) -> Option<Remedy> {
        let table = self.reader.table("remedy", node)?;
        self.reader.only(table, "[remedy]", &["branch"]);
        let word = self.reader.text(table, "branch")?;
        let remedy = Remedy::from_word(&word);
        if let (None, Some((_, node))) = (remedy, table.get("branch")) {
            let words = || Remedy::ALL.iter().map(|r| r.word());
            let help = match nearest(&word, words()) {
                Some(near) => format!("did you mean `{near}`?"),
                None => format!("write one of {}", words().collect::<Vec<_>>().join(", ")),
            };
            let message = format!("`{word}` is no way to mend a branch");
            self.reader.wrong("policy::remedy", message, &node.span, "not known here", &help);
        }
        remedy
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
        let mut general = Table::default();
        for (key, node) in &table.entries {
            let Some(inner) = node.as_table().filter(|_| !is_setting(self.catalog, &key.name)) else {
                general.entries.push((key.clone(), node.clone()));
                continue;
            };
            if self.is_organization(&key.name) {
                self.mention(Named::Address, &key.name, &key.span);
                self.body(Layer::Override(key.name.as_str().into()), of).scope(inner);
            } else if self.might_be_meant(&key.name) {
                general.entries.push((key.clone(), node.clone()));
            } else {
                let message = format!(
                    "`{}` is neither a setting of an organization nor an organization here",
                    key.name
                );
                let listed = self.policy.forges.iter().flat_map(|f| &f.organizations);
                let help = match nearest(&key.name, listed.map(String::as_str)) {
                    Some(near) => format!("did you mean `{near}`?"),
                    None => {
                        format!("name an organization with its forge: [organization.\"FORGE:{}\"]", key.name)
                    }
                };
                self.reader.wrong("policy::unknown_setting", message, &key.span, "not known here", &help);
            }
        }
        self.body(Layer::General, of).scope(&general);
    }

    /// Whether a table under `[organization]` is a setting or a kind, misspelt or misplaced.
    fn might_be_meant(&self, name: &str) -> bool {
        let settings = self.catalog.settings().filter(|s| &*s.group == "organization").map(|s| s.name());
        let kinds = || self.catalog.kinds().map(|k| &*k.name);
        nearest(name, settings.chain(kinds())).is_some()
    }

    fn is_organization(&self, name: &str) -> bool {
        name.contains([':', '/'])
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
                let named = match (&layer, catalog.find(&format!("repository.{}", key.name))) {
                    (Layer::General, Some(_)) => Some("[repository]".to_owned()),
                    (layer, Some(_)) => Some(format!("[{}.repository]", layer.header())),
                    (_, None) => None,
                };
                if let Some(header) = named {
                    let help = format!("this is a setting of repositories: write it under {header}");
                    return self.reader.unknown_key_for(key, table, &help);
                }
                if let Some(kind) = catalog.kinds().find(|k| *k.name == *key.name) {
                    let of = kind.of.word();
                    let help = format!("`{}` belongs to an {of}: write [{of}.{}.\"…\"]", key.name, key.name);
                    return self.reader.unknown_key_for(key, table, &help);
                }
                if layer != Layer::General && matches!(&*key.name, "organization" | "enterprise" | "instance")
                {
                    let help = format!("{table} is about repositories: write [{}] by itself", key.name);
                    return self.reader.unknown_key_for(key, table, &help);
                }
                let kinds = catalog.kinds().filter(|k| k.of == SubjectKind::Repository).map(|k| &*k.name);
                let known: Vec<&str> = known.iter().copied().chain(kinds).collect();
                self.reader.unknown_key(key, table, &known);
            }
        }
    }

    fn profile(&mut self, name: &Key, table: &Table) {
        let layer = Layer::Profile(name.name.as_str().into());
        let origin = self.reader.source.origin(&name.span);
        let mut after = Vec::new();
        for (earlier, span) in self.reader.texts(table, "after") {
            self.mention(Named::ProfileBefore(name.name.as_str().into()), &earlier, &span);
            after.push((earlier.into(), self.reader.source.origin(&span)));
        }
        let without = self.stages(table);
        let mut with = Selecting { catalog: self.catalog, folder: self.folder, mentions: Vec::new() };
        let select = table.get("select").map(|(_, node)| self.reader.selector(&mut with, node));
        for (of, name, span) in with.mentions {
            self.mention(of, &name, &span);
        }
        for (key, node) in &table.entries {
            match key.name.as_str() {
                "select" | "after" | "without_stages" => {}
                "remedy" => {
                    let told = self.remedy(node).map(|remedy| (name.name.as_str().into(), remedy));
                    self.policy.remedies.extend(told);
                }
                _ => {
                    let known = ["select", "after", "without_stages", "remedy", "repository"];
                    self.repository_part(&layer, key, node, &known);
                }
            }
        }
        let Layer::Profile(name) = layer else { return };
        let rank = self.rank;
        if select.is_none() && !self.policy.profiles.iter().any(|p| p.name == name) {
            let help = "add select = { topics = [\"…\"] }, or another condition";
            let message = format!("profile `{name}` selects nothing");
            self.reader.wrong("policy::no_select", message, &Policy::span(&origin), "has no `select`", help);
        }
        match (self.policy.profiles.iter_mut().find(|p| p.name == name), select) {
            // A later file may add to a profile of an earlier one, and may select anew.
            (Some(profile), Some(_)) if profile.rank == rank => {
                let message = format!("profile `{name}` selects in two files, neither of which comes first");
                let problem = Problem::new("policy::conflict", message);
                let problem = problem.at(self.reader.source, &Policy::span(&origin), "the second");
                let problem = problem.at_origin(self.sources, &profile.origin, "the first");
                let help = "settle it in the file that extends both, or give one of them another name";
                self.reader.problems.push(problem.help(help));
            }
            (Some(profile), select) => {
                profile.after.extend::<Vec<_>>(after);
                profile.without_stages.extend(without);
                if let Some(select) = select {
                    (profile.select, profile.origin, profile.rank) = (select, origin, rank);
                }
            }
            (None, select) => {
                let select = select.unwrap_or(Selector::Any(Vec::new()));
                self.policy.profiles.push(Profile {
                    name,
                    select,
                    after,
                    without_stages: without,
                    origin,
                    rank,
                });
            }
        }
    }

    /// The steps of a contributor's journey that a profile has no part in.
    fn stages(&mut self, table: &Table) -> Vec<Stage> {
        let mut stages = Vec::new();
        for (word, span) in self.reader.texts(table, "without_stages") {
            match Stage::from_word(&word) {
                Some(stage) => stages.push(stage),
                None => {
                    let known: Vec<&str> = Stage::ALL.iter().map(|s| s.word()).collect();
                    let help = match nearest(&word, known.iter().copied()) {
                        Some(near) => format!("did you mean `{near}`?"),
                        None => format!("there are {}", known.join(", ")),
                    };
                    let message = format!("there is no stage `{word}`");
                    self.reader.wrong("policy::unknown_name", message, &span, "not known", &help);
                }
            }
        }
        stages
    }

    fn team_type(&mut self, name: &Key, table: &Table) {
        let layer = Layer::TeamType(name.name.as_str().into());
        self.policy.team_types.push(name.name.as_str().into());
        for (key, node) in &table.entries {
            self.repository_part(&layer, key, node, &["repository"]);
        }
    }

    fn team(&mut self, name: &Key, table: &Table) {
        let layer = Layer::Team(name.name.as_str().into());
        let mut addresses = Vec::new();
        let team: Arc<str> = name.name.as_str().into();
        for (word, sort) in [("github", ForgeSort::Github), ("gitlab", ForgeSort::Gitlab)] {
            for (address, span) in self.reader.texts(table, word) {
                self.mention(Named::TeamAddress(Arc::clone(&team), sort), &address, &span);
                addresses.push(address);
            }
        }
        let identity = ["type", "github", "gitlab"].iter().any(|key| table.get(key).is_some());
        let origin = self.reader.source.origin(&name.span);
        self.policy.told.push(Told { team, delegated: self.delegated, identity, origin });
        if let Some((_, node)) = table.get("type")
            && let Some(word) = node.as_text()
        {
            self.mention(Named::TeamType, word, &node.span);
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
        let known =
            |key: &Key| key.name == "repository" || self.catalog.kinds().any(|k| *k.name == *key.name);
        if address.name.contains(['*', '?', '[', '{']) {
            let message = format!("an override is of one repository, and `{}` is a pattern", address.name);
            let help = "write a profile for several: select = { name = \"…\" }";
            self.reader.wrong("policy::address", message, &address.span, "names no repository", help);
        } else if !path.contains('/') {
            let help = "write [override.\"forge:organization/repository\"]; for an organization write [organization.\"forge:name\"]";
            let message = format!("`{}` is not the address of a repository", address.name);
            self.reader.wrong("policy::address", message, &address.span, "names no repository", help);
            if !table.entries.iter().any(|(key, _)| known(key)) {
                return; // an address without quotes falls into several tables
            }
        } else {
            self.mention(Named::Address, &address.name, &address.span);
        }
        for (key, node) in &table.entries {
            self.repository_part(&layer, key, node, &["repository"]);
        }
    }
}
