//! Resolves and judges subjects as they come.

use std::collections::HashMap;
use std::sync::{Arc, Mutex, PoisonError};

use chrono::NaiveDate;

use super::batches::Batches;
use super::home::guard;
use super::lifting::{of_items, wanted_to_lift};
use super::outcome::{LookedAt, Outcome};
use super::planning::{wanted_above, wanted_to_plan};
use super::portal::Listed;
use super::shard::Shard;
use super::wants::wanted_of;
use crate::catalog::{Catalog, Demand, ForgeKind};
use crate::engine::{Inheritance, Journeys, Judge, Judged, Roots, Standing};
use crate::forge::snapshot::SnapshotError;
use crate::model::{Expectation, Finding, Observed, Remedy, Stage, Subject, SubjectKind, Verdict, Weights};
use crate::policy::{Policy, Resolver, Selector};

/// Why a run could not be finished.
#[derive(Debug, thiserror::Error, miette::Diagnostic)]
pub enum RunError {
    /// A snapshot cannot be used.
    #[error(transparent)]
    #[diagnostic(
        code(run::snapshot),
        help("`ispo-scm snapshot --out FILE` writes one; its format is in docs/snapshot.md")
    )]
    Snapshot(#[from] SnapshotError),
}

/// Judges a policy's subjects.
pub struct Auditor<'a> {
    resolver: Resolver<'a>,
    judge: Judge<'a>,
    policy: &'a Policy,
    only: Option<&'a Selector>,
    catalog: &'a Catalog,
    journeys: Option<Journeys<'a>>,
    roots: Roots,
    inheritance: Inheritance,
    /// The organizations that came by, by their addresses: what they decide is the root of what repositories have.
    above: Mutex<HashMap<String, Arc<Observed>>>,
    listing: Option<&'a Selector>,
    team: Option<&'a str>,
    shard: Option<Shard>,
    keep_all: bool,
    plans: bool,
    lifts: bool,
    home: Option<String>,
    /// What subjects need that the same layers reach, by the address of their resolution.
    narrowed: Mutex<HashMap<usize, Arc<Demand>>>,
}

impl<'a> Auditor<'a> {
    /// An auditor for that day; with `keep_all`, it keeps what conforms too.
    pub fn new(
        policy: &'a Policy,
        catalog: &'a Catalog,
        today: NaiveDate,
        keep_all: bool,
        only: Option<&'a Selector>,
    ) -> Self {
        let judge = Judge::new(catalog, &policy.waivers, today, keep_all);
        let narrowed = Mutex::default();
        let resolver = Resolver::new(policy, catalog);
        Self {
            resolver,
            judge,
            policy,
            only,
            catalog,
            journeys: None,
            roots: Roots::new(catalog),
            inheritance: Inheritance::new(catalog),
            above: Mutex::default(),
            listing: None,
            team: None,
            shard: None,
            keep_all,
            plans: false,
            lifts: false,
            home: None,
            narrowed,
        }
    }

    /// The same, which works out how hard it is to contribute to each repository, too.
    #[must_use]
    pub fn with_journeys(mut self, weights: Weights, today: NaiveDate) -> Self {
        // What conforms is part of a journey, whether or not it is shown.
        self.judge = Judge::new(self.catalog, &self.policy.waivers, today, true);
        self.journeys = Some(Journeys::new(self.catalog, weights));
        self
    }

    /// The same, which notes what a portal shows of the repositories that the selector holds for.
    #[must_use]
    pub fn listing(mut self, selector: &'a Selector) -> Self {
        self.listing = Some(selector);
        self
    }

    /// The same, which judges nothing but the repositories that a team owns.
    #[must_use]
    pub fn of_team(mut self, team: &'a str) -> Self {
        self.team = Some(team);
        self
    }

    /// The same, which reads nothing of its own of what is of other shards.
    #[must_use]
    pub fn of_shard(mut self, shard: Shard) -> Self {
        self.shard = Some(shard);
        self
    }

    /// The same, and what subjects need to be read for a plan to be made.
    #[must_use]
    pub fn for_a_plan(mut self) -> Self {
        self.plans = true;
        // What conforms is to conform afterwards, whether or not it is shown.
        self.judge = self.judge.keeping_all();
        self
    }

    /// The same, which looks how the repository is guarded that the policy is kept in.
    #[must_use]
    pub fn kept_in(mut self, home: Option<String>) -> Self {
        self.home = home;
        self
    }

    /// The same, and what organizations need to be read for changes above their repositories.
    #[must_use]
    pub fn for_lifting(mut self) -> Self {
        self.lifts = true;
        self
    }

    /// Drops the findings from that one on that are not to be shown.
    pub(super) fn drop_unshown(&self, outcome: &mut Outcome, from: usize) {
        if !self.keep_all {
            let found = outcome.findings.split_off(from);
            outcome.findings.extend(found.into_iter().filter(|f| f.verdict != Verdict::Conforms));
        }
    }

    /// What one subject needs to be read, once its facts are known: what its own expectations ask,
    /// and nothing where it will not be judged.
    pub fn narrow(&self, observed: &Observed) -> Arc<Demand> {
        if self.shard.is_some_and(|shard| !shard.owns(&observed.subject)) {
            return Arc::default();
        }
        let resolution = self.resolver.resolve(observed);
        let of_team = self.is_of_team(observed, &resolution.resolved.owners);
        if resolution.left_out || !of_team || !self.is_of_interest(observed) {
            return Arc::default();
        }
        // The resolver keeps every resolution, so that an address stays that of the same one.
        let address = Arc::as_ptr(&resolution.resolved) as usize;
        let mut narrowed = self.narrowed.lock().unwrap_or_else(PoisonError::into_inner);
        let wanted = || {
            let of = observed.subject.kind;
            let wanted = wanted_of(&resolution.resolved.expectations, of, self.catalog);
            if !self.plans {
                return Arc::new(wanted);
            }
            let mut wanted = wanted_to_plan(wanted, self.catalog);
            if of == SubjectKind::Organization {
                wanted_above(&mut wanted, self.policy, self.catalog);
            }
            if self.lifts {
                wanted = wanted_to_lift(wanted, self.catalog);
                if of == SubjectKind::Organization {
                    // What is asked of its repositories says which of its items matter.
                    wanted.extend(of_items(&super::wanted(self.policy, self.catalog, None), self.catalog));
                }
            }
            Arc::new(wanted)
        };
        Arc::clone(narrowed.entry(address).or_insert_with(wanted))
    }

    /// Whether what the run is limited to holds for the subject.
    fn is_of_interest(&self, observed: &Observed) -> bool {
        self.only.is_none_or(|only| {
            observed.subject.kind == SubjectKind::Repository
                && only.holds(&self.resolver.facts(observed)) != Some(false)
        })
    }

    /// Whether the subject is of the team that the run is limited to.
    fn is_of_team(&self, observed: &Observed, owners: &[Arc<str>]) -> bool {
        let is = |team: &str| {
            observed.subject.kind == SubjectKind::Repository && owners.iter().any(|o| **o == *team)
        };
        self.team.is_none_or(is)
    }

    /// The resolver that this auditor uses.
    pub fn resolver(&self) -> &Resolver<'a> {
        &self.resolver
    }

    /// By what rules the branches are mended of a repository of these types.
    pub fn remedy_of(&self, profiles: &[Arc<str>]) -> Remedy {
        self.policy.remedy_of(profiles)
    }

    /// Whether the policy declines that such a setting of repositories is set above them, there.
    pub fn declines(&self, organization: &Subject, setting: &str) -> bool {
        self.policy.declined.iter().any(|declined| declined.covers(organization, setting))
    }

    /// Teams as the forge of a subject mentions them.
    pub fn mentions(&self, subject: &Subject, teams: &[Arc<str>]) -> Vec<String> {
        self.policy.mentions_of(subject, teams)
    }

    /// The judge that this auditor uses.
    pub fn judge(&self) -> &Judge<'a> {
        &self.judge
    }

    /// Judges one subject and adds what is found.
    pub fn subject(
        &self,
        observed: &Observed,
        organization: Option<&Observed>,
        forge: ForgeKind,
        outcome: &mut Outcome,
    ) {
        let of = observed.subject.kind;
        if of == SubjectKind::Organization {
            let mut above = self.above.lock().unwrap_or_else(PoisonError::into_inner);
            above.insert(observed.subject.to_string(), Arc::new(observed.clone()));
        }
        if !self.is_of_interest(observed) {
            return;
        }
        let resolution = self.resolver.resolve(observed);
        if !self.is_of_team(observed, &resolution.resolved.owners) {
            // It may be the team's: that is not passed over.
            outcome.owner_unknown += u64::from(resolution.owner_unknown);
            return;
        }
        for (i, waiver) in self.policy.waivers.iter().enumerate() {
            outcome.waivers_named[i] |= waiver.names(&observed.subject);
        }
        outcome.looked_at.push(LookedAt {
            subject: Arc::new(observed.subject.clone()),
            whole: resolution.undecided.is_empty() && !resolution.owner_unknown,
            profiles: match (of, resolution.left_out) {
                (SubjectKind::Repository, false) => resolution.resolved.profiles.clone(),
                _ => Vec::new(),
            },
        });
        if resolution.left_out {
            outcome.tally.left_out += 1;
            return;
        }
        outcome.tally.subjects += 1;
        let holds = |portal: &Selector| portal.holds(&self.resolver.facts(observed)) == Some(true);
        if of == SubjectKind::Repository && self.listing.is_some_and(holds) {
            outcome.listed.push(Listed::of(observed, self.catalog));
        }
        let resolved = &resolution.resolved;
        if of == SubjectKind::Repository {
            for profile in &resolved.profiles {
                *outcome.profiles.entry(Arc::clone(profile)).or_default() += 1;
            }
            for profile in &resolution.undecided {
                *outcome.undecided.entry(Arc::clone(profile)).or_default() += 1;
            }
            outcome.owner_unknown += u64::from(resolution.owner_unknown);
            if resolved.profiles.is_empty() && !self.policy.profiles.is_empty() {
                outcome.unprofiled.push(Arc::new(observed.subject.clone()));
            }
        }
        let decides = |e: &&Arc<Expectation>| e.standing.healthy || !e.standing.decides.is_empty();
        for wish in resolved.expectations.iter().filter(decides) {
            let place = (wish.origin.to_string(), wish.setting);
            outcome.decided.entry(place).or_insert_with(|| (Arc::clone(wish), 0)).1 += 1;
        }
        for problem in &resolved.problems {
            if !outcome.problems.contains(problem) {
                outcome.problems.push(problem.clone());
            }
        }
        let above = self.all_above(observed, organization);
        let around: Vec<&Observed> = organization.into_iter().chain(above.iter().map(|one| &**one)).collect();
        let observed = &*self.inheritance.applied(observed, &around, forge);
        let judged = Judged { observed, organization, forge, owners: &resolved.owners };
        if of == SubjectKind::Repository
            && self.home.as_ref().is_some_and(|home| home.eq_ignore_ascii_case(&observed.subject.name))
        {
            outcome.home = guard(&self.judge, self.catalog, judged);
        }
        let before = outcome.findings.len();
        self.judge.judge(&resolved.expectations, judged, &mut outcome.tally, &mut outcome.findings);
        for finding in &outcome.findings[before..] {
            if let Finding { waiver: Some(i), .. } = finding {
                outcome.waivers_used[*i] = true;
            }
        }
        if of != SubjectKind::Repository {
            return;
        }
        let organization = around.first().copied();
        let fails = |f: &&mut Finding| matches!(f.verdict, Verdict::Drift | Verdict::Waived);
        for finding in outcome.findings[before..].iter_mut().filter(fails) {
            finding.root = self.roots.of(self.catalog, organization, finding);
        }
        let Some(journeys) = &self.journeys else { return };
        let mut found = outcome.findings.split_off(before);
        let left_out: Vec<Stage> = self.left_out(&resolved.profiles);
        let standing = Standing { profiles: &resolved.profiles, left_out: &left_out, organization };
        let journey = journeys.journey(&self.judge, judged, standing, &mut found);
        if journey.is_some() {
            outcome.held.count(self.catalog, &resolved.profiles, &found);
        }
        outcome.journeys.extend(journey);
        let kept = |finding: &Finding| self.keep_all || finding.verdict != Verdict::Conforms;
        outcome.findings.extend(found.into_iter().filter(kept));
    }

    /// What a repository is in and came by before it, the nearest first: its organization, or its groups. Without the
    /// one that is known already.
    fn all_above(&self, observed: &Observed, known: Option<&Observed>) -> Vec<Arc<Observed>> {
        let mut found = Vec::new();
        if observed.subject.kind == SubjectKind::Repository {
            let above = self.above.lock().unwrap_or_else(PoisonError::into_inner);
            let mut path = observed.subject.name.rsplit_once('/').map(|(group, _)| group);
            while let Some(group) = path {
                if known.is_none_or(|known| *known.subject.name != *group) {
                    found.extend(above.get(&format!("{}:{group}", observed.subject.forge)).cloned());
                }
                path = group.rsplit_once('/').map(|(group, _)| group);
            }
        }
        found
    }

    /// The steps that all of a repository's profiles leave out.
    fn left_out(&self, profiles: &[Arc<str>]) -> Vec<Stage> {
        let of = |stage: &Stage| {
            let mut own = self.policy.profiles.iter().filter(|p| profiles.contains(&p.name)).peekable();
            own.peek().is_some() && own.all(|p| p.without_stages.contains(stage))
        };
        Stage::ALL.iter().copied().filter(of).collect()
    }

    /// Judges every subject of a snapshot file.
    ///
    /// # Errors
    /// When the file cannot be used.
    pub fn snapshot(&self, batches: &Batches<'_>, outcome: &mut Outcome) -> Result<(), RunError> {
        let waivers = self.policy.waivers.len();
        let unread = batches.each(
            |_| Outcome::empty(waivers),
            |part, context, observed, above| self.subject(observed, above, context.header.forge_kind(), part),
            |part| outcome.add(part),
        )?;
        outcome.unread.extend(unread);
        Ok(())
    }
}
