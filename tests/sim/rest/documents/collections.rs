//! Writing the items of lists that are plain data.

use std::sync::OnceLock;

use serde::Deserialize;
use serde_json::{Map, Value, json};

use super::answer::items_of;
use super::bundles;
use super::owner::{Owner, suffix};
use super::{Row, find};
use crate::sim::rest::{Method, Refusal, Reply, Request};
use crate::sim::world::World;

/// A list whose items are written.
#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Collection {
    pub list: String,
    /// One of its items.
    pub item: String,
    /// The request that makes an item: `POST` at the list, else at the item.
    pub add: Option<Method>,
    pub change: Option<Method>,
    /// Whether no request removes an item.
    #[serde(default)]
    pub kept: bool,
    /// The field that no two items share.
    #[serde(default)]
    pub unique: String,
    #[serde(default)]
    pub required: Vec<String>,
    /// Fields that a change takes away unless it carries them.
    #[serde(default)]
    pub resets: Vec<String>,
    /// Fields that are never told again.
    #[serde(default)]
    pub masked: Vec<String>,
    /// Fields that are kept where no item shows them, under the item's name.
    #[serde(default)]
    pub aside: Vec<String>,
    /// Fields that a change sets to null unless it carries them.
    #[serde(default)]
    pub whole: Vec<String>,
    /// Fields that are read by another name than they are written.
    #[serde(default)]
    pub read_as: Map<String, Value>,
    /// What an item has of which the request that makes it says nothing.
    #[serde(default)]
    pub at_first: Map<String, Value>,
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct File {
    collection: Vec<Collection>,
}

/// All of them.
///
/// # Panics
/// When the table is malformed: the simulator is broken then.
#[allow(clippy::panic, reason = "a broken table should stop whatever uses it at once")]
pub fn collections() -> &'static [Collection] {
    static TABLE: OnceLock<Vec<Collection>> = OnceLock::new();
    TABLE.get_or_init(|| match toml::from_str::<File>(include_str!("collections.toml")) {
        Ok(file) => file.collection,
        Err(error) => panic!("collections.toml: {error}"),
    })
}

impl Collection {
    pub fn path_of(&'static self, method: Method) -> &'static str {
        if method == Method::Post { &self.list } else { &self.item }
    }

    pub fn methods(&self) -> Vec<Method> {
        let mut methods: Vec<Method> = self.add.into_iter().chain(self.change).collect();
        methods.dedup();
        methods.extend((!self.kept).then_some(Method::Delete));
        methods
    }
}

pub fn write(
    world: &mut World,
    request: &Request,
    of: &'static Collection,
    method: Method,
) -> Result<Reply, Refusal> {
    let row = find(&of.list).ok_or_else(Refusal::not_found)?;
    let under = suffix(&of.list, &request.captures).unwrap_or_default();
    let mut all = stated(world, request, row, &under)?;
    let key = request.captures.last().filter(|_| method != Method::Post);
    let at = key.and_then(|(placeholder, key)| {
        let field = if placeholder.ends_with("name") { "name" } else { "id" };
        all.iter().position(|item| {
            item[field] == key.as_str() || item[field].as_u64().is_some_and(|id| key.parse() == Ok(id))
        })
    });
    let reply = match (method, at) {
        (Method::Delete, Some(at)) => {
            all.remove(at);
            Reply::nothing()
        }
        (Method::Delete, None) => return Err(Refusal::not_found()),
        (method, Some(at)) if Some(method) == of.change => {
            change(of, request, &mut all[at])?;
            Reply::ok(json!({ "at": at }))
        }
        (method, None) if Some(method) == of.add => {
            all.push(made(of, request, &all)?);
            Reply::created(json!({ "at": all.len() - 1 }))
        }
        _ => return Err(Refusal::not_found()),
    };
    let documents = if of.list.starts_with("/repos/") {
        &mut request.repository_mut(world)?.documents
    } else {
        &mut request.organization_mut(world)?.documents
    };
    documents.state(&under, Value::Array(all));
    if !of.aside.is_empty() && method != Method::Delete {
        let key = request.captures.last().map_or("", |(_, key)| key.as_str());
        documents.state(&format!("{under}/{key}/aside"), request.body.clone());
    }
    if Some(method) == of.change {
        bundles::follow(world, request, &of.list);
    }
    let Some(at) = reply.body.as_ref().and_then(|body| body["at"].as_u64()) else { return Ok(reply) };
    let owner = Owner::of(world, &of.list, request)?;
    let told = items_of(owner, request, row, &under).into_iter().nth(usize::try_from(at).unwrap_or_default());
    Ok(Reply { body: told, ..reply })
}

/// The items as they are stated, each with its number.
fn stated(world: &World, request: &Request, row: &Row, under: &str) -> Result<Vec<Value>, Refusal> {
    let owner = Owner::of(world, &row.path, request)?;
    let whole = items_of(owner, request, row, under);
    let own = owner.documents().stated(under).cloned().unwrap_or(Value::Null);
    let own = match (own, row.list.as_deref()) {
        (Value::Object(fields), Some(key)) => fields.get(key).cloned().unwrap_or(Value::Null),
        (own, _) => own,
    };
    let Value::Array(own) = own else { return Ok(whole) };
    Ok(own
        .into_iter()
        .zip(whole)
        .map(|(own, whole)| if own.is_object() { with_number(own, &whole) } else { whole })
        .collect())
}

fn with_number(mut own: Value, whole: &Value) -> Value {
    for key in ["id", "name"] {
        if !whole[key].is_null() {
            own[key] = whole[key].clone();
        }
    }
    own
}

fn made(of: &Collection, request: &Request, all: &[Value]) -> Result<Value, Refusal> {
    let body = request.object()?;
    for required in &of.required {
        if !body.contains_key(required) {
            return Err(Refusal::unprocessable(format!(
                "Invalid request.\n\n\"{required}\" wasn't supplied."
            )));
        }
    }
    let highest = all.iter().filter_map(|item| item["id"].as_u64()).max().unwrap_or_default();
    let mut item = Value::Object(of.at_first.clone());
    item["id"] = json!(highest + 1);
    if let Some((placeholder, key)) = request.captures.last().filter(|(name, _)| name.ends_with("name")) {
        let _ = placeholder;
        item["name"] = json!(key);
    }
    lay(of, body, &mut item);
    let name = at(&item, &of.unique);
    if !of.unique.is_empty() && all.iter().any(|other| at(other, &of.unique) == name) {
        return Err(Refusal::invalid_field("Item", &of.unique, "already exists"));
    }
    Ok(item)
}

fn change(of: &Collection, request: &Request, item: &mut Value) -> Result<(), Refusal> {
    for field in &of.resets {
        if let Some((object, field)) = field.split_once('.')
            && let Some(object) = item[object].as_object_mut()
        {
            object.shift_remove(field);
        }
    }
    for field in &of.whole {
        item[field] = Value::Null;
    }
    lay(of, request.object()?, item);
    Ok(())
}

/// Lays the fields of a body over an item.
fn lay(of: &Collection, body: &Map<String, Value>, item: &mut Value) {
    for (key, value) in body.iter().filter(|(key, _)| !of.aside.contains(key)) {
        let name = of.read_as.get(key).and_then(Value::as_str).unwrap_or(key);
        match (&mut item[name], value) {
            (Value::Object(held), Value::Object(given)) => held.extend(given.clone()),
            (held, value) => *held = value.clone(),
        }
    }
    for masked in &of.masked {
        let place = masked.split('.').try_fold(&mut *item, |held, name| held.get_mut(name));
        if let Some(place) = place {
            *place = json!("********");
        }
    }
}

fn at<'v>(item: &'v Value, dotted: &str) -> &'v Value {
    dotted.split('.').fold(item, |item, name| &item[name])
}
