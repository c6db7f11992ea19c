//! The rules within a ruleset: how one is made, changed and taken out for a wish.

use serde_json::{Value as Json, json};

use super::branch::Wish;
use super::draft::Subject;
use super::own::nested;
use super::ruleset::rule_of;
use crate::catalog::{Catalog, Dialect, Effective, Found, Setting, read};
use crate::model::{SettingId, Value};

/// What a rule must say besides what is wanted of it.
/// Source: docs.github.com, REST API, "Create a repository ruleset": required properties.
fn companions(sort: &str) -> Json {
    match sort {
        "pull_request" => json!({
            "dismiss_stale_reviews_on_push": false,
            "require_code_owner_review": false,
            "require_last_push_approval": false,
            "required_approving_review_count": 0,
            "required_review_thread_resolution": false,
        }),
        "required_status_checks" => json!({
            "required_status_checks": [],
            "strict_required_status_checks_policy": false,
        }),
        _ => Json::Null,
    }
}

/// Where a row writes: `rules[type=SORT]`, or `rules[type=SORT].parameters.NAME`.
fn place(setting: &Setting) -> Option<(&str, Option<&str>)> {
    let field = &setting.github.binding()?.write.as_ref()?.field;
    let (sort, rest) = field.strip_prefix("rules[type=")?.split_once(']')?;
    Some((sort, rest.strip_prefix(".parameters.")))
}

/// The sort of the rule that a wish is written in.
pub(super) fn sort_of(subject: Subject<'_>, wish: &Wish<'_>) -> Option<String> {
    let id = wish.effective.forbidden_by.or(wish.effective.ruleset)?;
    Some(place(subject.catalog.get(id))?.0.to_owned())
}

/// Writes a wish into a ruleset.
///
/// # Errors
/// Why it cannot be written there.
pub(super) fn write(subject: Subject<'_>, document: &mut Json, wish: &Wish<'_>) -> Result<(), String> {
    if wish.is_presence() {
        return match wish.after {
            Value::Bool(true) => Ok(()),
            _ => Err("a rule is not taken away as a whole: say what of it is too strict".into()),
        };
    }
    if wish.is_about_bypass() {
        return bypass(subject, document, wish);
    }
    if wish.setting.name() == "restrict_review_dismissals" {
        return Err("who may set a review aside is for people to say".into());
    }
    lay(subject.catalog, document, wish.effective, &wish.after)
}

/// Writes what a branch is to have into a ruleset.
///
/// # Errors
/// Why it cannot be written there.
pub(super) fn lay(
    catalog: &Catalog,
    document: &mut Json,
    effective: &Effective,
    after: &Value,
) -> Result<(), String> {
    let none = || "no rule of a ruleset says so: choose classic protection for it".to_owned();
    let (id, wanted) = match (effective.forbidden_by, after) {
        (Some(id), Value::Bool(allowed)) => (id, Value::Bool(!allowed)),
        _ => (effective.ruleset.ok_or_else(none)?, after.clone()),
    };
    lay_row(document, catalog.get(id), &wanted)
}

/// Gives a ruleset the rule that a row writes, or what the row says of a parameter of it.
///
/// # Errors
/// Why it cannot be written there.
pub(super) fn lay_row(document: &mut Json, setting: &Setting, wanted: &Value) -> Result<(), String> {
    let none = || "no rule of a ruleset says so: choose classic protection for it".to_owned();
    let (sort, parameter) = place(setting).ok_or_else(none)?;
    let Some(rules) = document["rules"].as_array_mut() else { return Err("its rules were not shown".into()) };
    let at = rules.iter().position(|rule| rule["type"] == sort);
    match (parameter, at, wanted) {
        (None, Some(_), Value::Bool(true)) => Ok(()),
        (None, None, Value::Bool(false)) => Ok(()),
        (None, None, Value::Bool(true)) => {
            rules.push(rule_of(sort, companions(sort)));
            Ok(())
        }
        (None, Some(at), Value::Bool(false)) => {
            let parameters = rules[at]["parameters"].as_object();
            let says =
                |(name, value): (&String, &Json)| companions(sort).get(name).is_none_or(|c| c != value);
            if parameters.is_some_and(|all| all.iter().any(says)) {
                return Err(format!(
                    "the rule {sort} of our ruleset asks for more than that: say of each part that it is not wanted"
                ));
            }
            rules.remove(at);
            Ok(())
        }
        (Some(parameter), at, wanted) => {
            let at = at.unwrap_or_else(|| {
                rules.push(rule_of(sort, companions(sort)));
                rules.len() - 1
            });
            set(&mut rules[at]["parameters"], parameter, wanted)
        }
        _ => Err(none()),
    }
}

/// Gives a parameter its value. Of records that are told apart by one field, those that stay keep what
/// else they say.
fn set(parameters: &mut Json, parameter: &str, wanted: &Value) -> Result<(), String> {
    let Some((list, field)) = parameter.split_once("[].") else {
        parameters[parameter] = wanted.to_json();
        return Ok(());
    };
    let Value::List(items) = wanted else {
        return Err("a list is wanted where one value is asked for".into());
    };
    let had = parameters[list].as_array().cloned().unwrap_or_default();
    let record = |item: &Value| {
        let name = item.to_json();
        had.iter().find(|one| one[field] == name).cloned().unwrap_or_else(|| nested(field, name))
    };
    parameters[list] = items.iter().map(record).collect();
    Ok(())
}

/// Takes out of a ruleset whoever may pass it by and should not.
fn bypass(subject: Subject<'_>, document: &mut Json, wish: &Wish<'_>) -> Result<(), String> {
    let everybody = match &wish.after {
        Value::Bool(bound) => *bound,
        Value::List(left) => left.is_empty(),
        _ => false,
    };
    let Some(actors) = document.get_mut("bypass_actors").and_then(Json::as_array_mut) else {
        return if everybody { Ok(()) } else { Err(LET_THROUGH.into()) };
    };
    if everybody {
        actors.clear();
        return Ok(());
    }
    let Value::List(left) = &wish.after else { return Err(LET_THROUGH.into()) };
    let row = wish.effective.ruleset.map(|id| subject.catalog.get(id));
    let codec = row.and_then(|row| row.github.binding()?.codec);
    let read = codec.ok_or(LET_THROUGH)?.read;
    let named = |actor: &Json| match (read)(&json!([actor])) {
        Some(Value::List(one)) => one.into_iter().next(),
        _ => None,
    };
    let all: Option<Vec<Value>> = actors.iter().map(named).collect();
    let all =
        all.ok_or("the forge tells teams and apps by number, which is no name to hold a policy against")?;
    if left.iter().any(|one| !all.contains(one)) {
        return Err(LET_THROUGH.into());
    }
    actors.retain(|actor| named(actor).is_some_and(|one| left.contains(&one)));
    Ok(())
}

const LET_THROUGH: &str = "who is let through is for people to say: nobody is added to a ruleset";

/// Writes a value that was read of a ruleset where a request would have it.
pub(super) fn copy(document: &mut Json, setting: &Setting, value: &Value) {
    let Some((sort, parameter)) = place(setting) else { return };
    let Some(rules) = document["rules"].as_array_mut() else { return };
    if parameter.is_none() && *value != Value::Bool(true) {
        return;
    }
    let at = rules.iter().position(|rule| rule["type"] == sort).unwrap_or_else(|| {
        rules.push(rule_of(sort, companions(sort)));
        rules.len() - 1
    });
    if let Some(parameter) = parameter {
        // What is read of a rule that has no such list was checked by whoever read it.
        let _ = set(&mut rules[at]["parameters"], parameter, value);
    }
}

/// What a ruleset as a request writes it says of one setting; nothing where it says nothing.
pub fn said(catalog: &Catalog, id: SettingId, document: &Json) -> Option<Value> {
    let binding = catalog.get(id).github.binding()?;
    let pointer = binding.rest.as_ref().and_then(|from| from.pointer.as_ref());
    let found = pointer.map(|pointer| read(document, pointer, Dialect::Rest));
    match (found, binding.codec) {
        (Some(Found::Known(json)), Some(codec)) => (codec.read)(&json),
        (Some(Found::Known(json)), None) => Value::from_json(&json),
        _ => binding.codec.and_then(|codec| codec.absent.clone()),
    }
}
