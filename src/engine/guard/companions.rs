//! What a request has to say beside the values of its changes: names, and what the forge requires.

use base64::Engine;
use serde_json::{Value as Json, json};

use super::given;
use super::steps::Steps;
use crate::catalog::ForgeKind;
use crate::model::means_key;

/// Where requests name the item that they make or change.
const NAMES: [&str; 16] = [
    "name",
    "title",
    "key",
    "url",
    "slug",
    "description",
    "config.url",
    "key_prefix",
    "environment_name",
    "secret_name",
    "property_name",
    "tag_name_pattern",
    "repository_path_pattern",
    "package_name_pattern",
    "pattern",
    "cron",
];

/// Whether a field belongs to what its request does for all of its changes.
pub(super) fn belongs(steps: &Steps<'_>, path: &str, json: &Json) -> bool {
    let all = |is: fn(&str) -> bool| steps.steps.iter().all(|step| is(&step.setting.group));
    if all(|group| group == "file") {
        return of_a_proposal(steps, path, json);
    }
    if steps.steps.iter().all(|step| step.setting.effective.is_some()) {
        return match steps.forge {
            ForgeKind::Github => of_a_ruleset(steps, path, json),
            ForgeKind::Gitlab => of_a_rule(steps, path, json),
        };
    }
    if steps.request.method == "POST"
        && all(|group| group == "ruleset")
        && of_a_new_ruleset(steps, path, json)
    {
        return true;
    }
    // A choice that GitHub forgets while Actions are off comes back with them.
    let were_off = || steps.steps.iter().any(|step| *step.from == "none" || *step.from == false);
    if path == "allowed_actions" && steps.request.path.ends_with("/actions/permissions") && were_off() {
        return matches!(json.as_str(), Some("all" | "local_only" | "selected"));
    }
    let keys = || steps.steps.iter().map(|step| step.change.key.as_deref());
    if NAMES.contains(&path) && keys().all(|key| key.is_some_and(|key| *json == *key)) {
        return true;
    }
    if all_of_items(steps, path, json) {
        return true;
    }
    // GitLab makes no label without a colour.
    path == "color" && steps.request.method == "POST" && *json == "#ededed" && all(|group| group == "label")
}

/// What every item of a kind is made with, or what the list of its kind says of the very item just before.
fn all_of_items(steps: &Steps<'_>, path: &str, json: &Json) -> bool {
    let kinds =
        || steps.catalog.kinds().filter(|kind| steps.steps.iter().all(|s| s.setting.group == kind.name));
    if kinds().filter_map(|kind| kind.on(steps.forge)).any(|binding| {
        let at = |json: &Json| path.split('.').try_fold(json.clone(), |at, name| at.get(name).cloned());
        at(&Json::Object(binding.also.clone())).as_ref() == Some(json)
    }) {
        return true;
    }
    let name = json.as_str().and_then(|text| text.strip_prefix('{')?.strip_suffix('}'));
    let read = name.and_then(|name| steps.request.reads.get(name));
    let of_it = |read: &String| {
        let key = steps.steps.first().and_then(|step| step.change.key.as_deref());
        key.is_some_and(|key| read.ends_with(&format!("={key}].{path}")))
    };
    let of_key = |read: &String| {
        let mut keys = kinds().filter_map(|kind| kind.on(steps.forge)?.sealed.as_ref());
        path == "key_id"
            && keys.any(|key| {
                let end = key.path.rsplit('/').next().unwrap_or_default();
                read.ends_with(&format!("/{end} :: key_id"))
            })
    };
    kinds().next().is_some()
        && read.is_some_and(|read| of_it(read) || given::is_value(steps, path, read) || of_key(read))
}

/// What makes a ruleset of ours, which only adds to what is there.
fn of_a_ruleset(steps: &Steps<'_>, path: &str, json: &Json) -> bool {
    let text = json.as_str().unwrap_or_default();
    match path {
        "name" => text.starts_with("ispo-scm "),
        "target" => text == "branch" || text == "tag",
        "enforcement" => text == "active",
        "conditions.ref_name.exclude" | "bypass_actors" => *json == json!([]),
        "conditions.ref_name.include" => steps.steps.iter().all(|step| {
            let key = step.change.key.as_deref().unwrap_or_default();
            let [reference] = json.as_array().map(Vec::as_slice).unwrap_or_default() else { return false };
            match reference.as_str() {
                Some("~DEFAULT_BRANCH") => key == "~default",
                Some(text) => text.strip_prefix("refs/heads/").is_some_and(|of| means_key(of, key)),
                None => false,
            }
        }),
        // Classic protection is said as a whole, also where nothing is asked for.
        _ if steps.request.path.ends_with("/protection") => {
            super::steps::is_nothing(json)
                || *json == json!(0)
                || path.ends_with(".app_id") && *json == json!(-1)
        }
        _ => {
            // The parameters that a rule requires, at what asks for nothing.
            let parameter = path.starts_with("rules[type=") && path.contains("].parameters.");
            parameter && (*json == json!(false) || *json == json!(0) || *json == json!([]))
        }
    }
}

/// What a ruleset is made with besides: nobody passes it by, it leaves nothing out, and each rule has its name and
/// the parameters that it requires, at what asks for nothing.
fn of_a_new_ruleset(steps: &Steps<'_>, path: &str, json: &Json) -> bool {
    let leaves_out = path.starts_with("conditions.") && path.ends_with(".exclude");
    if path == "bypass_actors" || leaves_out {
        return *json == json!([]);
    }
    let Some((sort, rest)) = path.strip_prefix("rules[type=").and_then(|rule| rule.split_once(']')) else {
        return false;
    };
    let asked = steps.steps.iter().any(|step| {
        let write = step.setting.on(steps.forge).binding().and_then(|binding| binding.write.as_ref());
        let rule = format!("rules[type={sort}]");
        *step.to != false && write.is_some_and(|write| write.field.starts_with(&rule))
    });
    let nothing = *json == json!(false) || *json == json!(0) || *json == json!([]);
    asked && (rest == ".type" && *json == *sort || rest.starts_with(".parameters.") && nothing)
}

/// What makes a rule that asks for no more than it must.
fn of_a_rule(steps: &Steps<'_>, path: &str, json: &Json) -> bool {
    let creates = steps.request.method == "POST";
    match path {
        "name" if steps.request.path.ends_with("/approval_rules") => *json == "All Members",
        "name" => steps.steps.iter().all(|step| match step.change.key.as_deref() {
            Some("~default") | None => json.is_string(),
            Some(key) => json.as_str().is_some_and(|name| means_key(name, key)),
        }),
        "rule_type" => *json == "any_approver",
        "push_access_level" | "merge_access_level" => creates && (*json == 30 || *json == 40),
        "allow_force_push" => creates && *json == false,
        "allowed_to_push[].id" => is_read(steps, json),
        _ => false,
    }
}

/// Whether a text is what a read says just before.
fn is_read(steps: &Steps<'_>, json: &Json) -> bool {
    let name = json.as_str().and_then(|text| text.strip_prefix('{')?.strip_suffix('}'));
    name.is_some_and(|name| steps.request.reads.contains_key(name))
}

/// What proposes a file: on a branch of ours, with the text of its change.
fn of_a_proposal(steps: &Steps<'_>, path: &str, json: &Json) -> bool {
    let text = json.as_str().unwrap_or_default();
    let texts = || {
        let of_text = steps.steps.iter().filter(|step| step.setting.name() == "text");
        of_text.filter_map(|step| step.to.as_str())
    };
    match path {
        "ref" => text.starts_with("refs/heads/ispo-scm/") || text.starts_with("ispo-scm/"),
        "branch" | "head" | "source_branch" => text.starts_with("ispo-scm/"),
        "sha" | "actions[].last_commit_id" => {
            is_read(steps, json) || (text.len() >= 40 && text.bytes().all(|b| b.is_ascii_hexdigit()))
        }
        "state" => text == "closed",
        "state_event" => text == "close",
        "content" => {
            let encode = |text: &str| base64::engine::general_purpose::STANDARD.encode(text);
            texts().any(|wanted| encode(wanted) == text)
        }
        "actions[].content" => texts().any(|wanted| wanted == text),
        "actions[].action" => matches!(text, "create" | "update"),
        "actions[].file_path" => steps.steps.iter().any(|step| {
            let key = step.change.key.as_deref().unwrap_or_default();
            crate::catalog::alternatives(key).iter().any(|place| place == text)
        }),
        "force" | "draft" => *json == false,
        "remove_source_branch" => *json == true,
        "message" | "commit_message" | "title" | "body" | "description" | "base" | "target_branch"
        | "start_branch" => json.is_string(),
        _ => false,
    }
}
