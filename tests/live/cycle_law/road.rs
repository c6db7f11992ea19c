//! The one road, gone within this process: read and judged, planned, carried out, taken back.

use std::collections::{BTreeMap, BTreeSet};
use std::path::{Path, PathBuf};
use std::sync::Arc;

use chrono::NaiveDate;
use ispo_scm::catalog::{Catalog, ForgeKind};
use ispo_scm::engine::{Allowed, Claim, Danger, Draft, Limits, OWNERS, Refusal, refusals, taken_back};
use ispo_scm::forge::Terms;
use ispo_scm::model::{Change, Finding, Observed, Plan, Target};
use ispo_scm::policy::{self, OwnershipMode, Policy};
use ispo_scm::run::{
    Applier, Auditor, Batches, Carried, Journal, Live, Lockouts, Outcome, Place, Planner, digest, finish,
    read_journal, wanted, wanted_to_plan,
};
use tokio::runtime::Runtime;

use crate::run::TOKEN;

/// The name of every forge of these tests.
pub const FORGE: &str = "f";

/// How it begins where a text is no policy.
pub const NO_POLICY: &str = "not a policy";

/// Where the cycle is gone.
#[derive(Clone)]
pub enum Ground {
    Github(String),
    Gitlab(String),
    Snapshot(PathBuf),
}

/// What one look finds.
pub struct Look {
    pub plan: Plan,
    /// All that was judged, with what conforms.
    pub findings: Vec<Finding>,
    pub trouble: Vec<String>,
}

/// A policy before a forge.
pub struct Road<'a> {
    pub ground: &'a Ground,
    pub runtime: &'a Runtime,
    pub catalog: Catalog,
    pub policy: Policy,
}

fn day() -> NaiveDate {
    NaiveDate::from_ymd_opt(2026, 11, 20).unwrap()
}

fn terms() -> Terms {
    Terms::plain(Arc::new(|_: &str| {}))
}

impl<'a> Road<'a> {
    /// The road of that policy, or what is wrong with its text.
    pub fn new(
        ground: &'a Ground,
        runtime: &'a Runtime,
        catalog: &Catalog,
        text: &str,
    ) -> Result<Self, String> {
        let mut catalog = catalog.clone();
        let (policy, _) = policy::load_text("policy.toml", text, &mut catalog)
            .map_err(|problems| format!("{NO_POLICY}: {problems:?}"))?;
        Ok(Self { ground, runtime, catalog, policy })
    }

    fn environment(&self) -> impl Fn(&str) -> Option<String> + Send + Sync + use<> {
        let ground = self.ground.clone();
        move |name| match (&ground, name) {
            (Ground::Github(url), "ISPO_SCM_GITHUB_URL") => Some(url.clone()),
            (Ground::Gitlab(url), "ISPO_SCM_GITLAB_URL") => Some(url.clone()),
            (Ground::Github(_), "GITHUB_TOKEN") | (Ground::Gitlab(_), "GITLAB_TOKEN") => Some(TOKEN.into()),
            _ => None,
        }
    }

    fn place(&self) -> Place {
        let name: Arc<str> = FORGE.into();
        let all = vec!["acme".to_owned()];
        match self.ground {
            Ground::Snapshot(path) => Place::Snapshot { name: Some(name), path: path.clone() },
            Ground::Github(url) => {
                Place::Github { name, url: Some(url.clone()), organizations: all, enterprise: None }
            }
            Ground::Gitlab(url) => {
                Place::Gitlab { name, url: Some(url.clone()), groups: all, everyone: None }
            }
        }
    }

    /// Reads, judges and plans.
    pub fn look(&self) -> Look {
        let (policy, catalog) = (&self.policy, &self.catalog);
        let demand = wanted_to_plan(wanted(policy, catalog, None), catalog);
        let auditor = Auditor::new(policy, catalog, day(), true, None).for_a_plan();
        let (limits, owners, given) = (Limits::default(), OWNERS, BTreeSet::new());
        let planner = Planner { auditor: &auditor, catalog, limits, owners, given: &given, lifting: None };
        let (mut outcome, mut draft) = (Outcome::empty(policy.waivers.len()), Draft::default());
        let mut snapshots: BTreeMap<Arc<str>, String> = BTreeMap::new();
        let place = self.place();
        if let Place::Snapshot { name, path } = &place {
            let batches = Batches { catalog, demand: &demand, path, rename: name.as_ref() };
            let forges = planner.snapshot(&batches, &mut outcome, &mut draft).unwrap();
            snapshots.extend(forges.into_iter().map(|forge| (forge, path.display().to_string())));
        } else {
            let narrow = |observed: &Observed| auditor.narrow(observed);
            let environment = self.environment();
            let live = Live {
                catalog,
                demand: &demand,
                narrow: &narrow,
                environment: &environment,
                terms: terms(),
                progress: Box::new(|_, _| {}),
            };
            let plan = |observed: &Observed, forge: ForgeKind, outcome: &mut Outcome| {
                planner.subject(observed, None, forge, outcome, &mut draft);
            };
            self.runtime.block_on(live.read(&place, &mut outcome, plan));
            self.runtime.block_on(planner.supplement(&live, &place, &mut outcome, &mut draft));
        }
        let mut trouble: Vec<String> = outcome
            .unread
            .iter()
            .map(|unread| format!("{} was not read: {}", unread.address, unread.why))
            .collect();
        trouble.extend(outcome.problems.iter().map(|problem| format!("{problem:?}")));
        let made = ("policy.toml".to_owned(), day().to_string());
        let plan = finish(draft, catalog, policy, &[place], &snapshots, made);
        Look { plan, findings: outcome.findings, trouble }
    }

    /// Why the plan is refused, with what is allowed.
    pub fn refused(&self, plan: &Plan, allowed: &Allowed) -> Vec<Refusal> {
        let whole = self.policy.ownerships.iter().filter(|o| o.mode == OwnershipMode::Complete);
        let claims: Vec<Claim> = whole.map(|o| Claim { kind: Arc::clone(&o.kind), subject: None }).collect();
        let claims = (!allowed.takes_back).then_some(claims.as_slice());
        refusals(plan, &self.catalog, allowed, claims)
    }

    /// Whom the plan would certainly lock out.
    pub fn locked_out(&self, plan: &Plan) -> Vec<Danger> {
        let environment = self.environment();
        let look =
            Lockouts { catalog: &self.catalog, environment: &environment, terms: terms(), owners: OWNERS };
        let changes: Vec<&Change> = plan.changes.iter().collect();
        let forge: Arc<str> = FORGE.into();
        let found = match self.target(plan) {
            None => return Vec::new(),
            Some(Target::Snapshot(path)) => look.snapshot(&forge, Path::new(path), &changes).unwrap(),
            Some(target) => self.runtime.block_on(look.live(&forge, target, &changes)).unwrap(),
        };
        found.into_iter().filter(|danger| danger.proven).collect()
    }

    fn target<'p>(&self, plan: &'p Plan) -> Option<&'p Target> {
        plan.forges.get(FORGE)
    }

    /// Carries the plan out, with a journal at that path.
    pub fn apply(&self, plan: &Plan, journal: &Path) -> Carried {
        let (steps, past) = Journal::open(journal, plan).unwrap();
        let environment = self.environment();
        let none = BTreeSet::new();
        let applier = Applier {
            catalog: &self.catalog,
            environment: &environment,
            terms: terms(),
            forge: FORGE.into(),
            journal: &steps,
            past: &past,
            coming: &none,
            watch: &|_| {},
            patience: std::time::Duration::ZERO,
        };
        let changes: Vec<(usize, &Change)> = plan.changes.iter().enumerate().collect();
        match self.target(plan) {
            None => Carried::default(),
            Some(Target::Snapshot(path)) => applier.snapshot(Path::new(path), plan, &changes),
            Some(Target::Github(url)) => self.runtime.block_on(applier.github(url, plan, &changes)),
            Some(Target::Gitlab(url)) => self.runtime.block_on(applier.gitlab(url, plan, &changes)),
        }
    }
}

/// The plan that takes back what a journal says was made.
pub fn back(journal: &Path, catalog: &Catalog) -> Plan {
    let (plan, past) = read_journal(journal).unwrap();
    let mut back = taken_back(&plan, &past.done(), catalog);
    back.digest = digest(&back);
    back
}
