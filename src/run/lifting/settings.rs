//! Settings of an organization or group in place of those of its repositories.

use std::collections::HashSet;
use std::sync::Arc;

use super::{Kept, Organization, Wished, members};
use crate::catalog::Catalog;
use crate::engine::{Draft, Lever, Member, Served, levers};
use crate::model::{Change, Constraint, Expectation, Finding, Lifted, LiftedBy, Observed, Verdict};
use crate::run::planning::Planner;

impl Planner<'_> {
    /// Puts settings in the place of changes: of the outermost group that can have them, and in their order.
    pub(super) fn lift_settings(&self, of: &mut Organization, wished: &[Wished], draft: &Draft) {
        let Organization { above, repositories } = of;
        let name = |kept: &Kept| kept.observed.subject.name.to_lowercase();
        let seen: HashSet<String> = repositories.iter().map(name).collect();
        for above in above {
            let prefix = format!("{}/", above.observed.subject.name);
            let is_beneath = |w: &&Wished| {
                let kept = repositories.get(w.repository);
                kept.is_some_and(|kept| kept.observed.subject.name.starts_with(&prefix))
            };
            let beneath: Vec<&Wished> = wished.iter().filter(is_beneath).collect();
            let mut organization = above.observed.clone();
            for lever in levers(self.catalog, above.forge, &above.observed) {
                let then = lever.above(&organization);
                if !lever.reaches_only(&seen) {
                    continue;
                }
                let members = members(repositories, beneath.iter().copied());
                if !self.pull(above, &lever, (&then, &members), draft) {
                    continue;
                }
                organization = then;
                for wished in &beneath {
                    let Some(kept) = repositories.get_mut(wished.repository) else { continue };
                    if let Some(observed) = lever.after(&kept.observed) {
                        kept.observed = observed;
                        self.again(kept, wished, &organization, draft);
                    }
                }
            }
        }
    }

    /// Plans a setting above repositories, where that serves them; whether it does.
    fn pull(
        &self,
        above: &mut Kept,
        lever: &Lever<'_>,
        (then, members): (&Observed, &[Member<'_>]),
        draft: &Draft,
    ) -> bool {
        let subject = &above.observed.subject;
        let declines = |key: &str| self.auditor.declines(subject, key);
        if declines(&lever.setting.key) || lever.decided(self.catalog).any(declines) {
            return false;
        }
        let judge = self.auditor.judge();
        let Some(served) = lever.served((self.catalog, judge), (then, above.forge), members) else {
            return false;
        };
        let Some((findings, planned)) = self.plan_above(above, lever, &served, draft) else { return false };
        let lifted = std::mem::take(&mut above.draft.lifted);
        (above.findings, above.draft) = (findings, planned);
        above.draft.lifted = lifted;
        above.draft.lifted.push(told(self.catalog, above, lever, &served, members));
        true
    }

    /// The plan of the organization or group with the setting in it; none where its policy wants it otherwise, or
    /// where it cannot be written.
    fn plan_above(
        &self,
        above: &Kept,
        lever: &Lever<'_>,
        served: &Served,
        draft: &Draft,
    ) -> Option<(Vec<Finding>, Draft)> {
        let Kept { observed, findings, documents, forge, .. } = above;
        let resolved = self.auditor.resolver().resolve(observed).resolved;
        let is_it = |e: &Expectation| e.setting == lever.setting.id && e.key == lever.key;
        let own = |e: &&Arc<Expectation>| is_it(e);
        let own = resolved.expectations.iter().find(own);
        if own.is_some_and(|own| !own.constraint.accepts(Some(&lever.when))) {
            return None;
        }
        let mut findings = findings.clone();
        // What departs of it already is mended to what decides.
        findings.retain(|f| !is_it(&f.expectation) || f.verdict != Verdict::Drift);
        if findings.iter().any(|f| is_it(&f.expectation) && f.verdict == Verdict::Waived) {
            return None;
        }
        findings.push(departure(observed, lever, own.or(served.wishes.first())?, served.points)?);
        let (planned, _) = self.plan_of(observed, &findings, (None, *forge), documents.as_ref(), draft);
        let made = |change: &Change| {
            *change.setting == *lever.setting.key
                && change.key.as_deref() == lever.key.as_deref()
                && change.after == lever.when.to_json()
        };
        let whole = planned.waiting.is_empty() && planned.changes.len() >= above.draft.changes.len();
        (whole && planned.changes.iter().any(made)).then_some((findings, planned))
    }
}

/// That an organization or group does not have a setting as the wish of a repository has it there; none where what it has
/// was not seen.
pub(super) fn departure(
    observed: &Observed,
    lever: &Lever<'_>,
    wish: &Expectation,
    points: f64,
) -> Option<Finding> {
    let wish = Expectation {
        setting: lever.setting.id,
        key: lever.key.clone(),
        constraint: Constraint::equals(lever.when.clone()),
        fix: None,
        ..wish.clone()
    };
    Some(Finding {
        subject: Arc::new(observed.subject.clone()),
        expectation: Arc::new(wish),
        item: None,
        verdict: Verdict::Drift,
        observed: lever.seen(observed)?.clone(),
        sources: Vec::new(),
        reason: None,
        waiver: None,
        points,
        root: None,
        systemic: None,
    })
}

/// A setting above many repositories, as a plan tells it.
fn told(
    catalog: &Catalog,
    above: &Kept,
    lever: &Lever<'_>,
    served: &Served,
    members: &[Member<'_>],
) -> Lifted {
    let named = |places: &[usize]| -> Vec<String> {
        let members = places.iter().filter_map(|place| members.get(*place));
        members.map(|member| member.observed.subject.to_string()).collect()
    };
    let mut origins: Vec<String> = Vec::new();
    for origin in served.wishes.iter().map(|wish| wish.origin.to_string()) {
        if !origins.contains(&origin) {
            origins.push(origin);
        }
    }
    Lifted {
        organization: above.observed.subject.to_string(),
        by: match &lever.key {
            None => LiftedBy::Setting(lever.setting.key.to_string()),
            Some(key) => LiftedBy::Item { setting: lever.setting.key.to_string(), key: key.to_string() },
        },
        reaches: lever.reaches().into(),
        brings: lever.brings(catalog),
        origins,
        instead_of: named(&served.mended),
        changes: served.changes,
        others: named(&served.others),
    }
}
