//! Settings of the subject itself: one field of one document.

use std::collections::BTreeMap;

use serde_json::{Map, Value as Json};

use super::draft::{Draft, Subject};
use super::target::target;
use crate::catalog::{Binding, Endpoint, Setting, Type};
use crate::model::{Finding, Request, Value};

/// Plans the change of one setting.
pub(super) fn plan(draft: &mut Draft, subject: Subject<'_>, setting: &Setting, finding: &Finding) {
    let Some(binding) = setting.github.binding() else {
        return draft.defer(subject, finding, "this forge has no such setting");
    };
    let Some(write) = &binding.write else {
        let why = binding.unwritable.as_deref().unwrap_or("the forge has no request for it");
        return draft.defer(subject, finding, &format!("it cannot be written: {why}"));
    };
    if setting.users_own {
        return draft.defer(subject, finding, "a row of the user's own is only read by this release");
    }
    if setting.ty == Type::Map {
        return draft.defer(
            subject,
            finding,
            "its entries are written one by one, which this release does not do",
        );
    }
    let document = subject.catalog.document(&write.path);
    if write.method == "PUT" && document.is_some_and(|d| d.replaced_whole) {
        return draft.defer(
            subject,
            finding,
            "its request replaces settings beside it, which the plan does not know: an administrator can change it",
        );
    }
    let after = match target(&finding.expectation, &finding.observed) {
        Ok(value) => value,
        Err(why) => return draft.defer(subject, finding, &why),
    };
    let path = subject.path(&write.path);
    if path.contains('{') {
        return draft.defer(subject, finding, "its request needs a number that is not read by this release");
    }
    let request = draft.request(request_for(binding, write, &path, &after));
    let before = former(setting, finding);
    let back = before.map(|before| draft.undo(request_for(binding, write, &path, &before)));
    let change = draft.change(subject, setting, finding, &after, vec![request]);
    match back {
        Some(back) => change.undo.push(back),
        None => change.irreversible = Some("it was not set before, and the forge cannot unset it".into()),
    }
}

/// The value that brings back what there was; none where nothing does.
fn former(setting: &Setting, finding: &Finding) -> Option<Value> {
    match (finding.observed.value(), setting.ty) {
        (Some(before), _) => Some(before.clone()),
        (None, Type::Text) => Some(Value::text("")),
        (None, Type::Set | Type::List) => Some(Value::List(Vec::new())),
        (None, _) => None,
    }
}

/// The request that gives a setting that value.
fn request_for(binding: &Binding, write: &Endpoint, path: &str, value: &Value) -> Request {
    let (path, reads) = (path.to_owned(), BTreeMap::new());
    if write.method == "PUT|DELETE" {
        let method = if *value == Value::Bool(true) { "PUT" } else { "DELETE" };
        return Request { method: method.to_owned(), path, body: Json::Null, reads };
    }
    let json = binding.codec.map_or_else(|| value.to_json(), |codec| (codec.write)(value));
    Request { method: write.method.clone(), path, body: nested(&write.field, json), reads }
}

/// A body in which the value stands at a dotted place.
pub(super) fn nested(field: &str, value: Json) -> Json {
    field.rsplit('.').fold(value, |inner, name| Json::Object(Map::from_iter([(name.to_owned(), inner)])))
}
