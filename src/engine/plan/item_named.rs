//! People, groups and branches that a request names by number, where the policy names them by name; and who
//! may do something, which GitLab takes entry by entry.

use std::collections::BTreeMap;

use serde_json::{Value as Json, json};

use super::item_place::Place;
use super::own::nested;
use crate::catalog::{ForgeKind, Setting, segment};
use crate::model::Value;

/// Numbers that are read just before, one for each text of a value.
pub(super) fn by_number(setting: &Setting, value: &Value) -> Json {
    value.texts().map(|text| Json::String(format!("{{{}}}", placeholder(setting, text)))).collect()
}

fn placeholder(setting: &Setting, text: &str) -> String {
    format!("{} {text}", setting.name())
}

/// The reads of the numbers that a body waits for.
pub(super) fn reads(place: &Place<'_>, body: &Json) -> BTreeMap<String, String> {
    let mut reads = BTreeMap::new();
    for setting in place.settings() {
        let binding = setting.on(place.subject.forge).binding();
        let Some(from) = binding.and_then(|b| b.number.as_deref()) else { continue };
        let before = format!("{{{} ", setting.name());
        let fields = body.as_object().into_iter().flat_map(|fields| fields.values());
        for text in fields.filter_map(Json::as_array).flatten().filter_map(Json::as_str) {
            if let Some(named) = text.strip_prefix(&before).and_then(|rest| rest.strip_suffix('}')) {
                let path = from.split(" :: ").next().unwrap_or_default();
                let named_in_path =
                    if path.contains("{}") { segment(named).to_string() } else { named.to_owned() };
                let read = place.subject.path(from).replace("{}", &named_in_path);
                reads.insert(placeholder(setting, named), read);
            }
        }
    }
    reads
}

/// Whether the forge can be told the value at all.
///
/// # Errors
/// Which entry it has no number for.
pub(super) fn speaks(place: &Place<'_>, setting: &Setting, value: Value) -> Result<Value, String> {
    let github = place.subject.forge == ForgeKind::Github;
    // Source: docs.github.com, REST API, "Create or update an environment". One that has reviewers is not changed
    // at all, lest they go.
    if github && &*setting.key == "environment.prevent_self_review" && value == Value::Bool(true) {
        return Err("it takes a reviewer, and reviewers are taken by number: choose them by hand".into());
    }
    let codec = setting.on(place.subject.forge).binding().and_then(|b| b.codec);
    let Some(codec) = codec.filter(|codec| codec.name == "branch_access") else { return Ok(value) };
    let written = (codec.write)(&value);
    let unknown =
        value.texts().zip(written.as_array().into_iter().flatten()).find(|(_, entry)| entry.is_null());
    match unknown {
        None => Ok(value),
        Some((who, _)) => Err(format!(
            "the forge takes people, groups and keys by number, as in `user 7: Ann`: \"{who}\" has none"
        )),
    }
}

/// A field that takes several entries, told as `many|one`: one role alone goes by the field that servers
/// without a paid plan take as well.
pub(super) fn one_or_many(field: &str, value: Json) -> (&str, Json) {
    let Some((many, one)) = field.split_once('|') else { return (field, value) };
    match value.as_array().map(Vec::as_slice) {
        Some([entry]) if entry.get("access_level").is_some() => (one, entry["access_level"].clone()),
        _ => (many, value),
    }
}

/// The bodies that change who may do something and change it back, with the reads of the first and the second:
/// entries are added, and removed by the number that each has.
pub(super) fn access(
    place: &Place<'_>,
    setting: &Setting,
    (before, after): (&Value, &Value),
) -> Option<[(Json, BTreeMap<String, String>); 2]> {
    let binding = setting.on(place.subject.forge).binding()?;
    let codec = binding.codec.filter(|codec| codec.name == "branch_access")?;
    let (write, read) = (binding.write.as_ref()?, binding.rest.as_ref()?);
    let list = read.field.strip_prefix("[].")?.split('[').next()?;
    let path = place.request(place.endpoint(write).ok()?, "GET", Json::Null).ok()?.path;
    let (before, after) = ((codec.write)(before), (codec.write)(after));
    let step = |from: &Json, to: &Json| {
        let (mut entries, mut reads) = (Vec::new(), BTreeMap::new());
        let entries_of = |json: &Json| json.as_array().cloned().unwrap_or_default();
        for gone in entries_of(from).iter().filter(|entry| !entries_of(to).contains(entry)) {
            let (field, number) = gone.as_object()?.iter().next()?;
            let name = format!("{} {field} {number}", setting.name());
            entries.push(json!({ "id": format!("{{{name}}}"), "_destroy": true }));
            reads.insert(name, format!("GET {path} :: {list}[{field}={number}].id"));
        }
        entries.extend(entries_of(to).into_iter().filter(|entry| !entries_of(from).contains(entry)));
        Some((nested(&write.field, Json::Array(entries)), reads))
    };
    Some([step(&before, &after)?, step(&after, &before)?])
}
