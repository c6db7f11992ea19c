//! What writing is on every forge: filling in what a request waits for, and what an answer says of it. What
//! may not be found here: one forge's own interface.

use std::collections::BTreeMap;

use http::Method;
use serde_json::{Value as Json, json};

use super::error::ForgeError;
use super::given::{FromEnvironment, sealed};
use super::transport::TransportError;
use crate::catalog::{Dialect, Found, Path, read, without_credentials};
use crate::model::Request;

/// What became of a request that writes.
#[derive(Debug)]
pub enum Written {
    /// The forge says that it did it, or that there was nothing left to do: no proof that it is so.
    Taken,
    /// The forge says that it will do it, in its own time.
    Promised,
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
            202 => Self::Promised,
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

    /// What it says of a request by that method that a read before it failed.
    pub(super) fn of_read(method: &str, error: ForgeError) -> Self {
        match error {
            // What is gone need not be removed.
            ForgeError::Gone { .. } if method == "DELETE" => Self::Taken,
            ForgeError::Transport(_) => Self::Unsent(error),
            _ => Self::Refused(error),
        }
    }
}

/// A request that is ready to be sent.
pub(super) struct Prepared {
    /// What it is, for people.
    pub what: String,
    pub method: Method,
    pub filled: Filled,
    /// The values that the environment gave.
    given: Vec<String>,
}

impl Prepared {
    /// An error without the values that the environment gave: a forge may repeat what it refuses.
    pub(super) fn hide(&self, error: ForgeError) -> ForgeError {
        self.given.iter().fold(error, |error, value| error.without(value))
    }
}

/// A client that reads what requests wait for, just before they are sent.
pub(super) trait Reads {
    /// Looks up a variable of the environment.
    fn environment(&self) -> &dyn Fn(&str) -> Option<String>;

    /// A document.
    async fn document(&self, path: &str) -> Result<Json, ForgeError>;

    /// A field of an item of a list.
    async fn of_item(&self, from: &str, item: &OfItem<'_>) -> Result<Json, ForgeError>;

    /// The request with everything filled in.
    ///
    /// # Errors
    /// What became of it, where it is not to be sent.
    async fn prepared(&self, request: &Request) -> Result<Prepared, Written> {
        let what = format!("{} {}", request.method, request.path);
        let method = match request.method.as_str() {
            "PATCH" => Method::PATCH,
            "PUT" => Method::PUT,
            "POST" => Method::POST,
            "DELETE" => Method::DELETE,
            other => {
                return Err(Written::Refused(unusable(&what, &format!("`{other}` is no method of a plan"))));
            }
        };
        let (said, given) =
            self.said_before(request).await.map_err(|error| Written::of_read(&request.method, error))?;
        Ok(Prepared { what, method, filled: filled(request, &said), given })
    }

    /// What the reads say that a request waits for, and the values that the environment gave for it.
    async fn said_before(&self, request: &Request) -> Result<(Said, Vec<String>), ForgeError> {
        let (mut said, mut given) = (Said::new(), Vec::new());
        for (name, of) in values(request) {
            let value = of.value(self.environment())?;
            let filled = match of.key {
                Some(path) => sealed(&value, self.document(path).await?["key"].as_str().unwrap_or_default())?,
                None => value.clone(),
            };
            said.insert(placeholder(name), Some(filled.into()));
            given.push(value);
        }
        for (path, wanted) in awaited(request)? {
            heard(&mut said, path, self.document(path).await?, wanted)?;
        }
        for (name, from, item) in awaited_items(request) {
            said.insert(placeholder(name), Some(self.of_item(from, &item).await?));
        }
        Ok((said, given))
    }
}

/// A request's path and body with everything filled in. It may hold a secret, and is never shown.
pub(super) struct Filled {
    /// The path beneath the interface's root.
    pub path: String,
    /// The body, where there is one.
    pub body: Option<Json>,
}

/// What the reads of a request said; what an answer does not carry, though it may, is none.
type Said = BTreeMap<String, Option<Json>>;

/// Documents by their paths, each with the names and places of what is wanted of it.
type Awaited<'r> = BTreeMap<&'r str, Vec<(&'r str, Place)>>;

/// A place in a document: `field`, or `field == JSON` for what must be said there; all of it where there is no
/// field.
#[derive(Debug)]
struct Place {
    pointer: Option<Path>,
    must_be: Option<Json>,
}

/// The documents that a request waits for, but for items of lists.
fn awaited(request: &Request) -> Result<Awaited<'_>, ForgeError> {
    let mut documents = Awaited::new();
    let of_document = |from: &str| OfItem::of(from).is_none() && FromEnvironment::of(from).is_none();
    for (name, from) in request.reads.iter().filter(|(_, from)| of_document(from)) {
        let (path, place) = place(from)?;
        documents.entry(path).or_default().push((name, place));
    }
    Ok(documents)
}

fn place(from: &str) -> Result<(&str, Place), ForgeError> {
    let wrong = || unusable(from, "it is not `GET /path :: field`");
    let rest = from.strip_prefix("GET ").ok_or_else(wrong)?;
    let (place, must_be) = match rest.split_once(" == ") {
        Some((place, json)) => (place, Some(serde_json::from_str(json).map_err(|_| wrong())?)),
        None => (rest, None),
    };
    let (path, pointer) = match place.split_once(" :: ") {
        Some((path, field)) => (path, Some(Path::parse(field).map_err(|e| unusable(from, &e.to_string()))?)),
        None if must_be.is_some() => (place, None),
        None => return Err(wrong()),
    };
    Ok((path, Place { pointer, must_be }))
}

/// The values that the environment has to give for a request, each with its name.
fn values(request: &Request) -> impl Iterator<Item = (&str, FromEnvironment<'_>)> {
    request.reads.iter().filter_map(|(name, from)| Some((&**name, FromEnvironment::of(from)?)))
}

/// The items of lists that a request waits for, each with its name.
fn awaited_items(request: &Request) -> impl Iterator<Item = (&str, &str, OfItem<'_>)> {
    request.reads.iter().filter_map(|(name, from)| Some((&**name, &**from, OfItem::of(from)?)))
}

/// Takes from an answer what stands at those places; the items of a list are its `items`.
fn heard(said: &mut Said, path: &str, answer: Json, wanted: Vec<(&str, Place)>) -> Result<(), ForgeError> {
    let json = if answer.is_array() { json!({"items": answer}) } else { answer };
    for (name, Place { pointer, must_be }) in wanted {
        let may_be_missing = name.ends_with('?') && json.is_object();
        let found = match &pointer {
            Some(pointer) => read(&json, pointer, Dialect::Rest),
            None => Found::Known(json.clone()),
        };
        if let Some(must_be) = must_be {
            match found {
                Found::Known(now) if now == must_be => continue,
                _ => return Err(ForgeError::Moved { what: path.to_owned() }),
            }
        }
        let value = match found {
            Found::Known(value @ (Json::String(_) | Json::Number(_))) => Some(value),
            Found::Known(value) if may_be_missing => Some(value),
            Found::Absent | Found::Missing if may_be_missing => None,
            _ => return Err(unusable(path, "the answer does not carry what the request waits for")),
        };
        said.insert(placeholder(name), value);
    }
    Ok(())
}

/// What stands for a read of that name.
fn placeholder(name: &str) -> String {
    format!("{{{name}}}")
}

/// Fills in what was read, in the path and wherever a text of the body is nothing but a name. A field of
/// which the answer said nothing is left out.
fn filled(request: &Request, said: &Said) -> Filled {
    let (mut path, mut body) = (request.path.clone(), request.body.clone());
    for (name, value) in said.iter().filter_map(|(name, value)| Some((name, value.as_ref()?))) {
        path = path.replace(name, &text(value));
    }
    fill(&mut body, said);
    Filled { path, body: Some(body).filter(|b| !b.is_null()) }
}

/// A field of the one item of a list that has a given name: `GET /path :: items[name=KEY].id`, where a list
/// that is the whole answer is called `items`. The key is taken as it is.
#[derive(Debug, PartialEq, Eq)]
pub(super) struct OfItem<'a> {
    /// The path of the list.
    pub path: &'a str,
    within: &'a str,
    named: &'a str,
    key: &'a str,
    field: &'a str,
}

impl<'a> OfItem<'a> {
    /// Such a read; none where it is another.
    pub(super) fn of(from: &'a str) -> Option<Self> {
        let (path, rest) = from.strip_prefix("GET ")?.split_once(" :: ")?;
        let (within, rest) = rest.split_once('[')?;
        let (named, rest) = rest.split_once('=')?;
        let (key, field) = rest.rsplit_once("].")?;
        let plain = |text: &str| {
            !text.is_empty() && text.chars().all(|c| c.is_ascii_alphanumeric() || "_.".contains(c))
        };
        (plain(within) && !within.contains('.') && plain(named) && plain(field)).then_some(Self {
            path,
            within,
            named,
            key,
            field,
        })
    }

    /// Whether the list is the whole answer, which may have several pages.
    pub(super) fn is_whole_answer(&self) -> bool {
        self.within == "items"
    }

    /// What the list says of the item.
    ///
    /// # Errors
    /// When there is no such item, or several.
    pub(super) fn said(&self, from: &str, answer: &Json) -> Result<Json, ForgeError> {
        let items = if self.is_whole_answer() { answer.as_array() } else { answer[self.within].as_array() };
        let items = items.ok_or_else(|| unusable(from, "the answer is no list"))?;
        let is = |item: &&Json| {
            let name = text(at(item, self.named));
            name == self.key || without_credentials(&name) == self.key
        };
        let mut found = items.iter().filter(is);
        match (found.next(), found.next()) {
            (Some(item), None) => match at(item, self.field) {
                value @ (Json::String(_) | Json::Number(_)) => Ok(value.clone()),
                _ => Err(unusable(from, "the answer does not carry it")),
            },
            (None, _) => Err(ForgeError::Gone { what: from.to_owned() }),
            (Some(_), Some(_)) => Err(unusable(from, "several items are called so")),
        }
    }
}

fn at<'j>(json: &'j Json, dotted: &str) -> &'j Json {
    dotted.split('.').fold(json, |json, name| &json[name])
}

/// A value as it stands in a path.
fn text(value: &Json) -> String {
    value.as_str().map_or_else(|| value.to_string(), str::to_owned)
}

/// What cannot be asked or sent, and why.
pub(super) fn unusable(what: &str, why: &str) -> ForgeError {
    ForgeError::Unreadable { what: what.to_owned(), why: why.to_owned() }
}

fn fill(body: &mut Json, said: &Said) {
    let left_out = |v: &Json| v.as_str().and_then(|text| said.get(text)).is_some_and(Option::is_none);
    match body {
        Json::String(name) => {
            if let Some(Some(value)) = said.get(name.as_str()) {
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

    #[test]
    fn an_item_is_found_by_its_name_whatever_is_in_it() {
        let from = "GET /repos/a/b/hooks :: items[config.url=https://x.example/a]b?…].id";
        let read = OfItem::of(from).unwrap();
        assert_eq!((read.path, read.key), ("/repos/a/b/hooks", "https://x.example/a]b?…"));
        let hook = |id: u64, url: &str| json!({"id": id, "config": {"url": url}});
        let list = json!([hook(7, "https://x.example/a]b?token=1"), hook(8, "https://y.example")]);
        assert_eq!(read.said(from, &list).unwrap(), 7);
        let twice =
            json!([hook(7, "https://x.example/a]b?token=1"), hook(8, "https://x.example/a]b?token=2")]);
        assert!(read.said(from, &twice).is_err());
        assert!(read.said(from, &json!([])).is_err());
        let within =
            OfItem::of("GET /orgs/o/actions/runner-groups :: runner_groups[name=big ones].id").unwrap();
        assert!(!within.is_whole_answer());
        assert_eq!(within.said("", &json!({"runner_groups": [{"id": 3, "name": "big ones"}]})).unwrap(), 3);
        assert_eq!(OfItem::of("GET /repos/a/b/git/ref/heads/main :: object.sha"), None);
    }

    fn sent(path: &str, body: Json, reads: &[&str], answer: Json) -> Result<Filled, ForgeError> {
        let from = |name: &&str| ((*name).to_owned(), format!("GET /it :: {}", name.trim_end_matches('?')));
        let reads = reads.iter().map(from).collect();
        let request = Request { method: "PUT".into(), path: path.into(), body, reads };
        let mut said = Said::new();
        for (path, wanted) in awaited(&request)? {
            heard(&mut said, path, answer.clone(), wanted)?;
        }
        Ok(filled(&request, &said))
    }

    #[test]
    fn what_stands_beside_is_sent_as_it_was_read() {
        let body = json!({"on": true, "who": "{who?}", "many": "{many?}", "less": "{less?}"});
        let answer = json!({"who": "all", "many": [1, 2], "on": false});
        let filled = sent("/it", body, &["who?", "many?", "less?"], answer).unwrap();
        assert_eq!(filled.body, Some(json!({"on": true, "who": "all", "many": [1, 2]})));
    }

    #[test]
    fn what_has_to_be_known_is_not_left_out() {
        let of = |answer| sent("/it/{id}", Json::Null, &["id"], answer).map(|f| f.path);
        assert_eq!(of(json!({"id": 7})).unwrap(), "/it/7");
        assert!(of(json!({})).is_err());
        assert!(of(json!({"id": [7]})).is_err());
        // An answer that is no document says nothing of its fields.
        assert!(sent("/it", json!({"a": "{a?}"}), &["a?"], json!("maintenance")).is_err());
    }
}
