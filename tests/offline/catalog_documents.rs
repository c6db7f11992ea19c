//! Holds what the catalogue tells of whole REST documents and lists against what GitHub publishes, and
//! against the rows that read them.

use std::collections::HashSet;

use ispo_scm::catalog::{Catalog, Endpoint, ForgeKind, Kind, Path, Type, bare};
use ispo_scm::model::SubjectKind;

use crate::catalog_contract::{DESCRIPTIONS, Description, all_or_nothing, published};

/// Kinds of GitHub that are read from a REST list, with it.
fn listed(catalog: &Catalog) -> Vec<(&Kind, &Endpoint)> {
    let list = |kind: &Kind| kind.github.as_ref().is_some_and(|b| b.graphql.is_none());
    let lists = catalog.kinds().filter(|kind| list(kind));
    lists.filter_map(|kind| Some((kind, kind.github.as_ref()?.list.as_ref()?))).collect()
}

/// An item's own place in a list.
fn within(list: &Endpoint, pointer: &str) -> Endpoint {
    let (each, field) = match list.field.as_str() {
        "" => (true, pointer.to_owned()),
        wrapper => (false, format!("{wrapper}.{pointer}")),
    };
    Endpoint { each, pointer: Path::parse(&field).ok(), field, ..list.clone() }
}

#[test]
fn every_item_of_a_list_has_what_is_read_of_it_in_every_scope() {
    let Some(folder) = published() else { return };
    let catalog = Catalog::built_in().unwrap();
    let descriptions = DESCRIPTIONS.map(|name| Description::load(&folder, name));
    let (mut checked, mut wrong) = (0, Vec::new());
    let mut hold = |key: &str, endpoint: &Endpoint| {
        checked += 1;
        let verdicts: Vec<_> = descriptions.iter().map(|d| d.has(endpoint, "GET").err()).collect();
        if verdicts.iter().all(Option::is_some) {
            wrong.push(format!("{key}: {} :: {}: {verdicts:?}", endpoint.path, endpoint.field));
        }
    };
    let kinds = listed(&catalog);
    for (kind, list) in &kinds {
        let identity = kind.github.as_ref().and_then(|b| b.identity.as_ref());
        hold(&kind.name, &within(list, &identity.unwrap_or_else(|| panic!("`{}`", kind.name)).to_string()));
        for setting in catalog.settings().filter(|s| s.group == kind.name) {
            let Some(rest) = setting.github.binding().and_then(|b| b.rest.as_ref()) else { continue };
            // A row names one of the lists of its kind, and holds of all of them; but what it tells of
            // an organization's list, a repository's may lack.
            let mut namesakes = kinds.iter().filter(|(k, _)| k.name == kind.name);
            let named = namesakes.find(|(_, l)| bare(&l.path) == bare(&rest.path));
            if let Some((_, named)) =
                named.filter(|(k, _)| k.of == SubjectKind::Repository || k.of == kind.of)
            {
                let field = rest.field.strip_prefix(named.field.as_str()).unwrap_or(&rest.field);
                let field = field.strip_prefix("[]").unwrap_or(field);
                hold(&setting.key, &within(list, field.trim_start_matches('.')));
            }
        }
    }
    all_or_nothing("places in lists", checked, &wrong);
}

#[test]
fn every_document_is_published_and_read() {
    let Some(folder) = published() else { return };
    let catalog = Catalog::built_in().unwrap();
    let read_on = |forge| {
        let mut read: HashSet<&str> = HashSet::new();
        for binding in catalog.settings().filter_map(|s| s.on(forge).binding()) {
            read.extend(binding.rest.iter().map(|e| bare(&e.path)));
        }
        for binding in catalog.kinds().filter_map(|k| k.on(forge)) {
            read.extend(binding.list.iter().chain(&binding.one).map(|e| bare(&e.path)));
        }
        read
    };
    let (read, on_gitlab) = (read_on(ForgeKind::Github), read_on(ForgeKind::Gitlab));
    let known = |path: &str| read.contains(path) || on_gitlab.contains(path);
    let unread: Vec<_> = catalog.documents().iter().filter(|d| !known(d.path.as_str())).collect();
    assert!(unread.is_empty(), "no row reads {unread:?}");
    let descriptions = DESCRIPTIONS.map(|name| Description::load(&folder, name));
    let (mut checked, mut wrong) = (0, Vec::new());
    for document in catalog.documents().iter().filter(|d| read.contains(d.path.as_str())) {
        checked += 1;
        let (method, path) = ("GET".to_owned(), document.path.clone());
        let whole = Endpoint { method, path, each: false, pointer: None, field: String::new() };
        let has = |name: &str| {
            let place = DESCRIPTIONS.iter().position(|n| *n == name);
            place.is_some_and(|place| descriptions[place].has(&whole, "GET").is_ok())
        };
        if !DESCRIPTIONS.iter().any(|name| has(name)) {
            wrong.push(format!("{} is in no description", document.path));
        }
        let since = document.since.as_deref();
        if since == Some("cloud") && has("ghes-3.19") {
            wrong.push(format!("{}: a server has it", document.path));
        }
        if since.is_none() && !has("ghes-3.17") {
            wrong.push(format!("{}: not every server has it", document.path));
        }
    }
    all_or_nothing("documents", checked, &wrong);
}

#[test]
fn what_tells_whether_a_document_is_there_comes_in_bulk() {
    let catalog = Catalog::built_in().unwrap();
    for document in catalog.documents() {
        let Some(key) = &document.only_where else { continue };
        let setting = catalog.find(key).unwrap_or_else(|| panic!("{}: no `{key}`", document.path));
        let binding = setting.github.binding().unwrap();
        let bulk = binding.graphql.is_some() || binding.list.is_some();
        assert!(setting.ty == Type::Boolean && bulk, "{}: `{key}`", document.path);
    }
}
