//! What the rules of a branch say for what a branch is to have.

use serde_json::{Value as Json, json};

use super::bodies::same;
use super::steps::{Step, Steps, is_nothing};
use crate::catalog::{Effective, ForgeKind};
use crate::model::{SettingId, Value};

/// Whether a field of a rule says what a branch setting is to be.
pub(super) fn explains(step: &Step<'_>, steps: &Steps<'_>, path: &str, json: &Json) -> bool {
    if &*step.setting.group == "ruleset" && steps.forge == ForgeKind::Github {
        return by_row(steps, step.setting.id, step.to, path, json);
    }
    let Some(effective) = &step.setting.effective else { return false };
    match steps.forge {
        ForgeKind::Github => {
            let Effective { classic, ruleset, forbidden_by, .. } = effective;
            let forbids =
                forbidden_by.is_some_and(|id| by_row(steps, id, &json!(*step.to != true), path, json));
            let by = |id: &Option<SettingId>| id.is_some_and(|id| by_row(steps, id, step.to, path, json));
            let check = step.setting.name() == "required_checks"
                && path == "required_status_checks.checks[].context"
                && step.to.as_array().is_some_and(|checks| checks.contains(json));
            let asks_for_no_review = step.setting.name() == "require_pull_request"
                && path == "required_pull_request_reviews"
                && is_nothing(step.to)
                && is_nothing(json);
            forbids || check || asks_for_no_review || by(classic) || by(ruleset)
        }
        ForgeKind::Gitlab => on_gitlab(step, path, json),
    }
}

/// Whether the row of a rule's setting writes that value there.
fn by_row(steps: &Steps<'_>, id: SettingId, to: &Json, path: &str, json: &Json) -> bool {
    let binding = steps.catalog.get(id).github.binding();
    let Some((binding, write)) = binding.and_then(|b| Some((b, b.write.as_ref()?))) else { return false };
    let field = &*write.field;
    // Which sort a rule is of: it is there, or one of its parameters is wanted.
    if let Some((rule, parameter)) = field.split_once(']')
        && path.strip_prefix(rule) == Some("].type")
    {
        return !parameter.is_empty() || !is_nothing(to);
    }
    let Some(value) = Value::from_json(to) else { return path == field && is_nothing(json) };
    if let Some((list, of_each)) = field.split_once("[].") {
        let each = |item: &Value| json!({of_each: item.to_json()});
        let wanted: Option<Json> = match &value {
            Value::List(items) => Some(items.iter().map(each).collect()),
            _ => None,
        };
        return path == list && wanted.is_some_and(|wanted| same(&wanted, json));
    }
    let wanted = binding.codec.map_or_else(|| value.to_json(), |codec| (codec.write)(&value));
    path == field && same(&wanted, json)
}

/// Roles by GitLab's numbers: nobody, developers, maintainers, administrators.
/// Source: docs.gitlab.com, "Protected branches API".
fn is_level(json: &Json) -> bool {
    matches!(json.as_u64(), Some(0 | 30 | 40 | 60))
}

fn on_gitlab(step: &Step<'_>, path: &str, json: &Json) -> bool {
    let to = step.to;
    let on = |wanted: bool| *json == json!(wanted);
    match (step.setting.name(), path) {
        ("required_approvals", "approvals_required") => {
            // Where a branch was not protected, the number went for nothing, and may have been higher.
            let between = json.as_u64() >= to.as_u64() && json.as_u64() <= step.from.as_u64();
            same(to, json) || (json.is_u64() && between)
        }
        ("allow_force_pushes", "allow_force_push")
        | ("require_code_owner_review", "code_owner_approval_required")
        | ("dismiss_stale_reviews", "reset_approvals_on_push")
        | ("require_last_push_approval", "merge_requests_disable_committers_approval")
        | ("require_conversation_resolution", "only_allow_merge_if_all_discussions_are_resolved")
        | ("require_signatures", "reject_unsigned_commits")
        | ("merge_queue", "merge_trains_enabled") => same(to, json) || (is_nothing(to) && on(false)),
        ("require_linear_history", "merge_method") => (*json == "ff") == (*to == true) || is_nothing(to),
        ("require_up_to_date", "merge_method") => *to != true || *json == "ff" || *json == "rebase_merge",
        ("required_checks", "only_allow_merge_if_pipeline_succeeds") => {
            let pipeline = to.as_array().is_some_and(|checks| checks.iter().any(|c| c == "pipeline"));
            on(pipeline)
        }
        (
            "require_pull_request" | "admins_bound" | "bypass_actors",
            "push_access_level" | "allowed_to_push[].access_level",
        ) => {
            // Whoever may push passes review by.
            let strict = *to == true || to.as_array().is_some_and(Vec::is_empty);
            if strict { *json == 0 } else { is_level(json) }
        }
        ("require_pull_request" | "admins_bound" | "bypass_actors", "allowed_to_push[]._destroy") => on(true),
        _ => false,
    }
}
