//! Rules for branches: one ruleset of ours for each key, which only adds to what is there.

use std::collections::BTreeMap;

use indexmap::IndexMap;
use serde_json::{Map, Value as Json, json};

use super::draft::{Draft, Subject, merge};
use super::own::nested;
use super::target::target;
use crate::catalog::{Combine, Effective};
use crate::model::{Finding, Request, SettingId, Value};

/// What a rule must say besides what is wanted of it.
/// Source: docs.github.com, REST API, "Create a repository ruleset": required properties.
fn companions(rule: &str) -> Json {
    match rule {
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

/// The name of our ruleset for a key.
fn ruleset_name(key: &str) -> String {
    format!("ispo-scm {key}")
}

/// Plans the rulesets that the drifting branch settings of a repository need.
pub(super) fn plan(draft: &mut Draft, subject: Subject<'_>, findings: &[&Finding]) {
    let mut keys: IndexMap<&str, Vec<&Finding>> = IndexMap::new();
    for finding in findings {
        keys.entry(finding.expectation.key.as_deref().unwrap_or_default()).or_default().push(finding);
    }
    for (key, findings) in keys {
        one(draft, subject, key, &findings);
    }
}

fn one(draft: &mut Draft, subject: Subject<'_>, key: &str, findings: &[&Finding]) {
    let name = ruleset_name(key);
    let exists = subject.observed.kind("ruleset").is_some_and(|c| c.items().iter().any(|i| i.key == name));
    let mut rules: IndexMap<String, Json> = IndexMap::new();
    let mut planned: Vec<(&Finding, Value)> = Vec::new();
    let mut presence: Vec<&Finding> = Vec::new();
    for finding in findings {
        let setting = subject.catalog.get(finding.expectation.setting);
        let Some(effective) = &setting.effective else { continue };
        if exists {
            draft.defer(
                subject,
                finding,
                &format!("ruleset \"{name}\" is there and does not do it: look at what was changed in it"),
            );
            continue;
        }
        let after = match target(&finding.expectation, &finding.observed) {
            Ok(after) => after,
            Err(why) => {
                draft.defer(subject, finding, &why);
                continue;
            }
        };
        if effective.classic.is_none() && effective.ruleset.is_none() && effective.forbidden_by.is_none() {
            presence.push(finding);
            continue;
        }
        match rule(subject, effective, finding.observed.value(), &after) {
            Some((kind, parameters)) => {
                let at = rules.entry(kind.clone()).or_insert_with(|| companions(&kind));
                if !parameters.is_null() {
                    merge(at, parameters);
                }
                planned.push((finding, after));
            }
            None => draft.defer(
                subject,
                finding,
                "rules that are too strict, or of another sort, are not taken away by this release",
            ),
        }
    }
    if planned.is_empty() {
        for finding in presence {
            draft.defer(subject, finding, "the policy asks for protection without saying which");
        }
        return;
    }
    let include = if key == "~default" { "~DEFAULT_BRANCH".to_owned() } else { format!("refs/heads/{key}") };
    let rule = |(kind, parameters): (String, Json)| {
        let mut rule = Map::from_iter([("type".to_owned(), Json::from(kind))]);
        if !parameters.is_null() {
            rule.insert("parameters".to_owned(), parameters);
        }
        Json::Object(rule)
    };
    let request = draft.request(Request {
        method: "POST".into(),
        path: subject.path("/repos/{owner}/{repo}/rulesets"),
        body: json!({
            "name": name,
            "target": "branch",
            "enforcement": "active",
            "conditions": {"ref_name": {"include": [include], "exclude": []}},
            "rules": rules.into_iter().map(rule).collect::<Vec<_>>(),
        }),
        reads: BTreeMap::new(),
    });
    let rulesets = subject.path("/repos/{owner}/{repo}/rulesets");
    let back = draft.undo(Request {
        method: "DELETE".into(),
        path: format!("{rulesets}/{{id}}"),
        body: Json::Null,
        reads: BTreeMap::from([("id".to_owned(), format!("GET {rulesets} :: items[name={name}].id"))]),
    });
    planned.extend(presence.into_iter().map(|finding| (finding, Value::Bool(true))));
    for (finding, after) in planned {
        let setting = subject.catalog.get(finding.expectation.setting);
        draft.change(subject, setting, finding, &after, vec![request]).undo.push(back);
    }
}

/// The rule and parameters that give a branch what is wanted; none where a rule cannot.
fn rule(
    subject: Subject<'_>,
    effective: &Effective,
    before: Option<&Value>,
    after: &Value,
) -> Option<(String, Json)> {
    let write = |id: Option<SettingId>| {
        Some(subject.catalog.get(id?).github.binding()?.write.as_ref()?.field.clone())
    };
    // Rules only add up: one more can make a branch stricter, and never laxer.
    let stricter = match (effective.combine, before, after) {
        (Combine::Any, _, Value::Bool(on)) => *on,
        (Combine::All, _, Value::Bool(on)) => !on,
        (Combine::Most, Some(Value::Int(before)), Value::Int(after)) => after > before,
        (Combine::Union, Some(Value::List(before)), Value::List(after)) => {
            before.iter().all(|b| after.contains(b))
        }
        _ => false,
    };
    if !stricter {
        return None;
    }
    if let Some(field) = write(effective.forbidden_by) {
        return Some((parse(&field)?.0, Json::Null));
    }
    let (kind, parameter) = parse(&write(effective.ruleset)?).map(|(k, p)| (k, p.map(str::to_owned)))?;
    let parameters = match parameter {
        None => Json::Null,
        Some(parameter) => match (parameter.split_once("[]."), after) {
            (Some((list, field)), Value::List(items)) => {
                let records = items.iter().map(|i| nested(field, i.to_json())).collect::<Vec<_>>();
                nested(list, records.into())
            }
            (Some(_), _) => return None,
            (None, after) => nested(&parameter, after.to_json()),
        },
    };
    Some((kind, parameters))
}

/// `rules[type=KIND]` or `rules[type=KIND].parameters.NAME`.
fn parse(field: &str) -> Option<(String, Option<&str>)> {
    let (kind, rest) = field.strip_prefix("rules[type=")?.split_once(']')?;
    Some((kind.to_owned(), rest.strip_prefix(".parameters.")))
}
