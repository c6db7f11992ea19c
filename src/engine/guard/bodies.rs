//! What requests say: nothing but the values of their own changes, and what belongs to these.

use serde_json::Value as Json;

use super::steps::{Step, Steps, is_nothing};
use super::{Reasons, branches, companions, entries, kept, numbered};
use crate::catalog::ForgeKind;
use crate::model::Value;

pub(super) fn check(steps: &Steps<'_>, reasons: &mut Reasons) {
    let body = &steps.request.body;
    let mut unexplained = Vec::new();
    if !is_nothing(body) {
        walk(steps, "", body, &mut unexplained);
    }
    for field in unexplained {
        reasons.add(format!("its body says `{field}`, which no change of it asks for"), None, steps.name());
    }
    for sort in kept::left_out(steps) {
        reasons.add(
            format!("it leaves out the rule {sort}, which no change of it asks for"),
            None,
            steps.name(),
        );
    }
    let lacking = steps.steps.iter().filter(|step| lacks(step, steps));
    for step in lacking {
        let what = format!("it leaves out what {} is to be", step.change.setting);
        reasons.add(what, None, steps.name());
    }
}

/// Whether a request that writes a field of its change does not name it.
fn lacks(step: &Step<'_>, steps: &Steps<'_>) -> bool {
    let body = &steps.request.body;
    let binding = step.setting.on(steps.forge).binding();
    let create = binding.and_then(|b| b.create.as_deref()).filter(|create| create.contains('|'));
    let write = binding.and_then(|b| b.write.as_ref());
    let Some(write) = write.filter(|w| !w.field.is_empty() && !w.field.contains(['[', '{'])) else {
        return false;
    };
    // What removes an item, or stops it before that, says nothing.
    let deletes = steps.request.method == "DELETE" || (is_nothing(body) && step.goes_off());
    // What takes the place of all leaves out what is not to be there.
    let left_out = steps.request.method == "PUT" && is_nothing(step.to);
    // The key of a new item is its name.
    let makes = steps.request.method == "POST" && ["name", "title"].contains(&step.setting.name());
    !deletes
        && !entries::is_by_entry(step.setting, &write.path)
        && !makes
        && !left_out
        && step.setting.effective.is_none()
        && &*step.setting.group != "file"
        && write.field.split('.').try_fold(body, |at, name| at.get(name)).is_none()
        // One alone goes by another field in what makes an item.
        && !create.is_some_and(|fields| fields.split('|').any(|field| body.get(field).is_some()))
}

fn walk(steps: &Steps<'_>, path: &str, json: &Json, unexplained: &mut Vec<String>) {
    if explained(steps, path, json) {
        return;
    }
    match json {
        Json::Object(fields) if !fields.is_empty() => {
            for (name, value) in fields {
                let below = if path.is_empty() { name.clone() } else { format!("{path}.{name}") };
                walk(steps, &below, value, unexplained);
            }
        }
        Json::Array(rules) if path == "rules" => {
            for rule in rules {
                let sort = rule.get("type").and_then(Json::as_str).unwrap_or_default();
                walk(steps, &format!("rules[type={sort}]"), rule, unexplained);
            }
        }
        Json::Array(items) if !items.is_empty() && items.iter().all(Json::is_object) => {
            for item in items {
                walk(steps, &format!("{path}[]"), item, unexplained);
            }
        }
        _ => unexplained.push(path.to_owned()),
    }
}

fn explained(steps: &Steps<'_>, path: &str, json: &Json) -> bool {
    steps.steps.iter().any(|step| by_its_row(step, steps.forge, path, json))
        || steps.steps.iter().any(|step| branches::explains(step, steps, path, json))
        || steps.steps.iter().any(|step| numbered::explains(step, steps, path, json))
        || stays_as_it_is(steps, path, json)
        || steps.before.as_ref().is_some_and(|before| kept::says(before, path, json))
        || companions::belongs(steps, path, json)
}

/// Whether a field is the one that the setting's row writes, with the value of its change.
fn by_its_row(step: &Step<'_>, forge: ForgeKind, path: &str, json: &Json) -> bool {
    let Some(binding) = step.setting.on(forge).binding() else { return false };
    let written = binding.write.as_ref().map(|write| write.field.as_str());
    if written != Some(path) && binding.create.as_deref() != Some(path) {
        return false;
    }
    // What such a request gives was held against its entry together with its path.
    let by_entry =
        binding.write.as_ref().is_some_and(|write| entries::is_by_entry(step.setting, &write.path));
    if by_entry || entries::are_pairs(step, json) {
        return true;
    }
    let Some(value) = Value::from_json(step.to) else { return is_nothing(json) };
    let wanted = binding.codec.map_or_else(|| value.to_json(), |codec| (codec.write)(&value));
    same(&wanted, json)
}

/// Whether a field is given what the same document says of it just before.
fn stays_as_it_is(steps: &Steps<'_>, path: &str, json: &Json) -> bool {
    let named = json.as_str().and_then(|text| text.strip_prefix('{')?.strip_suffix('}'));
    let read = named.and_then(|name| steps.request.reads.get(name));
    read.and_then(|read| read.strip_prefix("GET ")?.split_once(" :: "))
        .is_some_and(|(from, field)| from.split('?').next() == Some(&*steps.request.path) && field == path)
}

/// Whether two values are the same to a forge: the order of a list says nothing.
pub(super) fn same(one: &Json, other: &Json) -> bool {
    match (one, other) {
        (Json::Array(one), Json::Array(other)) => {
            one.len() == other.len() && one.iter().all(|a| other.iter().any(|b| same(a, b)))
        }
        (Json::Object(one), Json::Object(other)) => {
            one.len() == other.len()
                && one.iter().all(|(name, a)| other.get(name).is_some_and(|b| same(a, b)))
        }
        (one, other) => one == other,
    }
}
