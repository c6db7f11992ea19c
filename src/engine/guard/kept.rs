//! Fields that a request repeats so that they stay as they are, and those by which it names its item.

use serde_json::Value as Json;

use super::bodies::same;
use super::steps::{Step, Steps, is_nothing};
use crate::catalog::{ForgeKind, KindBinding, Setting};
use crate::model::Value;

/// The fields by which requests carry a setting: the one that changes it, and the one that makes it.
pub(super) fn fields(setting: &Setting, forge: ForgeKind) -> impl Iterator<Item = &str> {
    let binding = setting.on(forge).binding();
    let write = binding.and_then(|b| b.write.as_ref()).map(|write| write.field.as_str());
    let create = binding.and_then(|b| b.create.as_deref());
    write.into_iter().chain(create).filter(|field| !field.is_empty())
}

/// Whether a field says that a setting is to have that value.
pub(super) fn says(setting: &Setting, forge: ForgeKind, value: &Json, json: &Json) -> bool {
    let Some(value) = Value::from_json(value) else { return is_nothing(json) };
    let codec = setting.on(forge).binding().and_then(|b| b.codec);
    let wanted = codec.map_or_else(|| value.to_json(), |codec| (codec.write)(&value));
    same(&wanted, json)
}

/// Whether a field repeats what its change says is to stay. That it is so still is looked at before it is sent.
pub(super) fn explains(step: &Step<'_>, steps: &Steps<'_>, path: &str, json: &Json) -> bool {
    step.change.kept.iter().any(|kept| {
        let setting = steps.catalog.find(&kept.setting).filter(|s| s.group == step.setting.group);
        setting.is_some_and(|setting| {
            fields(setting, steps.forge).chain(names(setting, steps)).any(|field| field == path)
                && says(setting, steps.forge, &kept.value, json)
        })
    })
}

/// Whether what a setting is to be is what an item has of which nothing is said.
pub(super) fn is_left_out(step: &Step<'_>, forge: ForgeKind) -> bool {
    let codec = step.setting.on(forge).binding().and_then(|b| b.codec);
    let absent = codec.and_then(|codec| codec.absent.as_ref());
    step.change.key.is_some() && absent.is_some() && absent == Value::from_json(step.to).as_ref()
}

/// The field that names an item, where the setting is its name.
fn names<'s>(setting: &Setting, steps: &Steps<'s>) -> Option<&'s str> {
    let of_kind = |binding: &'s KindBinding| binding.named.as_deref().filter(|n| *n == setting.name());
    bindings(setting, steps).find_map(of_kind)
}

/// Where the forge keeps items of the setting's kind, at each level.
fn bindings<'s>(setting: &Setting, steps: &Steps<'s>) -> impl Iterator<Item = &'s KindBinding> {
    let (group, forge, catalog) = (setting.group.clone(), steps.forge, steps.catalog);
    catalog.kinds().filter(move |kind| kind.name == group).filter_map(move |kind| kind.on(forge))
}

/// Whether a field names the item, or is what every item of its kind is made with.
pub(super) fn belongs(step: &Step<'_>, steps: &Steps<'_>, path: &str, json: &Json) -> bool {
    let Some(key) = step.change.key.as_deref() else { return false };
    let at = |also: &Json| {
        let found = path.split('.').try_fold(also, |at, name| at.get(name));
        found.is_some_and(|found| same(found, json))
    };
    bindings(step.setting, steps).any(|binding| {
        let named =
            binding.named.as_deref() == Some(path) && (*json == *key || is_read_anew(steps, path, json));
        named || steps.request.method != "PATCH" && at(&Json::Object(binding.also.clone()))
    })
}

/// Whether a field is given what the list of items says of it just before.
fn is_read_anew(steps: &Steps<'_>, path: &str, json: &Json) -> bool {
    let name = json.as_str().and_then(|text| text.strip_prefix('{')?.strip_suffix('}'));
    let read = name.and_then(|name| steps.request.reads.get(name));
    read.and_then(|read| read.strip_prefix("GET ")?.split_once(" :: ")).is_some_and(|(from, field)| {
        let beneath = steps.request.path.strip_prefix(from).is_some_and(|rest| rest.starts_with('/'));
        beneath && field.strip_suffix(path).is_some_and(|before| before.ends_with("]."))
    })
}
