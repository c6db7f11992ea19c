//! Whether whoever carries a plan out still administers what it changes, and enough owners stay.

use serde_json::Value as Json;

use super::{Facts, Fear, Safe};
use crate::catalog::Setting;
use crate::model::{Change, Observation, Value};

/// Settings that give people access.
const GRANTS: [&str; 3] = ["repository.collaborators", "repository.teams", "repository.shared_with_groups"];

/// Settings that say who owns an organization or group.
const OWNING: [&str; 2] = ["organization.owners", "organization.member_roles"];

/// Settings that say who may merge into a branch.
const MERGERS: [&str; 2] = ["protected_branch.merge_access_levels", "branch_rule.merge_access"];

/// Whether a setting says who may merge into a branch.
pub(super) fn says_who_merges(setting: &Setting) -> bool {
    MERGERS.contains(&&*setting.key)
}

/// Whether a setting says who can do what.
pub(super) fn bears_on(setting: &Setting) -> bool {
    GRANTS.contains(&&*setting.key) || OWNING.contains(&&*setting.key)
}

pub(super) fn look(facts: Facts<'_>, change: &Change) -> Safe {
    if MERGERS.contains(&&*change.setting) {
        return mergers(&change.after);
    }
    if OWNING.contains(&&*change.setting) {
        return owners(facts, &change.after);
    }
    if GRANTS.contains(&&*change.setting) {
        return stays_admin(facts, change);
    }
    Ok(())
}

/// Whether somebody may still merge, by the roles that may.
fn mergers(after: &Json) -> Safe {
    let roles = after.as_array().into_iter().flatten();
    let nobody = |role: &Json| *role == "nobody" || *role == "no one" || *role == 0;
    if after.is_array() && roles.into_iter().all(nobody) {
        return Err(Fear::Proven("nobody could merge".into()));
    }
    Ok(())
}

fn owners(facts: Facts<'_>, after: &Json) -> Safe {
    let names: Vec<&str> = match after {
        Json::Array(names) => names.iter().filter_map(Json::as_str).collect(),
        Json::Object(roles) => {
            roles.iter().filter(|(_, role)| **role == "owner").map(|(name, _)| name.as_str()).collect()
        }
        _ => Vec::new(),
    };
    if names.len() < facts.owners {
        let left = if names.len() == 1 { "1 owner".to_owned() } else { format!("{} owners", names.len()) };
        let what = format!("{left} would be left, fewer than {}", facts.owners);
        return Err(Fear::Proven(what));
    }
    match facts.acting {
        Some(acting) if names.iter().any(|name| name.eq_ignore_ascii_case(acting)) => Ok(()),
        Some(acting) => Err(Fear::Proven(format!("{acting}, who would do this, would own it no longer"))),
        None => Err(Fear::Unproven("whether whoever would do this still owns it is not known".into())),
    }
}

/// Whether whoever carries the plan out administers the repository afterwards.
fn stays_admin(facts: Facts<'_>, change: &Change) -> Safe {
    let takes = change.before.as_object().into_iter().flatten();
    if takes.into_iter().all(|(name, role)| change.after.get(name) == Some(role)) {
        return Ok(());
    }
    let Some(acting) = facts.acting else {
        return Err(Fear::Unproven("whether whoever would do this still administers it is not known".into()));
    };
    // The rights of an App are not given by grants.
    let same = |name: &str| name.eq_ignore_ascii_case(acting);
    let id = facts.catalog.id("organization.owners");
    let owners = facts.organization.and_then(|o| o.readings.get(id?)).and_then(Observation::value);
    if acting.ends_with("[bot]") || owners.is_some_and(|o| o.texts().any(same)) {
        return Ok(());
    }
    let role = |grants: &Json| {
        let all = grants.as_object().into_iter().flatten();
        all.into_iter().find(|(name, _)| same(name)).and_then(|(_, role)| role.as_str()).map(str::to_owned)
    };
    let admin = |role: Option<String>| role.is_some_and(|r| matches!(&*r, "admin" | "owner" | "maintainer"));
    if change.setting == "repository.collaborators" {
        if admin(role(&change.after)) {
            return Ok(());
        }
        // Nothing of theirs is touched: they administer it through something else.
        if role(&change.before) == role(&change.after) {
            return Ok(());
        }
        let by_teams = match facts.own("repository.teams") {
            Some(Value::Map(teams)) => teams.values().any(|role| role.as_text() == Some("admin")),
            _ => true,
        };
        if !by_teams && owners.is_some() {
            return Err(Fear::Proven(format!("{acting}, who would do this, would administer it no longer")));
        }
    }
    Err(Fear::Unproven(format!("whether {acting}, who would do this, still administers it is not known")))
}
