//! Whether somebody could still approve and merge.

use super::{Facts, Fear, Safe, is_on};
use crate::catalog::ForgeKind;
use crate::model::{Change, Observation, Value};

/// Roles that may approve and merge.
/// Sources: docs.github.com, "Repository roles for an organization"; docs.gitlab.com, "Roles".
const MERGING: [&str; 6] = ["write", "maintain", "admin", "developer", "maintainer", "owner"];

pub(super) fn look(facts: Facts<'_>, changes: &[&Change], change: &Change, aspect: &str) -> Safe {
    match aspect {
        "required_approvals" => {
            let more = change.after.as_u64() > change.before.as_u64();
            let asked = change.after.as_u64().filter(|_| more);
            asked.map_or(Ok(()), |asked| approvers(facts, changes, asked))
        }
        "require_last_push_approval" if is_on(&change.after) => approvers(facts, changes, 1),
        "require_code_owner_review" if is_on(&change.after) => code_owners(facts),
        "restrict_pushes" if is_on(&change.after) => pushers(facts, change),
        _ => Ok(()),
    }
}

/// Whether so many people besides the author of a change can approve it.
fn approvers(facts: Facts<'_>, changes: &[&Change], asked: u64) -> Safe {
    let Some(Value::Map(access)) = facts.own("repository.access") else {
        return Err(Fear::Unproven("who could approve is not known: repository.access was not seen".into()));
    };
    let may = access.iter().filter(|(_, role)| role.as_text().is_some_and(|r| MERGING.contains(&r)));
    let names: Vec<&str> = may.map(|(name, _)| name.as_str()).collect();
    // Somebody who may approve is the author, at worst.
    let others = names.len().saturating_sub(1) as u64;
    if others < asked {
        return Err(Fear::Proven(format!(
            "{asked} {} asked for, and besides the author only {others} could give one: give more people write access first",
            if asked == 1 { "approval is" } else { "approvals are" }
        )));
    }
    let lost = names.iter().filter(|name| may_lose(changes, name)).count() as u64;
    if others - lost.min(others) < asked || changes.iter().any(|c| takes_from_groups(c)) {
        return Err(Fear::Unproven(
            "who could approve is not known, because the same plan takes access away".into(),
        ));
    }
    Ok(())
}

/// Whether a change takes a grant of their own from somebody, who may have access through others still.
fn may_lose(changes: &[&Change], name: &str) -> bool {
    let grants = changes.iter().filter(|c| c.setting == "repository.collaborators");
    grants.into_iter().any(|c| c.before.get(name).is_some() && c.before.get(name) != c.after.get(name))
}

/// Whether a change takes a grant from some team or group.
fn takes_from_groups(change: &Change) -> bool {
    let of_groups = ["repository.teams", "repository.shared_with_groups"].contains(&&*change.setting);
    let had = change.before.as_object().into_iter().flatten();
    of_groups && had.into_iter().any(|(name, role)| change.after.get(name) != Some(role))
}

fn code_owners(facts: Facts<'_>) -> Safe {
    let id = facts.catalog.id("repository.codeowners");
    match id.and_then(|id| facts.observed.readings.get(id)) {
        Some(Observation::Known(Value::Bool(true))) => Ok(()),
        Some(Observation::Known(_) | Observation::Absent) => Err(Fear::Proven(
            "code owners are to approve, and no CODEOWNERS file names any: propose one first".into(),
        )),
        _ => Err(Fear::Unproven(
            "whether a CODEOWNERS file names anybody is not known: repository.codeowners was not seen".into(),
        )),
    }
}

/// Whether anybody may still change a branch to which only some may push.
fn pushers(facts: Facts<'_>, change: &Change) -> Safe {
    if facts.forge == ForgeKind::Gitlab {
        return Ok(());
    }
    let seen = facts.of_branch("branch.bypass_actors", change.key.as_deref());
    match seen {
        Some(Observation::Known(value)) if value.texts().next().is_some() => Ok(()),
        Some(Observation::Known(_) | Observation::Absent) => {
            Err(Fear::Proven("nobody could change the branch: no one is let past the rule".into()))
        }
        _ => Err(Fear::Unproven("who could still change the branch is not known".into())),
    }
}
