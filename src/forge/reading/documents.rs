//! Documents of single subjects: asked for whole, and what an answer without one means.

use std::collections::HashSet;
use std::sync::Arc;

use serde_json::Value as Json;

use super::reply::Reply;
use crate::catalog::{Dialect, Document, Endpoint, Found, read};
use crate::forge::error::ForgeError;

/// How often a list that moved while it was read is read again.
const AGAIN: u32 = 2;

/// Pages after which a list is taken for one without an end.
const MOST_PAGES: usize = 10_000;

/// A forge that answers for documents, with one identity.
pub(in crate::forge) trait Answers {
    /// Asks for a document, by path and query below the interface's root. A refusal is an answer too,
    /// but for one of the token itself.
    async fn ask(&self, path: &str) -> Result<Reply, ForgeError>;

    /// Whether the identity would see what takes that permission, as rows write it, if it were there.
    fn would_see(&self, permission: &str, administers: bool) -> bool;
}

/// What came of asking for a document.
#[derive(Debug, Clone)]
pub(in crate::forge) enum Fetched {
    /// It is there, with all its pages.
    Is(Json),
    /// There is none, and whoever asked would see one.
    None,
    /// Its settings do not apply, and why.
    Unsupported(Arc<str>),
    /// It was not shown, in the server's words.
    Hidden(String),
    /// The server holds more than it sent, or it moved each time it was read.
    Cut,
}

impl Fetched {
    /// What a row's pointer finds in it.
    pub(in crate::forge) fn at(&self, endpoint: &Endpoint) -> Result<Found, Arc<str>> {
        Ok(match self {
            Self::Is(json) => found(json, endpoint),
            Self::None => Found::Absent,
            Self::Unsupported(why) => return Err(Arc::clone(why)),
            Self::Hidden(message) => Found::Refused(message.clone()),
            Self::Cut => Found::Cut,
        })
    }
}

fn found(json: &Json, endpoint: &Endpoint) -> Found {
    let Some(pointer) = &endpoint.pointer else {
        return if json.is_null() { Found::Absent } else { Found::Known(json.clone()) };
    };
    if !endpoint.each {
        return read(json, pointer, Dialect::Rest);
    }
    let Some(items) = json.as_array() else { return Found::Missing };
    let mut values = Vec::with_capacity(items.len());
    for item in items {
        if item.is_null() {
            // Something is there, and what it is was withheld.
            return Found::Missing;
        }
        match read(item, pointer, Dialect::Rest) {
            Found::Known(value) => values.push(value),
            Found::Absent | Found::OtherType => {}
            other => return other,
        }
    }
    Found::Known(Json::Array(values))
}

/// Whether a row takes every item of a list that may have several pages.
pub(in crate::forge) fn is_paged(endpoint: &Endpoint) -> bool {
    // Only GitHub puts a list with pages into a document; one within a document of GitLab's is whole.
    let wrapped = ["/repos/", "/orgs/", "/organizations/", "/enterprises/"];
    let within = || endpoint.pointer.as_ref().is_some_and(|p| p.list_first().is_some());
    endpoint.each || wrapped.iter().any(|root| endpoint.path.starts_with(root)) && within()
}

/// Asks for a document. `trusted`: whether this identity would see one that is there, so that a 404
/// means that there is none.
///
/// # Errors
/// When no answer comes, or the budget or time is used up: nothing else can be read then either.
pub(in crate::forge) async fn fetch(
    from: &impl Answers,
    path: &str,
    told: Option<&Document>,
    paged: bool,
    trusted: bool,
) -> Result<Fetched, ForgeError> {
    let mut tries = 0;
    loop {
        let read = if paged { pages(from, path).await? } else { one(from, path).await? };
        let Whole { reply, steady } = read;
        if !reply.is_success() {
            return Ok(fate(&reply, told, trusted));
        }
        if reply.json.is_null() {
            return Ok(match reply.status {
                204 if told.is_some_and(|d| d.absent_when_no_content) => Fetched::None,
                status => Fetched::Hidden(format!("{status}: an answer with nothing in it")),
            });
        }
        match steady {
            true => return Ok(Fetched::Is(reply.json)),
            false if tries < AGAIN => tries += 1,
            false => return Ok(Fetched::Cut),
        }
    }
}

/// An answer with all its pages, and whether they fit together.
struct Whole {
    reply: Reply,
    steady: bool,
}

async fn one(from: &impl Answers, path: &str) -> Result<Whole, ForgeError> {
    Ok(Whole { reply: from.ask(path).await?, steady: true })
}

/// Every page of a list: an array, or an object around one with a `total_count`.
async fn pages(from: &impl Answers, path: &str) -> Result<Whole, ForgeError> {
    let separator = if path.contains('?') { '&' } else { '?' };
    let mut whole = from.ask(&format!("{path}{separator}per_page=100")).await?;
    let mut steady = true;
    let mut seen = HashSet::new();
    while let Some(next) = whole.next.take().filter(|_| whole.is_success() && seen.len() < MOST_PAGES) {
        // A page that leads back to one before it leads nowhere.
        if !seen.insert(next.clone()) {
            steady = false;
            break;
        }
        let page = from.ask(&next).await?;
        if !page.is_success() {
            return Ok(Whole { reply: page, steady });
        }
        steady &= append(&mut whole.json, page.json);
        whole.next = page.next;
    }
    steady &= whole.next.is_none() && is_whole(&whole.json);
    Ok(Whole { reply: whole, steady })
}

/// Adds a page to those before it; says whether it is of the same list.
fn append(whole: &mut Json, page: Json) -> bool {
    match (whole, page) {
        (Json::Array(whole), Json::Array(page)) => {
            whole.extend(page);
            true
        }
        (Json::Object(whole), Json::Object(page)) => {
            let same = whole.get("total_count") == page.get("total_count");
            for (key, value) in page {
                if let (Some(Json::Array(whole)), Json::Array(page)) = (whole.get_mut(&key), value) {
                    whole.extend(page);
                }
            }
            same
        }
        _ => false,
    }
}

/// Whether a list has as many items as it says, and none of them twice.
fn is_whole(json: &Json) -> bool {
    let (items, total) = match json {
        Json::Array(items) => (items, None),
        Json::Object(fields) => {
            let mut lists = fields.values().filter_map(Json::as_array);
            match (lists.next(), lists.next()) {
                (Some(items), None) => (items, fields.get("total_count").and_then(Json::as_u64)),
                // What counts what cannot be told.
                _ => return true,
            }
        }
        _ => return true,
    };
    let mut seen = HashSet::new();
    let once = items.iter().all(|i| i["id"].as_u64().is_none_or(|id| seen.insert(id)));
    once && total.is_none_or(|total| total <= items.len() as u64)
}

/// What an answer that is no document means.
fn fate(reply: &Reply, told: Option<&Document>, trusted: bool) -> Fetched {
    let message = reply.message();
    let lower = message.to_ascii_lowercase();
    match reply.status {
        404 if trusted && told.is_some_and(|d| d.absent_when_not_found) => Fetched::None,
        404 => Fetched::Hidden("404: it is not there, or not shown to this identity".into()),
        // GitHub's own words where a plan or a product is lacking.
        402 | 403 | 422 if LACKING.iter().any(|words| lower.contains(words)) => {
            let tier = told.and_then(|d| d.tier.as_deref()).map(|t| format!(" (tier: {t})"));
            Fetched::Unsupported(format!("GitHub says: {message}{}", tier.unwrap_or_default()).into())
        }
        409 | 410 | 422 if told.is_some_and(|d| d.conflict.is_some()) => {
            Fetched::Unsupported(told.and_then(|d| d.conflict.clone()).unwrap_or_default())
        }
        status => {
            let needs = reply.accepts.as_ref().map(|a| format!("; it takes {a}")).unwrap_or_default();
            Fetched::Hidden(format!("{status}: {message}{needs}"))
        }
    }
}

/// How GitHub says that a plan or a product is lacking.
const LACKING: [&str; 4] =
    ["upgrade to ", "must be enabled for this", "is not enabled for this", "is not available for"];

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;

    fn reply(status: u16, message: &str) -> Reply {
        Reply { status, json: json!({"message": message}), next: None, total: None, accepts: None }
    }

    fn told(not_found: bool, conflict: Option<&str>) -> Document {
        Document {
            path: "/x".into(),
            permission: None,
            absent_when_not_found: not_found,
            absent_when_no_content: false,
            conflict: conflict.map(Into::into),
            only: Vec::new(),
            replaced_whole: false,
            only_where: None,
            tier: Some("enterprise".into()),
            since: None,
        }
    }

    #[test]
    fn a_404_is_an_absence_only_to_whoever_would_see_more() {
        let answer = reply(404, "Not Found");
        assert!(matches!(fate(&answer, Some(&told(true, None)), true), Fetched::None));
        assert!(matches!(fate(&answer, Some(&told(true, None)), false), Fetched::Hidden(_)));
        assert!(matches!(fate(&answer, Some(&told(false, None)), true), Fetched::Hidden(_)));
    }

    #[test]
    fn lack_of_a_plan_is_not_lack_of_rights() {
        let plan = reply(403, "Upgrade to GitHub Pro or make this repository public to enable this feature.");
        assert!(matches!(fate(&plan, None, false), Fetched::Unsupported(_)));
        let rights = reply(403, "Resource not accessible by personal access token");
        assert!(matches!(fate(&rights, None, true), Fetched::Hidden(_)));
        let conflict = told(false, Some("only where actions are selected"));
        assert!(matches!(fate(&reply(409, "Conflict"), Some(&conflict), false), Fetched::Unsupported(_)));
    }

    #[test]
    fn a_list_that_does_not_add_up_is_not_whole() {
        assert!(is_whole(&json!({"total_count": 1, "secrets": [{"name": "A"}]})));
        assert!(!is_whole(&json!({"total_count": 3, "secrets": [{"name": "A"}]})));
        assert!(!is_whole(&json!([{"id": 1}, {"id": 2}, {"id": 1}])));
        assert!(is_whole(&json!({"total_count": 7, "a": [], "b": []})));
        let mut whole = json!({"total_count": 2, "secrets": [1]});
        assert!(append(&mut whole, json!({"total_count": 2, "secrets": [2]})));
        assert!(!append(&mut whole, json!({"total_count": 3, "secrets": [3]})));
    }
}
