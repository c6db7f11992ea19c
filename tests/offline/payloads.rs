//! Answers that GitHub once really gave, read through the rows of the catalogue.
//!
//! They lie beside the repository and not in it; where they do not, the tests say so. What holds for
//! each of them: no answer makes the program panic, a field that is not there is unknown and never
//! off or absent, and `null` is absent.

use std::collections::BTreeMap;
use std::path::{Path, PathBuf};

use ispo_scm::catalog::{Binding, Catalog, Dialect, Endpoint, ForgeKind, Found, Setting, Type, read};
use ispo_scm::model::Observation;
use serde_json::Value as Json;

/// The list of repositories, in which every item is a subject of its own.
const REPOSITORIES: &str = "/orgs/{org}/repos";
const RULESET: &str = "/repos/{owner}/{repo}/rulesets/{ruleset_id}";

/// One setting and where in a document of this endpoint it is read.
struct Row<'c> {
    setting: &'c Setting,
    binding: &'c Binding,
    endpoint: &'c Endpoint,
}

#[derive(Default)]
struct Seen {
    documents: usize,
    known: usize,
    absent: usize,
    unknown: usize,
    never: Vec<String>,
}

fn folder() -> Option<PathBuf> {
    let folder = Path::new(env!("CARGO_MANIFEST_DIR")).join("../shared/payloads");
    if folder.is_dir() {
        return Some(folder);
    }
    eprintln!("SKIPPED: {} is missing", folder.display());
    None
}

/// A template with its placeholders emptied: `/repos/{o}/{r}/keys` and `/repos/{owner}/{repo}/keys`
/// are one.
fn skeleton(template: &str) -> String {
    let path = template.split('?').next().unwrap_or_default().trim_start_matches('/');
    let parts = path.split('{').enumerate().map(|(i, part)| match i {
        0 => part.to_owned(),
        _ => format!("{{{}", &part[part.find('}').unwrap_or(0)..]),
    });
    parts.collect::<String>().replace('/', "_")
}

/// Every recorded body, under the skeleton of its endpoint.
fn recorded(folder: &Path) -> BTreeMap<String, Vec<Json>> {
    let mut bodies: BTreeMap<String, Vec<Json>> = BTreeMap::new();
    for entry in std::fs::read_dir(folder).unwrap() {
        let path = entry.unwrap().path();
        let name = path.file_stem().unwrap().to_str().unwrap().to_owned();
        let Some(endpoint) = name.strip_prefix("GET_").filter(|_| path.is_file()) else { continue };
        let text = std::fs::read_to_string(&path).unwrap();
        let of = bodies.entry(skeleton(endpoint)).or_default();
        of.extend(text.lines().map(|line| serde_json::from_str::<Json>(line).unwrap()["body"].take()));
    }
    for entry in std::fs::read_dir(folder.join("rulesets")).unwrap() {
        let text = std::fs::read_to_string(entry.unwrap().path()).unwrap();
        bodies.entry(skeleton(RULESET)).or_default().push(serde_json::from_str(&text).unwrap());
    }
    bodies
}

/// The rows by the skeleton of the endpoint that they read.
fn rows(catalog: &Catalog) -> BTreeMap<String, Vec<Row<'_>>> {
    let mut rows: BTreeMap<String, Vec<Row<'_>>> = BTreeMap::new();
    for setting in catalog.settings() {
        let Some(binding) = setting.on(ForgeKind::Github).binding() else { continue };
        for endpoint in binding.rest.iter().chain(&binding.list) {
            rows.entry(skeleton(&endpoint.path)).or_default().push(Row { setting, binding, endpoint });
        }
    }
    rows
}

impl Row<'_> {
    /// The documents within a body that this row reads, and what it finds in each.
    fn observe(&self, body: &Json) -> Vec<Observation> {
        self.found(body).into_iter().map(|found| self.setting.observe(found, self.binding)).collect()
    }

    fn found(&self, body: &Json) -> Vec<Found> {
        let one = |document: &Json| match &self.endpoint.pointer {
            Some(pointer) => read(document, pointer, Dialect::Rest),
            None => Found::Known(document.clone()),
        };
        let Some(items) = body.as_array().filter(|_| self.endpoint.each) else {
            return vec![if self.endpoint.each { Found::Missing } else { one(body) }];
        };
        if !self.is_whole_list() {
            return items.iter().map(one).collect();
        }
        // The setting is the list itself: one item that cannot be read spoils it.
        let mut values = Vec::new();
        for found in items.iter().map(one) {
            match found {
                Found::Known(value) => values.push(value),
                other => return vec![other],
            }
        }
        vec![Found::Known(values.into())]
    }

    fn is_whole_list(&self) -> bool {
        matches!(self.setting.ty, Type::Set | Type::List | Type::Map) && self.endpoint.path != REPOSITORIES
    }

    /// The steps of a pointer that is nothing but names.
    fn steps(&self) -> Option<Vec<&str>> {
        let field = self.endpoint.field.trim_start_matches("[]").trim_start_matches('.');
        let plain = !field.is_empty() && field.chars().all(|c| c.is_ascii_alphanumeric() || "_.".contains(c));
        (plain && !self.is_whole_list()).then(|| field.split('.').collect())
    }

    /// The documents that carry the field, as the forge sent them.
    fn documents<'b>(&self, body: &'b Json) -> Vec<&'b Json> {
        match body.as_array() {
            Some(items) if self.endpoint.each => items.iter().collect(),
            _ => vec![body],
        }
    }

    /// What may be made of a `null`: an absence, or what the row says that one means.
    #[track_caller]
    fn is_absence(&self, seen: &Observation) {
        let meant = self.binding.codec.and_then(|codec| codec.absent.clone()).map(Observation::Known);
        let fits = match seen {
            Observation::Absent => meant.is_none() && !self.binding.absent_is_unknown,
            Observation::Unknown { .. } => self.binding.absent_is_unknown,
            known => meant.as_ref() == Some(known),
        };
        assert!(fits, "{}: null is read as {seen:?}", self.setting.key);
    }

    /// Reads one document as if the field at the end of these steps were not there, and as `null`.
    fn without(&self, document: &Json, steps: &[&str]) {
        let (last, before) = steps.split_last().unwrap();
        let mut changed = document.clone();
        let mut at = &mut changed;
        for step in before {
            match at.get_mut(*step) {
                Some(next) => at = next,
                None => return,
            }
        }
        let Some(fields) = at.as_object_mut() else { return };
        let read = |document: &Json| {
            let found = read(document, self.endpoint.pointer.as_ref().unwrap(), Dialect::Rest);
            self.setting.observe(found, self.binding)
        };
        fields.insert((*last).to_owned(), Json::Null);
        self.is_absence(&read(&changed));
        let mut at = &mut changed;
        for step in before {
            at = at.get_mut(*step).unwrap();
        }
        at.as_object_mut().unwrap().shift_remove(*last);
        let seen = read(&changed);
        assert!(
            matches!(seen, Observation::Unknown { .. }),
            "{} is not there, and read as {seen:?}",
            self.setting.key
        );
    }
}

#[test]
fn what_github_really_answered_is_read() {
    let Some(folder) = folder() else { return };
    let catalog = Catalog::built_in().unwrap();
    let (bodies, rows) = (recorded(&folder), rows(&catalog));
    let mut table: BTreeMap<&str, Seen> = BTreeMap::new();
    for (endpoint, rows) in &rows {
        let Some(bodies) = bodies.get(endpoint) else { continue };
        let seen = table.entry(endpoint).or_default();
        seen.documents = bodies.len();
        for row in rows {
            let observed: Vec<Observation> = bodies.iter().flat_map(|body| row.observe(body)).collect();
            let count = |of: fn(&Observation) -> bool| observed.iter().filter(|o| of(o)).count();
            let known = count(|o| matches!(o, Observation::Known(_)));
            seen.known += known;
            seen.absent += count(|o| matches!(o, Observation::Absent));
            seen.unknown += count(|o| matches!(o, Observation::Unknown { .. }));
            if known == 0 {
                seen.never.push(row.setting.name().to_owned());
            }
        }
    }
    for (endpoint, seen) in &table {
        let Seen { documents, known, absent, unknown, never } = seen;
        eprintln!("{endpoint}: {documents} bodies: {known} known, {absent} absent, {unknown} unknown");
        if !never.is_empty() {
            eprintln!("    never known: {}", never.join(", "));
        }
    }
    assert!(table.len() >= 12, "too few endpoints were recognised: {:?}", table.keys());
    for main in [
        "orgs_{}",
        "orgs_{}_repos",
        "repos_{}_{}",
        "repos_{}_{}_branches_{}_protection",
        "repos_{}_{}_rulesets_{}",
    ] {
        assert!(table[main].known > 10, "{main} is hardly read");
    }
}

#[test]
fn a_field_that_is_not_there_is_unknown_and_null_is_absent() {
    let Some(folder) = folder() else { return };
    let catalog = Catalog::built_in().unwrap();
    let bodies = recorded(&folder);
    let mut held = 0;
    for (endpoint, rows) in rows(&catalog) {
        for body in bodies.get(&endpoint).into_iter().flatten() {
            for row in &rows {
                let Some(steps) = row.steps() else { continue };
                for (document, seen) in row.documents(body).into_iter().zip(row.observe(body)) {
                    let mut at = Some(document);
                    for step in &steps {
                        at =
                            at.and_then(|value| if value.is_null() { Some(value) } else { value.get(*step) });
                    }
                    held += 1;
                    match at {
                        None => assert!(
                            matches!(seen, Observation::Unknown { .. }),
                            "{} is not there, and read as {seen:?}",
                            row.setting.key
                        ),
                        Some(Json::Null) => row.is_absence(&seen),
                        Some(_) => row.without(document, &steps),
                    }
                }
            }
        }
    }
    eprintln!("{held} fields were held against what is there");
    assert!(held > 3_000, "{held}");
}
