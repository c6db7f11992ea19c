//! What a write takes along: fields that it would take away, or that the forge wants together with it.
//!
//! They are read just before the write and sent as they are then, so that nothing of them is lost that
//! somebody changed since the plan was made.

use serde_json::{Map, Value as Json, json};

use super::draft::Subject;
use super::own::{at, nested};
use super::target::target;
use crate::catalog::{Endpoint, Setting};
use crate::model::{Request, Value, Verdict};

/// Fields that mean nothing, or are refused, while another one has that value: the end of the document's
/// path, the other field, its value, the field.
/// Sources: docs.github.com, REST API, "GitHub Actions permissions", "GitHub Actions OIDC".
const MEANINGLESS: [(&str, &str, &str, &str); 3] = [
    ("/actions/permissions", "enabled", "false", "allowed_actions"),
    ("/actions/permissions", "enabled_repositories", "none", "allowed_actions"),
    ("/actions/oidc/customization/sub", "use_default", "true", "include_claim_keys"),
];

/// Fields that travel together, though the rest of the document stays as it is.
/// Source: docs.github.com, REST API, "Update a repository".
const TOGETHER: [(&str, &str); 2] = [
    ("merge_commit_title", "merge_commit_message"),
    ("squash_merge_commit_title", "squash_merge_commit_message"),
];

/// The rules of a document, each with the word of a value that makes a field meaningless.
fn rules(
    path: &str,
) -> impl Iterator<Item = &'static (&'static str, &'static str, &'static str, &'static str)> {
    MEANINGLESS.iter().filter(move |(end, ..)| path.ends_with(end))
}

fn is_word(json: &Json, word: &str) -> bool {
    json.as_str() == Some(word) || json.as_bool().is_some_and(|on| word == if on { "true" } else { "false" })
}

/// Whether a field is left out by itself where another one makes it meaningless.
pub(super) fn is_left_out(write: &Endpoint) -> bool {
    rules(&write.path).any(|(.., field)| write.field == *field)
}

/// Why a field cannot be written: the setting that makes it meaningless, as it is or is going to be.
pub(super) fn meaningless(subject: Subject<'_>, write: &Endpoint) -> Option<String> {
    let of_field = rules(&write.path).filter(|(.., field)| write.field == *field);
    of_field.into_iter().find_map(|(_, other, word, _)| {
        let mut settings = subject.catalog.settings();
        let setting = settings.find(|s| written(subject, s).is_some_and(|w| beneath(w, write, other)))?;
        let drifting = subject.findings.iter().find(|f| {
            f.expectation.setting == setting.id && f.verdict == Verdict::Drift && f.key().is_none()
        });
        let will_be = match drifting {
            Some(finding) => target(&finding.expectation, &finding.observed).ok()?,
            None => subject.seen(&setting.key)?.value()?.clone(),
        };
        let key = &setting.key;
        is_word(&will_be.to_json(), word)
            .then(|| format!("it means nothing while {key} is {will_be}: set that first"))
    })
}

/// Adds to what takes a change back the fields that the forge forgets while they mean nothing.
pub(super) fn bring_back(subject: Subject<'_>, write: &Endpoint, after: &Value, back: &mut Request) {
    let off =
        |(_, other, word, _): &&(_, &str, &str, _)| write.field == *other && is_word(&after.to_json(), word);
    for (_, other, _, field) in rules(&write.path).filter(off) {
        let of_field = |s: &&Setting| written(subject, s).is_some_and(|w| beneath(w, write, field));
        let forgotten = subject.catalog.settings().find(of_field);
        let value = forgotten.and_then(|s| subject.seen(&s.key)?.value());
        if let Some(value) = value.filter(|_| at(&back.body, other).is_some()) {
            super::draft::merge(&mut back.body, nested(field, value.to_json()));
        }
    }
}

/// Lays under a request the fields that it has to take along for a write to that path.
pub(super) fn lay_under(subject: Subject<'_>, write: &Endpoint, path: &str, request: &mut Request) {
    let whole = write.method == "PUT"
        && subject.catalog.document(&write.path).is_some_and(|document| document.replaced_whole);
    let settings = subject.catalog.settings().filter(|s| !s.users_own);
    for setting in settings {
        let Some(beside) = written(subject, setting).filter(|w| goes_along(w, write, whole)) else {
            continue;
        };
        let pointer = &beside.field;
        if at(&request.body, pointer).is_some() {
            continue;
        }
        let name = format!("{pointer}?");
        super::draft::merge(&mut request.body, nested(pointer, json!(format!("{{{name}}}"))));
        request.reads.insert(name, format!("GET {path} :: {pointer}"));
    }
    for (_, other, word, field) in rules(&write.path) {
        let is_so = |body: &&mut Map<String, Json>| body.get(*other).is_some_and(|json| is_word(json, word));
        if let Some(body) = request.body.as_object_mut().filter(is_so) {
            body.shift_remove(*field);
        }
    }
    let body = request.body.to_string();
    request.reads.retain(|name, _| {
        let stands_for = format!("{{{name}}}");
        request.path.contains(&stands_for) || body.contains(&stands_for)
    });
}

fn written<'s>(subject: Subject<'_>, setting: &'s Setting) -> Option<&'s Endpoint> {
    setting.on(subject.forge).binding()?.write.as_ref()
}

fn beneath(write: &Endpoint, other: &Endpoint, field: &str) -> bool {
    write.path == other.path && write.method == other.method && write.field == field
}

/// Whether a field has to be sent beside another one of the same document.
fn goes_along(beside: &Endpoint, write: &Endpoint, whole: bool) -> bool {
    if beside.path != write.path || beside.method != write.method || beside.field == write.field {
        return false;
    }
    let part = |field: &str| field.split_once('.').map(|(part, _)| part.to_owned());
    let pair = |(one, other): &(&str, &str)| {
        (write.field == *one && beside.field == *other) || (write.field == *other && beside.field == *one)
    };
    let by_github = write.method == "PATCH" && write.path == "/repos/{owner}/{repo}";
    // GitLab replaces a part that has parts of its own.
    let of_part = write.path == "/groups/{id}" && part(&write.field).is_some();
    whole
        || (by_github && TOGETHER.iter().any(pair))
        || (of_part && part(&write.field) == part(&beside.field))
}
