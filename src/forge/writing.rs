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

/// What the reads of a request said; what an answer does not carry, though it may, is none.
pub(super) type Said = BTreeMap<String, Option<Json>>;

/// Documents by their paths, each with the names and places of what is wanted of it.
pub(super) type Awaited<'r> = BTreeMap<&'r str, Vec<(&'r str, Path)>>;

/// The documents that a request waits for.
pub(super) fn awaited(request: &Request) -> Result<Awaited<'_>, ForgeError> {
    let mut documents = Awaited::new();
    for (name, from) in &request.reads {
        let parsed = from.strip_prefix("GET ").and_then(|f| f.split_once(" :: "));
        let (path, field) = parsed.ok_or_else(|| unusable(from, "it is not `GET /path :: field`"))?;
        let pointer = Path::parse(field).map_err(|e| unusable(from, &e.to_string()))?;
        documents.entry(path).or_default().push((name, pointer));
    }
    Ok(documents)
}

/// Takes from an answer what stands at those places; the items of a list are its `items`.
pub(super) fn heard(
    said: &mut Said,
    path: &str,
    answer: Json,
    wanted: Vec<(&str, Path)>,
) -> Result<(), ForgeError> {
    let json = if answer.is_array() { json!({"items": answer}) } else { answer };
    for (name, pointer) in wanted {
        let value = match read(&json, &pointer, Dialect::Rest) {
            Found::Known(value) => Some(value),
            Found::Absent | Found::Missing if name.ends_with('?') && json.is_object() => None,
            _ => return Err(unusable(path, "the answer does not carry what the request waits for")),
        };
        said.insert(format!("{{{name}}}"), value);
    }
    Ok(())
}

/// Fills in what was read, in the path and wherever a text of the body is nothing but a name. A field of
/// which the answer said nothing is left out.
pub(super) fn filled(request: &Request, said: &Said) -> Result<Filled, ForgeError> {
    let (mut path, mut body) = (request.path.clone(), request.body.clone());
    for (name, value) in said.iter().filter(|(name, _)| request.path.contains(*name)) {
        let text = match value {
            Some(Json::String(text)) => text.clone(),
            Some(Json::Number(number)) => number.to_string(),
            _ => return Err(unusable(&request.path, "what was read cannot stand in a path")),
        };
        path = path.replace(name, &text);
    }
    fill(&mut body, said);
    Ok(Filled { path, body: Some(body).filter(|b| !b.is_null()) })
}

/// What cannot be asked or sent, and why.
pub(super) fn unusable(what: &str, why: &str) -> ForgeError {
    ForgeError::Unreadable { what: what.to_owned(), why: why.to_owned() }
}

fn fill(body: &mut Json, said: &Said) {
    let left_out = |v: &Json| v.as_str().and_then(|text| said.get(text)).is_some_and(Option::is_none);
    match body {
        Json::String(text) => {
            if let Some(Some(value)) = said.get(text.as_str()) {
                *body = value.clone();
            }
        }
        Json::Array(items) => items.iter_mut().for_each(|i| fill(i, said)),
        Json::Object(fields) => {
            fields.retain(|_, value| !left_out(value));
            fields.values_mut().for_each(|v| fill(v, said));
        }
        _ => {}
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn request(path: &str, body: Json, reads: &[&str]) -> Request {
        let from = |name: &&str| ((*name).to_owned(), format!("GET /it :: {}", name.trim_end_matches('?')));
        Request { method: "PUT".into(), path: path.into(), body, reads: reads.iter().map(from).collect() }
    }

    fn sent(request: &Request, answer: Json) -> Result<Filled, ForgeError> {
        let mut said = Said::new();
        for (path, wanted) in awaited(request)? {
            heard(&mut said, path, answer.clone(), wanted)?;
        }
        filled(request, &said)
    }

    #[test]
    fn what_stands_beside_is_sent_as_it_was_read() {
        let body = json!({"on": true, "who": "{who?}", "many": "{many?}", "less": "{less?}"});
        let request = request("/it", body, &["who?", "many?", "less?"]);
        let filled = sent(&request, json!({"who": "all", "many": [1, 2], "on": false})).unwrap();
        assert_eq!(filled.body, Some(json!({"on": true, "who": "all", "many": [1, 2]})));
    }

    #[test]
    fn what_has_to_be_known_is_not_left_out() {
        let of = |answer| sent(&request("/it/{id}", Json::Null, &["id"]), answer).map(|f| f.path);
        assert_eq!(of(json!({"id": 7})).unwrap(), "/it/7");
        assert!(of(json!({})).is_err());
        assert!(of(json!({"id": [7]})).is_err());
        // An answer that is no document says nothing of its fields.
        assert!(sent(&request("/it", json!({"a": "{a?}"}), &["a?"]), json!("maintenance")).is_err());
    }
}
