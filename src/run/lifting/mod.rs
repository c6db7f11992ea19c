//! One change above repositories in place of one in each of them: what is kept until all of an organization were
//! seen, and the plan made anew of those that it serves. Settings of the organization or group come first, since
//! they take no list of whom they reach; rulesets take what is left.

mod rulesets;
mod settings;
mod waiting;

use std::collections::BTreeMap;
use std::sync::{Arc, Mutex, PoisonError};

use super::outcome::Unread;
use super::planning::Planner;
use crate::catalog::{Catalog, Decision, Demand, ForgeKind};
use crate::engine::{Documents, Draft, Judged, Member, Tally, Want, demand};
use crate::model::{Finding, Observation, Observed, SettingId, SubjectKind, Value};
use crate::policy::Resolved;

/// The subjects of a plan, kept until it is known what one change above them would do.
#[derive(Debug, Default)]
pub struct Lifting(Mutex<BTreeMap<String, Organization>>);

/// An organization with its repositories, or a group with all that is in it.
#[derive(Debug, Default)]
struct Organization {
    /// The organization; the group and those in it, the outer ones first.
    above: Vec<Kept>,
    repositories: Vec<Kept>,
}

/// A subject, and what a plan for it alone would be.
#[derive(Debug)]
pub(super) struct Kept {
    pub observed: Observed,
    pub forge: ForgeKind,
    pub findings: Vec<Finding>,
    pub draft: Draft,
    pub documents: Option<Documents>,
}

/// What is wanted of a repository that a change above it can do something for, by its place in the list.
struct Wished {
    repository: usize,
    resolved: Arc<Resolved>,
}

impl Lifting {
    /// Keeps a subject.
    pub(super) fn keep(&self, kept: Kept) {
        let subject = &kept.observed.subject;
        let outermost = subject.name.split('/').next().unwrap_or_default();
        let mut all = self.0.lock().unwrap_or_else(PoisonError::into_inner);
        let organization = all.entry(format!("{}:{outermost}", subject.forge)).or_default();
        match subject.kind {
            SubjectKind::Repository => organization.repositories.push(kept),
            SubjectKind::Organization | SubjectKind::Enterprise => organization.above.push(kept),
        }
    }

    fn take(&self) -> BTreeMap<String, Organization> {
        std::mem::take(&mut *self.0.lock().unwrap_or_else(PoisonError::into_inner))
    }
}

/// Adds what has to be known of organizations and their repositories to change something above these.
#[must_use]
pub fn wanted_to_lift(mut all: Demand, catalog: &Catalog) -> Demand {
    let want = |of, setting: SettingId| Want { of, setting, key: None };
    let of_organizations = [
        (SubjectKind::Organization, "organization.plan"),
        (SubjectKind::Organization, "organization.private_repositories"),
        (SubjectKind::Organization, "organization.public_repositories"),
        (SubjectKind::Organization, "ruleset.enforcement"),
        (SubjectKind::Repository, "repository.custom_properties"),
    ];
    let of_organizations =
        of_organizations.into_iter().filter_map(|(of, key)| Some(want(of, catalog.id(key)?)));
    let asked = |decision: &Decision| !decision.follows && all.settings.contains(&decision.of);
    let decides = |id: SettingId| catalog.get(id).decides.iter().any(asked);
    let deciding: Vec<SettingId> = catalog.settings().map(|s| s.id).filter(|id| decides(*id)).collect();
    let above = deciding.iter().map(|id| want(SubjectKind::Organization, *id));
    let wants = demand(catalog, of_organizations.chain(above));
    all.extend(of_items(&all, catalog));
    all.extend(wants);
    all.facts.extend(deciding);
    all
}

/// What has to be known of the items of organizations that share out any of what is asked of repositories.
pub(super) fn of_items(asked: &Demand, catalog: &Catalog) -> Demand {
    let is_asked = |decision: &Decision| asked.settings.contains(&decision.of);
    let shared = catalog.settings().filter_map(|setting| {
        let sharing = setting.shares.as_ref().filter(|sharing| sharing.decides.iter().any(is_asked))?;
        Some(std::iter::once(setting.id).chain(sharing.told_by()))
    });
    let want = |setting| Want { of: SubjectKind::Organization, setting, key: None };
    demand(catalog, shared.flatten().map(want))
}

impl Planner<'_> {
    /// Puts changes of organizations in the place of those of many repositories, and adds all that was kept to the
    /// draft. Returns why an organization got none, where there may have been something to gain.
    pub fn lift(&self, lifting: &Lifting, unread: &[Unread], draft: &mut Draft) -> Vec<String> {
        let mut left = Vec::new();
        for (address, mut organization) in lifting.take() {
            organization.repositories.sort_by(|a, b| a.observed.subject.cmp(&b.observed.subject));
            organization.above.sort_by_key(|kept| {
                let name = kept.observed.subject.name.to_string();
                (name.matches('/').count(), name)
            });
            draft.forbid_of(organization.above.iter().map(|kept| &kept.draft));
            let within = format!("{address}/");
            let missed = |u: &Unread| u.address == address || u.address.starts_with(&within);
            let missed = unread.iter().any(missed).then(|| "not all of it was read".to_owned());
            match missed.or_else(|| self.hidden(&organization)) {
                Some(why) => left.push(format!("{address}: nothing is set above its repositories: {why}")),
                None => {
                    let wished = self.wished(&organization);
                    self.lift_settings(&mut organization, &wished, draft);
                    left.extend(self.lift_rulesets(&address, &mut organization, &wished, draft));
                }
            }
            let Organization { above, repositories } = organization;
            repositories.into_iter().chain(above).for_each(|kept| draft.add(kept.draft));
        }
        left
    }

    /// That an organization has repositories which the identity is not shown, and which a change above would reach:
    /// of an App on chosen repositories, of a token for some of them. Where their number is not shown either, the
    /// identity is no owner, and may not change anything above them.
    /// Source: docs.github.com, REST API, "Get an organization".
    fn hidden(&self, of: &Organization) -> Option<String> {
        let count = |key: &str| {
            let above = of.above.iter().find(|kept| kept.forge == ForgeKind::Github)?;
            match above.observed.readings.get(self.catalog.id(key)?)?.value()? {
                Value::Int(count) => Some(*count),
                _ => None,
            }
        };
        let all = count("organization.public_repositories")? + count("organization.private_repositories")?;
        let seen = i64::try_from(of.repositories.len()).unwrap_or(i64::MAX);
        (seen < all).then(|| format!("{seen} of its {all} repositories are shown to this identity"))
    }

    /// What is wanted of the repositories. What is archived accepts no change, and nothing above changes it.
    fn wished(&self, of: &Organization) -> Vec<Wished> {
        let resolver = self.auditor.resolver();
        let archived = self.catalog.id("repository.archived");
        let is_archived = |kept: &Kept| {
            let seen = archived.and_then(|id| kept.observed.readings.get(id));
            seen.and_then(Observation::value) == Some(&Value::Bool(true))
        };
        let alive = of.repositories.iter().enumerate().filter(|(_, kept)| !is_archived(kept));
        let resolved = alive.map(|(repository, kept)| (repository, resolver.resolve(&kept.observed)));
        resolved
            .filter(|(_, resolution)| !resolution.left_out)
            .map(|(repository, resolution)| Wished { repository, resolved: resolution.resolved })
            .collect()
    }

    /// Judges a repository again, and plans for it what is left to do, once its organization is as it would be.
    fn again(&self, kept: &mut Kept, wished: &Wished, organization: &Observed, draft: &Draft) {
        let forge = kept.forge;
        let observed = &kept.observed;
        let judged =
            Judged { observed, organization: Some(organization), forge, owners: &wished.resolved.owners };
        let mut found: Vec<Finding> = Vec::new();
        self.auditor.judge().judge(&wished.resolved.expectations, judged, &mut Tally::default(), &mut found);
        for finding in &mut found {
            let same =
                |f: &&Finding| Arc::ptr_eq(&f.expectation, &finding.expectation) && f.item == finding.item;
            finding.points = kept.findings.iter().find(same).map_or(0.0, |f| f.points);
        }
        let around = (Some(organization), forge);
        let (planned, _) = self.plan_of(observed, &found, around, kept.documents.as_ref(), draft);
        (kept.findings, kept.draft) = (found, planned);
    }
}

/// The repositories with what is wanted of them, as those look at it who change something above.
fn members<'k>(repositories: &'k [Kept], wished: impl Iterator<Item = &'k Wished>) -> Vec<Member<'k>> {
    let member = |wished: &'k Wished| {
        let kept = repositories.get(wished.repository)?;
        Some(Member {
            observed: &kept.observed,
            expectations: &wished.resolved.expectations,
            owners: &wished.resolved.owners,
            findings: &kept.findings,
            changes: &kept.draft.changes,
            requests: &kept.draft.requests,
        })
    };
    wished.filter_map(member).collect()
}
