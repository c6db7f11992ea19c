//! What an endpoint of the table answers in a world.

use serde_json::{Map, Value, json};

use super::find;
use super::owner::{Owner, suffix};
use super::row::{Row, Told};
use super::taking;
use super::template::Place;
use crate::sim::rest::page::total;
use crate::sim::rest::{Captures, Refusal, Reply, Request};
use crate::sim::world::{Plan, World};

pub fn answer(world: &World, request: &Request, row: &Row) -> Result<Reply, Refusal> {
    let owner = Owner::of(world, &row.path, request)?;
    paid(row, owner)?;
    parents(owner, request, row)?;
    allowed(owner, row)?;
    let suffix = suffix(&row.path, &request.captures).unwrap_or_default();
    let mut reply = if row.one {
        one(owner, request, row)
    } else if row.list.is_some() {
        listed(owner, request, row, &suffix)
    } else {
        object(owner, request, row, &suffix)
    }?;
    if let Some(body) = reply.body.as_mut().and_then(Value::as_object_mut) {
        for key in owner.documents().left_out(&suffix) {
            body.shift_remove(key);
        }
        taking::hide(row, body);
    }
    Ok(reply)
}

/// Completes what is stated by what the request names, and leaves the rest.
pub fn change(world: &mut World, request: &Request, row: &Row) -> Result<Reply, Refusal> {
    let changes = request.object()?.clone();
    let owner = Owner::of(world, &row.path, request)?;
    paid(row, owner)?;
    parents(owner, request, row)?;
    allowed(owner, row)?;
    let suffix = suffix(&row.path, &request.captures).unwrap_or_default();
    taking::check(owner, row, &changes)?;
    let mut document = match owner.documents().stated(&suffix) {
        Some(Value::Object(_)) if row.takes.whole => Map::new(),
        Some(Value::Object(stated)) => stated.clone(),
        // What is not there cannot be changed: it would have to be created.
        None if row.default.is_some() => Map::new(),
        _ => return Err(Refusal::not_found()),
    };
    document.extend(changes);
    let documents = if row.path.starts_with("/repos/") {
        &mut request.repository_mut(world)?.documents
    } else {
        &mut request.organization_mut(world)?.documents
    };
    documents.state(&suffix, Value::Object(document));
    Ok(match row.write {
        Some(write) if write.run => {
            let url = format!("{}/actions/runs/42", Owner::of(world, &row.path, request)?.url(&request.site));
            Reply { status: write.status, body: Some(json!({ "run_id": 42, "run_url": url })), link: None }
        }
        Some(write) if write.status != 204 => {
            let told = answer(world, request, row)?.body.filter(|_| !write.empty);
            Reply { status: write.status, body: Some(told.unwrap_or_else(|| json!({}))), link: None }
        }
        _ => Reply::nothing(),
    })
}

fn paid(row: &Row, owner: Owner<'_>) -> Result<(), Refusal> {
    let public = owner.repository().is_some_and(|repository| repository.visibility() == "public");
    let Some(organization) = owner.organization().filter(|_| !(row.public_is_free && public)) else {
        return Ok(());
    };
    if let Some(plan) = row.plan.filter(|plan| *plan > organization.plan) {
        let product = if plan == Plan::Team { "GitHub Team" } else { "GitHub Enterprise" };
        return Err(Refusal::told(403, &format!("Upgrade to {product} to have this.")));
    }
    match &row.licence {
        Some(licence) if !organization.licences.contains(licence) => {
            let told = row.unlicensed.as_ref();
            Err(told.map_or_else(Refusal::not_found, |told| Refusal::told(told.status, &told.message)))
        }
        _ => Ok(()),
    }
}

fn allowed(owner: Owner<'_>, row: &Row) -> Result<(), Refusal> {
    if let (Some(only), Some(repository)) = (&row.only, owner.repository())
        && (only.visibility == "public") != (repository.visibility() == "public")
    {
        return Err(Refusal::told(only.status, &only.message));
    }
    let Some(unless) = &row.unless else { return Ok(()) };
    let default = find(&format!("{}{}", owner.template(), unless.document));
    let stated = owner.documents().stated(&unless.document).map(|document| &document[&unless.key]);
    let stated = stated.filter(|value| !value.is_null());
    let value = stated.or_else(|| Some(&default?.default.as_ref()?[&unless.key]));
    if value.is_some_and(|value| *value == unless.is.as_str()) {
        Ok(())
    } else {
        Err(Refusal::told(unless.status, &unless.message))
    }
}

/// Everything that the path names on its way must be there.
fn parents(owner: Owner<'_>, request: &Request, row: &Row) -> Result<(), Refusal> {
    for (name, value) in &request.captures {
        let found = match *name {
            "owner" | "repo" | "org" | "enterprise" => true,
            "environment_name" => owner.repository().is_some_and(|repository| {
                repository.environments.iter().any(|environment| environment.name == *value)
            }),
            "team_slug" => owner
                .organization()
                .is_some_and(|organization| organization.teams.contains_key(value.as_str())),
            name => item(owner, request, row, name).is_some(),
        };
        if !found {
            return Err(Refusal::not_found());
        }
    }
    Ok(())
}

/// The item that a placeholder names, of the list that stands before it in the path.
fn item(owner: Owner<'_>, request: &Request, row: &Row, placeholder: &str) -> Option<Value> {
    let list = row.path.split(&format!("/{{{placeholder}}}")).next()?;
    let row = find(list)?;
    let value = request.capture(placeholder);
    let key = if placeholder.ends_with("name") { "name" } else { "id" };
    let captures: Captures = request.captures.clone();
    items(owner, request, row, &suffix(list, &captures)?).into_iter().find(|item| {
        item[key] == value || item[key].as_u64().is_some_and(|id| Some(id) == value.parse().ok())
    })
}

fn one(owner: Owner<'_>, request: &Request, row: &Row) -> Result<Reply, Refusal> {
    let placeholder = request.captures.last().map_or("", |(name, _)| *name);
    item(owner, request, row, placeholder).map(Reply::ok).ok_or_else(Refusal::not_found)
}

fn object(owner: Owner<'_>, request: &Request, row: &Row, suffix: &str) -> Result<Reply, Refusal> {
    let stated = owner.documents().stated(suffix);
    let place = place(owner, request, suffix);
    match (stated, &row.default, &row.fill) {
        (Some(Value::Null), _, _) | (None, None, _) => absent(row.absent.as_ref()),
        (None, Some(default), _) => {
            let told = place.complete(Some(default), None, &row.also);
            Ok(Reply::ok(taking::held(owner, row, told)))
        }
        (Some(stated), default, fill) => {
            let told = place.complete(default.as_ref().or(fill.as_ref()), Some(stated), &row.also);
            Ok(Reply::ok(taking::held(owner, row, told)))
        }
    }
}

fn absent(told: Option<&Told>) -> Result<Reply, Refusal> {
    match told {
        Some(told) if told.status == 204 => Ok(Reply::nothing()),
        Some(told) => Err(Refusal::told(told.status, &told.message)),
        None => Err(Refusal::not_found()),
    }
}

fn listed(owner: Owner<'_>, request: &Request, row: &Row, suffix: &str) -> Result<Reply, Refusal> {
    if owner.documents().stated(suffix).is_some_and(Value::is_null) {
        return absent(row.absent.as_ref());
    }
    let mut items = items(owner, request, row, suffix);
    if let Some((field, words)) = row.chosen_by.as_ref().and_then(|f| Some((f, request.asked(f)?))) {
        items.retain(|item| words.split(',').any(|word| item[field] == word));
    }
    let (shown, link) = row.pages().of(request, &items);
    let shown = json!(shown);
    let body = match row.list.as_deref() {
        None | Some("") => shown,
        Some(key) => {
            let mut body = Map::new();
            if !row.total.is_empty() {
                body.insert(row.total.clone(), json!(total(request, items.len())));
            }
            if let Some(Value::Object(beside)) = &row.beside {
                body.extend(beside.clone());
            }
            if let Some(Value::Object(stated)) = owner.documents().stated(suffix) {
                body.extend(stated.clone());
            }
            body.insert(key.to_owned(), shown);
            Value::Object(body)
        }
    };
    Ok(Reply { link, ..Reply::ok(body) })
}

/// The same for those who write them.
pub fn items_of(owner: Owner<'_>, request: &Request, row: &Row, suffix: &str) -> Vec<Value> {
    items(owner, request, row, suffix)
}

/// All items of a list, completed. A stated object has its list under the list's key.
fn items(owner: Owner<'_>, request: &Request, row: &Row, suffix: &str) -> Vec<Value> {
    let place = place(owner, request, suffix);
    let stated = owner.documents().stated(suffix);
    let stated = stated.and_then(|stated| match (stated, row.list.as_deref()) {
        (Value::Object(fields), Some(key)) => fields.get(key),
        (list, _) => Some(list),
    });
    let Some(stated) = stated.and_then(Value::as_array) else {
        let default = place.complete(row.default.as_ref(), None, &[]);
        return default.as_array().cloned().unwrap_or_default();
    };
    stated.iter().enumerate().map(|(at, stated)| completed(&place, row, stated, at)).collect()
}

fn completed(place: &Place<'_>, row: &Row, stated: &Value, at: usize) -> Value {
    let default = row.item.as_ref().map(|item| numbered(item, at));
    let mut item = match (stated, &row.of, row.inside.first()) {
        (Value::String(name), Some(of), _) => place.named(of, name),
        // A name alone is that of the first thing inside.
        (Value::String(name), None, Some(inside)) => {
            place.complete(default.as_ref(), Some(&json!({ inside.key.as_str(): name })), &row.also)
        }
        (stated, ..) => place.complete(default.as_ref(), Some(stated), &row.also),
    };
    place.expand(&mut item, &row.inside);
    item
}

/// Items of one list have different ids, unless somebody states the same.
fn numbered(item: &Value, at: usize) -> Value {
    let mut item = item.clone();
    if let Some(id) = item["id"].as_u64() {
        item["id"] = json!(id + at as u64);
    }
    item
}

fn place<'a>(owner: Owner<'a>, request: &'a Request, suffix: &str) -> Place<'a> {
    Place { owner, site: &request.site, url: format!("{}{suffix}", owner.url(&request.site)) }
}
