//! A plan for people: what changes, by subject, with the line that asked.

use std::io::{self, Write};

use indexmap::IndexMap;

use super::plan_diff::difference;
use super::plan_lifted::lifted;
use super::safe_text::{safe, wrapped};
use crate::model::{Action, Change, Lifted, LiftedBy, Plan};

/// What was looked at to make a plan.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub struct Looked {
    /// Subjects that were judged.
    pub subjects: u64,
    /// Expectations that they were held against.
    pub expectations: u64,
    /// Of these, how many could not be seen.
    pub unknown: u64,
    /// Of these, how many depart and are waived.
    pub waived: u64,
}

/// Writes a plan in lines no wider than `width`.
///
/// # Errors
/// Those of the writer.
pub fn plan(out: &mut dyn Write, plan: &Plan, width: usize) -> io::Result<()> {
    lifted(out, plan, width)?;
    for (subject, mut changes) in by_subject(plan) {
        changes.retain(|change| !is_of_a_lift(plan, change));
        if changes.is_empty() {
            continue;
        }
        writeln!(out, "{}", safe(subject))?;
        for change in changes {
            one(out, plan, change, width)?;
        }
        writeln!(out)?;
    }
    left(out, plan, width)?;
    if plan.changes.is_empty() {
        return writeln!(out, "No changes.");
    }
    writeln!(out, "{}", footer(plan))?;
    for line in wrapped(&beside(plan), width, "") {
        writeln!(out, "{line}")?;
    }
    Ok(())
}

/// Writes what was looked at, below a plan.
///
/// # Errors
/// Those of the writer.
pub fn looked(out: &mut dyn Write, looked: Looked, width: usize) -> io::Result<()> {
    wrapped(&sentence(looked), width, "").iter().try_for_each(|line| writeln!(out, "{line}"))
}

/// Writes why a verb would refuse a plan, with the flags that allow it.
///
/// # Errors
/// Those of the writer.
pub fn plan_needs(out: &mut dyn Write, verb: &str, why: &[String], width: usize) -> io::Result<()> {
    if why.is_empty() {
        return Ok(());
    }
    writeln!(out, "\n`ispo-scm {verb}` refuses this as it stands:")?;
    let lines = why.iter().flat_map(|why| wrapped(why, width, "  "));
    lines.into_iter().try_for_each(|line| writeln!(out, "{line}"))
}

/// What was looked at, as a sentence.
pub(super) fn sentence(looked: Looked) -> String {
    let Looked { subjects, expectations, unknown, waived } = looked;
    let count = |n: u64, word: &str| format!("{n} {word}{}", if n == 1 { "" } else { "s" });
    let mut text =
        format!("Checked {} of {}", count(expectations, "expectation"), count(subjects, "subject"));
    if waived > 0 {
        text += &format!("; {waived} departures are waived");
    }
    if unknown > 0 {
        text += &format!("; {unknown} could not be seen: `ispo-scm audit` says what that takes");
    }
    text + "."
}

/// The changes of each subject, in the order of their first.
pub(super) fn by_subject(plan: &Plan) -> IndexMap<&str, Vec<&Change>> {
    let mut subjects: IndexMap<&str, Vec<&Change>> = IndexMap::new();
    for change in plan.changes.iter().filter(|change| change.before != change.after) {
        subjects.entry(&change.subject).or_default().push(change);
    }
    subjects
}

/// What is left to people: setting and reason, and of which subjects.
pub(super) fn by_reason(plan: &Plan) -> IndexMap<(String, &str), Vec<&str>> {
    let mut reasons: IndexMap<(String, &str), Vec<&str>> = IndexMap::new();
    for deferred in &plan.deferred {
        let name = named(&deferred.setting, deferred.key.as_deref());
        reasons.entry((name, &deferred.reason)).or_default().push(&deferred.subject);
    }
    reasons
}

/// The line that people know.
pub(super) fn footer(plan: &Plan) -> String {
    let count = |action| {
        let of = |change: &Change| Action::of(&change.setting, &change.before, &change.after);
        let is = |change: &&Change| change.before != change.after && of(change) == action;
        plan.changes.iter().filter(is).count()
    };
    let [add, change, delete] = [Action::Create, Action::Update, Action::Delete].map(count);
    format!("Plan: {add} to add, {change} to change, {delete} to delete.")
}

/// What else there is to know of a plan that changes something.
pub(super) fn beside(plan: &Plan) -> String {
    let count = |n: usize, word: &str| format!("{n} {word}{}", if n == 1 { "" } else { "s" });
    let mut text = count(plan.requests.len(), "request");
    let lost = plan.changes.iter().filter(|c| c.irreversible.is_some()).count();
    if lost > 0 {
        text += &format!("; {} cannot be taken back", count(lost, "change"));
    }
    if !plan.deferred.is_empty() {
        text += &format!("; {} left to people", count(plan.deferred.len(), "departure"));
    }
    text + "."
}

/// Whether a change is part of what is told above all others.
fn is_of_a_lift(plan: &Plan, change: &Change) -> bool {
    let made = |l: &Lifted| {
        l.organization == change.subject
            && match &l.by {
                LiftedBy::Ruleset(name) => change.key.as_ref() == Some(name),
                LiftedBy::Setting(key) => change.key.is_none() && change.setting == *key,
                LiftedBy::Item { setting, key } => {
                    change.key.as_ref() == Some(key) && change.setting == *setting
                }
            }
    };
    plan.lifted.iter().any(made)
}

fn left(out: &mut dyn Write, plan: &Plan, width: usize) -> io::Result<()> {
    if plan.deferred.is_empty() {
        return Ok(());
    }
    writeln!(out, "Left as it is")?;
    for ((name, reason), subjects) in by_reason(plan) {
        let why = wrapped(&format!("{name}: {reason}"), width, "  ");
        let of = wrapped(&subjects.join(", "), width, "      ");
        for line in why.iter().chain(&of) {
            writeln!(out, "{line}")?;
        }
    }
    writeln!(out)
}

/// As what a change is proposed: GitLab calls merge requests what others call pull requests.
pub(super) fn proposed_as(plan: &Plan, change: &Change) -> &'static str {
    let mut requests = change.requests.iter().filter_map(|r| plan.requests.get(*r));
    if requests.any(|r| r.path.contains("/merge_requests")) { "merge request" } else { "pull request" }
}

fn one(out: &mut dyn Write, plan: &Plan, change: &Change, width: usize) -> io::Result<()> {
    let name = named(&change.setting, change.key.as_deref());
    let sign = Action::of(&change.setting, &change.before, &change.after).sign();
    let proposed = match change.proposed {
        true => format!(", proposed as a {}", proposed_as(plan, change)),
        false => String::new(),
    };
    let word = change.action.word().map_or_else(String::new, |word| format!("{word}: "));
    let mut lines = wrapped(&format!("{sign} {word}{name}{proposed}"), width, "  ");
    lines.extend(difference(&change.before, &change.after, width, "      "));
    let removes = match change.points {
        points if points.is_none() => String::new(),
        points => format!("; removes {:.1} points of friction", points.get()),
    };
    lines.extend(wrapped(&format!("{}, by {}{removes}", change.risk, change.origin), width, "      "));
    if let Some(why) = &change.irreversible {
        lines.extend(wrapped(&format!("cannot be taken back: {why}"), width, "      "));
    }
    lines.iter().try_for_each(|line| writeln!(out, "{line}"))
}

pub(super) fn named(setting: &str, key: Option<&str>) -> String {
    let name = match (key, setting.split_once('.')) {
        (Some(key), Some((kind, name))) => format!("{kind}[{key}].{name}"),
        _ => setting.to_owned(),
    };
    safe(&name).into_owned()
}
