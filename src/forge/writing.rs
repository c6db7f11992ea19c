//! What writing is on every forge: filling in what a request waits for. What may not be found here: one
//! forge's own interface.

use std::collections::BTreeMap;

use serde_json::{Value as Json, json};

use super::error::ForgeError;
use crate::catalog::{Dialect, Found, Path, read};
use crate::model::Request;

/// A request's path and body with everything filled in.
#[derive(Debug)]
pub(super) struct Filled {
    /// The path beneath the interface's root.
    pub path: String,
    /// The body, where there is one.
    pub body: Option<Json>,
}

/// Fills in what was read, in the path and wherever a text of the body is nothing but a name.
pub(super) fn filled(request: &Request, said: &BTreeMap<String, String>) -> Filled {
    let (mut path, mut body) = (request.path.clone(), request.body.clone());
    for (name, text) in said {
        path = path.replace(name, text);
    }
    fill(&mut body, said);
    Filled { path, body: Some(body).filter(|b| !b.is_null()) }
}

/// A read such as `GET /path :: field`, or `GET /path :: field == JSON` for what must be said there.
pub(super) struct Read<'r> {
    /// The path that is asked.
    pub path: &'r str,
    /// The place in its answer; none for all of it.
    pointer: Option<Path>,
    /// What must stand there.
    wanted: Option<Json>,
}

/// The parts of a read.
pub(super) fn parts(from: &str) -> Result<Read<'_>, ForgeError> {
    let wrong = || unusable(from, "it is not `GET /path :: field`");
    let rest = from.strip_prefix("GET ").ok_or_else(wrong)?;
    let (place, wanted) = match rest.split_once(" == ") {
        Some((place, wanted)) => (place, Some(serde_json::from_str(wanted).map_err(|_| wrong())?)),
        None => (rest, None),
    };
    let (path, pointer) = match place.split_once(" :: ") {
        Some((path, field)) => (path, Some(Path::parse(field).map_err(|e| unusable(from, &e.to_string()))?)),
        None if wanted.is_some() => (place, None),
        None => return Err(wrong()),
    };
    Ok(Read { path, pointer, wanted })
}

/// What an answer says at that place, as a text; the items of a list are its `items`.
pub(super) fn said(from: &str, answer: Json, asked: &Read<'_>) -> Result<String, ForgeError> {
    let json = if answer.is_array() { json!({"items": answer}) } else { answer };
    let found = match &asked.pointer {
        Some(pointer) => read(&json, pointer, Dialect::Rest),
        None => Found::Known(json),
    };
    match (found, &asked.wanted) {
        (Found::Known(now), Some(wanted)) if now == *wanted => Ok(String::new()),
        (_, Some(_)) => Err(ForgeError::Moved { what: asked.path.to_owned() }),
        (Found::Known(Json::String(text)), None) => Ok(text),
        (Found::Known(Json::Number(number)), None) => Ok(number.to_string()),
        _ => Err(unusable(from, "the answer does not carry it")),
    }
}

/// What cannot be asked or sent, and why.
pub(super) fn unusable(what: &str, why: &str) -> ForgeError {
    ForgeError::Unreadable { what: what.to_owned(), why: why.to_owned() }
}

fn fill(body: &mut Json, said: &BTreeMap<String, String>) {
    match body {
        Json::String(text) => {
            if let Some(value) = said.get(text.as_str()) {
                text.clone_from(value);
            }
        }
        Json::Array(items) => items.iter_mut().for_each(|i| fill(i, said)),
        Json::Object(fields) => fields.values_mut().for_each(|v| fill(v, said)),
        _ => {}
    }
}
