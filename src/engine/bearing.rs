//! What a change does to a guard or to who can see: whether it weakens the one or widens the other.
//!
//! Where that cannot be told it is said to be possible, and not taken for harmless.

use serde_json::Value as Json;

use super::guarding_rows::{EITHER_WAY, HIDING, OPENING};
use crate::catalog::{Catalog, Combine, Effective, Setting, Type};
use crate::model::{Risk, Value};

/// What becomes of a guard, or of who can see.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Bearing {
    /// Nothing guards less, and nobody sees more.
    Neutral,
    /// It guards less.
    Weakens,
    /// It cannot be told whether it guards less.
    MayWeaken,
    /// More people see it.
    Widens,
    /// It cannot be told whether more people see it.
    MayWiden,
}

/// Who can see, the fewest first.
const CIRCLES: [&str; 5] = ["disabled", "private", "internal", "enabled", "public"];

/// What the change of a setting from one value to another does; `null` is absent.
pub fn bearing(catalog: &Catalog, setting: &Setting, before: &Json, after: &Json) -> Bearing {
    if before == after {
        return Bearing::Neutral;
    }
    if setting.risk == Risk::Visibility || setting.name() == "visibility" {
        return match widens(setting, before, after) {
            Some(true) => Bearing::Widens,
            Some(false) => Bearing::Neutral,
            None => Bearing::MayWiden,
        };
    }
    let more_guards = match rule_of(catalog, setting) {
        Some(more_guards) => more_guards,
        None if EITHER_WAY.contains(&&*setting.key) => return Bearing::MayWeaken,
        None if setting.risk == Risk::Protection => !OPENING.contains(&&*setting.key),
        None => return Bearing::Neutral,
    };
    let weakens = if more_guards { falls(setting, before, after) } else { falls(setting, after, before) };
    match weakens {
        Some(true) => Bearing::Weakens,
        Some(false) => Bearing::Neutral,
        None => Bearing::MayWeaken,
    }
}

/// Of a branch setting, or one of the rules that make it up: whether more of it guards more.
fn rule_of(catalog: &Catalog, setting: &Setting) -> Option<bool> {
    let sense = |effective: &Effective| match (effective.combine, &effective.unprotected) {
        // Where no rule applies is where the least is guarded.
        (Combine::Any | Combine::All, Some(Value::Bool(open))) => !open,
        (_, unprotected) => unprotected.is_some(),
    };
    if let Some(effective) = &setting.effective {
        return Some(sense(effective));
    }
    let id = Some(setting.id);
    catalog.settings().filter_map(|s| s.effective.as_ref()).find_map(|effective| {
        if effective.forbidden_by == id {
            return Some(true);
        }
        (effective.classic == id || effective.ruleset == id).then(|| sense(effective))
    })
}

/// Whether something that was there before is no longer there, or there is less of it.
fn falls(setting: &Setting, before: &Json, after: &Json) -> Option<bool> {
    let list = |json: &Json| match json {
        Json::Null => Some(Vec::new()),
        Json::Array(items) => Some(items.clone()),
        _ => None,
    };
    match setting.ty {
        Type::Boolean => Some(before.as_bool().unwrap_or(false) && !after.as_bool().unwrap_or(false)),
        Type::Integer => Some(before.as_i64().unwrap_or(0) > after.as_i64().unwrap_or(0)),
        Type::Set | Type::List => {
            let (before, after) = (list(before)?, list(after)?);
            Some(before.iter().any(|item| !after.contains(item)))
        }
        Type::Choice if SWITCH.iter().eq(&setting.values) => switched_off(before.as_str()?, after.as_str()?),
        Type::Text | Type::Time | Type::Choice | Type::Map => None,
    }
}

/// What a switch of a bundle of security features says. Where it says nothing, repositories are as they are.
const SWITCH: [&str; 3] = ["enabled", "disabled", "not_set"];

/// Whether a switch that was on, or may have been, is off.
fn switched_off(before: &str, after: &str) -> Option<bool> {
    match (before, after) {
        (_, "enabled") | ("disabled", _) => Some(false),
        ("enabled", "disabled") => Some(true),
        _ => None,
    }
}

/// Whether more people see it afterwards.
fn widens(setting: &Setting, before: &Json, after: &Json) -> Option<bool> {
    if setting.ty == Type::Boolean {
        let seen = |json: &Json| json.as_bool().unwrap_or(false) != HIDING.contains(&&*setting.key);
        return Some(!seen(before) && seen(after));
    }
    let circle = |json: &Json| CIRCLES.iter().position(|word| Some(*word) == json.as_str());
    Some(circle(after)? > circle(before)?)
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;

    #[track_caller]
    fn of(key: &str, before: Json, after: Json) -> Bearing {
        let catalog = Catalog::built_in().unwrap();
        bearing(&catalog, catalog.find(key).unwrap(), &before, &after)
    }

    #[test]
    fn towards_what_a_branch_without_rules_has_is_weaker() {
        for (key, strict, lax) in [
            ("branch.required_approvals", json!(2), json!(1)),
            ("branch.allow_force_pushes", json!(false), json!(true)),
            ("branch.admins_bound", json!(true), json!(false)),
            ("branch.require_signatures", json!(true), json!(false)),
            ("branch.required_checks", json!(["a", "b"]), json!(["b", "c"])),
            ("branch.bypass_actors", json!([]), json!(["user:mona"])),
            ("ruleset.non_fast_forward.present", json!(true), json!(false)),
            ("ruleset.pull_request.required_approving_review_count", json!(2), json!(0)),
            ("branch_protection.allow_deletions", json!(false), json!(true)),
            ("repository.secret_scanning", json!(true), json!(false)),
            ("protected_branch.push_access_levels", json!([]), json!(["developer"])),
            ("repository.merge_trains_skip_train_allowed", json!(false), json!(true)),
            ("code_security_configuration.dependabot_alerts", json!("enabled"), json!("disabled")),
        ] {
            assert_eq!(of(key, strict.clone(), lax.clone()), Bearing::Weakens, "{key}");
            if key != "branch.required_checks" {
                assert_eq!(of(key, lax, strict), Bearing::Neutral, "{key}");
            }
        }
    }

    #[test]
    fn where_a_bundle_says_nothing_repositories_may_have_it_on() {
        let key = "code_security_configuration.secret_scanning";
        for (before, after) in [("not_set", "disabled"), ("enabled", "not_set")] {
            assert_eq!(of(key, json!(before), json!(after)), Bearing::MayWeaken, "{before} {after}");
        }
        assert_eq!(of(key, json!("not_set"), json!("enabled")), Bearing::Neutral);
        assert_eq!(of(key, json!("disabled"), json!("not_set")), Bearing::Neutral);
    }

    #[test]
    fn from_private_over_internal_to_public_is_wider() {
        let key = "repository.visibility";
        assert_eq!(of(key, json!("private"), json!("internal")), Bearing::Widens);
        assert_eq!(of(key, json!("internal"), json!("public")), Bearing::Widens);
        assert_eq!(of(key, json!("public"), json!("private")), Bearing::Neutral);
        assert_eq!(of(key, json!("private"), json!("somewhere")), Bearing::MayWiden);
        assert_eq!(of("repository.private", json!(true), json!(false)), Bearing::Widens);
        assert_eq!(of("repository.pages.public", json!(false), json!(true)), Bearing::Widens);
        assert_eq!(
            of("organization.members_can_create_public_pages", json!(true), json!(false)),
            Bearing::Neutral
        );
    }

    #[test]
    fn what_cannot_be_told_is_not_taken_for_harmless() {
        assert_eq!(of("ruleset.enforcement", json!("active"), json!("disabled")), Bearing::MayWeaken);
        assert_eq!(of("ruleset.max_file_size.max_file_size", json!(1), json!(2)), Bearing::MayWeaken);
        assert_eq!(of("repository.default_branch", json!("main"), json!("next")), Bearing::MayWeaken);
    }

    #[test]
    fn what_guards_nothing_is_neutral() {
        assert_eq!(of("repository.has_wiki", json!(true), json!(false)), Bearing::Neutral);
        assert_eq!(of("repository.topics", json!(["a"]), json!([])), Bearing::Neutral);
    }

    /// Whoever adds such a row has to say in `guarding_rows` which way it guards.
    #[test]
    fn rows_that_sound_as_if_they_opened_something_were_looked_at() {
        let catalog = Catalog::built_in().unwrap();
        let sound = ["allow", "bypass", "skip", "ignore", "exclude", "access", "negate"];
        let guards = ["only_allow", "require_"];
        let untold: Vec<&str> = catalog
            .settings()
            .filter(|s| s.risk == Risk::Protection && rule_of(&catalog, s).is_none())
            .filter(|s| matches!(s.ty, Type::Boolean | Type::Integer | Type::Set | Type::List))
            .filter(|s| sound.iter().any(|word| s.name().contains(word)))
            .filter(|s| !guards.iter().any(|word| s.name().contains(word)))
            .map(|s| &*s.key)
            .filter(|key| !OPENING.contains(key) && !EITHER_WAY.contains(key))
            .collect();
        assert_eq!(untold, [""; 0]);
    }

    #[test]
    fn rows_that_are_named_are_in_the_catalogue() {
        let catalog = Catalog::built_in().unwrap();
        for key in OPENING.iter().chain(&EITHER_WAY).chain(&HIDING) {
            assert!(catalog.find(key).is_some(), "{key}");
        }
    }
}
