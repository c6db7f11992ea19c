//! Writing items of lists: protected branches, approval rules and labels.

use serde_json::{Map, Value, json};

use super::Write;
use crate::sim::gitlab::documents::fill::Filling;
use crate::sim::gitlab::documents::{items, named};
use crate::sim::gitlab::rest::lists::all_members;
use crate::sim::gitlab::rest::{Refusal, Reply};
use crate::sim::gitlab::world::Tier;

/// Those who may push or merge, by the key that reads them and the one that writes them.
const ACCESS: [(&str, &str, &str); 3] = [
    ("push_access_levels", "allowed_to_push", "push_access_level"),
    ("merge_access_levels", "allowed_to_merge", "merge_access_level"),
    ("unprotect_access_levels", "allowed_to_unprotect", "unprotect_access_level"),
];

pub fn write(mut write: Write<'_>) -> Result<Reply, Refusal> {
    let suffix = write.request.route.suffix.clone();
    let list = suffix.split('/').nth(1).unwrap_or_default().to_owned();
    let key = suffix.strip_prefix(&format!("/{list}/")).map(str::to_owned);
    if list == "approval_rules" && write.world.tier < Tier::Premium {
        return Err(Refusal::missing(""));
    }
    let mut all = own_items(&write, &list);
    let at = key.as_ref().map(|key| {
        let id = key.parse::<u64>().ok();
        let is = |item: &Value| item["name"] == key.as_str() || id.is_some() && item["id"].as_u64() == id;
        all.iter().position(is).ok_or_else(|| Refusal::missing(""))
    });
    let at = at.transpose()?;
    let fields = write.fields();
    let reply = match (write.request.method.as_str(), at) {
        ("DELETE", Some(at)) => {
            all.remove(at);
            Reply::gone()
        }
        ("POST", None) => {
            let mut item = new(&write, &list, &all)?;
            apply(&write, &list, &fields, &mut item)?;
            item["id"] = json!(write.holder().id * 1_000 + 500 + all.len() as u64);
            all.push(item.clone());
            Reply::created(item)
        }
        ("PUT" | "PATCH", Some(at)) => {
            apply(&write, &list, &fields, &mut all[at])?;
            Reply::of(all[at].clone())
        }
        _ => return Err(Refusal::told(405, "405 Method Not Allowed")),
    };
    write.holder_mut().documents.state(&format!("/{list}"), Value::Array(all));
    Ok(reply)
}

/// The items of its own, each with the number by which it is known.
fn own_items(write: &Write<'_>, list: &str) -> Vec<Value> {
    let of = write.request.route.path.split('/').nth(1).unwrap_or_default();
    let filling = Filling { world: write.world, site: &write.request.site, holder: write.holder() };
    named(&format!("/{of}/{{id}}/{list}"))
        .map(|row| {
            let own = items(row, &filling, &format!("/{list}"), true);
            let stated = write.holder().stated_list(&format!("/{list}")).iter();
            let kept = stated.zip(own).map(|(stated, whole)| {
                let mut stated = stated.clone();
                for key in ["id", "name", "push_access_levels", "merge_access_levels"] {
                    if whole.get(key).is_some() {
                        stated[key] = whole[key].clone();
                    }
                }
                stated
            });
            kept.collect()
        })
        .unwrap_or_default()
}

fn new(write: &Write<'_>, list: &str, all: &[Value]) -> Result<Value, Refusal> {
    let name = write.text("name")?;
    let there = all.iter().any(|item| item["name"] == name);
    match list {
        "protected_branches" if there => {
            Err(Refusal::told(409, &format!("Protected branch '{name}' already exists")))
        }
        "labels" if there => Err(Refusal::told(409, "Label already exists")),
        "labels" => write.text("color").map(|_| json!({ "name": name })),
        "protected_branches" => {
            let level = |key: &str| {
                let stated = &write.request.body[key];
                json!([{ "access_level": stated.as_u64().unwrap_or(40) }])
            };
            let mut item = json!({ "name": name });
            for (read, wide, one) in &ACCESS[..2] {
                let wide = &write.request.body[*wide];
                let given = wide.is_array() && write.world.tier >= Tier::Premium;
                item[*read] = if given { json!([]) } else { level(one) };
            }
            Ok(item)
        }
        _ => {
            let any = write.request.body["rule_type"] == "any_approver";
            if any && all.iter().any(|item| item["rule_type"] == "any_approver") {
                let told =
                    json!({ "message": { "rule_type": ["any-approver for the project already exists"] } });
                return Err(Refusal { status: 400, body: told });
            }
            if !write.request.body["approvals_required"].is_u64() {
                return Err(Refusal {
                    status: 400,
                    body: json!({ "error": "approvals_required is missing" }),
                });
            }
            Ok(json!({ "name": name, "rule_type": if any { "any_approver" } else { "regular" } }))
        }
    }
}

fn apply(
    write: &Write<'_>,
    list: &str,
    fields: &Map<String, Value>,
    item: &mut Value,
) -> Result<(), Refusal> {
    let paid = write.world.tier >= Tier::Premium;
    for (key, value) in fields {
        match (list, key.as_str()) {
            ("labels", "new_name") => item["name"] = value.clone(),
            ("labels", "color" | "description")
            | ("protected_branches", "allow_force_push")
            | ("approval_rules", "approvals_required" | "applies_to_all_protected_branches") => {
                item[key] = value.clone();
            }
            ("approval_rules", "name") => item["name"] = value.clone(),
            ("approval_rules", "usernames") => item["users"] = members_of(write, value),
            ("protected_branches", "code_owner_approval_required") if paid => item[key] = value.clone(),
            ("protected_branches", _) if paid => {
                if let Some((read, _, _)) = ACCESS.iter().find(|(_, wide, _)| wide == key) {
                    access(value, &mut item[*read]);
                }
            }
            // What it does not know, or was not paid for, it takes in silence.
            _ => {}
        }
    }
    Ok(())
}

/// Each entry is added, or by its number changed or taken away.
fn access(entries: &Value, levels: &mut Value) {
    let mut all = levels.as_array().cloned().unwrap_or_default();
    for entry in entries.as_array().into_iter().flatten() {
        let known = all
            .iter()
            .position(|level| !entry["id"].is_null() && number(&level["id"]) == number(&entry["id"]));
        match known {
            Some(at) if entry["_destroy"] == true => drop(all.remove(at)),
            Some(at) => all[at]["access_level"] = entry["access_level"].clone(),
            None if entry["access_level"].is_u64()
                && !all.iter().any(|l| l["access_level"] == entry["access_level"]) =>
            {
                all.push(json!({ "access_level": entry["access_level"] }));
            }
            None => {}
        }
    }
    *levels = Value::Array(all);
}

/// Those of the named who are members; the others are dropped without a word.
fn members_of(write: &Write<'_>, names: &Value) -> Value {
    let filling = Filling { world: write.world, site: &write.request.site, holder: write.holder() };
    let members = all_members(&filling);
    let is_named =
        |member: &&Value| names.as_array().is_some_and(|names| names.contains(&member["username"]));
    members.iter().filter(is_named).cloned().collect()
}

/// A number, be it written as a text.
fn number(value: &Value) -> Option<u64> {
    value.as_u64().or_else(|| value.as_str()?.parse().ok())
}
