//! Rules for branches on GitLab: each part is written where it is kept, in the rule of that name, the
//! approval rule of everybody, or what the project asks of every merge.

use std::collections::BTreeMap;

use indexmap::IndexMap;
use serde_json::{Map, Value as Json, json};

use super::draft::{Draft, Subject};
use super::gitlab_rule::{Rules, Wish};
use super::own::{self, Written};
use super::target::target;
use crate::model::{Finding, Item, Observation, Request, Value};

/// The check that a pipeline is, as one word for all of its jobs.
const PIPELINE: &str = "pipeline";

/// The rule of approvals that hold for whatever branch.
const ALL: &str = "All branches";

const TOO_STRICT: &str = "rules that are too strict, or of another sort, are not changed by this release: who maintains the project can";

/// A part of what a branch really has, by where it is written.
enum Part {
    /// In the protection of the branch.
    Rule(Wish),
    /// In a setting of the project.
    Own(&'static str, Value),
    /// In the approval rule that everybody may satisfy.
    Approvals(i64),
}

/// Plans what the drifting branch settings of a project need.
pub(super) fn plan(draft: &mut Draft, subject: Subject<'_>, findings: &[&Finding]) {
    let mut branches: IndexMap<String, Vec<&Finding>> = IndexMap::new();
    for finding in findings {
        let name = match finding.key() {
            Some("~default") | None => subject.text("repository.default_branch").map(str::to_owned),
            Some(name) => Some(name.to_owned()),
        };
        match name {
            Some(name) => branches.entry(name).or_default().push(finding),
            None => draft.defer(subject, finding, "the project has no default branch to protect"),
        }
    }
    for (name, findings) in branches {
        let Some(rules) = Rules::of(subject, &name) else {
            for finding in findings {
                draft.defer(subject, finding, "not all rules of the branch are known");
            }
            continue;
        };
        let before = draft.requests.len();
        for finding in findings {
            if let Err(why) = one(draft, subject, &rules, finding) {
                draft.defer(subject, finding, &why);
            }
        }
        // A new rule lets people push whom nothing names yet: what is right so is to stay right.
        let makes = |r: &Request| r.method == "POST" && r.path.ends_with("/protected_branches");
        if draft.requests[before..].iter().any(makes) {
            let made = draft.changes.len();
            for finding in subject.conforming(&name) {
                if says_rule(subject, finding) {
                    // Where it cannot be said, it drifts afterwards, and is told then.
                    let _ = one(draft, subject, &rules, finding);
                }
            }
            stays_with_its_rule(draft, made);
        }
    }
}

/// A rule that something needs which nothing takes back is not taken away either: nor what came with it.
fn stays_with_its_rule(draft: &mut Draft, from: usize) {
    let (made, kept) = draft.changes.split_at_mut(from);
    for change in kept {
        let lost = made.iter().find_map(|m| {
            let shares = m.requests.iter().any(|r| change.requests.contains(r));
            m.irreversible.clone().filter(|_| shares)
        });
        if lost.is_some() {
            change.undo.clear();
            change.irreversible = lost;
        }
    }
    let mut named = draft.changes.iter().flat_map(|change| &change.undo);
    let used = named.by_ref().max().map_or(0, |last| last + 1);
    draft.undo.truncate(used);
}

/// Whether a finding is about what the rule of a branch says by itself.
fn says_rule(subject: Subject<'_>, finding: &Finding) -> bool {
    let name = subject.catalog.get(finding.expectation.setting).name();
    let after = target(&finding.expectation, &finding.observed);
    after.is_ok_and(|after| matches!(part(subject, name, finding, &after), Ok(Some(Part::Rule(_)))))
}

fn one(draft: &mut Draft, subject: Subject<'_>, rules: &Rules<'_>, finding: &Finding) -> Result<(), String> {
    let setting = subject.catalog.get(finding.expectation.setting);
    let after = target(&finding.expectation, &finding.observed)?;
    let part = part(subject, setting.name(), finding, &after)?;
    let (part, after) = match part {
        Some(Part::Approvals(number)) => asked_once_protected(subject, rules, finding, number)?,
        part => (part, after),
    };
    let before = draft.clone();
    let written = write(draft, subject, rules, finding, part);
    let written = written.inspect_err(|_| *draft = before)?;
    let requests = written.iter().map(|(request, _)| *request).collect();
    let back: Option<Vec<usize>> = written.iter().rev().map(|(_, back)| *back).collect();
    let change = draft.change(subject, setting, finding, &after, requests);
    match back {
        Some(back) => change.undo = back,
        None => {
            change.irreversible = Some("part of it was not set before, and the forge cannot unset it".into())
        }
    }
    Ok(())
}

fn write(
    draft: &mut Draft,
    subject: Subject<'_>,
    rules: &Rules<'_>,
    finding: &Finding,
    part: Option<Part>,
) -> Result<Vec<Written>, String> {
    let mut written = Vec::new();
    let everywhere = matches!(&part, Some(Part::Own(key, _)) if key.starts_with("repository.push_rule."));
    let wish = match &part {
        Some(Part::Rule(wish)) => Some(*wish),
        _ => None,
    };
    if rules.protecting.is_empty() && !everywhere {
        // A pattern of the policy is protected by one rule, whichever branches it means today.
        let key = finding.expectation.key.as_deref().filter(|key| key.contains('*'));
        let key = key.filter(|key| rules.leave_to(subject, key));
        written.push(rules.make(draft, subject, key.unwrap_or(rules.branch), wish));
    } else if let Some(wish) = wish {
        written.extend(rules.mend(draft, subject, wish)?);
    }
    match part {
        Some(Part::Own(key, value)) => {
            let id = subject.catalog.id(key).ok_or("the catalogue has no such setting")?;
            let against = |f: &&Finding| {
                f.expectation.setting == id
                    && f.key().is_none()
                    && !f.expectation.constraint.accepts(Some(&value))
            };
            if subject.findings.iter().any(|f| against(&f)) {
                return Err(format!(
                    "it takes {key} to be {value}, and another line of the policy asks otherwise"
                ));
            }
            let seen = subject.seen(key).cloned().unwrap_or(Observation::Absent);
            if seen.value() != Some(&value) {
                written.push(own::write(draft, subject, subject.catalog.get(id), &seen, &value)?);
            }
        }
        Some(Part::Approvals(number)) => written.push(approvals(draft, subject, rules, number)?),
        Some(Part::Rule(_)) | None => {}
    }
    if written.is_empty() { Err("what says so was not read".into()) } else { Ok(written) }
}

/// Where a wish for a branch is written; none where it is enough that the branch is protected.
fn part(subject: Subject<'_>, name: &str, finding: &Finding, after: &Value) -> Result<Option<Part>, String> {
    let switch = |key: &'static str| Ok(Some(Part::Own(key, Value::Bool(true))));
    let method = |way: &str| Ok(Some(Part::Own("repository.merge_method", Value::text(way))));
    match (name, after) {
        ("protected", Value::Bool(true)) | ("allow_deletions", Value::Bool(false)) => Ok(None),
        ("allow_force_pushes", Value::Bool(false)) => Ok(Some(Part::Rule(Wish::NoForcePush))),
        ("require_code_owner_review", Value::Bool(true)) => Ok(Some(Part::Rule(Wish::CodeOwners))),
        ("require_pull_request" | "admins_bound", Value::Bool(true)) => {
            Ok(Some(Part::Rule(Wish::NobodyPushes)))
        }
        ("bypass_actors", Value::List(who)) if who.is_empty() => Ok(Some(Part::Rule(Wish::NobodyPushes))),
        ("required_approvals", Value::Int(number))
            if finding.observed.value().and_then(Value::as_int).is_none_or(|have| have < *number) =>
        {
            Ok(Some(Part::Approvals(*number)))
        }
        ("dismiss_stale_reviews", Value::Bool(true)) => {
            switch("repository.approvals.reset_approvals_on_push")
        }
        ("require_last_push_approval", Value::Bool(true)) => {
            switch("repository.approvals.merge_requests_disable_committers_approval")
        }
        ("require_conversation_resolution", Value::Bool(true)) => {
            switch("repository.only_allow_merge_if_all_discussions_are_resolved")
        }
        ("require_signatures", Value::Bool(true)) => switch("repository.push_rule.reject_unsigned_commits"),
        ("merge_queue", Value::Bool(true)) => switch("repository.merge_trains_enabled"),
        ("require_linear_history", Value::Bool(true)) => method("ff"),
        ("require_up_to_date", Value::Bool(true)) => {
            let linear = subject.catalog.id("branch.require_linear_history");
            let is_asked = |f: &&Finding| {
                Some(f.expectation.setting) == linear
                    && f.expectation.constraint.accepts(Some(&Value::Bool(true)))
            };
            let ff = subject.text("repository.merge_method") == Some("ff");
            // Fast-forward is up to date, too.
            method(if ff || subject.drifting().any(|f| is_asked(&f)) { "ff" } else { "rebase_merge" })
        }
        ("required_checks", Value::List(_)) => {
            let have: Vec<&str> = finding.observed.value().map(|v| v.texts().collect()).unwrap_or_default();
            let gone = have.iter().any(|check| !after.texts().any(|wanted| wanted == *check));
            match after.texts().filter(|check| !have.contains(check)).collect::<Vec<_>>()[..] {
                [PIPELINE] if !gone => switch("repository.only_allow_merge_if_pipeline_succeeds"),
                _ if gone => Err(TOO_STRICT.into()),
                _ => {
                    Err("a check of its own is a service that who maintains the project has to connect"
                        .into())
                }
            }
        }
        _ => Err(TOO_STRICT.into()),
    }
}

/// What is written for that many approvals, and how many they will be: the rules that hold for whatever branch count
/// as soon as it is protected, and none of them is to ask for less than it does.
///
/// # Errors
/// Why they would not be as many as is wanted.
fn asked_once_protected(
    subject: Subject<'_>,
    rules: &Rules<'_>,
    finding: &Finding,
    number: i64,
) -> Result<(Option<Part>, Value), String> {
    let wanted = Value::Int(number);
    if !rules.protecting.is_empty() {
        return Ok((Some(Part::Approvals(number)), wanted));
    }
    let id = subject.catalog.id("branch_rule.approvals_required");
    let mut most = 0;
    for rule in rules.all.iter().filter(|rule| Rules::is_broad(subject, rule)) {
        match id.and_then(|id| rule.readings.as_ref()?.get(id)) {
            Some(Observation::Known(Value::Int(asked))) => most = most.max(*asked),
            Some(Observation::Absent | Observation::Unsupported { .. }) => {}
            _ => return Err("how many approvals its rules ask for is not known".into()),
        }
    }
    match Value::Int(most) {
        _ if most < number => Ok((Some(Part::Approvals(number)), wanted)),
        most if finding.expectation.constraint.accepts(Some(&most)) => Ok((None, most)),
        _ => Err(TOO_STRICT.into()),
    }
}

/// Sets how many have to approve, in the rule that everybody may satisfy.
fn approvals(
    draft: &mut Draft,
    subject: Subject<'_>,
    rules: &Rules<'_>,
    number: i64,
) -> Result<Written, String> {
    let list = subject.path("/projects/{id}/approval_rules");
    let former = former_approvals(subject, rules.all.iter().find(|rule| rule.key == ALL))?;
    let reads = BTreeMap::from([(
        "rule".to_owned(),
        format!("GET {list}?per_page=100 :: items[rule_type=any_approver].id"),
    )]);
    let one = format!("{list}/{{rule}}");
    let asks = |n: i64| json!({"approvals_required": n});
    let (request, back) = match former {
        Some(former) => (
            Request { method: "PUT".into(), path: one.clone(), body: asks(number), reads: reads.clone() },
            Request { method: "PUT".into(), path: one, body: asks(former), reads },
        ),
        None => (
            Request {
                method: "POST".into(),
                path: list,
                body: json!({"name": "All Members", "rule_type": "any_approver", "approvals_required": number}),
                reads: BTreeMap::new(),
            },
            Request { method: "DELETE".into(), path: one, body: Json::Null, reads },
        ),
    };
    let given = draft.given(&request.method, &request.path, "approvals_required");
    if given.is_some_and(|given| *given != json!(number)) {
        return Err("another branch asks for another number of approvals, and one rule holds for both".into());
    }
    Ok((draft.fields(request), Some(draft.fields_back(back))))
}

/// How many approvals the rule of everybody asks for; none where there is no such rule.
fn former_approvals(subject: Subject<'_>, all: Option<&Item>) -> Result<Option<i64>, String> {
    let Some(all) = all else { return Ok(None) };
    let id = subject.catalog.id("branch_rule.approval_rules");
    match id.and_then(|id| all.readings.as_ref()?.get(id)) {
        Some(Observation::Known(Value::List(rules))) => {
            let any = rules.iter().find_map(|rule| match rule {
                Value::Map(fields) => {
                    let sort = fields.get("type")?.as_text()?;
                    sort.eq_ignore_ascii_case("any_approver").then(|| fields.get("approvals")?.as_int())?
                }
                _ => None,
            });
            Ok(any)
        }
        Some(Observation::Absent) => Ok(None),
        _ => Err("which approval rules there are is not known".into()),
    }
}

/// A body with one field.
pub(super) fn field(name: &str, value: impl Into<Json>) -> Json {
    Json::Object(Map::from_iter([(name.to_owned(), value.into())]))
}
