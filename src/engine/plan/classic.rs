//! Classic protection of a branch of GitHub. Its request replaces everything, so that it carries all that
//! the protection says already; signatures are a resource of their own.

use std::collections::BTreeMap;

use indexmap::IndexMap;
use serde_json::{Map, Value as Json, json};

use super::branch::{Wish, branch_of};
use super::documents::{Asked, Document};
use super::draft::{Draft, Subject};
use crate::catalog::segment;
use crate::model::{Collection, Finding, Request, Value, means_key};

/// Switches of the whole protection, by the words that a request has for them.
/// Source: docs.github.com, REST API, "Update branch protection".
const SWITCHES: [&str; 8] = [
    "enforce_admins",
    "required_linear_history",
    "allow_force_pushes",
    "allow_deletions",
    "block_creations",
    "required_conversation_resolution",
    "lock_branch",
    "allow_fork_syncing",
];

/// Switches of what is asked of reviews.
const OF_REVIEWS: [&str; 3] =
    ["dismiss_stale_reviews", "require_code_owner_reviews", "require_last_push_approval"];

/// The protection of one branch.
struct Protection {
    path: String,
    /// As a request would write it; none where there is none.
    before: Option<Json>,
    signatures: bool,
    /// What the request waits for.
    reads: BTreeMap<String, String>,
}

/// Plans the protections that the wishes need.
pub(super) fn plan(draft: &mut Draft, subject: Subject<'_>, wishes: Vec<Wish<'_>>) {
    let mut branches: IndexMap<String, Vec<Wish<'_>>> = IndexMap::new();
    for wish in wishes {
        let key = wish.finding.expectation.key.as_deref().unwrap_or_default();
        match branch_of(subject, wish.finding) {
            _ if key.contains(['*', '?', '[']) => {
                let why = "classic protection of a pattern cannot be written, only that of one branch: \
                           let the policy's remedy be a ruleset";
                draft.defer(subject, wish.finding, why);
            }
            Some(branch) => branches.entry(branch.to_owned()).or_default().push(wish),
            None => draft.defer(subject, wish.finding, "the repository has no default branch to protect"),
        }
    }
    for (branch, wishes) in branches {
        match protection(draft, subject, &branch) {
            Ok(protection) => {
                let new = protection.before.is_none();
                let kept = if new { kept(subject, &branch) } else { Vec::new() };
                one(draft, subject, protection, wishes.into_iter().chain(kept).collect());
            }
            Err(why) => wishes.iter().for_each(|wish| draft.defer(subject, wish.finding, &why)),
        }
    }
}

/// What a new rule that says nothing else would end: that administrators are bound, that branches may be
/// removed or rewritten.
const ENDED: [&str; 3] = ["admins_bound", "allow_deletions", "allow_force_pushes"];

/// What a policy wants, has, and would lose by a new rule that does not say it.
fn kept<'a>(subject: Subject<'a>, branch: &str) -> Vec<Wish<'a>> {
    let wish = |finding: &'a Finding| {
        let setting = subject.catalog.get(finding.expectation.setting);
        let is = ENDED.contains(&setting.name()) && finding.observed.value() == Some(&Value::Bool(true));
        let effective = setting.effective.as_ref().filter(|_| is)?;
        Some(Wish { finding, setting, effective, after: Value::Bool(true) })
    };
    subject.conforming(branch).filter_map(wish).collect()
}

fn one(draft: &mut Draft, subject: Subject<'_>, protection: Protection, wishes: Vec<Wish<'_>>) {
    let Protection { path, before, signatures, reads } = protection;
    let mut body = before.clone().unwrap_or_else(bare);
    let (mut signed, mut done) = (signatures, Vec::new());
    for wish in wishes {
        let written = match (wish.setting.name(), &wish.after) {
            ("require_signatures", Value::Bool(on)) => {
                signed = *on;
                Ok(())
            }
            _ => write(&mut body, &wish),
        };
        match written {
            Ok(()) => done.push(wish),
            Err(why) => draft.defer(subject, wish.finding, &why),
        }
    }
    let says_nothing = |wish: &Wish<'_>| wish.is_presence() || wish.is_about_bypass();
    if before.is_none() && done.iter().all(says_nothing) {
        for wish in done {
            draft.defer(subject, wish.finding, "the policy asks for protection without saying which");
        }
        return;
    }
    let mut requests = Vec::new();
    let mut undo = Vec::new();
    let request = |method: &str, path: &str, body: Json, reads: &BTreeMap<String, String>| Request {
        method: method.into(),
        path: path.into(),
        body,
        reads: reads.clone(),
    };
    let none = BTreeMap::new();
    if before.as_ref() != Some(&body) {
        requests.push(draft.request(request("PUT", &path, body, &reads)));
        undo.push(match &before {
            Some(before) => draft.undo(request("PUT", &path, before.clone(), &none)),
            None => draft.undo(request("DELETE", &path, Json::Null, &none)),
        });
    }
    if signed != signatures {
        let (path, switch) = (format!("{path}/required_signatures"), |on| if on { "POST" } else { "DELETE" });
        requests.push(draft.request(request(switch(signed), &path, Json::Null, &none)));
        if before.is_some() {
            // Without a protection there is nothing that could ask for signatures.
            undo.insert(0, draft.undo(request(switch(signatures), &path, Json::Null, &none)));
        }
    }
    for wish in done {
        let change = draft.change(subject, wish.setting, wish.finding, &wish.after, requests.clone());
        change.undo.clone_from(&undo);
    }
}

/// What protects a branch, where that is its own.
///
/// # Errors
/// Why it cannot be told, or changed here.
fn protection(draft: &mut Draft, subject: Subject<'_>, branch: &str) -> Result<Protection, String> {
    let path = subject.path(&format!("/repos/{{owner}}/{{repo}}/branches/{}/protection", segment(branch)));
    let rules = match subject.observed.kind("branch_protection") {
        Some(Collection::Complete(rules) | Collection::Asked(rules)) => rules,
        Some(Collection::Unknown { needs }) => {
            return Err(format!("its classic rules are not shown: {needs}"));
        }
        Some(Collection::Unsupported { why }) => return Err(why.to_string()),
        None => return Err("its classic rules were not read".into()),
    };
    let own = rules.iter().any(|rule| rule.key == branch);
    if let Some(wide) = rules.iter().find(|rule| !own && means_key(&rule.key, branch)) {
        return Err(format!(
            "branch protection rule \"{}\" reaches other branches, too: change it there, or let the policy's \
             remedy be a ruleset",
            wide.key
        ));
    }
    let document = match draft.document(subject, &path) {
        Asked::Nobody => {
            return Err(
                "a snapshot does not hold all that classic protection says: plan against the forge".into()
            );
        }
        Asked::Later => return Err(String::new()),
        Asked::Answered(document) => document,
    };
    match document {
        Document::Unknown { why } if why.contains("pgrade") => {
            Err(format!("protection of a private repository takes GitHub Team or more ({why})"))
        }
        Document::Unknown { why } => Err(format!("its classic protection was not shown: {why}")),
        Document::Absent if own => Err("its classic protection went while it was read: plan again".into()),
        Document::Absent => Ok(Protection { path, before: None, signatures: false, reads: BTreeMap::new() }),
        Document::Known(said) => {
            let reads = BTreeMap::from([("unmoved".to_owned(), format!("GET {path} == {said}"))]);
            let signatures = said["required_signatures"]["enabled"] == true;
            Ok(Protection { path, before: Some(as_written(said)), signatures, reads })
        }
    }
}

/// A protection that asks for nothing.
fn bare() -> Json {
    as_written(&json!({}))
}

/// What was read, as a request would write it.
fn as_written(said: &Json) -> Json {
    let mut body = Map::new();
    for switch in SWITCHES {
        body.insert(switch.to_owned(), json!(said[switch]["enabled"] == true));
    }
    let checks = said.get("required_status_checks").filter(|c| c.is_object());
    body.insert("required_status_checks".to_owned(), checks.map_or(Json::Null, checks_as_written));
    let reviews = said.get("required_pull_request_reviews").filter(|r| r.is_object());
    body.insert("required_pull_request_reviews".to_owned(), reviews.map_or(Json::Null, reviews_as_written));
    let restrictions = said.get("restrictions").filter(|r| r.is_object());
    body.insert("restrictions".to_owned(), restrictions.map_or(Json::Null, actors));
    Json::Object(body)
}

fn checks_as_written(said: &Json) -> Json {
    // GitHub shows a check of any source without an app, and takes -1 for it: without a number it would
    // choose the app that reported last.
    let check = |one: &Json| {
        let app = one["app_id"].as_i64().unwrap_or(-1);
        json!({"context": one["context"], "app_id": app})
    };
    let checks: Vec<Json> = match said["checks"].as_array() {
        Some(checks) => checks.iter().map(check).collect(),
        None => {
            said["contexts"].as_array().into_iter().flatten().map(|c| check(&json!({"context": c}))).collect()
        }
    };
    json!({"strict": said["strict"] == true, "checks": checks})
}

fn reviews_as_written(said: &Json) -> Json {
    let mut reviews = Map::new();
    for switch in OF_REVIEWS {
        reviews.insert(switch.to_owned(), json!(said[switch] == true));
    }
    let count = said["required_approving_review_count"].as_u64().unwrap_or(0);
    reviews.insert("required_approving_review_count".to_owned(), json!(count));
    for list in ["dismissal_restrictions", "bypass_pull_request_allowances"] {
        if said[list].is_object() {
            reviews.insert(list.to_owned(), actors(&said[list]));
        }
    }
    Json::Object(reviews)
}

/// People by login, teams and apps by slug, which is how they are written.
fn actors(said: &Json) -> Json {
    let names = |list: &str, name: &str| -> Vec<Json> {
        said[list].as_array().into_iter().flatten().map(|one| one[name].clone()).collect()
    };
    json!({"users": names("users", "login"), "teams": names("teams", "slug"), "apps": names("apps", "slug")})
}

/// Writes a wish into a protection.
///
/// # Errors
/// Why it cannot be written there.
fn write(body: &mut Json, wish: &Wish<'_>) -> Result<(), String> {
    match (wish.setting.name(), &wish.after) {
        ("protected", Value::Bool(true)) => Ok(()),
        ("admins_bound", Value::Bool(on)) => switch(body, "enforce_admins", *on),
        ("allow_deletions", Value::Bool(on)) => switch(body, "allow_deletions", *on),
        ("allow_force_pushes", Value::Bool(on)) => switch(body, "allow_force_pushes", *on),
        ("block_creations", Value::Bool(on)) => switch(body, "block_creations", *on),
        ("locked", Value::Bool(on)) => switch(body, "lock_branch", *on),
        ("require_linear_history", Value::Bool(on)) => switch(body, "required_linear_history", *on),
        ("require_conversation_resolution", Value::Bool(on)) => {
            switch(body, "required_conversation_resolution", *on)
        }
        ("dismiss_stale_reviews", Value::Bool(on)) => review(body, "dismiss_stale_reviews", json!(on)),
        ("require_code_owner_review", Value::Bool(on)) => {
            review(body, "require_code_owner_reviews", json!(on))
        }
        ("require_last_push_approval", Value::Bool(on)) => {
            review(body, "require_last_push_approval", json!(on))
        }
        ("required_approvals", Value::Int(number)) => {
            review(body, "required_approving_review_count", json!(number))
        }
        ("require_pull_request", Value::Bool(true)) => {
            of_reviews(body);
            Ok(())
        }
        ("require_pull_request", Value::Bool(false)) => {
            let asked = &body["required_pull_request_reviews"];
            if !asked.is_null() && *asked != reviews_as_written(&json!({})) {
                return Err(
                    "its protection asks for more of a review: say of each part that it is not wanted".into(),
                );
            }
            body["required_pull_request_reviews"] = Json::Null;
            Ok(())
        }
        ("bypass_actors", Value::List(left)) if left.is_empty() => {
            if !body["required_pull_request_reviews"].is_null() {
                body["required_pull_request_reviews"]["bypass_pull_request_allowances"] = actors(&json!({}));
            }
            Ok(())
        }
        ("bypass_actors", _) => Err("who is let through is for people to say".into()),
        ("require_up_to_date", Value::Bool(on)) => {
            if body["required_status_checks"].is_null() {
                body["required_status_checks"] = json!({"strict": false, "checks": []});
            }
            body["required_status_checks"]["strict"] = json!(on);
            Ok(())
        }
        ("required_checks", Value::List(names)) => {
            let had = body["required_status_checks"]["checks"].as_array().cloned().unwrap_or_default();
            let check = |name: &Value| {
                let name = name.to_json();
                let same = had.iter().find(|one| one["context"] == name).cloned();
                same.unwrap_or_else(|| json!({"context": name, "app_id": -1}))
            };
            let checks: Vec<Json> = names.iter().map(check).collect();
            let strict = body["required_status_checks"]["strict"] == true;
            body["required_status_checks"] = if checks.is_empty() && !strict {
                Json::Null
            } else {
                json!({"strict": strict, "checks": checks})
            };
            Ok(())
        }
        ("restrict_pushes", _) => Err("who may push is for people to say".into()),
        _ => Err("classic protection does not say so: let the policy's remedy be a ruleset".into()),
    }
}

fn switch(body: &mut Json, name: &str, on: bool) -> Result<(), String> {
    body[name] = json!(on);
    Ok(())
}

/// What is asked of reviews, begun where nothing was.
fn of_reviews(body: &mut Json) -> &mut Json {
    let reviews = &mut body["required_pull_request_reviews"];
    if reviews.is_null() {
        *reviews = reviews_as_written(&json!({}));
    }
    reviews
}

fn review(body: &mut Json, name: &str, value: Json) -> Result<(), String> {
    of_reviews(body)[name] = value;
    Ok(())
}
