//! What stands in the way that no line of the policy speaks of: closed doors that follow from several
//! settings together.

use super::facts::{Around, DEFAULT_BRANCH, Fact, Facts};
use super::index::{Check, State, Toil};
use crate::catalog::Catalog;
use crate::engine::{Judge, Judged};
use crate::model::{Observation, Rung, Severity, Stage, Value, Weights};

/// Something in the way, or not, that follows from settings together.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum Obstacle {
    /// Neither a fork nor a branch is open to those from outside.
    NoWayToPropose,
    /// More approvals are asked for than there are people who may approve.
    ApprovalsCannotBeMet,
    /// Every way of merging is switched off.
    NoWayToMerge,
    /// A check has to pass that nothing reports.
    ChecksCannotPass,
    /// A check has to pass that does not run for changes from forks, which is where those from outside change it.
    ChecksPassNoFork,
}

impl Obstacle {
    /// The step that it bears on.
    pub fn stage(self) -> Stage {
        match self {
            Self::NoWayToPropose => Stage::Propose,
            Self::ApprovalsCannotBeMet => Stage::Reviewed,
            Self::NoWayToMerge | Self::ChecksCannotPass | Self::ChecksPassNoFork => Stage::Merged,
        }
    }

    /// What is in the way, as a sentence about the repository.
    pub fn told(self) -> &'static str {
        match self {
            Self::NoWayToPropose => "whoever cannot write here cannot fork it either",
            Self::ApprovalsCannotBeMet => "it asks for more approvals than there are others who may approve",
            Self::NoWayToMerge => "every way of merging is switched off",
            Self::ChecksCannotPass => "it waits for a check that nothing reports",
            Self::ChecksPassNoFork => "it waits for a check that does not run for changes from a fork",
        }
    }
}

/// The roles that may push a branch, and approve.
const WRITERS: [&str; 6] = ["write", "maintain", "admin", "developer", "maintainer", "owner"];

/// Where the obstacles are looked for.
pub(super) struct Scene<'s> {
    pub facts: &'s Facts,
    pub catalog: &'s Catalog,
    pub judge: &'s Judge<'s>,
    pub judged: Judged<'s>,
    pub around: Around<'s>,
}

impl Scene<'_> {
    /// What follows from the facts that were asked for.
    pub(super) fn checks(&self) -> Vec<(Obstacle, Check)> {
        let found = [
            (Obstacle::NoWayToPropose, self.no_way_to_propose()),
            (Obstacle::ApprovalsCannotBeMet, self.approvals_cannot_be_met()),
            (Obstacle::NoWayToMerge, self.no_way_to_merge()),
            (Obstacle::ChecksCannotPass, self.checks_cannot_pass()),
            (Obstacle::ChecksPassNoFork, self.checks_pass_no_fork()),
        ];
        let check = |(obstacle, fact): (Obstacle, Fact<bool>)| {
            let state = match fact {
                Fact::Known(true) => State::Failed,
                Fact::Known(false) => State::Met,
                Fact::Unknown => State::Unknown,
                Fact::NotAsked => return None,
            };
            let check = Check { stage: obstacle.stage(), severity: Severity::Critical, state, gate: true };
            Some((obstacle, check))
        };
        found.into_iter().filter_map(check).collect()
    }

    /// Whether those from outside can neither fork nor push: a fork is open to whoever reads.
    pub(super) fn no_way_to_propose(&self) -> Fact<bool> {
        let forks = self.facts.switch(self.around, self.facts.forking);
        if forks == Fact::Known(true) {
            return Fact::Known(false);
        }
        match (forks, self.everyone_writes()) {
            (_, Fact::Known(true)) => Fact::Known(false),
            // Where nobody asked what members may do, it is what they may do without being told: read.
            (Fact::Known(false), Fact::Known(false) | Fact::NotAsked) => Fact::Known(true),
            (Fact::NotAsked, _) => Fact::NotAsked,
            _ => Fact::Unknown,
        }
    }

    /// Whether every member may push a branch.
    pub(super) fn everyone_writes(&self) -> Fact<bool> {
        let base = self.facts.word(self.around, self.facts.base_permission);
        base.map(|word| word.is_some_and(|w| WRITERS.contains(&w)))
    }

    fn approvals_cannot_be_met(&self) -> Fact<bool> {
        let Some(setting) = self.facts.approvals.map(|id| self.catalog.get(id)) else {
            return Fact::NotAsked;
        };
        let access = match self.facts.own(self.around, self.facts.access) {
            Fact::Known(Some(Value::Map(access))) => Fact::Known(access),
            Fact::NotAsked => return Fact::NotAsked,
            _ => Fact::Unknown,
        };
        let seen = self.judge.observe(setting, Some(DEFAULT_BRANCH), self.judged);
        let asked = match seen.first().map(|(_, sourced)| &sourced.observation) {
            Some(Observation::Known(Value::Int(n)) | Observation::Bound { value: Value::Int(n), .. }) => *n,
            Some(Observation::Absent | Observation::Unsupported { .. }) => 0,
            _ => return Fact::Unknown,
        };
        if asked <= 0 {
            return Fact::Known(false);
        }
        access.map(|access| {
            let may = |role: &Value| role.as_text().is_some_and(|r| WRITERS.contains(&r));
            let people = access.iter().filter(|(name, role)| may(role) && !name.ends_with("[bot]")).count();
            // Whoever proposes a change does not approve it.
            i64::try_from(people.saturating_sub(1)).is_ok_and(|others| asked > others)
        })
    }

    fn no_way_to_merge(&self) -> Fact<bool> {
        let mut all_off = true;
        let mut known = false;
        for method in &self.facts.merge_methods {
            match self.facts.own(self.around, Some(*method)) {
                Fact::Known(Some(Value::Bool(true))) => return Fact::Known(false),
                Fact::Known(Some(Value::Bool(false))) => known = true,
                _ => all_off = false,
            }
        }
        if all_off && known { Fact::Known(true) } else { Fact::NotAsked }
    }

    /// What it takes to get to read the repository, the easiest and the hardest that it may be.
    pub(super) fn rungs(&self) -> Option<(Rung, Rung)> {
        let one = |rung| Some((rung, rung));
        match self.facts.word(self.around, self.facts.visibility) {
            Fact::Known(Some("public")) => return one(Rung::Network),
            Fact::Known(Some("internal")) => return one(Rung::SignedIn),
            Fact::Known(Some("private")) => {}
            Fact::Unknown => return Some((Rung::Network, Rung::Somebody)),
            Fact::Known(_) | Fact::NotAsked => return None,
        }
        let by_asking = match self.facts.switch(self.around, self.facts.request_access) {
            Fact::Known(true) => Rung::Approval,
            _ => Rung::Somebody,
        };
        match self.facts.word(self.around, self.facts.base_permission) {
            Fact::Known(Some("none") | None) => one(by_asking),
            Fact::Known(Some(_)) => one(Rung::Member),
            Fact::Unknown => Some((Rung::Member, by_asking)),
            Fact::NotAsked => None,
        }
    }

    pub(super) fn toil(&self, weights: &Weights) -> Toil {
        match self.rungs() {
            None => Toil::NotAsked,
            Some((easiest, hardest)) if easiest == hardest => Toil::Known(weights.rung(easiest)),
            Some((easiest, hardest)) => Toil::Between(weights.rung(easiest), weights.rung(hardest)),
        }
    }
}
