//! Which of GitLab's plans a project is under, as far as its own document shows.
//!
//! GitLab ignores what a plan does not include in silence: fields are left out, documents are not found,
//! queries answer null, or "no" where they may not. All of that looks like a lack of rights; what tells them apart is that some
//! fields of a project are there under Premium and Ultimate whoever reads it, and never under Free.
//! Source: docs.gitlab.com, "Projects API": fields that are only there for Premium and Ultimate.

use serde_json::Value as Json;

use crate::catalog::Binding;
use crate::forge::reading::{ItemWay, ScopePlan, Way};
use crate::model::{Collection, Observation, Observed, Readings, SettingId, Value};

/// Fields that a project has under Premium and Ultimate alone.
const PAID: [&str; 4] =
    ["approvals_before_merge", "merge_pipelines_enabled", "merge_trains_enabled", "mirror"];

/// A field that a project has under Ultimate alone.
const ULTIMATE: &str = "only_allow_merge_if_all_status_checks_passed";

/// A field that every project has whose document is shown in full.
const FULL: &str = "merge_method";

/// A plan that does not include everything.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Plan {
    Free,
    Premium,
}

impl Plan {
    /// The plan that a project's document shows; none where it may be Ultimate, or is not shown in full.
    pub(super) fn of(project: &Json) -> Option<Self> {
        project.get(FULL)?;
        match (PAID.iter().any(|field| project.get(field).is_some()), project.get(ULTIMATE)) {
            (_, Some(_)) => None,
            (true, None) => Some(Self::Premium),
            (false, None) => Some(Self::Free),
        }
    }

    /// Why a setting does not apply; none where the plan includes it.
    fn lacks(self, binding: &Binding) -> Option<String> {
        let name = match (binding.tier.as_deref()?.split([' ', ',']).next()?, self) {
            ("premium", Self::Free) => "Premium",
            ("ultimate", _) => "Ultimate",
            _ => return None,
        };
        let this = match self {
            Self::Free => "Free",
            Self::Premium => "Premium",
        };
        Some(format!("it comes with GitLab {name}, and this is under the {this} plan"))
    }
}

/// What is unknown of a subject although its plan does not include it does not apply to it; nor does
/// what a query answers emptily.
pub(super) fn without_paid(scope: &ScopePlan<'_>, plan: Plan, observed: &mut Observed) {
    for (setting, binding, way) in &scope.settings {
        settle(plan, &mut observed.readings, setting.id, binding, *way == Way::Query);
    }
    for (name, collection) in &mut observed.kinds {
        let Some(kind) = scope.kinds.iter().find(|k| k.kind.name == *name) else { continue };
        match collection {
            Collection::Unknown { .. } => {
                // A collection of which all is paid for is paid for as a whole.
                let mut tiers = kind.settings.iter().map(|s| plan.lacks(s.binding));
                if let Some(Some(why)) = tiers.next()
                    && tiers.all(|tier| tier.is_some())
                {
                    *collection = Collection::Unsupported { why: why.into() };
                }
            }
            Collection::Complete(items) | Collection::Asked(items) => {
                for readings in items.iter_mut().filter_map(|item| item.readings.as_mut()) {
                    for s in &kind.settings {
                        settle(plan, readings, s.setting.id, s.binding, s.way == ItemWay::Query);
                    }
                }
            }
            Collection::Unsupported { .. } => {}
        }
    }
}

fn settle(plan: Plan, readings: &mut Readings, id: SettingId, binding: &Binding, queried: bool) {
    let says_nothing = match readings.get(id) {
        Some(Observation::Unknown { .. }) => true,
        Some(Observation::Absent) => queried,
        Some(Observation::Known(value)) => {
            queried && (value.is_empty() || matches!(value, Value::Bool(false) | Value::Int(0)))
        }
        _ => false,
    };
    if says_nothing && let Some(why) = plan.lacks(binding) {
        readings.set(id, Observation::Unsupported { why: why.into() });
    }
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;

    #[test]
    fn a_plan_is_told_by_what_is_there_and_not_by_what_is_hidden() {
        let of = |extra: &[&str]| {
            let mut project = json!({"merge_method": "ff"});
            extra.iter().for_each(|field| project[*field] = json!(false));
            Plan::of(&project)
        };
        assert_eq!(of(&[]), Some(Plan::Free));
        assert_eq!(of(&["merge_trains_enabled"]), Some(Plan::Premium));
        assert_eq!(of(&["merge_trains_enabled", ULTIMATE]), None);
        assert_eq!(Plan::of(&json!({"name": "shown in part"})), None);
    }
}
