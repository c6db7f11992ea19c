//! Which of GitLab's plans a project is under, as far as its own document shows.
//!
//! GitLab ignores what a plan does not include in silence: fields are left out, documents are not found,
//! queries answer null. All of that looks like a lack of rights; what tells them apart is that some
//! fields of a project are there under Premium and Ultimate whoever reads it, and never under Free.
//! Source: docs.gitlab.com, "Projects API": fields that are only there for Premium and Ultimate.

use serde_json::Value as Json;

use crate::catalog::Binding;
use crate::forge::reading::ScopePlan;
use crate::model::{Collection, Observation, Observed, Readings, SettingId};

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

/// What is unknown of a subject although its plan does not include it does not apply to it.
pub(super) fn without_paid(scope: &ScopePlan<'_>, plan: Plan, observed: &mut Observed) {
    let readings = std::mem::take(&mut observed.readings);
    let own = scope.settings.iter().map(|(setting, binding, _)| (setting.id, *binding));
    observed.readings = settled(plan, readings, own);
    for (name, collection) in &mut observed.kinds {
        let Some(kind) = scope.kinds.iter().find(|k| k.kind.name == *name) else { continue };
        let settings = || kind.settings.iter().map(|s| (s.setting.id, s.binding));
        match collection {
            Collection::Unknown { .. } => {
                // A collection of which all is paid for is paid for as a whole.
                let mut tiers = settings().map(|(_, binding)| plan.lacks(binding));
                if let Some(Some(why)) = tiers.next()
                    && tiers.all(|tier| tier.is_some())
                {
                    *collection = Collection::Unsupported { why: why.into() };
                }
            }
            Collection::Complete(items) | Collection::Asked(items) => {
                for item in items {
                    item.readings = item.readings.take().map(|readings| settled(plan, readings, settings()));
                }
            }
            Collection::Unsupported { .. } => {}
        }
    }
}

fn settled<'b>(
    plan: Plan,
    mut readings: Readings,
    settings: impl Iterator<Item = (SettingId, &'b Binding)>,
) -> Readings {
    for (id, binding) in settings {
        if let (Some(Observation::Unknown { .. }), Some(why)) = (readings.get(id), plan.lacks(binding)) {
            readings.set(id, Observation::Unsupported { why: why.into() });
        }
    }
    readings
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
