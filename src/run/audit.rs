//! Resolves and judges subjects as they come.

use std::collections::HashMap;
use std::sync::{Arc, Mutex, PoisonError};

use chrono::NaiveDate;

use super::batches::Batches;
use super::outcome::Outcome;
use super::wants::wanted_of;
use crate::catalog::{Catalog, Demand, ForgeKind};
use crate::engine::{Judge, Judged};
use crate::forge::snapshot::SnapshotError;
use crate::model::{Finding, Observed, Remedy, SubjectKind};
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
        Self { resolver: Resolver::new(policy, catalog), judge, policy, only, catalog, narrowed }
    }

    /// What one subject needs to be read, once its facts are known: what its own expectations ask,
    /// and nothing where it will not be judged.
    pub fn narrow(&self, observed: &Observed) -> Arc<Demand> {
        let resolution = self.resolver.resolve(observed);
        if resolution.left_out || !self.is_of_interest(observed) {
            return Arc::default();
        }
        // The resolver keeps every resolution, so that an address stays that of the same one.
        let address = Arc::as_ptr(&resolution.resolved) as usize;
        let mut narrowed = self.narrowed.lock().unwrap_or_else(PoisonError::into_inner);
        let wanted = || {
            let of = observed.subject.kind;
            Arc::new(wanted_of(&resolution.resolved.expectations, of, self.catalog))
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

    /// The resolver that this auditor uses.
    pub fn resolver(&self) -> &Resolver<'a> {
        &self.resolver
    }

    /// By what rules the branches are mended of a repository of these types.
    pub fn remedy_of(&self, profiles: &[Arc<str>]) -> Remedy {
        self.policy.remedy_of(profiles)
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
        if !self.is_of_interest(observed) {
            return;
        }
        let resolution = self.resolver.resolve(observed);
        for (i, waiver) in self.policy.waivers.iter().enumerate() {
            outcome.waivers_named[i] |= waiver.names(&observed.subject);
        }
        if resolution.left_out {
            outcome.tally.left_out += 1;
            return;
        }
        outcome.tally.subjects += 1;
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
        for problem in &resolved.problems {
            if !outcome.problems.contains(problem) {
                outcome.problems.push(problem.clone());
            }
        }
        let judged = Judged { observed, organization, forge, owners: &resolved.owners };
        let before = outcome.findings.len();
        self.judge.judge(&resolved.expectations, judged, &mut outcome.tally, &mut outcome.findings);
        for finding in &outcome.findings[before..] {
            if let Finding { waiver: Some(i), .. } = finding {
                outcome.waivers_used[*i] = true;
            }
        }
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
