//! How much of what exists a plan may change or remove. What it adds has no limit.

use std::collections::BTreeMap;

use super::{Allowed, Reasons};
use crate::model::{Action, Change, Plan};

/// From how many things on a share of them says something.
/// Source: octoDNS, `MIN_EXISTING_RECORDS`.
const FEW: u64 = 10;

#[derive(Debug, Default, Clone, Copy)]
struct Count {
    updates: u64,
    deletes: u64,
}

/// What a change counts towards: the kind where an item ceases to be, else the setting.
fn thing(change: &Change, action: Action) -> &str {
    match change.setting.strip_suffix(".present") {
        Some(kind) if action == Action::Delete => kind,
        _ => &change.setting,
    }
}

pub(super) fn check(plan: &Plan, allowed: &Allowed, reasons: &mut Reasons) {
    let mut counts: BTreeMap<&str, Count> = BTreeMap::new();
    for change in plan.changes.iter().filter(|change| change.before != change.after) {
        let action = Action::of(&change.setting, &change.before, &change.after);
        let count = counts.entry(thing(change, action)).or_default();
        match action {
            Action::Create => {}
            Action::Update | Action::Archive | Action::Unarchive => count.updates += 1,
            Action::Delete => count.deletes += 1,
        }
    }
    for (thing, Count { updates, deletes }) in counts {
        // What the plan does not tell of is taken for no more than what it changes.
        let existing = plan.existing.get(thing).copied().unwrap_or_default().max(updates + deletes);
        for (number, what) in [(updates, "changed"), (deletes, "removed")] {
            let share = percent(number, existing);
            if existing >= FEW && share > allowed.share {
                let cap = allowed.share;
                let what = format!(
                    "too much of what exists would be {what}: {share:.2} % is over {cap:.2} % ({number}/{existing})"
                );
                reasons.add(what, Some("--max-share PERCENT"), thing);
            }
        }
        if deletes > allowed.deletes {
            let what = format!("{deletes} things would be removed, more than {}", allowed.deletes);
            reasons.add(what, Some("--max-deletes NUMBER"), thing);
        }
    }
}

#[allow(clippy::cast_precision_loss, reason = "counts of things on a forge are far below 2^52")]
fn percent(number: u64, of: u64) -> f64 {
    if of == 0 { 0.0 } else { number as f64 * 100.0 / of as f64 }
}
