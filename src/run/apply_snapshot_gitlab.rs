//! What a change on GitLab makes of the line of a snapshot: its requests are carried out on the line, each
//! field where the rows say that it is read.

use std::collections::BTreeMap;

use serde_json::{Map, Value as Json, json};

use super::apply_snapshot::{item, make_item, put};
use crate::catalog::{Catalog, segment};
use crate::model::{Change, Plan, Request, Value};

/// The rule of approvals that hold for whatever branch.
const ALL: &str = "All branches";

/// Makes one change.
pub(super) fn make_on_gitlab(line: &mut Json, catalog: &Catalog, plan: &Plan, change: &Change) {
    let Some(setting) = catalog.find(&change.setting) else { return };
    match (&change.key, &setting.effective) {
        (None, _) => own(line, setting.name(), change.after.clone()),
        (Some(key), None) => make_item(line, catalog, plan, (change, setting, key)),
        (Some(_), Some(_)) => {
            for request in change.requests.iter().filter_map(|r| plan.requests.get(*r)) {
                carry_out(line, catalog, request);
            }
        }
    }
}

fn own(line: &mut Json, name: &str, value: Json) {
    put(&mut line["settings"], name, value);
    if let Some(unknown) = line.get_mut("unknown").and_then(Json::as_object_mut) {
        unknown.shift_remove(name);
    }
}

fn carry_out(line: &mut Json, catalog: &Catalog, request: &Request) {
    let beneath = request.path.splitn(4, '/').nth(3).unwrap_or_default();
    if beneath.starts_with("protected_branches") {
        protect(line, catalog, request);
    } else if beneath.starts_with("approval_rules") {
        approvals(line, catalog, request);
    } else {
        for (field, value) in request.body.as_object().into_iter().flatten() {
            let written = catalog.settings().find_map(|setting| {
                let binding = setting.gitlab.binding()?;
                let write = binding.write.as_ref()?;
                let path = write.path.strip_prefix("/projects/{id}")?.trim_start_matches('/');
                let is = &*setting.group == "repository" && path == beneath && write.field == *field;
                is.then_some((setting.name(), binding.codec))
            });
            let Some((name, codec)) = written else { continue };
            let value = codec.map_or_else(|| Value::from_json(value), |codec| (codec.read)(value));
            own(line, name, value.map_or(Json::Null, |value| value.to_json()));
        }
    }
}

/// Makes, changes or removes the rule of a branch.
fn protect(line: &mut Json, catalog: &Catalog, request: &Request) {
    let body = &request.body;
    let named = request.path.rsplit('/').next().unwrap_or_default();
    let rules = || line["kinds"]["branch_rule"].as_object().map(|rules| rules.keys().cloned().collect());
    let known: Vec<String> = rules().unwrap_or_default();
    let name = body["name"].as_str().map(str::to_owned);
    let Some(name) = name.or_else(|| known.into_iter().find(|key| segment(key) == named)) else { return };
    if request.method == "DELETE" {
        if let Some(rules) = line["kinds"]["branch_rule"].as_object_mut() {
            rules.shift_remove(&name);
        }
        return;
    }
    let rule = item(line, "branch_rule", &name);
    if request.method == "POST" {
        *rule = empty(catalog);
        put(rule, "protected", json!(true));
    }
    for field in ["allow_force_push", "code_owner_approval_required"] {
        if let Some(value) = body.get(field) {
            put(rule, field, value.clone());
        }
    }
    for (one, several, read) in [
        ("push_access_level", "allowed_to_push", "push_access"),
        ("merge_access_level", "allowed_to_merge", "merge_access"),
    ] {
        let levels: Vec<&Json> = match (body.get(one), body[several].as_array()) {
            (Some(level), _) => vec![level],
            (None, Some(entries)) => entries.iter().filter_map(|entry| entry.get("access_level")).collect(),
            (None, None) => continue,
        };
        put(rule, read, levels.into_iter().filter_map(word).collect());
    }
}

fn word(level: &Json) -> Option<Json> {
    let words = BTreeMap::from([(0, "nobody"), (30, "developer"), (40, "maintainer"), (60, "administrator")]);
    words.get(&level.as_u64()?).map(|word| json!(word))
}

/// Sets what the rule asks for that everybody may satisfy.
fn approvals(line: &mut Json, catalog: &Catalog, request: &Request) {
    let rule = item(line, "branch_rule", ALL);
    if rule.as_object().is_none_or(Map::is_empty) {
        *rule = empty(catalog);
    }
    let number = request.body.get("approvals_required").cloned().unwrap_or_else(|| json!(0));
    let any = json!({"name": "All Members", "type": "ANY_APPROVER", "approvals": number});
    put(rule, "approval_rules", if request.method == "DELETE" { json!([]) } else { json!([any]) });
    put(rule, "approvals_required", number);
}

/// A rule that asks for nothing.
fn empty(catalog: &Catalog) -> Json {
    let mut rule: Map<String, Json> = catalog
        .settings()
        .filter(|s| &*s.group == "branch_rule")
        .map(|s| (s.name().to_owned(), Json::Null))
        .collect();
    for flag in ["allow_force_push", "code_owner_approval_required", "group_level", "protected"] {
        rule.insert(flag.to_owned(), json!(false));
    }
    rule.insert("approvals_required".to_owned(), json!(0));
    Json::Object(rule)
}
