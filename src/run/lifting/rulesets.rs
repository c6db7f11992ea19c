//! Rulesets of an organization on GitHub in place of changes in its repositories.

use std::collections::BTreeSet;

use super::{Organization, Wished, members};
use crate::catalog::ForgeKind;
use crate::engine::{Above, Draft, Lift, lifts};
use crate::model::{Lifted, LiftedBy, Value};
use crate::run::planning::Planner;

impl Planner<'_> {
    /// Puts rulesets in the place of changes. Returns why there is none, where something may have been gained.
    pub(super) fn lift_rulesets(
        &self,
        address: &str,
        of: &mut Organization,
        wished: &[Wished],
        draft: &mut Draft,
    ) -> Option<String> {
        let [itself] = &mut of.above[..] else { return None };
        if itself.forge != ForgeKind::Github {
            return None;
        }
        let organization = &itself.observed;
        let declined = |setting: &str| self.auditor.declines(&organization.subject, setting);
        let judge = self.auditor.judge();
        let above = Above { catalog: self.catalog, judge, organization, declined: &declined };
        let found = match lifts(above, &members(&of.repositories, wished.iter())) {
            Ok(found) => found,
            Err(why) => return Some(format!("{address}: nothing is set above its repositories: {why}")),
        };
        let after = found.iter().fold(organization.clone(), |seen, lift| lift.after(self.catalog, &seen));
        let served: BTreeSet<_> = found.iter().flat_map(|lift| &lift.instead_of).collect();
        for wished in wished {
            let Some(kept) = of.repositories.get_mut(wished.repository) else { continue };
            if served.contains(&kept.observed.subject) {
                self.again(kept, wished, &after, draft);
            }
        }
        for lift in &found {
            lift.plan(self.catalog, &mut itself.draft);
            itself.draft.lifted.push(lifted(lift));
        }
        None
    }
}

/// A ruleset above many repositories, as a plan tells it.
fn lifted(lift: &Lift) -> Lifted {
    let brings = |(setting, branch, value): &(String, String, Value)| {
        let name = setting.split_once('.').map_or(setting.as_str(), |(_, name)| name);
        format!("branch[{branch}].{name} = {value}")
    };
    Lifted {
        organization: lift.organization.to_string(),
        by: LiftedBy::Ruleset(lift.name.clone()),
        reaches: lift.scope.told(),
        brings: lift.brings.iter().map(brings).collect(),
        origins: lift.origins.clone(),
        instead_of: lift.instead_of.iter().map(ToString::to_string).collect(),
        changes: lift.changes,
        others: lift.others.iter().map(ToString::to_string).collect(),
    }
}
