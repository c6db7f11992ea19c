//! What a change of an item of an organization takes besides what was observed, such as the item's number: it is asked for
//! before it is known whether the change is worth it, since nothing is asked any more once all repositories were seen.

use super::settings::departure;
use crate::catalog::ForgeKind;
use crate::engine::{Documents, Draft, Lever, Waiting, levers};
use crate::model::{Constraint, Expectation, Finding, Observed, SubjectKind};
use crate::run::planning::Planner;

impl Planner<'_> {
    /// Lets an organization wait for documents that a change of one of its items would take, where that could take the
    /// place of many. Whether it does wait.
    pub(in crate::run) fn waits_to_lift(
        &self,
        observed: &Observed,
        findings: &[Finding],
        (forge, documents): (ForgeKind, Option<&Documents>),
        draft: &mut Draft,
    ) -> bool {
        if observed.subject.kind != SubjectKind::Organization {
            return false;
        }
        let of_items = levers(self.catalog, forge, observed).into_iter().filter(|lever| lever.key.is_some());
        let tried = |lever: Lever<'_>| {
            let wish = Expectation::of_no_line(lever.setting.id, Constraint::equals(lever.when.clone()));
            departure(observed, &lever, &wish, 0.0)
        };
        let departures: Vec<Finding> = of_items.filter_map(tried).collect();
        if departures.is_empty() {
            return false;
        }
        let (planned, _) = self.plan_of(observed, &departures, (None, forge), documents, draft);
        let waits = !planned.waiting.is_empty();
        // It comes back with the documents and with what was really found.
        let found = |waiting| Waiting { findings: findings.to_vec(), ..waiting };
        draft.waiting.extend(planned.waiting.into_iter().map(found));
        waits
    }
}
