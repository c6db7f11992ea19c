//! What a change of an item of an organization takes besides what was observed, such as the item's number: it is asked for
//! before it is known whether the change is worth it, since nothing is asked any more once all repositories were seen.

use std::sync::Arc;

use super::settings::departure;
use crate::catalog::{ForgeKind, Setting};
use crate::engine::{Documents, Draft, Waiting, levers};
use crate::model::{Constraint, Expectation, Finding, Layer, Observed, Origin, Standing, SubjectKind, Value};
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
        let departures: Vec<Finding> =
            of_items.filter_map(|lever| departure(observed, &lever, &tried(lever.setting), 0.0)).collect();
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

/// A wish that no line has, to see what it would take.
fn tried(setting: &Setting) -> Expectation {
    Expectation {
        setting: setting.id,
        key: None,
        constraint: Constraint::equals(Value::Bool(true)),
        severity: setting.severity,
        lenses: setting.lenses,
        stage: setting.stage,
        why: None,
        fix: None,
        layer: Layer::General,
        origin: Origin { file: Arc::from(""), line: 1, column: 1, offset: 0, length: 0 },
        also: Vec::new(),
        overridden: Vec::new(),
        floor: None,
        watched: false,
        named: None,
        controls: Vec::new(),
        standing: Standing::default(),
    }
}
