//! Reads `[[setting]]`: rows that a user adds to the catalogue.
//!
//! A forge's new field need not wait for a release, but a policy is no way to reach the rest of an
//! API: such a row names only what lies beneath its own subject, and never deletes.

use std::ops::Range;
use std::sync::Arc;

use super::node::{Item, Node, Table};
use super::problem::Problem;
use super::reader::Reader;
use super::source::Source;
use crate::catalog::{Catalog, Endpoint, ForgeKind, Setting, SettingRow, Type, nearest};
use crate::model::{SettingId, SubjectKind};

const KEYS: [&str; 10] =
    ["key", "doc", "type", "values", "severity", "lenses", "stage", "risk", "github", "gitlab"];
const BINDING_KEYS: [&str; 13] = [
    "graphql",
    "rest",
    "list",
    "write",
    "codec",
    "absent_is_unknown",
    "left_out_is_absent",
    "permission",
    "write_permission",
    "tier",
    "since",
    "unwritable",
    "unsupported",
];

/// Adds a file's `[[setting]]` rows to the catalogue.
pub(super) fn users_own_rows(
    source: &Arc<Source>,
    file: &Table,
    catalog: &mut Catalog,
    problems: &mut Vec<Problem>,
) {
    let Some((_, node)) = file.get("setting") else { return };
    let mut reader = Reader { source, problems };
    for (table, span) in reader.tables("setting", node) {
        let before = reader.problems.len();
        reader.row(table, &span, catalog);
        if reader.problems.len() > before {
            continue;
        }
        let row = Node { item: Item::Table(table.clone()), span: span.clone() };
        let added = match toml_of(&row).try_into::<SettingRow>() {
            Ok(row) => catalog.add_users_own(row).map_err(|error| error.what),
            Err(error) => Err(error.message().to_owned()),
        };
        match added {
            Ok(id) => reader.reach(table, &span, catalog, id),
            Err(what) => reader.row_cannot_be_used(table, &span, &what),
        }
    }
}

impl Reader<'_> {
    /// The keys of a row and the types of their values.
    fn row(&mut self, table: &Table, span: &Range<usize>, catalog: &Catalog) {
        self.only(table, "[[setting]]", &KEYS);
        let key = self.required(table, "setting", "key", "\"repository.…\"", span);
        self.required(table, "setting", "doc", "\"…\": what it does for people", span);
        let word = self.required(table, "setting", "type", "\"boolean\", or another type", span);
        for name in ["severity", "stage", "risk"] {
            self.text(table, name);
        }
        let values = self.texts(table, "values");
        self.texts(table, "lenses");
        if let Some(key) = key {
            self.row_key(table, &key, catalog);
        }
        let ty = word.as_deref().and_then(Type::from_word);
        if let (Some(word), None, Some((_, at))) = (&word, ty, table.get("type")) {
            let words = || Type::WORDS.iter().map(|(_, word)| *word);
            let help = match nearest(word, words()) {
                Some(near) => format!("did you mean `{near}`?"),
                None => format!("write one of {}", words().collect::<Vec<_>>().join(", ")),
            };
            self.wrong("policy::setting", format!("`{word}` is no type"), &at.span, "not one", &help);
        }
        if ty == Some(Type::Choice) && values.is_empty() {
            let help = "add values = [\"…\", \"…\"]";
            self.wrong("policy::missing", "this choice has no `values`", span, "in here", help);
        }
        let mut places = 0;
        for forge in ["github", "gitlab"] {
            let Some((_, node)) = table.get(forge) else { continue };
            places += 1;
            let Some(binding) = self.table(forge, node) else { continue };
            self.only(binding, &format!("the `{forge}` of a [[setting]]"), &BINDING_KEYS);
            for name in BINDING_KEYS {
                if matches!(name, "absent_is_unknown" | "left_out_is_absent") {
                    self.flag(binding, name);
                } else {
                    self.text(binding, name);
                }
            }
        }
        if places == 0 {
            let help = "add github.rest = \"GET /repos/{owner}/{repo} :: FIELD\", or gitlab.rest, or both";
            let message = "this [[setting]] is read from no forge";
            self.wrong("policy::missing", message, span, "no `github` or `gitlab`", help);
        }
    }

    fn row_key(&mut self, table: &Table, key: &str, catalog: &Catalog) {
        let Some((_, node)) = table.get("key") else { return };
        let group = key.split_once('.').map_or(key, |(group, _)| group);
        let scopes = ["enterprise", "organization", "repository"];
        let groups = || scopes.into_iter().chain(catalog.kinds().map(|k| &*k.name));
        if catalog.find(key).is_some() {
            let message = format!("there is a setting `{key}` already");
            let help = "take the row out and use the setting, or choose another key";
            self.wrong("policy::setting", message, &node.span, "taken", help);
        } else if !key.contains('.') || !groups().any(|g| g == group) {
            let help = match nearest(group, groups()) {
                Some(near) if key.contains('.') => format!("did you mean `{near}.…`?"),
                _ => "write a scope or a kind, a dot, and a name: repository.has_downloads".to_owned(),
            };
            let message = format!("`{key}` belongs to no scope and to no kind");
            self.wrong("policy::setting", message, &node.span, "of what?", &help);
        }
    }

    /// Where the row reads and writes: beneath its own subject, and never to delete.
    fn reach(&mut self, table: &Table, span: &Range<usize>, catalog: &Catalog, id: SettingId) {
        let setting = catalog.get(id);
        for (forge, word) in [(ForgeKind::Github, "github"), (ForgeKind::Gitlab, "gitlab")] {
            let Some(binding) = setting.on(forge).binding() else { continue };
            let place = |name: &str| {
                let within = table.get(word).and_then(|(_, n)| n.as_table()).and_then(|t| t.get(name));
                within.map_or(span.clone(), |(_, n)| n.span.clone())
            };
            if binding.graphql.is_none() && binding.rest.is_none() && binding.list.is_none() {
                let help = "add rest = \"GET /path :: FIELD\", list or graphql; or unsupported = \"why\"";
                let message = format!("this [[setting]] says nowhere to read it on {word}");
                self.wrong("policy::missing", message, span, "in here", help);
            }
            let requests = [("rest", &binding.rest), ("list", &binding.list), ("write", &binding.write)];
            for (name, endpoint) in requests {
                if let Some(endpoint) = endpoint {
                    self.request(setting, forge, name, endpoint, &place(name), catalog);
                }
            }
        }
    }

    fn request(
        &mut self,
        setting: &Setting,
        forge: ForgeKind,
        name: &str,
        endpoint: &Endpoint,
        at: &Range<usize>,
        catalog: &Catalog,
    ) {
        let Endpoint { method, path, pointer, .. } = endpoint;
        let allowed: &[&str] = if name == "write" { &["PATCH", "PUT", "POST"] } else { &["GET"] };
        if !allowed.contains(&method.as_str()) {
            let message = format!("`{method}` is not how a row of your own may ask");
            let help = format!("write {} /path :: FIELD", allowed.join(" or "));
            return self.wrong("policy::setting", message, at, "this request", &help);
        }
        let roots = roots(setting, forge, catalog);
        let below = |root: &&str| {
            path.strip_prefix(*root).is_some_and(|rest| rest.is_empty() || rest.starts_with(['/', '?']))
        };
        let climbs = path.split('/').any(|part| part == ".." || part.contains("%2e"));
        if climbs || !roots.iter().any(below) {
            let message = format!("`{path}` does not lie beneath the subject of `{}`", setting.key);
            let help = format!("begin the path with {}", roots.join(" or "));
            self.wrong("policy::setting", message, at, "somewhere else", &help);
        } else if pointer.is_none() {
            let help = "name the field of the answer after two colons: GET /path :: FIELD";
            self.wrong("policy::setting", "this request names no field", at, "no `:: FIELD`", help);
        }
    }

    fn row_cannot_be_used(&mut self, table: &Table, span: &Range<usize>, what: &str) {
        // Point at the value that the message speaks of, where one can be told.
        let spoken = table.entries.iter().flat_map(|(_, node)| match node.as_table() {
            Some(inner) => inner.entries.iter().map(|(_, n)| n).collect(),
            None => vec![node],
        });
        let mut spoken =
            spoken.filter(|n| n.as_text().is_some_and(|text| what.contains(&format!("`{text}`"))));
        let at = spoken.next().map_or(span.clone(), |n| n.span.clone());
        let help = "docs/policy.md tells how a row is written";
        let message = format!("this row of your own cannot be used: {what}");
        self.wrong("policy::setting", message, &at, "here", help);
    }
}

/// Where the paths of a row may begin.
fn roots(setting: &Setting, forge: ForgeKind, catalog: &Catalog) -> Vec<&'static str> {
    let kinds = catalog.kinds().filter(|k| k.name == setting.group).map(|k| k.of);
    let scopes = SubjectKind::from_word(&setting.group).into_iter().chain(kinds);
    let root = |scope| -> &'static [&'static str] {
        match (forge, scope) {
            (ForgeKind::Github, SubjectKind::Repository) => &["/repos/{owner}/{repo}", "/orgs/{org}/repos"],
            (ForgeKind::Github, SubjectKind::Organization) => &["/orgs/{org}"],
            (ForgeKind::Github, SubjectKind::Enterprise) => &["/enterprises/{enterprise}"],
            (ForgeKind::Gitlab, SubjectKind::Repository) => &["/projects/{id}", "/groups/{id}/projects"],
            (ForgeKind::Gitlab, SubjectKind::Organization) => &["/groups/{id}"],
            (ForgeKind::Gitlab, SubjectKind::Enterprise) => &["/application"],
        }
    };
    scopes.flat_map(root).copied().collect()
}

fn toml_of(node: &Node) -> toml::Value {
    match &node.item {
        Item::Bool(b) => toml::Value::Boolean(*b),
        Item::Int(n) => toml::Value::Integer(*n),
        Item::Text(s) => toml::Value::String(s.clone()),
        Item::Date(date) => toml::Value::String(date.to_string()),
        Item::Fraction(n) => toml::Value::Float(*n),
        Item::Other(what) => toml::Value::String((*what).to_owned()),
        Item::List(items) => toml::Value::Array(items.iter().map(toml_of).collect()),
        Item::Table(table) => {
            toml::Value::Table(table.entries.iter().map(|(k, v)| (k.name.clone(), toml_of(v))).collect())
        }
    }
}
