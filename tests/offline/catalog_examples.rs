//! Reads GitHub's published example answers with the rows: what a row finds there is of the row's type.
//!
//! An example need not carry every field, and what it lacks proves nothing; what it has must be read.

use std::path::Path as File;

use ispo_scm::catalog::{Binding, Catalog, Dialect, Endpoint, Found, Path, Setting, bare, read};
use ispo_scm::model::Observation;
use serde_json::Value as Json;

use crate::catalog_contract::{DESCRIPTIONS, all_or_nothing, published};

/// Every example of what a GET of this path answers, from the first description that has some.
fn examples(descriptions: &[Json], path: &str) -> Vec<Json> {
    let of = |whole: &Json| -> Vec<Json> {
        let target = |mut at: Json| {
            while let Some(reference) = at.get("$ref").and_then(Json::as_str) {
                at = whole.pointer(reference.trim_start_matches('#')).cloned().unwrap_or_default();
            }
            at
        };
        let responses = whole["paths"][path]["get"]["responses"].as_object().cloned().unwrap_or_default();
        let bodies = responses.into_iter().filter(|(code, _)| code.starts_with('2'));
        let examples = bodies.flat_map(|(_, answer)| {
            let media = &target(answer)["content"]["application/json"];
            media["examples"].as_object().cloned().unwrap_or_default()
        });
        examples.map(|(_, example)| target(example)["value"].clone()).filter(|e| !e.is_null()).collect()
    };
    descriptions.iter().map(of).find(|found| !found.is_empty()).unwrap_or_default()
}

fn at(json: &Json, pointer: Option<&Path>) -> Found {
    match pointer {
        None => Found::Known(json.clone()),
        Some(pointer) => read(json, pointer, Dialect::Rest),
    }
}

/// The rows of a document in a list are read item by item, those of the subject all at once.
fn found(answer: &Json, rest: &Endpoint, of_items: bool) -> Vec<Found> {
    if of_items {
        let (items, within) = match rest.pointer.as_ref().and_then(Path::list_first) {
            Some((wrapper, within)) if !rest.each => (&answer[wrapper], within),
            _ => (answer, rest.pointer.clone()),
        };
        return items.as_array().into_iter().flatten().map(|item| at(item, within.as_ref())).collect();
    }
    if !rest.each {
        return vec![at(answer, rest.pointer.as_ref())];
    }
    let items = answer.as_array().into_iter().flatten().map(|item| at(item, rest.pointer.as_ref()));
    let known = items.filter_map(|found| if let Found::Known(value) = found { Some(value) } else { None });
    vec![Found::Known(known.collect())]
}

fn verdict(setting: &Setting, binding: &Binding, found: Found) -> Result<bool, String> {
    let there = matches!(&found, Found::Known(_));
    match setting.observe(found, binding) {
        Observation::Unknown { needs } if there => Err(format!("{}: {needs}", setting.key)),
        Observation::Known(value) if there => {
            let words = setting.values.iter().any(|word| value.texts().any(|text| text == word));
            let choice =
                !setting.values.is_empty() && binding.codec.is_none() && value.texts().next().is_some();
            if choice && !words {
                Err(format!("{}: {value} is none of its words", setting.key))
            } else {
                Ok(true)
            }
        }
        _ => Ok(false),
    }
}

#[test]
fn published_examples_are_of_the_rows_types() {
    let Some(folder) = published() else { return };
    let load = |name: &&str| -> Json {
        let file = File::new(&folder).join(format!("openapi/generated/{name}.json"));
        serde_json::from_slice(&std::fs::read(file).unwrap()).unwrap()
    };
    let descriptions: Vec<Json> = DESCRIPTIONS.iter().map(load).collect();
    let catalog = Catalog::built_in().unwrap();
    let (mut checked, mut wrong, mut lacking) = (0, Vec::new(), Vec::new());
    for setting in catalog.settings() {
        let Some(binding) = setting.github.binding() else { continue };
        let Some(rest) = binding.rest.as_ref().filter(|_| binding.graphql.is_none()) else { continue };
        let lists = catalog.kinds().filter(|k| k.name == setting.group);
        let mut lists = lists.filter_map(|k| k.github.as_ref()?.list.as_ref());
        let of_items = lists.any(|list| bare(&list.path) == bare(&rest.path));
        let mut there = false;
        for answer in examples(&descriptions, bare(&rest.path)) {
            for found in found(&answer, rest, of_items) {
                match verdict(setting, binding, found) {
                    Ok(read) => there |= read,
                    Err(why) => wrong.push(why),
                }
            }
        }
        checked += usize::from(there);
        lacking.extend((!there).then_some(&*setting.key));
    }
    eprintln!("in no example: {}", lacking.join(", "));
    all_or_nothing("rows with an example", checked, &wrong);
}
