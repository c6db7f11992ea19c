//! What changes do, by their values: whether something ceases to be, guards less, or is seen by more.

use serde_json::Value as Json;

use super::{Allowed, Claim, Reasons};
use crate::catalog::Catalog;
use crate::engine::bearing::{Bearing, bearing};
use crate::model::{Action, Change, Plan};

pub(super) fn check(
    plan: &Plan,
    catalog: &Catalog,
    (allowed, claimed): (&Allowed, Option<&[Claim]>),
    reasons: &mut Reasons,
) {
    for change in &plan.changes {
        let whom = &*change.subject;
        let key = change.key.as_deref().map(|k| format!("[{k}]")).unwrap_or_default();
        let name = format!("{}{key}", change.setting);
        let Some(setting) = catalog.find(&change.setting) else {
            reasons.add(format!("the catalogue has no setting {name}"), None, whom);
            continue;
        };
        let of_forge = whom.split_once(':').is_some_and(|(forge, _)| plan.forges.contains_key(forge));
        if !of_forge {
            reasons.add("the plan names no forge of that name", None, whom);
        }
        if change.requests.is_empty() {
            reasons.add(format!("no request carries {name} out"), None, whom);
        }
        if change.requests.iter().any(|r| *r >= plan.requests.len())
            || change.undo.iter().any(|r| *r >= plan.undo.len())
        {
            reasons.add(format!("{name} names a request that the plan does not have"), None, whom);
        }
        let action = Action::of(&change.setting, &change.before, &change.after);
        // A setting of an item that is not there may read as off: what makes the item is no change of it.
        let makes = change.key.is_some() && (change.action, action) == (Action::Create, Action::Update);
        if action != change.action && !makes {
            reasons.add(format!("{name} does something else than its action says"), None, whom);
        }
        // No request about a file reaches any branch but ours: what goes is what was only proposed.
        let proposal = &*setting.group == "file";
        if action == Action::Delete && !allowed.delete && !proposal {
            reasons.add(format!("{name} would cease to be"), Some("--allow-delete"), whom);
        }
        let item_goes = !proposal && change.key.is_some() && gone(&change.after) && !gone(&change.before);
        if item_goes && catalog.is_keyed(setting) && setting.effective.is_none() && removes(plan, change) {
            if !allowed.delete && action != Action::Delete {
                reasons.add(format!("{name} would cease to be"), Some("--allow-delete"), whom);
            }
            let whole = change.complete
                && claimed
                    .is_none_or(|claims| claims.iter().any(|claim| claim.may_be_of(whom, &setting.group)));
            if !whole && !allowed.takes_back {
                let what =
                    "the policy claims not all of its collection, so that nothing of it may be removed";
                reasons.add(format!("{name}: {what}"), None, whom);
            }
        }
        // What is only proposed does nothing before people merge it.
        if change.irreversible.is_some() && &*setting.group != "file" && !allowed.irreversible {
            reasons.add(told(&name, "cannot be taken back"), Some("--allow-irreversible"), whom);
        }
        let (before, after) = (&change.before, &change.after);
        // Rules of several rulesets add up: one more guards no less.
        if &*setting.group == "ruleset" && is_made(plan, change) {
            continue;
        }
        match bearing(catalog, setting, before, after) {
            Bearing::Weakens if !allowed.weaken => {
                reasons.add(told(&name, "would guard less"), Some("--allow-weaken"), whom);
            }
            Bearing::MayWeaken if !allowed.weaken => {
                reasons.add(
                    told(&name, "may guard less, which cannot be told"),
                    Some("--allow-weaken"),
                    whom,
                );
            }
            Bearing::Widens if !allowed.widen => {
                reasons.add(told(&name, "would be seen by more people"), Some("--allow-widen"), whom);
            }
            Bearing::MayWiden if !allowed.widen => {
                let what = "may be seen by more people, which cannot be told";
                reasons.add(told(&name, what), Some("--allow-widen"), whom);
            }
            _ => {}
        }
    }
}

/// Whether the item that a change is about is made by the plan.
fn is_made(plan: &Plan, change: &Change) -> bool {
    let made = |c: &&Change| c.setting.ends_with(".present") && c.before == false && c.after == true;
    let same =
        |c: &&Change| c.subject == change.subject && c.key == change.key && c.requests == change.requests;
    let makes = || change.requests.iter().filter_map(|r| plan.requests.get(*r)).all(|r| r.method == "POST");
    gone(&change.before) && makes() && plan.changes.iter().filter(made).any(|c| same(&c))
        || change.before == false && change.after == true && change.setting == "ruleset.present"
}

fn told(name: &str, what: &str) -> String {
    format!("{name} {what}")
}

/// Whether that is what an item has that is not there.
fn gone(value: &Json) -> bool {
    value.is_null() || *value == false
}

/// Whether the requests of a change remove what it names, and make it not anew.
fn removes(plan: &Plan, change: &Change) -> bool {
    let requests = change.requests.iter().filter_map(|r| plan.requests.get(*r));
    let after = requests.skip_while(|r| r.method != "DELETE");
    let mut after = after.map(|r| r.method.as_str()).peekable();
    after.peek().is_some() && !after.any(|method| method == "POST")
}
