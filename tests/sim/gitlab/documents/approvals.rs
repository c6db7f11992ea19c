//! Approval settings, of which a stricter one above locks the one below.

use serde_json::{Map, Value, json};

use super::answer::completed;
use super::fill::Filling;
use super::row::Row;
use crate::sim::gitlab::world::{Holder, HolderKind};

const SUFFIX: &str = "/merge_request_approval_setting";

/// The application's setting that locks it for everybody, where there is one.
const OF_INSTANCE: [(&str, &str); 3] = [
    ("allow_author_approval", "prevent_merge_requests_author_approval"),
    ("allow_committer_approval", "prevent_merge_requests_committers_approval"),
    ("allow_overrides_to_approver_list_per_merge_request", "disable_overriding_approvers_per_merge_request"),
];

/// In the older document the same settings go by other names, most with the opposite meaning.
pub const OLDER: [(&str, &str, bool); 7] = [
    ("merge_requests_author_approval", "allow_author_approval", false),
    ("merge_requests_disable_committers_approval", "allow_committer_approval", true),
    (
        "disable_overriding_approvers_per_merge_request",
        "allow_overrides_to_approver_list_per_merge_request",
        true,
    ),
    ("reset_approvals_on_push", "retain_approvals_on_push", true),
    ("require_password_to_approve", "require_reauthentication_to_approve", false),
    ("require_reauthentication_to_approve", "require_reauthentication_to_approve", false),
    ("selective_code_owner_removals", "selective_code_owner_removals", false),
];

/// `{value, locked, inherited_from}` of each; a test may state a value alone.
pub fn setting(row: &Row, filling: &Filling<'_>) -> Value {
    let Some(template) = row.default.as_ref().and_then(Value::as_object) else { return Value::Null };
    let told = template.iter().map(|(key, default)| {
        let own = stated(filling.holder, key).unwrap_or_else(|| default["value"].clone());
        let strict = json!(key.starts_with("require_"));
        let told = match locked_by(filling, key, &strict) {
            Some(above) => json!({ "value": strict, "locked": true, "inherited_from": above }),
            None => json!({ "value": own, "locked": false, "inherited_from": null }),
        };
        (key.clone(), told)
    });
    let mut told: Map<String, Value> = told.collect();
    for key in filling.holder.documents.left_out(SUFFIX) {
        told.shift_remove(key);
    }
    // A test may also state all three.
    if let Some(Value::Object(whole)) = filling.holder.documents.stated(SUFFIX) {
        told.extend(
            whole
                .iter()
                .filter(|(_, value)| value["locked"].is_boolean())
                .map(|(key, value)| (key.clone(), value.clone())),
        );
    }
    Value::Object(told)
}

fn locked_by(filling: &Filling<'_>, key: &str, strict: &Value) -> Option<&'static str> {
    let instance = OF_INSTANCE.iter().find(|(own, _)| *own == key);
    if instance.is_some_and(|(_, setting)| filling.world.instance.is(setting)) {
        return Some("instance");
    }
    let project = filling.holder.kind == HolderKind::Project && key != "selective_code_owner_removals";
    let group =
        || filling.world.above(filling.holder).any(|group| stated(group, key).as_ref() == Some(strict));
    (project && group()).then_some("group")
}

fn stated(holder: &Holder, key: &str) -> Option<Value> {
    match holder.documents.stated(SUFFIX)?.get(key)? {
        Value::Object(whole) => whole.get("value").cloned(),
        value => Some(value.clone()),
    }
}

pub fn older(row: &Row, filling: &Filling<'_>) -> Value {
    let Some(template) = &row.default else { return Value::Null };
    let mut whole = filling.filled(template);
    if let Some(newer) = super::named("/projects/{id}/merge_request_approval_setting") {
        let newer = setting(newer, filling);
        for (key, of, opposite) in OLDER {
            if let Some(value) = newer[of]["value"].as_bool() {
                whole[key] = json!(value != opposite);
            }
        }
    }
    completed(filling, &whole, filling.holder.documents.stated("/approvals"), "/approvals")
}
