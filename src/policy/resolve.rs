//! Resolves a policy for one subject: which layers reach it, and what they then come to.

use std::collections::HashMap;
use std::sync::{Arc, Mutex, PoisonError};

use super::document::{Ownership, OwnershipMode, Policy, Statement};
use super::facts::{FactSettings, Facts};
use super::problem::Problem;
use super::settle::Settling;
use crate::catalog::Catalog;
use crate::model::{Constraint, Expectation, Layer, Observed, SettingId, Standing, SubjectKind, Value};

/// What a policy wants of one subject.
#[derive(Debug, Default)]
pub struct Resolved {
    /// The wishes that prevailed, in the catalogue's order.
    pub expectations: Vec<Arc<Expectation>>,
    /// The profiles that the subject is of.
    pub profiles: Vec<Arc<str>>,
    /// The teams that own it.
    pub owners: Vec<Arc<str>>,
    /// Wishes that cannot be met together.
    pub problems: Vec<Problem>,
}

/// Why a subject gets what it gets.
#[derive(Debug)]
pub struct Resolution {
    /// What is wanted of it; shared by all subjects that the same layers reach.
    pub resolved: Arc<Resolved>,
    /// Profiles whose selectors could not be decided, because a fact is unknown.
    pub undecided: Vec<Arc<str>>,
    /// Which team owns it could not be told, so that no team's overlay was laid over it.
    pub owner_unknown: bool,
    /// It is archived and no profile asks for archived ones: left out.
    pub left_out: bool,
}

/// The layers that reach a subject. Subjects with equal reach get equal expectations.
#[derive(Debug, Clone, PartialEq, Eq, Hash)]
struct Reach {
    of: SubjectKind,
    general: bool,
    profiles: Vec<usize>,
    teams: Vec<Arc<str>>,
    addresses: Vec<Arc<str>>,
}

/// The keys of a collection that a policy names.
type Named = Arc<[Arc<str>]>;

/// A setting, and the item of a collection that it is of.
type Wished = (SettingId, Option<Arc<str>>);

/// A policy ready to be resolved, with what was resolved before.
pub struct Resolver<'p> {
    policy: &'p Policy,
    catalog: &'p Catalog,
    facts: FactSettings,
    addresses: Vec<Arc<str>>,
    done: Mutex<HashMap<Reach, Arc<Resolved>>>,
}

impl<'p> Resolver<'p> {
    /// A resolver of that policy.
    pub fn new(policy: &'p Policy, catalog: &'p Catalog) -> Self {
        let mut addresses: Vec<Arc<str>> = policy
            .statements
            .iter()
            .filter_map(|s| {
                if let Layer::Override(address) = &s.layer { Some(Arc::clone(address)) } else { None }
            })
            .collect();
        addresses.sort();
        addresses.dedup();
        Self { policy, catalog, facts: FactSettings::of(catalog), addresses, done: Mutex::default() }
    }

    /// The policy that is resolved.
    pub fn policy(&self) -> &'p Policy {
        self.policy
    }

    /// The facts of a subject, for selectors.
    pub fn facts<'a>(&'a self, observed: &'a Observed) -> Facts<'a> {
        Facts::new(observed, self.facts, &self.policy.teams, &self.policy.owner_property)
    }

    /// What the policy wants of a subject.
    pub fn resolve(&self, observed: &Observed) -> Resolution {
        let of = observed.subject.kind;
        let addresses = self.addresses.iter().filter(|a| observed.subject.is_named_by(a)).cloned().collect();
        let mut reach = Reach { of, general: true, profiles: Vec::new(), teams: Vec::new(), addresses };
        let mut undecided = Vec::new();
        let (mut left_out, mut owner_unknown) = (false, false);
        if of == SubjectKind::Repository {
            let facts = self.facts(observed);
            let archived = facts.is_archived();
            for (i, profile) in self.policy.profiles.iter().enumerate() {
                if archived && !self.facts.archived.is_some_and(|id| profile.select.mentions(id)) {
                    continue;
                }
                match profile.select.holds(&facts) {
                    Some(true) => reach.profiles.push(i),
                    Some(false) => {}
                    None => undecided.push(Arc::clone(&profile.name)),
                }
            }
            if archived {
                reach.general = false;
                left_out = reach.profiles.is_empty() && reach.addresses.is_empty();
            } else if !self.policy.teams.is_empty() {
                let owners = facts.owners();
                owner_unknown = owners.is_none();
                reach.teams = owners.unwrap_or_default();
            }
        }
        Resolution { resolved: self.at(reach), undecided, owner_unknown, left_out }
    }

    fn at(&self, reach: Reach) -> Arc<Resolved> {
        let mut done = self.done.lock().unwrap_or_else(PoisonError::into_inner);
        Arc::clone(done.entry(reach).or_insert_with_key(|reach| Arc::new(self.combine(reach))))
    }

    fn combine(&self, reach: &Reach) -> Resolved {
        let reaching =
            || self.policy.statements.iter().filter(|s| s.of == reach.of && self.reaches(reach, &s.layer));
        let mut items: Vec<(Wished, Vec<&'p Statement>)> = Vec::new();
        let mut places: HashMap<Wished, usize> = HashMap::new();
        for statement in reaching() {
            let item = (statement.setting, statement.key.clone());
            let place = *places.entry(item.clone()).or_insert_with(|| {
                items.push((item, Vec::new()));
                items.len() - 1
            });
            items[place].1.push(statement);
        }
        items.sort_by(|a, b| a.0.cmp(&b.0));
        let owned = self.owned(reach, reaching);
        let mut settling = Settling { policy: self.policy, catalog: self.catalog, problems: Vec::new() };
        let mut expectations = Vec::new();
        for (_, all) in &items {
            let Some(mut wish) = settling.settle(all) else { continue };
            let kind = &self.catalog.get(wish.setting).group;
            let mode = self.ownership(reach, kind).map(|owned| owned.mode);
            if mode != Some(OwnershipMode::Ignore) {
                wish.watched = mode == Some(OwnershipMode::Watch);
                wish.named = owned.iter().find(|(o, _)| o.kind == *kind).map(|(_, named)| Arc::clone(named));
                expectations.push(Arc::new(wish));
            }
        }
        for (ownership, named) in &owned {
            expectations.extend(self.none_but(ownership, named).map(Arc::new));
        }
        let profiles = reach.profiles.iter().map(|i| Arc::clone(&self.policy.profiles[*i].name)).collect();
        Resolved { expectations, profiles, owners: reach.teams.clone(), problems: settling.problems }
    }

    /// How far the policy owns a collection of the subject: the latest layer that says so.
    fn ownership(&self, reach: &Reach, kind: &str) -> Option<&'p Ownership> {
        let said = self.policy.ownerships.iter().filter(|o| o.of == reach.of && *o.kind == *kind);
        said.filter(|o| self.reaches(reach, &o.layer)).max_by_key(|o| o.layer.rank())
    }

    /// The collections of which the policy means to name, or to see, all items, with the keys that it names.
    fn owned<'s, I>(&self, reach: &Reach, reaching: impl Fn() -> I) -> Vec<(&'p Ownership, Named)>
    where
        I: Iterator<Item = &'s Statement>,
    {
        let kinds = self.catalog.kinds().filter(|kind| kind.of == reach.of);
        let owned = kinds.filter_map(|kind| self.ownership(reach, &kind.name));
        let whole = owned.filter(|o| matches!(o.mode, OwnershipMode::Complete | OwnershipMode::Watch));
        whole
            .map(|ownership| {
                let of_kind = reaching().filter(|s| self.catalog.get(s.setting).group == ownership.kind);
                let mut named: Vec<Arc<str>> = of_kind.filter_map(|s| s.key.clone()).collect();
                named.sort();
                named.dedup();
                (ownership, Named::from(named))
            })
            .collect()
    }

    /// That there is no item of a collection but those that are named.
    fn none_but(&self, ownership: &Ownership, named: &Named) -> Option<Expectation> {
        let setting = self.catalog.presence_of(&ownership.kind)?;
        Some(Expectation {
            setting: setting.id,
            key: None,
            constraint: Constraint { exactly: Some(Value::Bool(false)), ..Constraint::default() },
            severity: setting.severity,
            lenses: setting.lenses,
            stage: setting.stage,
            why: None,
            fix: None,
            layer: ownership.layer.clone(),
            origin: ownership.origin.clone(),
            also: Vec::new(),
            overridden: Vec::new(),
            floor: None,
            watched: ownership.mode == OwnershipMode::Watch,
            named: Some(Arc::clone(named)),
            controls: Vec::new(),
            standing: Standing::default(),
        })
    }

    fn reaches(&self, reach: &Reach, layer: &Layer) -> bool {
        match layer {
            Layer::General => reach.general,
            Layer::Profile(name) => reach.profiles.iter().any(|i| self.policy.profiles[*i].name == *name),
            Layer::TeamType(name) => {
                let of_type = |t: &&super::document::Team| t.team_type.as_ref() == Some(name);
                self.policy.teams.iter().filter(of_type).any(|t| reach.teams.contains(&t.name))
            }
            Layer::Team(name) => reach.teams.contains(name),
            Layer::Override(address) => reach.addresses.contains(address),
        }
    }
}
