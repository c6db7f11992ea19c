//! Resolves a policy for one subject: which layers reach it, which wish prevails, whom it overrode.

use std::collections::HashMap;
use std::sync::{Arc, Mutex, PoisonError};

use super::document::{Policy, Statement};
use super::facts::{FactSettings, Facts};
use super::problem::Problem;
use super::static_checks::contradiction;
use crate::catalog::Catalog;
use crate::model::{Constraint, Expectation, Layer, Observed, Origin, Overridden, SettingId, SubjectKind};

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
        let mut left_out = false;
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
                reach.teams = facts.owners().unwrap_or_default();
            }
        }
        Resolution { resolved: self.at(reach), undecided, left_out }
    }

    fn at(&self, reach: Reach) -> Arc<Resolved> {
        let mut done = self.done.lock().unwrap_or_else(PoisonError::into_inner);
        Arc::clone(done.entry(reach).or_insert_with_key(|reach| Arc::new(self.combine(reach))))
    }

    fn combine(&self, reach: &Reach) -> Resolved {
        let reaching = self.policy.statements.iter().filter(|s| s.of == reach.of && self.reaches(reach, s));
        let mut items: Vec<((SettingId, Option<Arc<str>>), Vec<&Statement>)> = Vec::new();
        let mut places: HashMap<(SettingId, Option<Arc<str>>), usize> = HashMap::new();
        for statement in reaching {
            let item = (statement.setting, statement.key.clone());
            let place = *places.entry(item.clone()).or_insert_with(|| {
                items.push((item, Vec::new()));
                items.len() - 1
            });
            items[place].1.push(statement);
        }
        items.sort_by(|a, b| a.0.cmp(&b.0));
        let mut problems = Vec::new();
        let expectations =
            items.iter().filter_map(|(_, all)| self.settle(all, &mut problems)).map(Arc::new).collect();
        let profiles = reach.profiles.iter().map(|i| Arc::clone(&self.policy.profiles[*i].name)).collect();
        Resolved { expectations, profiles, owners: reach.teams.clone(), problems }
    }

    fn reaches(&self, reach: &Reach, statement: &Statement) -> bool {
        match &statement.layer {
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

    /// Whether the first statement, being of a later layer, sets the second aside.
    fn prevails(&self, first: &Statement, second: &Statement) -> bool {
        if first.layer.rank() != second.layer.rank() {
            return first.layer.rank() > second.layer.rank();
        }
        match (&first.layer, &second.layer) {
            (a, b) if a == b => first.rank > second.rank,
            (Layer::Profile(a), Layer::Profile(b)) => self.policy.prevails_over(a, b),
            _ => false,
        }
    }

    /// One expectation out of all statements about one setting, or none where it was taken back.
    fn settle(&self, all: &[&Statement], problems: &mut Vec<Problem>) -> Option<Expectation> {
        let (floors, free): (Vec<&Statement>, Vec<&Statement>) = all.iter().partition(|s| s.floor);
        let mut ranks: Vec<u8> = free.iter().map(|s| s.layer.rank()).collect();
        ranks.sort_unstable();
        ranks.dedup();
        let mut settled: Option<Settled<'_>> = None;
        for rank in ranks {
            let layer: Vec<&Statement> = free.iter().filter(|s| s.layer.rank() == rank).copied().collect();
            let Some(step) = self.within_layer(&layer, problems) else { continue };
            settled = Some(match settled {
                Some(earlier) => step.over(earlier),
                None => step,
            });
        }
        if let Some(floor) = self.together(floors.iter().map(|s| Settled::of(s)), problems) {
            settled = Some(match settled {
                Some(above) => self.under(above, floor, problems),
                None => floor,
            });
        }
        let settled = settled?;
        let setting = self.catalog.get(settled.lead.setting);
        let severity = settled.chain().find_map(|s| s.severity).unwrap_or(setting.severity);
        let why = settled.chain().find_map(|s| s.why.clone());
        let fix = settled.chain().find_map(|s| s.fix.clone());
        Some(Expectation {
            setting: setting.id,
            key: settled.lead.key.clone(),
            constraint: settled.constraint?,
            severity,
            lenses: setting.lenses,
            stage: setting.stage,
            why,
            fix,
            layer: settled.lead.layer.clone(),
            origin: settled.lead.origin.clone(),
            also: settled.also,
            overridden: settled.overridden,
        })
    }

    /// Within one layer: each statement that none prevails over is laid over those that it prevails
    /// over; what is then left must hold together.
    fn within_layer<'s>(&self, layer: &[&'s Statement], problems: &mut Vec<Problem>) -> Option<Settled<'s>> {
        let top = layer.iter().filter(|s| !layer.iter().any(|o| self.prevails(o, s)));
        let steps: Vec<Settled<'s>> = top
            .map(|top| {
                let mut below: Vec<&'s Statement> =
                    layer.iter().filter(|o| self.prevails(top, o)).copied().collect();
                let height = |s: &Statement| below.iter().filter(|o| self.prevails(s, o)).count();
                let heights: Vec<usize> = below.iter().map(|s| height(s)).collect();
                let mut order: Vec<usize> = (0..below.len()).collect();
                order.sort_by_key(|i| heights[*i]);
                below = order.into_iter().map(|i| below[i]).collect();
                below.push(top);
                let mut steps = below.into_iter().map(Settled::of);
                let first = steps.next();
                first.map(|first| steps.fold(first, |earlier, step| step.over(earlier)))
            })
            .collect::<Option<_>>()?;
        self.together(steps.into_iter(), problems)
    }

    /// Steps of which none prevails over another: all of them hold.
    fn together<'s>(
        &self,
        steps: impl Iterator<Item = Settled<'s>>,
        problems: &mut Vec<Problem>,
    ) -> Option<Settled<'s>> {
        let (asking, taking_back): (Vec<_>, Vec<_>) = steps.partition(|s| s.constraint.is_some());
        let mut steps = asking.into_iter().chain(taking_back);
        let mut settled = steps.next()?;
        for other in steps {
            let (Some(have), Some(more)) = (&settled.constraint, &other.constraint) else { continue };
            match have.and(more) {
                Ok(both) => {
                    // The stricter one is the one to blame.
                    let (mut lead, beside) =
                        if both == *more && both != *have { (other, settled) } else { (settled, other) };
                    lead.constraint = Some(both);
                    lead.also.push(beside.lead.origin.clone());
                    lead.also.extend(beside.also);
                    lead.beside.push(beside.lead);
                    lead.overridden.extend(beside.overridden);
                    settled = lead;
                }
                Err(_) => {
                    let (a, b) = ((settled.lead, have.to_string()), (other.lead, more.to_string()));
                    problems.push(contradiction(self.policy, self.catalog, a, b));
                }
            }
        }
        Some(settled)
    }

    /// What layers below a floor came to, held against the floor.
    fn under<'s>(&self, above: Settled<'s>, floor: Settled<'s>, problems: &mut Vec<Problem>) -> Settled<'s> {
        let Some(least) = &floor.constraint else { return above };
        let Some(wanted) = &above.constraint else { return floor };
        if wanted.is_within(least) {
            return above;
        }
        match wanted.and(least) {
            // What only adds, or only narrows another side, keeps to the floor by being held with it.
            Ok(both) if least.contains.is_some() || wanted.contains.is_some() => {
                let also = above.also.iter().chain([&floor.lead.origin]).cloned().collect();
                Settled { constraint: Some(both), also, ..above }
            }
            _ => {
                let (a, b) = ((floor.lead, least.to_string()), (above.lead, wanted.to_string()));
                problems.push(contradiction(self.policy, self.catalog, a, b));
                floor
            }
        }
    }
}

/// The outcome so far of settling one setting.
struct Settled<'s> {
    constraint: Option<Constraint>,
    lead: &'s Statement,
    also: Vec<Origin>,
    beside: Vec<&'s Statement>,
    overridden: Vec<Overridden>,
}

impl<'s> Settled<'s> {
    /// The outcome of one statement by itself.
    fn of(lead: &'s Statement) -> Self {
        let constraint = lead.constraint.clone();
        Self { constraint, lead, also: Vec::new(), beside: Vec::new(), overridden: Vec::new() }
    }

    /// The statements that say something about the result, the leading one first.
    fn chain(&self) -> impl Iterator<Item = &'s Statement> + '_ {
        std::iter::once(self.lead).chain(self.beside.iter().copied())
    }

    /// This later step over an earlier one.
    fn over(mut self, earlier: Self) -> Self {
        if let (Some(later), Some(before)) = (&self.constraint, &earlier.constraint) {
            let combined = later.over(before);
            if combined != *later {
                // An addition does not set aside what it adds to.
                self.also.push(earlier.lead.origin.clone());
                self.also.extend(earlier.also);
                self.constraint = Some(combined);
                self.overridden = earlier.overridden;
                return self;
            }
        }
        let of = |s: &Statement| Overridden {
            layer: s.layer.clone(),
            constraint: s.constraint.clone(),
            origin: s.origin.clone(),
        };
        self.overridden.extend(earlier.chain().map(of));
        self.overridden.extend(earlier.overridden);
        self
    }
}
