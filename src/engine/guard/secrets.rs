//! A plan holds no secret: it is shown, kept and passed on.

use std::sync::LazyLock;

use regex::Regex;
use serde_json::Value as Json;

use super::Reasons;
use crate::model::Plan;

/// Fields that carry a secret, wherever they stand.
const FIELDS: [&str; 8] = [
    "secret",
    "encrypted_value",
    "password",
    "token",
    "private_token",
    "access_token",
    "runners_token",
    "hook_secret",
];

/// What credentials look like.
/// Sources: docs.github.com, "Token formats"; docs.gitlab.com, "Token prefixes"; RFC 7468; AWS, Slack.
static CREDENTIAL: LazyLock<Option<Regex>> = LazyLock::new(|| {
    let like = [
        r"\bgh[pousr]_[A-Za-z0-9]{20,}",
        r"\bgithub_pat_[A-Za-z0-9_]{20,}",
        r"\bgl(?:pat|oas|dt|rt|cbt|ptt|ft|imt|agent|soat|ffct)-[A-Za-z0-9_.-]{16,}",
        r"-----BEGIN [A-Z ]*PRIVATE KEY-----",
        r"\b(?:AKIA|ASIA)[0-9A-Z]{16}\b",
        r"\bxox[abprs]-[A-Za-z0-9-]{10,}",
        r"://[^/\s:@]+:[^/\s@]+@",
    ];
    Regex::new(&like.join("|")).ok()
});

pub(super) fn check(plan: &Plan, reasons: &mut Reasons) {
    for change in &plan.changes {
        let whom = format!("{} {}", change.subject, change.setting);
        for value in [&change.before, &change.after] {
            if holds(value) {
                reasons.add("the plan holds what looks like a secret", None, &*whom);
            }
        }
    }
    for request in plan.requests.iter().chain(&plan.undo) {
        if holds(&request.body) {
            let whom = format!("{} {}", request.method, request.path);
            reasons.add("a request holds what looks like a secret", None, whom);
        }
    }
}

fn holds(json: &Json) -> bool {
    match json {
        Json::String(text) => CREDENTIAL.as_ref().is_none_or(|like| like.is_match(text)),
        Json::Array(items) => items.iter().any(holds),
        Json::Object(fields) => fields.iter().any(|(name, value)| {
            let carries = FIELDS.contains(&&*name.to_ascii_lowercase())
                && value.as_str().is_some_and(|text| !text.is_empty() && !is_filled_in_later(text));
            carries || holds(value)
        }),
        Json::Null | Json::Bool(_) | Json::Number(_) => false,
    }
}

/// Whether a text stands for what is filled in when the request is sent.
fn is_filled_in_later(text: &str) -> bool {
    let name = text.strip_prefix('{').and_then(|text| text.strip_suffix('}'));
    name.is_some_and(|name| !name.is_empty() && name.chars().all(|c| c.is_ascii_lowercase() || c == '_'))
}
