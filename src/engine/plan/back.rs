//! The plan that takes changes back: its requests say nothing of what stays as it was made.

use serde_json::{Value as Json, json};

use super::draft::merge;
use super::own::{at, nested};
use crate::catalog::{Catalog, Endpoint};
use crate::model::{Change, Plan, Request};

/// The plan that takes those of the changes back, by their numbers, that can be. Where others shared a request
/// with them, it no longer speaks of these.
pub fn taken_back(plan: &Plan, done: &[usize], catalog: &Catalog) -> Plan {
    let goes = |(i, change): (usize, &Change)| done.contains(&i) && change.irreversible.is_none();
    let mut left = plan.clone();
    for (i, change) in plan.changes.iter().enumerate().filter(|numbered| !goes(*numbered)) {
        let Some(write) = written(catalog, plan, change) else { continue };
        let shares = |of: fn(&Change) -> &[usize], number: usize| {
            let others = plan.changes.iter().enumerate().filter(|numbered| goes(*numbered));
            let mut others = others.filter(|(other, c)| *other != i && of(c).contains(&number));
            others.any(|(_, c)| written(catalog, plan, c).is_some_and(|w| w.field == write.field))
        };
        for number in change.requests.iter().filter(|number| !shares(|c| &c.requests, **number)) {
            left.requests.get_mut(*number).into_iter().for_each(|request| unsay(request, catalog, write));
        }
        for number in change.undo.iter().filter(|number| !shares(|c| &c.undo, **number)) {
            left.undo.get_mut(*number).into_iter().for_each(|request| unsay(request, catalog, write));
        }
    }
    left.reversed(done)
}

/// How the setting of a change is written, where that is a field of a request.
fn written<'c>(catalog: &'c Catalog, plan: &Plan, change: &Change) -> Option<&'c Endpoint> {
    let setting = catalog.find(&change.setting)?;
    let request = plan.requests.get(*change.requests.first()?)?;
    let of_gitlab = ["/projects/", "/groups/", "/application/"].iter().any(|p| request.path.starts_with(p));
    let support = if of_gitlab { &setting.gitlab } else { &setting.github };
    support.binding()?.write.as_ref().filter(|write| !write.field.is_empty())
}

/// Takes a field out of a request; where what it leaves out is reset, the field stays as it is just before.
fn unsay(request: &mut Request, catalog: &Catalog, write: &Endpoint) {
    let field = &write.field;
    if at(&request.body, field).is_none() {
        return;
    }
    let whole = catalog.document(&write.path).is_some_and(|document| document.replaced_whole);
    let of_part = write.path == "/groups/{id}" && field.contains('.');
    if of_part || (whole && request.method == "PUT") {
        let name = format!("{field}?");
        merge(&mut request.body, nested(field, json!(format!("{{{name}}}"))));
        request.reads.insert(name, format!("GET {} :: {field}", request.path));
    } else {
        remove(&mut request.body, field);
    }
}

/// Takes what stands at a dotted place out of a body.
fn remove(body: &mut Json, field: &str) {
    let Some(fields) = body.as_object_mut() else { return };
    match field.split_once('.') {
        None => drop(fields.shift_remove(field)),
        Some((first, rest)) => {
            let Some(part) = fields.get_mut(first) else { return };
            remove(part, rest);
            if part.as_object().is_some_and(serde_json::Map::is_empty) {
                fields.shift_remove(first);
            }
        }
    }
}
