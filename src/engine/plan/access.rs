//! Who has which role, and other maps whose entries are written one by one: what is added before what is
//! taken away.

use std::collections::BTreeMap;

use serde_json::{Value as Json, json};

use super::draft::{Draft, Subject};
use super::own::{nested, writable};
use super::target::target;
use crate::catalog::{ForgeKind, Setting, Type, segment};
use crate::model::{Finding, Observation, Request, Value};

/// Invitations of people from outside that GitHub takes for one repository in a day.
/// Source: docs.github.com, REST API, "Add a repository collaborator".
const INVITATIONS_A_DAY: usize = 50;

/// Where it is off, GitHub refuses what is said of the forking of any repository.
pub(super) const FORKING: &str = "organization.members_can_fork_private_repositories";

/// The ways of merging on GitHub.
const MERGES: [&str; 3] =
    ["repository.allow_merge_commit", "repository.allow_rebase_merge", "repository.allow_squash_merge"];

/// Why a setting cannot be written as things stand.
pub(super) fn refused(subject: Subject<'_>, setting: &Setting) -> Option<String> {
    match (&*setting.key, subject.forge) {
        ("repository.allow_forking", ForgeKind::Github) if subject.no_forking => Some(format!(
            "the organization forbids it: {FORKING} is off. An owner can turn it on; plan again after that"
        )),
        ("repository.advanced_security", ForgeKind::Github)
            if subject.text("repository.visibility") == Some("public") =>
        {
            Some("GitHub decides it of a public repository, and refuses to be told".into())
        }
        ("repository.mr_default_target_self", ForgeKind::Gitlab)
            if subject.seen(&setting.key) == Some(&Observation::Absent) =>
        {
            Some("only a fork has it, and this is none".into())
        }
        _ => missing(subject, setting).or_else(|| without_any_merge(subject, setting)),
    }
}

/// Why a document cannot be changed that is not there.
fn missing(subject: Subject<'_>, setting: &Setting) -> Option<String> {
    let binding = setting.on(subject.forge).binding()?;
    let document = subject.catalog.document(&binding.rest.as_ref()?.path)?;
    let switch = document.only_where.as_deref().filter(|switch| subject.is_off(switch))?;
    Some(format!("there is none of it while {switch} is off"))
}

/// Why a way of merging is not switched off: GitHub refuses to be left without any.
/// Source: docs.github.com, REST API, "Update a repository".
fn without_any_merge(subject: Subject<'_>, setting: &Setting) -> Option<String> {
    let is_switch = MERGES.contains(&&*setting.key) && subject.forge == ForgeKind::Github;
    let will_be = |key: &&str| {
        let drifting = subject.drifting().find(|f| *subject.catalog.get(f.expectation.setting).key == **key);
        drifting.map_or_else(
            || subject.seen(key).and_then(Observation::value).cloned(),
            |finding| target(&finding.expectation, &finding.observed).ok(),
        )
    };
    let all_off = is_switch && MERGES.iter().all(|key| will_be(key) == Some(Value::Bool(false)));
    all_off.then(|| "one way of merging has to be left: allow another one first".to_owned())
}

/// Whether a map is written by requests for its entries.
pub(super) fn is_by_entry(setting: &Setting, forge: ForgeKind) -> bool {
    let write = setting.on(forge).binding().and_then(|binding| binding.write.as_ref());
    setting.ty == Type::Map && write.is_some_and(|w| one(&w.path).is_some() || w.field == "properties")
}

/// What stands for an entry in a path: its last placeholder, where that is not the subject's own.
fn one(path: &str) -> Option<&'static str> {
    ["{username}", "{team_slug}"].into_iter().find(|name| path.contains(name))
}

/// Plans the change of a map.
///
/// # Errors
/// Why it cannot be made.
pub(super) fn plan(
    draft: &mut Draft,
    subject: Subject<'_>,
    setting: &Setting,
    finding: &Finding,
    after: &Value,
) -> Result<(), String> {
    let (_, write, path) = writable(subject, setting)?;
    let empty = BTreeMap::new();
    let map = |value: Option<&Value>| match value {
        Some(Value::Map(map)) => map.clone().into_iter().collect(),
        _ => empty.clone(),
    };
    let seen = map(finding.observed.value());
    let wanted = map(Some(after));
    let (differs, back) = (Difference::between(&seen, &wanted), Difference::between(&wanted, &seen));
    let Some(placeholder) = one(&path) else {
        let request = |difference: &Difference| Request {
            method: write.method.clone(),
            path: path.clone(),
            body: nested(&write.field, difference.pairs()),
            reads: BTreeMap::new(),
        };
        let (there, back) = (draft.request(request(&differs)), draft.undo(request(&back)));
        draft.change(subject, setting, finding, after, vec![there]).undo.push(back);
        return Ok(());
    };
    let people = placeholder == "{username}";
    let invited = differs.given.keys().filter(|name| !seen.contains_key(*name)).count();
    if people && invited > INVITATIONS_A_DAY {
        return Err(format!(
            "GitHub takes {INVITATIONS_A_DAY} invitations a day for one repository, and these are {invited}: \
             name fewer at a time"
        ));
    }
    if people && waits_for_people(subject, &differs) {
        return Err("they were invited and have not answered yet: they can, or an administrator can \
                    withdraw the invitation"
            .into());
    }
    let requests = |difference: &Difference| {
        let given = difference.given.iter().map(|(name, role)| (name, "PUT", role_body(&write.field, role)));
        let taken = difference.taken.iter().map(|name| (name, "DELETE", Json::Null));
        let each = given.chain(taken).map(|(name, method, body)| Request {
            method: method.into(),
            path: path.replace(placeholder, &segment(name)),
            body,
            reads: BTreeMap::new(),
        });
        each.collect::<Vec<_>>()
    };
    let there = requests(&differs).into_iter().map(|request| draft.request(request)).collect();
    let mut undo = Vec::new();
    let irreversible = people && (invited > 0 || !differs.taken.is_empty());
    if !irreversible {
        undo = requests(&back).into_iter().map(|request| draft.undo(request)).collect();
    }
    let change = draft.change(subject, setting, finding, after, there);
    change.undo = undo;
    // Those who belong to the organization are let in at once, others when they accept.
    change.proposed = people && invited > 0;
    if irreversible {
        let why = "people become invitations, which the plan cannot take back or make be accepted again";
        change.irreversible = Some(why.into());
    }
    Ok(())
}

/// Whether everyone who is to be let in was asked already, and nothing else is to change.
fn waits_for_people(subject: Subject<'_>, differs: &Difference) -> bool {
    let Some(Value::Map(asked)) = subject.seen("repository.invitations").and_then(Observation::value) else {
        return false;
    };
    differs.taken.is_empty()
        && !differs.given.is_empty()
        && differs.given.iter().all(|(name, role)| asked.get(name) == Some(role))
}

/// What entries become of one map when it is another.
struct Difference {
    given: BTreeMap<String, Value>,
    taken: Vec<String>,
}

impl Difference {
    fn between(before: &BTreeMap<String, Value>, after: &BTreeMap<String, Value>) -> Self {
        let given = after.iter().filter(|(name, value)| before.get(*name) != Some(value));
        let taken = before.keys().filter(|name| !after.contains_key(*name));
        Self {
            given: given.map(|(name, value)| (name.clone(), value.clone())).collect(),
            taken: taken.cloned().collect(),
        }
    }

    /// As pairs of a name and a value; what is taken away has none.
    fn pairs(&self) -> Json {
        let given = self.given.iter().map(|(name, value)| (name, value.to_json()));
        let taken = self.taken.iter().map(|name| (name, Json::Null));
        given.chain(taken).map(|(name, value)| json!({"property_name": name, "value": value})).collect()
    }
}

/// A role as requests spell it.
fn role_body(field: &str, role: &Value) -> Json {
    let role = match role.as_text().unwrap_or_default() {
        "read" => "pull",
        "write" => "push",
        other => other,
    };
    nested(field, json!(role))
}
