//! Which repositories and refs a ruleset's conditions cover.

use serde_json::{Map, Value, json};

use super::fnmatch::fnmatch;
use super::repository::Repository;
use super::ruleset::Ruleset;

/// Whether an organization's ruleset covers this repository: every condition that names
/// repositories must hold.
pub fn covers(ruleset: &Ruleset, repository: &Repository) -> bool {
    ruleset.conditions.iter().all(|(name, condition)| match name.as_str() {
        "repository_name" => name_matches(condition, &repository.name),
        "repository_id" => items(&condition["repository_ids"]).any(|id| id == &json!(repository.id)),
        "repository_property" => property_matches(condition, repository),
        _ => true,
    })
}

/// Whether an active ruleset counts for this ref of the repository.
pub fn applies_to_ref(ruleset: &Ruleset, repository: &Repository, reference: &str) -> bool {
    let Some(condition) = ruleset.conditions.get("ref_name") else { return true };
    let default = format!("refs/heads/{}", repository.default_branch());
    let hit = |pattern: &str| match pattern {
        "~ALL" => true,
        "~DEFAULT_BRANCH" => reference == default,
        pattern => fnmatch(pattern, reference),
    };
    includes_and_not_excludes(condition, hit)
}

fn name_matches(condition: &Value, name: &str) -> bool {
    includes_and_not_excludes(condition, |pattern| pattern == "~ALL" || fnmatch(pattern, name))
}

fn includes_and_not_excludes(condition: &Value, hit: impl Fn(&str) -> bool) -> bool {
    let any = |key: &str| items(&condition[key]).filter_map(Value::as_str).any(&hit);
    any("include") && !any("exclude")
}

/// All included properties must have one of their values, and no excluded one may.
fn property_matches(condition: &Value, repository: &Repository) -> bool {
    let holds = |target: &Value| target.as_object().is_some_and(|target| has_property(target, repository));
    let include = items(&condition["include"]);
    let mut exclude = items(&condition["exclude"]);
    include.clone().next().is_some() && include.clone().all(holds) && !exclude.any(holds)
}

fn has_property(target: &Map<String, Value>, repository: &Repository) -> bool {
    let Some(name) = target.get("name").and_then(Value::as_str) else { return false };
    let system = target.get("source").and_then(Value::as_str) == Some("system");
    let actual = if system {
        system_property(name, repository)
    } else {
        repository.custom_properties.get(name).cloned()
    };
    let wanted =
        target.get("property_values").and_then(Value::as_array).map_or(&[] as &[Value], Vec::as_slice);
    match actual {
        Some(Value::Array(values)) => values.iter().any(|value| wanted.contains(value)),
        Some(value) => wanted.contains(&value),
        None => false,
    }
}

/// The properties every repository has without anybody declaring them.
fn system_property(name: &str, repository: &Repository) -> Option<Value> {
    match name {
        "visibility" => Some(json!(repository.visibility())),
        "fork" => Some(json!(repository.settings.flag("fork", false).to_string())),
        "is_template" => Some(json!(repository.settings.flag("is_template", false).to_string())),
        "language" => repository.settings.get("language").cloned(),
        "default_branch" => Some(json!(repository.default_branch())),
        _ => None,
    }
}

fn items(list: &Value) -> std::slice::Iter<'_, Value> {
    list.as_array().map_or(&[] as &[Value], Vec::as_slice).iter()
}
