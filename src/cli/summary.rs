//! What an apply came to, for people: what was made, what was not and why, and what to do next.

use std::collections::BTreeMap;
use std::io::{self, Write};
use std::path::Path;

use indexmap::IndexMap;

use crate::model::{Change, Plan};
use crate::report;
use crate::run::Applied;

/// So many changes of one fate are named; the journal names all.
const NAMED: usize = 10;

/// Shows what became of a plan's changes, those of one fate together.
pub(super) fn summary(
    out: &mut dyn Write,
    plan: &Plan,
    applied: &BTreeMap<usize, Applied>,
    width: usize,
) -> io::Result<()> {
    let mut fates: IndexMap<String, Vec<&Change>> = IndexMap::new();
    for (i, change) in plan.changes.iter().enumerate() {
        if let Some(fate) = fate(applied.get(&i)) {
            fates.entry(fate).or_default().push(change);
        }
    }
    // What nobody has to look at comes first, what was not begun last.
    fates.sort_by(|a, _, b, _| order(a).cmp(&order(b)));
    for (fate, changes) in &fates {
        lines(out, fate, width, "")?;
        for change in changes.iter().take(NAMED) {
            let key = change.key.as_deref().map(|k| format!("[{k}]")).unwrap_or_default();
            let (subject, setting) = (report::safe(&change.subject), format!("{}{key}", change.setting));
            let fits = subject.chars().count() + setting.chars().count() + 3 <= width;
            let between = if fits { " " } else { "\n      " };
            writeln!(out, "  {subject}{between}{}", report::safe(&setting))?;
        }
        if changes.len() > NAMED {
            writeln!(out, "  and {} more", changes.len() - NAMED)?;
        }
        writeln!(out)?;
    }
    let made = applied.values().filter(|a| matches!(a, Applied::Done | Applied::Already)).count();
    writeln!(out, "{made} of {} changes made and seen to be made.", plan.changes.len())
}

fn lines(out: &mut dyn Write, text: &str, width: usize, indent: &str) -> io::Result<()> {
    report::wrapped(text, width, indent).iter().try_for_each(|line| writeln!(out, "{line}"))
}

const NOT_BEGUN: &str = "NOT begun";

fn order(fate: &str) -> (bool, bool) {
    (fate.starts_with("NOT"), fate == NOT_BEGUN)
}

/// What became of a change, unless it was made.
fn fate(applied: Option<&Applied>) -> Option<String> {
    Some(match applied {
        Some(Applied::Done | Applied::Already) => return None,
        Some(Applied::Proposed) => "proposed; it takes effect when it is merged".to_owned(),
        Some(Applied::Moved { now }) => format!("NOT made: it has moved since the plan, and is {now}"),
        Some(Applied::Unread { why }) => format!("NOT made: it cannot be seen: {why}"),
        Some(Applied::Held { why }) => format!("NOT made: {why}"),
        Some(Applied::Refused { why }) => match why.split_once(" answered ") {
            // The same refusal of many subjects is one fate, whatever the path.
            Some((request, words)) if request.split(' ').count() == 2 => {
                format!("NOT made: refused with {words}")
            }
            _ => format!("NOT made: {why}"),
        },
        Some(Applied::NotApplied { now }) => {
            format!("NOT applied by the forge, which said yes: it is still {now}")
        }
        Some(Applied::UnderWay { seconds: 0, .. }) => {
            "under way: the forge said yes and has not done it yet; run `plan` again".to_owned()
        }
        Some(Applied::UnderWay { seconds, .. }) => {
            format!("under way: the forge said yes and has not done it within {seconds} s; run `plan` again")
        }
        Some(Applied::Awaited { seconds }) => {
            let within = if *seconds == 0 { "yet".to_owned() } else { format!("within {seconds} s") };
            format!(
                "NOT taken back: the forge said that it would do it and has not done it {within}; whether it comes \
                 is unknown"
            )
        }
        Some(Applied::Unseen { why }) => format!("NOT seen, though it was sent: {why}"),
        None => NOT_BEGUN.to_owned(),
    })
}

/// What to do about what was not made.
pub(super) fn next(plan: &Plan, applied: &BTreeMap<usize, Applied>, journal: &Path) -> Vec<String> {
    let has = |of: &dyn Fn(&Applied) -> bool| applied.values().any(of);
    let mut next = Vec::new();
    let refused = |status: &str| {
        let with = format!(" answered {status}:");
        has(&move |a| matches!(a, Applied::Refused { why } if why.contains(&with)))
    };
    if refused("403") {
        next.push(
            "what was refused with 403 takes a token with more rights, or somebody who has them".to_owned(),
        );
    }
    let moved = |a: &Applied| matches!(a, Applied::Moved { .. } | Applied::Held { .. });
    if has(&moved) {
        next.push("for what has moved, make the plan again: `ispo-scm plan POLICY --out FILE`".to_owned());
    }
    if has(&|a| matches!(a, Applied::NotApplied { .. })) {
        next.push(
            "what the forge did not do may take a licence, or be decided by who is above: make it there"
                .to_owned(),
        );
    }
    if has(&|a| matches!(a, Applied::Awaited { .. })) {
        next.push("what has not come yet the same command takes back once it is there".to_owned());
    }
    let left = |a: &Applied| {
        matches!(
            a,
            Applied::Moved { .. }
                | Applied::NotApplied { .. }
                | Applied::UnderWay { .. }
                | Applied::Awaited { .. }
        )
    };
    let further =
        |i: usize| !applied.get(&i).is_some_and(left) && !applied.get(&i).is_some_and(Applied::is_made);
    if (0..plan.changes.len()).any(further) {
        next.push("the same command goes on from here".to_owned());
    }
    if has(&|a| matches!(a, Applied::UnderWay { .. })) {
        next.push("what is under way may come later: `ispo-scm plan POLICY` says whether it did".to_owned());
    }
    if has(&|a| matches!(a, Applied::Done | Applied::UnderWay { .. })) {
        next.push(format!("`ispo-scm undo {}` takes back what was made", journal.display()));
    }
    next
}
