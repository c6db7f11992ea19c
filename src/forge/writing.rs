//! What writing is on every forge: filling in what a request waits for, and what an answer says of it. What
//! may not be found here: one forge's own interface.

use std::collections::BTreeMap;

use serde_json::{Value as Json, json};

use super::error::ForgeError;
use super::transport::TransportError;
use crate::catalog::{Dialect, Found, Path, read};
use crate::model::Request;

/// What became of a request that writes.
#[derive(Debug)]
pub enum Written {
    /// The forge says that it did it, or that there was nothing left to do: no proof that it is so.
    Taken,
    /// The forge says that it did not.
    Refused(ForgeError),
    /// Nobody knows whether it was done: only a look can tell.
    InDoubt(ForgeError),
    /// It was not sent, or not let in, and neither would another be now.
    Unsent(ForgeError),
}

impl Written {
    /// What an answer with this status says of a request by that method.
    pub(super) fn of_status(method: &str, error: ForgeError, status: u16) -> Self {
        match status {
            200..=299 => Self::Taken,
            // What is gone need not be removed.
            404 | 410 if method == "DELETE" => Self::Taken,
            408 | 500..=599 => Self::InDoubt(error),
            _ => Self::Refused(error),
        }
    }

    /// What the lack of an answer says of a request that was to be sent.
    pub(super) fn of_error(error: ForgeError) -> Self {
        match error {
            ForgeError::Transport(TransportError::Broken { .. } | TransportError::TimedOut { .. }) => {
                Self::InDoubt(error)
            }
            ForgeError::Transport(_) => Self::Unsent(error),
            // The answer came and cannot be made sense of.
            _ => Self::InDoubt(error),
        }
    }

    /// What it says of a request that a read before it failed.
    pub(super) fn of_read(error: ForgeError) -> Self {
        match error {
            ForgeError::Transport(_) => Self::Unsent(error),
            _ => Self::Refused(error),
        }
    }
}

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

/// The path of a read such as `GET /path :: field`, and the place in its answer.
pub(super) fn parts(from: &str) -> Result<(&str, Path), ForgeError> {
    let parsed = from.strip_prefix("GET ").and_then(|f| f.split_once(" :: "));
    let (path, field) = parsed.ok_or_else(|| unusable(from, "it is not `GET /path :: field`"))?;
    let pointer = Path::parse(field).map_err(|e| unusable(from, &e.to_string()))?;
    Ok((path, pointer))
}

/// What an answer says at that place, as a text; the items of a list are its `items`.
pub(super) fn said(from: &str, answer: Json, pointer: &Path) -> Result<String, ForgeError> {
    let json = if answer.is_array() { json!({"items": answer}) } else { answer };
    match read(&json, pointer, Dialect::Rest) {
        Found::Known(Json::String(text)) => Ok(text),
        Found::Known(Json::Number(number)) => Ok(number.to_string()),
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
