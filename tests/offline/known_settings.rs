//! Settings that a forge is known to have, held against what the catalogue reads.
//!
//! They are data that does not belong to this repository: `forge-api/github-settings.toml` and
//! `gitlab-settings.toml` in some folder beside the checkout.

use std::collections::{BTreeMap, BTreeSet};
use std::path::Path as File;

use ispo_scm::catalog::{Catalog, Endpoint, ForgeKind, Hop, Kind, KindBinding, Path};
use ispo_scm::model::SubjectKind;

/// What is told by hand of some of a forge's settings.
pub struct Tables {
    /// What is read at another place than the data names, with the row that has it.
    pub elsewhere: &'static [(&'static str, &'static str)],
    /// What no row has, with the reason.
    pub left_out: &'static [(&'static str, &'static str)],
    /// How a reason may begin. One that begins with `deprecated` holds only where the data says so, too.
    pub reasons: &'static [&'static str],
}

/// How a forge spells what the catalogue's paths begin with.
#[derive(Clone, Copy)]
pub struct Spelling {
    pub forge: ForgeKind,
    /// What every document of a repository is beneath.
    pub repository: &'static str,
    /// The types that a query of a repository and of an organization begin at.
    pub types: [&'static str; 2],
    /// A document that is as good as another, and that other.
    pub alike: Option<(&'static str, &'static str)>,
}

/// One place where the catalogue reads.
pub struct Place {
    pub key: String,
    /// The document, or the type that a query begins at.
    root: String,
    /// The names of the fields on the way.
    names: BTreeSet<String>,
    /// The first of them; of several branches none.
    first: Option<String>,
}

/// Every place where the catalogue reads a forge.
pub struct Places {
    spelling: Spelling,
    pub rest: Vec<Place>,
    graphql: Vec<Place>,
}

/// How many of the known settings are read, and what is wrong with the rest.
pub struct Coverage {
    pub read: usize,
    /// What has neither a row nor a reason.
    pub open: Vec<String>,
    pub wrong: Vec<String>,
    known: usize,
}

impl Coverage {
    /// How many of a hundred known settings are read.
    pub fn share(&self) -> f64 {
        100.0 * self.read as f64 / self.known as f64
    }
}

impl Spelling {
    /// The path without its query and the item's own segment: an item's document is as good as the list
    /// of all.
    fn document(self, template: &str) -> String {
        let path = template.split('?').next().unwrap_or_default();
        let path = self.alike.map_or(path.to_owned(), |(one, other)| path.replace(one, other));
        match path.rsplit_once('/') {
            Some((list, last)) if last.starts_with('{') => list.to_owned(),
            _ => path,
        }
    }

    fn of_endpoint(self, key: &str, endpoint: &Endpoint) -> Place {
        let names = endpoint.pointer.as_ref().map(names).unwrap_or_default();
        Place { key: key.to_owned(), root: self.document(&endpoint.path), names, first: None }
    }

    fn scope(self, of: SubjectKind) -> &'static str {
        self.types[usize::from(of == SubjectKind::Organization)]
    }
}

fn names(path: &Path) -> BTreeSet<String> {
    let mut names = BTreeSet::new();
    let walked: Result<(), std::convert::Infallible> = path.walk(&(), &mut |(), hop| {
        if let Hop::Field { name, pick, .. } = hop {
            names.insert(name.to_owned());
            names.extend(pick.map(|(field, value)| format!("{field}={value}")));
        }
        Ok(())
    });
    walked.unwrap();
    names
}

/// The name of the field that a path begins with; none where it has several branches.
fn first(path: &Path) -> Option<String> {
    let text = path.to_string();
    let end = text.find(|c: char| !c.is_ascii_alphanumeric() && c != '_').unwrap_or(text.len());
    Some(text[..end].to_owned()).filter(|name| !name.is_empty())
}

impl Places {
    pub fn of(catalog: &Catalog, spelling: Spelling) -> Self {
        let mut places = Self { spelling, rest: Vec::new(), graphql: Vec::new() };
        for kind in catalog.kinds() {
            if let Some(bound) = kind.on(spelling.forge) {
                places.add_kind(kind, bound);
            }
        }
        for setting in catalog.settings() {
            let Some(binding) = setting.on(spelling.forge).binding() else { continue };
            let kinds: Vec<_> = catalog.kinds().filter(|k| k.name == setting.group).collect();
            for endpoint in [&binding.rest, &binding.list].into_iter().flatten() {
                places.add_endpoint(&setting.key, endpoint, &kinds);
            }
            if let Some(own) = &binding.graphql {
                places.add_path(&setting.key, own, &setting.group, &kinds);
            }
        }
        places
    }

    fn add_kind(&mut self, kind: &Kind, bound: &KindBinding) {
        let identity = bound.identity.as_ref().map(names).unwrap_or_default();
        for list in [&bound.list, &bound.one].into_iter().flatten() {
            let mut place = self.spelling.of_endpoint(&kind.name, list);
            place.names.extend(identity.clone());
            // What REST calls the name may be called otherwise in the query.
            place.names.insert("name".to_owned());
            self.rest.push(place);
        }
        if let Some(path) = &bound.graphql {
            let names = names(path).into_iter().chain(identity).collect();
            let root = self.spelling.scope(kind.of).to_owned();
            self.graphql.push(Place { key: kind.name.to_string(), root, names, first: first(path) });
        }
    }

    fn add_endpoint(&mut self, key: &str, endpoint: &Endpoint, kinds: &[&Kind]) {
        let spelling = self.spelling;
        let place = spelling.of_endpoint(key, endpoint);
        let lists = kinds.iter().filter_map(|k| k.on(spelling.forge)?.list.as_ref());
        let roots: Vec<_> = lists.map(|list| spelling.document(&list.path)).collect();
        // A row tells its list once, though a kind of the same name may be of several scopes.
        let of_items = roots.contains(&place.root) && place.root.starts_with(spelling.repository);
        for root in roots.into_iter().filter(|root| of_items && *root != place.root) {
            self.rest.push(Place { key: key.to_owned(), root, names: place.names.clone(), first: None });
        }
        self.rest.push(place);
    }

    fn add_path(&mut self, key: &str, own: &Path, group: &str, kinds: &[&Kind]) {
        let forge = self.spelling.forge;
        let begin: Vec<_> = match kinds.is_empty() {
            true => SubjectKind::from_word(group).map(|of| (of, None)).into_iter().collect(),
            false => kinds.iter().map(|k| (k.of, k.on(forge).and_then(|b| b.graphql.as_ref()))).collect(),
        };
        for (of, collection) in begin {
            let names = names(own).into_iter().chain(collection.map(names).unwrap_or_default()).collect();
            let root = self.spelling.scope(of).to_owned();
            let first = first(collection.unwrap_or(own));
            self.graphql.push(Place { key: key.to_owned(), root, names, first });
        }
    }

    /// The row that reads a known setting.
    pub fn reader(&self, known: &toml::Table) -> Option<&str> {
        let (request, field) = request(known);
        // Words in brackets are no field.
        let fields = if field.contains('(') { None } else { Some(fields(field)) };
        let (root, path) = text(known, "read_graphql").split_once('.').unwrap_or_default();
        let path: Vec<_> = path.split('.').filter(|n| !["", "nodes", "edges", "node"].contains(n)).collect();
        // Any file is read through `object`: which one, only a table can say.
        let asked = !path.is_empty() && path != ["object"];
        let in_query = |p: &&Place| {
            let begins = p.first.as_deref().is_none_or(|first| path.first() == Some(&first));
            asked && begins && p.root == root && path.iter().all(|name| p.names.contains(*name))
        };
        let in_document = |p: &&Place| {
            let has = fields.as_ref().is_some_and(|fields| fields.iter().all(|name| p.names.contains(name)));
            has && p.root == self.spelling.document(request)
        };
        let mut found: Vec<_> = self.graphql.iter().filter(in_query).collect();
        if found.is_empty() {
            found = self.rest.iter().filter(in_document).collect();
        }
        // Of several rows the one that is called alike, for those who read the list.
        let alike = |p: &&Place| p.key.rsplit('.').next() == text(known, "key").rsplit('.').next();
        found.iter().copied().find(alike).or(found.first().copied()).map(|p| p.key.as_str())
    }
}

/// The document and the field that the data names.
pub fn request(known: &toml::Table) -> (&str, &str) {
    let read = text(known, "read_rest");
    let (request, field) = read.split_once("::").unwrap_or((read, ""));
    (request.trim().trim_start_matches("GET "), field.trim())
}

/// The names in a pointer of the data: `[].config.url`, `runner_groups[].name`, `rules[type=update].x`.
/// What holds the items of a list is left out, since a row may begin at an item's own document.
fn fields(pointer: &str) -> Vec<String> {
    let mut steps: Vec<_> = pointer.split('.').filter(|step| !step.is_empty() && *step != "[]").collect();
    if steps.len() > 1 && steps[0].ends_with("[]") {
        steps.remove(0);
    }
    let names = steps.iter().flat_map(|step| step.split(['[', ']'])).filter(|name| !name.is_empty());
    names.map(str::to_owned).collect()
}

/// The known settings of that file, if some folder beside the checkout has it; otherwise it says so.
pub fn known_settings(file: &str) -> Option<Vec<toml::Table>> {
    let found = File::new(env!("CARGO_MANIFEST_DIR")).parent().and_then(|beside| {
        let mut folders = std::fs::read_dir(beside).ok()?.flatten();
        folders.find_map(|folder| std::fs::read_to_string(folder.path().join("forge-api").join(file)).ok())
    });
    let Some(text) = found else {
        eprintln!("skipped: no forge-api/{file} lies in a folder beside this checkout");
        return None;
    };
    let table: toml::Table = text.parse().unwrap();
    let rows = table.get("setting")?.as_array()?;
    Some(rows.iter().filter_map(|row| row.as_table().cloned()).collect())
}

fn text<'t>(table: &'t toml::Table, name: &str) -> &'t str {
    table.get(name).and_then(toml::Value::as_str).unwrap_or("none")
}

/// Whether each known setting is read by a row, or told in a table with a reason that holds.
pub fn hold<'p>(
    known: &'p [toml::Table],
    catalog: &Catalog,
    tables: &Tables,
    reader: impl Fn(&'p toml::Table) -> Option<&'p str>,
) -> Coverage {
    let elsewhere: BTreeMap<_, _> = tables.elsewhere.iter().copied().collect();
    let left_out: BTreeMap<_, _> = tables.left_out.iter().copied().collect();
    let mut coverage = Coverage { read: 0, open: Vec::new(), wrong: Vec::new(), known: known.len() };
    for setting in known {
        let key = text(setting, "key");
        let deprecated = text(setting, "status") == "deprecated";
        let row = elsewhere.get(key).copied().or_else(|| reader(setting));
        let row = row.filter(|row| catalog.find(row).is_some() || catalog.kinds().any(|k| &*k.name == *row));
        let may = |why: &str| {
            let begins = tables.reasons.iter().any(|reason| why.starts_with(reason));
            begins && (deprecated || !why.starts_with("deprecated"))
        };
        match (row, left_out.get(key)) {
            (Some(row), None) => {
                coverage.read += 1;
                eprintln!("{key}: {row}");
            }
            (Some(row), Some(_)) => {
                coverage.wrong.push(format!("{key}: `{row}` reads it: take it out of the table"));
            }
            (None, Some(why)) if may(why) => eprintln!("{key}: left out, {why}"),
            (None, Some(why)) => coverage.wrong.push(format!("{key}: `{why}` is no reason")),
            (None, None) => coverage.open.push(format!(
                "{key}: no row and no reason ({}; {}; {})",
                text(setting, "read_rest"),
                text(setting, "read_graphql"),
                text(setting, "status")
            )),
        }
    }
    let unheard =
        elsewhere.keys().chain(left_out.keys()).filter(|k| !known.iter().any(|s| text(s, "key") == **k));
    coverage.wrong.extend(unheard.map(|key| format!("{key}: the data has no such setting")));
    eprintln!("{} of {} known settings are read: {:.1} %", coverage.read, known.len(), coverage.share());
    coverage
}
