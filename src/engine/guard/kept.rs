//! What a document that a request replaces said before: the request insists on that by a read
//! `GET /path == JSON`, so that whatever it repeats of it stays as it is.

use serde_json::{Value as Json, json};

use super::bodies::same;
use super::steps::{Step, Steps, is_nothing};
use crate::model::Request;

/// The document that a request must still find.
pub(super) fn document(request: &Request) -> Option<Json> {
    request.reads.values().find_map(|read| {
        let (place, wanted) = read.strip_prefix("GET ")?.split_once(" == ")?;
        let path = place.split_once(" :: ").map_or(place, |(path, _)| path);
        (path == request.path).then(|| serde_json::from_str(wanted).ok()).flatten()
    })
}

/// Whether a field of a body says what the document said there, or nothing where that said nothing.
pub(super) fn says(document: &Json, path: &str, json: &Json) -> bool {
    let mut found = vec![document];
    for name in path.split('.').filter(|name| !name.is_empty()) {
        found = found.into_iter().flat_map(|at| step(at, name)).collect();
    }
    found.retain(|at| !at.is_null());
    let nothing = is_nothing(json) || *json == json!(0) || *json == json!(-1);
    if found.is_empty() { nothing && !path.is_empty() } else { found.iter().any(|was| equal(was, json)) }
}

fn step<'d>(at: &'d Json, name: &str) -> Vec<&'d Json> {
    if let Some(sort) = name.strip_prefix("rules[type=").and_then(|rest| rest.strip_suffix(']')) {
        let rules = at["rules"].as_array().map(Vec::as_slice).unwrap_or_default();
        return rules.iter().filter(|rule| rule["type"] == sort).collect();
    }
    match name.strip_suffix("[]") {
        Some(list) => at[list].as_array().map(Vec::as_slice).unwrap_or_default().iter().collect(),
        None => vec![&at[name]],
    }
}

/// Whether a request's value is what was read: classic protection is read in other forms than it is written.
/// Source: docs.github.com, REST API, "Get branch protection", "Update branch protection".
fn equal(was: &Json, json: &Json) -> bool {
    let names = |list: &Json| -> Option<Json> {
        let name = |one: &Json| one.get("login").or_else(|| one.get("slug")).cloned();
        list.as_array()?.iter().map(name).collect::<Option<Vec<_>>>().map(Json::Array)
    };
    same(was, json)
        || was.get("enabled").is_some_and(|on| on == json)
        || names(was).is_some_and(|names| same(&names, json))
}

/// The rules that a body leaves out although the document has them, and none of its changes is about them.
pub(super) fn left_out(steps: &Steps<'_>) -> Vec<String> {
    let Some(before) = &steps.before else { return Vec::new() };
    let Some(rules) = steps.request.body["rules"].as_array() else { return Vec::new() };
    let gone = before["rules"].as_array().into_iter().flatten().filter_map(|rule| rule["type"].as_str());
    let gone = gone.filter(|sort| !rules.iter().any(|rule| rule["type"] == *sort));
    let is_meant = |sort: &str| {
        let of_sort = |field: &str| field.starts_with(&format!("rules[type={sort}]"));
        let own = |step: &Step<'_>| Some(of_sort(&step.setting.github.binding()?.write.as_ref()?.field));
        if steps.steps.iter().any(|step| &*step.setting.group == "ruleset" && own(step) == Some(true)) {
            return true;
        }
        steps.steps.iter().filter_map(|step| step.setting.effective.as_ref()).any(|effective| {
            let ids = [effective.ruleset, effective.forbidden_by].into_iter().flatten();
            let mut writes = ids
                .filter_map(|id| Some(steps.catalog.get(id).github.binding()?.write.as_ref()?.field.clone()));
            writes.any(|field| field.starts_with(&format!("rules[type={sort}]")))
        })
    };
    gone.filter(|sort| !is_meant(sort)).map(str::to_owned).collect()
}
