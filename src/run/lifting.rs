//! One change of an organization in place of one in each of its repositories: what is kept until all of them were
//! seen, and the plan made anew of those that it serves.

use std::collections::{BTreeMap, BTreeSet};
use std::sync::{Arc, Mutex, PoisonError};

use super::outcome::Unread;
use super::planning::Planner;
use crate::catalog::{Catalog, Demand, ForgeKind};
use crate::engine::{Above, Documents, Draft, Judged, Lift, Member, Tally, Want, demand, lifts};
use crate::model::{Finding, Lifted, Observation, Observed, SubjectKind, Value};

/// The subjects of a plan, kept until it is known what one change above them would do.
#[derive(Debug, Default)]
pub struct Lifting(Mutex<BTreeMap<String, Organization>>);

/// An organization and its repositories.
#[derive(Debug, Default)]
struct Organization {
    itself: Option<Kept>,
    repositories: Vec<Kept>,
}

/// A subject, and what a plan for it alone would be.
#[derive(Debug)]
pub(super) struct Kept {
    pub observed: Observed,
    pub findings: Vec<Finding>,
    pub draft: Draft,
    pub documents: Option<Documents>,
}

impl Lifting {
    /// Keeps a subject.
    pub(super) fn keep(&self, kept: Kept) {
        let subject = &kept.observed.subject;
        let mut all = self.0.lock().unwrap_or_else(PoisonError::into_inner);
        let organization = all.entry(format!("{}:{}", subject.forge, subject.organization())).or_default();
        match subject.kind {
            SubjectKind::Repository => organization.repositories.push(kept),
            SubjectKind::Organization | SubjectKind::Enterprise => organization.itself = Some(kept),
        }
    }

    fn take(&self) -> BTreeMap<String, Organization> {
        std::mem::take(&mut *self.0.lock().unwrap_or_else(PoisonError::into_inner))
    }
}

/// Adds what has to be known of organizations and their repositories to set rules above these.
#[must_use]
pub fn wanted_to_lift(mut all: Demand, catalog: &Catalog) -> Demand {
    let want = |of, key: &str| Some(Want { of, setting: catalog.id(key)?, key: None });
    let wants = [
        want(SubjectKind::Organization, "organization.plan"),
        want(SubjectKind::Organization, "ruleset.enforcement"),
        want(SubjectKind::Repository, "repository.custom_properties"),
    ];
    all.extend(demand(catalog, wants.into_iter().flatten()));
    all
}

impl Planner<'_> {
    /// Puts changes of organizations in the place of those of many repositories, and adds all that was kept to the
    /// draft. Returns why an organization got none, where there may have been something to gain.
    pub fn lift(&self, lifting: &Lifting, unread: &[Unread], draft: &mut Draft) -> Vec<String> {
        let mut left = Vec::new();
        for (address, mut organization) in lifting.take() {
            organization.repositories.sort_by(|a, b| a.observed.subject.cmp(&b.observed.subject));
            let whole = !unread.iter().any(|unread| unread.address == address);
            let found = match whole {
                true => self.lifts(&organization),
                false => Err("not all of it was read".into()),
            };
            let found = found.unwrap_or_else(|why| {
                left.push(format!("{address}: nothing is set above its repositories: {why}"));
                Vec::new()
            });
            self.put(organization, &found, draft);
        }
        left
    }

    fn lifts(&self, of: &Organization) -> Result<Vec<Lift>, String> {
        let Some(itself) = &of.itself else { return Ok(Vec::new()) };
        let resolver = self.auditor.resolver();
        let resolved: Vec<_> = of.repositories.iter().map(|kept| resolver.resolve(&kept.observed)).collect();
        // What is archived accepts no change, and a rule above does nothing to it.
        let archived = self.catalog.id("repository.archived");
        let is_archived = |kept: &Kept| {
            let seen = archived.and_then(|id| kept.observed.readings.get(id));
            seen.and_then(Observation::value) == Some(&Value::Bool(true))
        };
        let judged = of.repositories.iter().zip(&resolved);
        let judged = judged.filter(|(kept, resolution)| !resolution.left_out && !is_archived(kept));
        let members: Vec<Member<'_>> = judged
            .map(|(kept, resolution)| Member {
                observed: &kept.observed,
                expectations: &resolution.resolved.expectations,
                owners: &resolution.resolved.owners,
                findings: &kept.findings,
                changes: &kept.draft.changes,
                requests: &kept.draft.requests,
            })
            .collect();
        let organization = &itself.observed;
        let declined = |setting: &str| self.auditor.declines(&organization.subject, setting);
        let judge = self.auditor.judge();
        lifts(Above { catalog: self.catalog, judge, organization, declined: &declined }, &members)
    }

    /// Adds an organization's subjects to the draft: those that a change above serves as they are then.
    fn put(&self, of: Organization, lifts: &[Lift], draft: &mut Draft) {
        let Organization { itself, repositories } = of;
        let served: BTreeSet<_> = lifts.iter().flat_map(|lift| &lift.instead_of).collect();
        let after = itself.as_ref().map(|itself| {
            lifts.iter().fold(itself.observed.clone(), |seen, lift| lift.after(self.catalog, &seen))
        });
        draft.forbid_of(itself.iter().map(|kept| &kept.draft));
        for kept in repositories {
            match &after {
                Some(after) if served.contains(&kept.observed.subject) => self.again(&kept, after, draft),
                _ => draft.add(kept.draft),
            }
        }
        itself.into_iter().for_each(|kept| draft.add(kept.draft));
        for lift in lifts {
            lift.plan(self.catalog, draft);
            draft.lifted.push(lifted(lift));
        }
    }

    /// Plans for a repository what is left to do once its organization is as it would be.
    fn again(&self, kept: &Kept, after: &Observed, draft: &mut Draft) {
        let observed = &kept.observed;
        let resolution = self.auditor.resolver().resolve(observed);
        let forge = ForgeKind::Github;
        let judged =
            Judged { observed, organization: Some(after), forge, owners: &resolution.resolved.owners };
        let mut found: Vec<Finding> = Vec::new();
        let judge = self.auditor.judge();
        judge.judge(&resolution.resolved.expectations, judged, &mut Tally::default(), &mut found);
        for finding in &mut found {
            let same =
                |f: &&Finding| Arc::ptr_eq(&f.expectation, &finding.expectation) && f.item == finding.item;
            finding.points = kept.findings.iter().find(same).map_or(0.0, |f| f.points);
        }
        let (planned, _) =
            self.plan_of(observed, &found, (Some(after), forge), kept.documents.as_ref(), draft);
        draft.add(planned);
    }
}

/// A change above many repositories, as a plan tells it.
fn lifted(lift: &Lift) -> Lifted {
    let brings = |(setting, branch, value): &(String, String, Value)| {
        let name = setting.split_once('.').map_or(setting.as_str(), |(_, name)| name);
        format!("branch[{branch}].{name} = {value}")
    };
    Lifted {
        organization: lift.organization.to_string(),
        ruleset: lift.name.clone(),
        reaches: lift.scope.told(),
        brings: lift.brings.iter().map(brings).collect(),
        origins: lift.origins.clone(),
        instead_of: lift.instead_of.iter().map(ToString::to_string).collect(),
        changes: lift.changes,
        others: lift.others.iter().map(ToString::to_string).collect(),
    }
}
