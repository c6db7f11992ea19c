//! Writing items of lists, as the table says.

use serde_json::{Map, Value, json};

use super::Write;
use super::named::named_by_number;
use crate::sim::gitlab::documents::fill::Filling;
use crate::sim::gitlab::documents::{Collection, Written, items, named};
use crate::sim::gitlab::rest::{Refusal, Reply};
use crate::sim::gitlab::world::{HolderKind, Tier};

type Fields = Map<String, Value>;

pub fn write(mut write: Write<'_>, written: Written) -> Result<Reply, Refusal> {
    let collection = written.collection;
    let list = match write.kind {
        HolderKind::Instance => written.list().to_owned(),
        _ => written.list().splitn(4, '/').skip(3).map(|rest| format!("/{rest}")).collect(),
    };
    if write.world.tier < collection.tier
        || named(written.list()).is_some_and(|row| row.tier > write.world.tier)
    {
        return Err(Refusal::missing(""));
    }
    let suffix = write.request.route.suffix.clone();
    let key = suffix.strip_prefix(&format!("{list}/")).map(str::to_owned);
    let mut all = own_items(&write, written, &list);
    let is = |item: &Value, key: &str| match &item[&collection.by] {
        Value::String(name) => name == key || item["id"].as_u64().is_some_and(|id| id.to_string() == key),
        value => value.as_u64().is_some_and(|id| id.to_string() == key),
    };
    let at = key.as_ref().map(|key| all.iter().position(|item| is(item, key)));
    let method = write.request.method.as_str();
    let reply = match (method, at) {
        ("DELETE", Some(Some(at))) => {
            if collection.stops && all[at]["state"] != "stopped" {
                return Err(Refusal::forbidden());
            }
            all.remove(at);
            Reply::gone()
        }
        (_, None) if method == collection.create => {
            let item = made(&write, collection, &all)?;
            all.push(item.clone());
            let mut told = completed(&write, written, &item);
            if let Some(secret) = &collection.once {
                told[secret] = json!("glsim-told-once");
            }
            Reply::created(told)
        }
        (_, Some(Some(at))) if method == collection.update => {
            let fields = changed(&write, collection);
            kept(&write, collection, fields, &mut all[at])?;
            Reply::of(completed(&write, written, &all[at]))
        }
        (_, Some(None)) if method == collection.update && collection.makes => {
            let mut item = json!({ (collection.by.as_str()): key, "active": true });
            kept(&write, collection, changed(&write, collection), &mut item)?;
            all.push(item.clone());
            Reply::of(completed(&write, written, &item))
        }
        (_, Some(None)) => return Err(Refusal::missing("")),
        _ => return Err(Refusal::told(405, "405 Method Not Allowed")),
    };
    write.holder_mut().documents.state(&list, Value::Array(all));
    Ok(reply)
}

/// Stops an environment, without which it is not removed.
pub fn stop(mut write: Write<'_>, written: Written) -> Result<Reply, Refusal> {
    let list = written.list().rsplit_once('/').map(|(_, last)| format!("/{last}")).unwrap_or_default();
    let mut all = own_items(&write, written, &list);
    let id = write.request.route.suffix.split('/').nth(2).and_then(|id| id.parse::<u64>().ok());
    let found = all.iter_mut().find(|item| item["id"].as_u64() == id);
    let item = found.ok_or_else(|| Refusal::missing(""))?;
    item["state"] = json!("stopped");
    let told = item.clone();
    write.holder_mut().documents.state(&list, Value::Array(all));
    Ok(Reply::of(told))
}

fn changed(write: &Write<'_>, collection: &Collection) -> Fields {
    write.fields().into_iter().filter(|(key, _)| !collection.fixed.contains(key)).collect()
}

/// What the list tells of an item.
fn completed(write: &Write<'_>, written: Written, item: &Value) -> Value {
    let filling = Filling { world: write.world, site: &write.request.site, holder: write.holder() };
    let template = named(written.list()).and_then(|row| row.item.as_ref());
    filling.item(item, template, 0)
}

/// The items of its own, each with the number by which it is known.
fn own_items(write: &Write<'_>, written: Written, list: &str) -> Vec<Value> {
    let filling = Filling { world: write.world, site: &write.request.site, holder: write.holder() };
    let Some(row) = named(written.list()) else { return Vec::new() };
    let access = written.collection.access.iter().map(|access| access.reads.as_str());
    let frozen: Vec<&str> = access.chain(["id", "name", written.collection.by.as_str()]).collect();
    let own = items(row, &filling, list, true);
    let stated = write.holder().stated_list(list).iter();
    let kept = stated.zip(own).map(|(stated, whole)| {
        let mut stated = stated.clone();
        for key in &frozen {
            if let Some(value) = whole.get(*key) {
                stated[*key] = value.clone();
            }
        }
        stated
    });
    kept.collect()
}

fn made(write: &Write<'_>, collection: &Collection, all: &[Value]) -> Result<Value, Refusal> {
    let fields = write.fields();
    let lacking: Vec<String> = collection
        .required
        .iter()
        .filter(|key| fields.get(*key).is_none_or(Value::is_null))
        .map(|key| format!("{key} is missing"))
        .collect();
    if !lacking.is_empty() {
        return Err(Refusal { status: 400, body: json!({ "error": lacking.join(", ") }) });
    }
    let mut item = json!({});
    for access in &collection.access {
        let given = fields.contains_key(&access.many) && write.world.tier >= Tier::Premium;
        let role = access.one.as_ref().and_then(|one| fields.get(one)).and_then(Value::as_u64);
        item[&access.reads] = match role.or(access.otherwise) {
            Some(role) if !given => json!([{ "access_level": role }]),
            _ => json!([]),
        };
    }
    let any = fields.get("rule_type").is_some_and(|of| of == "any_approver");
    if any && all.iter().any(|item| item["rule_type"] == "any_approver") {
        return Err(taken("rule_type", "any-approver for the project already exists"));
    }
    if any {
        item["rule_type"] = json!("any_approver");
    }
    if fields.get("masked_and_hidden") == Some(&json!(true)) {
        item["hidden"] = json!(true);
        item["masked"] = json!(true);
    }
    let next = all.iter().filter_map(|item| item["id"].as_u64()).max().unwrap_or(0);
    item["id"] = json!(next.max(write.holder().id * 1_000 + 500) + 1);
    kept(write, collection, fields, &mut item)?;
    let same = |other: &Value| collection.unique.iter().all(|key| alike(key, &other[key], &item[key]));
    if !collection.unique.is_empty() && all.iter().any(same) {
        return Err(match collection.taken.as_deref().and_then(|taken| taken.split_once(' ')) {
            Some((status, words)) => {
                let words = words.replace("{name}", item["name"].as_str().unwrap_or_default());
                Refusal::told(status.parse().unwrap_or(400), &words)
            }
            None => taken(&collection.unique[0], "has already been taken"),
        });
    }
    Ok(item)
}

fn alike(key: &str, one: &Value, other: &Value) -> bool {
    let whole = |value: &Value| {
        if key == "environment_scope" && value.is_null() { json!("*") } else { value.clone() }
    };
    whole(one) == whole(other)
}

fn taken(key: &str, words: &str) -> Refusal {
    Refusal { status: 400, body: json!({ "message": { (key): [words] } }) }
}

/// Keeps what the table names; what it does not know, or was not paid for, it takes in silence.
fn kept(write: &Write<'_>, collection: &Collection, fields: Fields, item: &mut Value) -> Result<(), Refusal> {
    for (key, value) in fields {
        let foreign =
            |words: &Vec<String>| value.as_str().is_some_and(|word| !words.iter().any(|w| w == word));
        if collection.words.get(&key).is_some_and(foreign) {
            let error = format!("{key} does not have a valid value");
            return Err(Refusal { status: 400, body: json!({ "error": error }) });
        }
        if write.world.tier < collection.tier_of(&key) || write.world.deaf_to.contains(&key) {
            continue;
        }
        let knows = |keys: &[String]| keys.contains(&key);
        if let Some(read) = collection.reads.get(&key) {
            item[read] = value;
        } else if knows(&collection.takes) || knows(&collection.premium) || knows(&collection.ultimate) {
            item[&key] = if key == "url" && collection.fixed.contains(&key) { masked(&value) } else { value };
        } else if let Some(access) = collection.access.iter().find(|access| access.many == key) {
            if write.world.tier >= Tier::Premium {
                entries(&value, &mut item[&access.reads]);
            }
        } else if collection.people {
            named_by_number(write, &key, &value, item)?;
        }
    }
    Ok(())
}

/// Each entry is added, or by its number changed or taken away.
fn entries(entries: &Value, levels: &mut Value) {
    let mut all = levels.as_array().cloned().unwrap_or_default();
    for entry in entries.as_array().into_iter().flatten() {
        let known = all
            .iter()
            .position(|level| !entry["id"].is_null() && number(&level["id"]) == number(&entry["id"]));
        match known {
            Some(at) if entry["_destroy"] == true => drop(all.remove(at)),
            Some(at) => {
                for (key, value) in entry.as_object().into_iter().flatten().filter(|(key, _)| *key != "id") {
                    all[at][key] = value.clone();
                }
            }
            None if entry["access_level"].is_u64()
                && all.iter().any(|l| l["access_level"] == entry["access_level"]) => {}
            None => all.push(entry.clone()),
        }
    }
    *levels = Value::Array(all);
}

/// An address whose credential nobody is told again.
fn masked(url: &Value) -> Value {
    let text = url.as_str().unwrap_or_default();
    match text.split_once("://").and_then(|(scheme, rest)| Some((scheme, rest.split_once('@')?.1))) {
        Some((scheme, rest)) => json!(format!("{scheme}://*****:*****@{rest}")),
        None => url.clone(),
    }
}

/// A number, be it written as a text.
fn number(value: &Value) -> Option<u64> {
    value.as_u64().or_else(|| value.as_str()?.parse().ok())
}
