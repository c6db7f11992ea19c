//! The answer to a GraphQL query: what there is, and what was refused of it.

use std::collections::BTreeSet;

use serde_json::Value as Json;

use super::reply::words;
use super::way::Lack;
use crate::catalog::mark_refused;
use crate::forge::error::ForgeError;

/// An answer to a GraphQL query: what there is, and what was refused of it.
#[derive(Debug)]
pub(in crate::forge) struct Answer {
    pub data: Json,
    pub errors: Vec<Refusal>,
    /// The scopes of a classic token.
    pub scopes: Option<String>,
}

/// One error of a GraphQL answer.
#[derive(Debug)]
pub(in crate::forge) struct Refusal {
    pub path: Vec<Json>,
    pub message: String,
}

impl Answer {
    /// The answer that a body holds; an answer in part is an answer.
    ///
    /// # Errors
    /// Where there is nothing but errors: [`OlderServer`](ForgeError::OlderServer) where they say that
    /// the server does not know a field, [`Refused`](ForgeError::Refused) otherwise.
    pub(in crate::forge) fn of(what: &str, mut json: Json) -> Result<Self, ForgeError> {
        let errors: Vec<Refusal> =
            json["errors"].as_array().map(|e| e.iter().map(refusal).collect()).unwrap_or_default();
        let data = json["data"].take();
        let lacks: BTreeSet<Lack> = errors.iter().filter_map(|e| Lack::from_message(&e.message)).collect();
        match errors.first() {
            Some(_) if data.is_null() && !lacks.is_empty() => Err(ForgeError::OlderServer { lacks }),
            Some(first) if data.is_null() => {
                Err(ForgeError::Refused { what: what.into(), status: 200, message: first.message.clone() })
            }
            _ => Ok(Self { data, errors, scopes: None }),
        }
    }

    /// The nodes at a place of it, with what was refused marked in them.
    pub(in crate::forge) fn nodes(mut self, at: &str) -> Vec<Json> {
        for refusal in &self.errors {
            mark_refused(&mut self.data, &refusal.path, &refusal.message);
        }
        match self.data.pointer_mut(at).map(Json::take) {
            Some(Json::Array(nodes)) => nodes,
            _ => Vec::new(),
        }
    }
    /// The object under a name, with what was refused marked in it.
    pub(in crate::forge) fn object(mut self, name: &str) -> Json {
        for refusal in &self.errors {
            mark_refused(&mut self.data, &refusal.path, &refusal.message);
        }
        self.data[name].take()
    }
}

fn refusal(error: &Json) -> Refusal {
    let path = error["path"].as_array().cloned().unwrap_or_default();
    Refusal { path, message: words(error["message"].as_str().unwrap_or("refused without a word")) }
}

/// Whether any list within an object was cut short.
pub(in crate::forge) fn is_cut(object: &Json) -> bool {
    match object {
        Json::Array(items) => items.iter().any(is_cut),
        Json::Object(fields) => {
            let sent = ["nodes", "edges"].iter().find_map(|k| fields.get(*k)).and_then(Json::as_array);
            let total = fields.get("totalCount").and_then(Json::as_u64);
            let more = fields.get("pageInfo").is_some_and(|info| info["hasNextPage"] == true);
            let here = sent.is_some_and(|sent| total.map_or(more, |total| total > sent.len() as u64));
            here || fields.values().any(is_cut)
        }
        _ => false,
    }
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;

    #[test]
    fn a_cut_is_seen_at_any_depth() {
        assert!(is_cut(
            &json!({"rulesets": {"totalCount": 1, "nodes": [{"rules": {"totalCount": 9, "nodes": []}}]}})
        ));
        assert!(!is_cut(&json!({"topics": {"totalCount": 1, "nodes": [{}]}})));
        let page = |more: bool| json!({"labels": {"pageInfo": {"hasNextPage": more}, "nodes": [{}]}});
        assert!(is_cut(&page(true)));
        assert!(!is_cut(&page(false)));
    }

    #[test]
    fn nothing_but_errors_is_no_answer() {
        let error = |message: &str| json!({"data": null, "errors": [{"message": message}]});
        let lacks = Answer::of("q", error("Field 'squash' doesn't exist on type 'Project'"));
        assert!(matches!(lacks, Err(ForgeError::OlderServer { .. })));
        assert!(matches!(Answer::of("q", error("no")), Err(ForgeError::Refused { .. })));
        let partly = json!({"data": {"p": {"nodes": [null]}}, "errors": [{"path": ["p", "nodes", 0], "message": "no"}]});
        assert_eq!(Answer::of("q", partly).unwrap().nodes("/p/nodes"), [json!({"__refused": "no"})]);
    }
}
