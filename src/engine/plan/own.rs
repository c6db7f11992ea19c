//! Settings of the subject itself: one field of one document.

use std::collections::BTreeMap;

use serde_json::{Map, Value as Json, json};

use super::access;
use super::decided_above;
use super::draft::{Draft, Subject};
use super::target::target;
use super::whole_document;
use crate::catalog::{Binding, Endpoint, Setting, Type};
use crate::model::{Action, Finding, Observation, Request, Value};

/// A write of one setting: the request, and the one that takes it back, where there is one.
pub(super) type Written = (usize, Option<usize>);

/// Plans the change of one setting.
pub(super) fn plan(draft: &mut Draft, subject: Subject<'_>, setting: &Setting, finding: &Finding) {
    let wish = &finding.expectation;
    let after = match wish.constraint.absent {
        // Its absence is an empty text to the forges that have one.
        Some(true) if wish.fix.is_none() => Ok(Value::text("")),
        _ => target(wish, &finding.observed),
    };
    let planned = access::refused(subject, setting).map_or(Ok(()), Err).and_then(|()| {
        let after = after?;
        if access::is_by_entry(setting, subject.forge) {
            return access::plan(draft, subject, setting, finding, &after);
        }
        decided_above::check(draft, subject, setting)?;
        let (request, back) = write(draft, subject, setting, &finding.observed, &after)?;
        let change = draft.change(subject, setting, finding, &after, vec![request]);
        if after == Value::text("") {
            change.after = Json::Null;
            change.action = Action::Delete;
        }
        match back {
            Some(back) => change.undo.push(back),
            None => change.irreversible = Some("it was not set before, and the forge cannot unset it".into()),
        }
        Ok(())
    });
    if let Err(why) = planned {
        draft.defer(subject, finding, &why);
    }
}

/// Plans the requests that give a setting that value, and take it back.
///
/// # Errors
/// Why it cannot be written by this release.
pub(super) fn write(
    draft: &mut Draft,
    subject: Subject<'_>,
    setting: &Setting,
    seen: &Observation,
    after: &Value,
) -> Result<Written, String> {
    let (binding, write, path) = writable(subject, setting)?;
    if let Some(why) = whole_document::meaningless(subject, write) {
        return Err(why);
    }
    let mut request = request_for(binding, write, &path, after);
    let back = match former(setting, seen).or_else(|| unsets(write).then(|| Value::text(""))) {
        Some(before) => Some(request_for(binding, write, &path, &before)),
        None if whole_document::is_left_out(write) => Some(Request { body: json!({}), ..request.clone() }),
        None => None,
    };
    let never_set = subject.seen("repository.push_rule.present").and_then(Observation::value);
    if write.path == "/projects/{id}/push_rule" && never_set == Some(&Value::Bool(false)) {
        // GitLab: a rule that was never set is made by POST, and PUT does not find it.
        request.method = "POST".into();
    }
    let given = draft.given(&request.method, &path, &write.field);
    let placeholder = |json: &Json| json.as_str().is_some_and(|t| t.starts_with('{') && t.ends_with("?}"));
    if given.is_some_and(|given| !placeholder(given) && Some(given) != at(&request.body, &write.field)) {
        let field = &write.field;
        return Err(format!("another line of the policy asks for another `{field}` of the same document"));
    }
    let at = draft.fields(request);
    whole_document::lay_under(subject, write, &path, &mut draft.requests[at]);
    let back = back.map(|mut back| {
        whole_document::bring_back(subject, write, after, &mut back);
        let at = draft.fields_back(back);
        whole_document::lay_under(subject, write, &path, &mut draft.undo[at]);
        at
    });
    Ok((at, back))
}

/// Names by which people find a subject.
const RENAMES: [&str; 2] = ["organization.path", "repository.name"];

/// How a setting is written, and at which path.
pub(super) fn writable<'s>(
    subject: Subject<'_>,
    setting: &'s Setting,
) -> Result<(&'s Binding, &'s Endpoint, String), String> {
    let binding = setting.on(subject.forge).binding().ok_or("this forge has no such setting")?;
    let write = binding.write.as_ref().ok_or_else(|| {
        let why = binding.unwritable.as_deref().unwrap_or("the forge has no request for it");
        format!("it cannot be written: {why}")
    })?;
    if setting.users_own {
        return Err("a row of the user's own is only read by this release".into());
    }
    if RENAMES.contains(&&*setting.key) {
        return Err(
            "another name breaks every address that people have: whoever wants it does it by hand".into()
        );
    }
    let path = subject.path(&write.path);
    if path.contains('{') && !access::is_by_entry(setting, subject.forge) {
        return Err("its request needs a number that is not read by this release".into());
    }
    Ok((binding, write, path))
}

/// The value that brings back what there was; none where nothing does.
pub(super) fn former(setting: &Setting, seen: &Observation) -> Option<Value> {
    match (seen.value(), setting.ty) {
        (Some(before), _) => Some(before.clone()),
        (None, Type::Text) => Some(Value::text("")),
        (None, Type::Set | Type::List) => Some(Value::List(Vec::new())),
        (None, _) => None,
    }
}

/// The request that gives a setting that value.
fn request_for(binding: &Binding, write: &Endpoint, path: &str, value: &Value) -> Request {
    let (path, reads) = (path.to_owned(), BTreeMap::new());
    let mut method = write.method.clone();
    if write.method == "PUT|DELETE" {
        let on = if write.field.is_empty() { *value == Value::Bool(true) } else { !value.is_empty() };
        method = if on { "PUT" } else { "DELETE" }.to_owned();
        if !on || write.field.is_empty() {
            return Request { method, path, body: Json::Null, reads };
        }
    }
    let json = binding.codec.map_or_else(|| value.to_json(), |codec| (codec.write)(value));
    Request { method, path, body: nested(&write.field, json), reads }
}

/// What a body says at a dotted place.
pub(super) fn at<'j>(body: &'j Json, field: &str) -> Option<&'j Json> {
    field.split('.').try_fold(body, |at, name| at.get(name))
}

/// Whether a request of its own takes a value away.
fn unsets(write: &Endpoint) -> bool {
    write.method == "PUT|DELETE" && !write.field.is_empty()
}

/// A body in which the value stands at a dotted place; the body itself where there is no place.
pub(super) fn nested(field: &str, value: Json) -> Json {
    if field.is_empty() {
        return value;
    }
    field.rsplit('.').fold(value, |inner, name| Json::Object(Map::from_iter([(name.to_owned(), inner)])))
}
