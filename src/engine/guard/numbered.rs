//! Texts that a request names by number, and entries of who may do something: explained where every number is
//! read of the thing that the change names, and no entry comes or goes that the change does not speak of.

use serde_json::Value as Json;

use super::bodies::same;
use super::steps::{Step, Steps};
use crate::catalog::segment;
use crate::model::Value;

pub(super) fn explains(step: &Step<'_>, steps: &Steps<'_>, path: &str, json: &Json) -> bool {
    let binding = step.setting.on(steps.forge).binding();
    let write = binding.and_then(|b| b.write.as_ref()).map(|write| write.field.as_str());
    let create = binding.and_then(|b| b.create.as_deref());
    let mut of_row = write.into_iter().chain(create).flat_map(|field| field.split('|'));
    of_row.any(|field| field == path) && (by_number(step, steps, json) || by_entry(step, steps, json))
}

/// Whether a list is one read for each text of the change, each of that text.
fn by_number(step: &Step<'_>, steps: &Steps<'_>, json: &Json) -> bool {
    let from = step.setting.on(steps.forge).binding().and_then(|b| b.number.as_deref());
    let (Some(from), Some(numbers)) = (from, json.as_array()) else { return false };
    let (path, field) = from.split_once(" :: ").unwrap_or((from, ""));
    let texts: Vec<&str> = step.to.as_array().into_iter().flatten().filter_map(Json::as_str).collect();
    let is_of = |number: &Json, text: &str| {
        let Some((asked, told)) = read(steps, number) else { return false };
        match path.contains("{}") {
            true => asked == path.replace("{}", &segment(text)) && told == field,
            // It is of the same subject as the request.
            false => {
                let list = path.rsplit('/').next().unwrap_or_default();
                let subject = asked.strip_prefix("GET ").and_then(|a| a.strip_suffix(list));
                subject.is_some_and(|of| steps.request.path.starts_with(of))
                    && told == field.replace("{}", text)
            }
        }
    };
    texts.len() == numbers.len() && texts.iter().all(|text| numbers.iter().any(|number| is_of(number, text)))
}

/// Whether entries add what the change adds, and remove what it removes.
fn by_entry(step: &Step<'_>, steps: &Steps<'_>, json: &Json) -> bool {
    let codec = step.setting.on(steps.forge).binding().and_then(|b| b.codec);
    let Some(codec) = codec.filter(|codec| codec.name == "branch_access") else { return false };
    let entries = |json: &Json| -> Vec<Json> {
        let value = Value::from_json(json).map(|value| (codec.write)(&value));
        value.and_then(|written| written.as_array().cloned()).unwrap_or_default()
    };
    let (from, to) = (entries(step.from), entries(step.to));
    let Some(given) = json.as_array() else {
        // A role alone.
        return matches!(to.as_slice(), [only] if same(&only["access_level"], json));
    };
    let makes = steps.request.method == "POST";
    let added = to.iter().filter(|entry| makes || !from.contains(entry));
    let gone = from.iter().filter(|entry| !makes && !to.contains(entry));
    let is_gone = |entry: &Json, of: &Json| {
        let field = of.as_object().and_then(|of| of.iter().next());
        let told =
            read(steps, &entry["id"]).filter(|(asked, _)| *asked == format!("GET {}", steps.request.path));
        entry["_destroy"] == true
            && field
                .zip(told)
                .is_some_and(|((name, number), (_, told))| told.ends_with(&format!("[{name}={number}].id")))
    };
    let wanted = added.clone().count() + gone.clone().count();
    wanted == given.len()
        && added.clone().all(|entry| given.contains(entry))
        && gone.clone().all(|of| given.iter().any(|entry| is_gone(entry, of)))
}

/// What is read for a number: the request, and the field.
fn read<'s>(steps: &Steps<'s>, number: &Json) -> Option<(&'s str, &'s str)> {
    let name = number.as_str()?.strip_prefix('{')?.strip_suffix('}')?;
    steps.request.reads.get(name)?.split_once(" :: ")
}
