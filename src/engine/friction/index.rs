//! The friction index: how hard the journey of a contributor through one repository is.
//!
//! The journey is serial: what is easy at one step does not make up for a closed door at another. So the
//! eases of the steps are multiplied, each to the power of its share of the weights, and the index is
//! 100 (1 - ease): 0 is nothing in the way, 95 a closed door at every step.

use crate::model::{Severity, Stage, Weights};

/// The ease of a step behind a gate, and the least that any step has: so that the index still tells
/// repositories apart of which each has a closed door somewhere.
pub const LEAST_EASE: f64 = 0.05;

/// What became of a check.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum State {
    /// Nothing is in the way.
    Met,
    /// Something is.
    Failed,
    /// It could not be seen.
    Unknown,
}

/// One thing that is asked of a repository for the sake of those who come from outside.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Check {
    /// The step that it bears on.
    pub stage: Stage,
    /// How much it matters there.
    pub severity: Severity,
    /// What became of it.
    pub state: State,
    /// Nobody gets past this step where it fails.
    pub gate: bool,
}

/// By how much the toil of getting access fails the step of reading, 0 to 1.
#[derive(Debug, Clone, Copy, PartialEq)]
pub enum Toil {
    /// It is known.
    Known(f64),
    /// It could not be seen; it is between the two.
    Between(f64, f64),
    /// Nothing was asked about it.
    NotAsked,
}

/// One repository's journey in numbers.
#[derive(Debug, Clone, PartialEq)]
pub struct Index {
    /// 0 to 95, of what is known; none where nothing is.
    pub value: Option<f64>,
    /// What it would be if all that is unknown were well.
    pub best: f64,
    /// What it would be if none of that were.
    pub worst: f64,
    /// How much of what is asked is known, 0 to 1, by weight.
    pub coverage: f64,
    /// The ease of each step of which something is known, 0.05 to 1, in the order of [`Stage::ALL`].
    pub eases: Vec<Option<f64>>,
    /// Whether a gate is known to be shut at each step.
    pub gated: Vec<bool>,
    /// For each check, by how many points the index falls when it is met; 0 where that changes nothing.
    pub points: Vec<f64>,
}

/// How unknown checks are taken.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Take {
    LeftOut,
    Met,
    Failed,
}

/// One step: the weights of what is asked and of what fails there.
#[derive(Debug, Clone, Copy, Default)]
struct Step {
    asked: f64,
    failed: f64,
    shut: u32,
    toil: Option<f64>,
}

impl Step {
    /// None where nothing is asked of it.
    fn ease(self) -> Option<f64> {
        if self.asked <= 0.0 && self.toil.is_none() && self.shut == 0 {
            return None;
        }
        if self.shut > 0 {
            return Some(LEAST_EASE);
        }
        let failing = if self.asked > 0.0 { self.failed / self.asked } else { 0.0 };
        Some(((1.0 - failing) * (1.0 - self.toil.unwrap_or_default())).max(LEAST_EASE))
    }
}

/// What checks and the toil of access come to. Steps that are left out count for nothing.
pub fn index(checks: &[Check], toil: Toil, left_out: &[Stage], weights: &Weights) -> Index {
    let counts = |check: &&Check| !left_out.contains(&check.stage);
    let toil = if left_out.contains(&Stage::Read) { Toil::NotAsked } else { toil };
    let steps = |take: Take| {
        let mut steps = [Step::default(); Stage::ALL.len()];
        for check in checks.iter().filter(counts) {
            add(&mut steps[check.stage as usize], check, take, weights);
        }
        steps[Stage::Read as usize].toil = match (toil, take) {
            (Toil::Known(by), _)
            | (Toil::Between(by, _), Take::Met)
            | (Toil::Between(_, by), Take::Failed) => Some(by),
            _ => None,
        };
        steps
    };
    let known = steps(Take::LeftOut);
    let value = of(&known, weights);
    let points = checks.iter().map(|check| {
        if left_out.contains(&check.stage) || check.state != State::Failed {
            return 0.0;
        }
        let mut mended = known;
        let step = &mut mended[check.stage as usize];
        let share = if check.gate { f64::from(step.shut.max(1)) } else { 1.0 };
        if check.gate {
            // The gates of one step share what opening all of them is worth.
            let gates = checks.iter().filter(counts);
            let gates = gates.filter(|c| c.gate && c.stage == check.stage && c.state == State::Failed);
            step.failed -= gates.map(|c| weights.severity(c.severity)).sum::<f64>();
            step.shut = 0;
        } else {
            step.failed -= weights.severity(check.severity);
        }
        let after = of(&mended, weights).unwrap_or_default();
        ((value.unwrap_or_default() - after) / share).max(0.0)
    });
    Index {
        value,
        best: of(&steps(Take::Met), weights).unwrap_or_default(),
        worst: of(&steps(Take::Failed), weights).unwrap_or_default(),
        coverage: coverage(&known, &steps(Take::Met), toil, weights),
        eases: known.iter().map(|s| s.ease()).collect(),
        gated: known.iter().map(|s| s.shut > 0).collect(),
        points: points.collect(),
    }
}

fn add(step: &mut Step, check: &Check, take: Take, weights: &Weights) {
    let failed = match (check.state, take) {
        (State::Unknown, Take::LeftOut) => return,
        (State::Met, _) | (State::Unknown, Take::Met) => false,
        (State::Failed, _) | (State::Unknown, Take::Failed) => true,
    };
    let weight = weights.severity(check.severity);
    step.asked += weight;
    if failed {
        step.failed += weight;
        step.shut += u32::from(check.gate);
    }
}

/// The index of all steps of which something is asked.
fn of(steps: &[Step], weights: &Weights) -> Option<f64> {
    let mut total = 0.0;
    let mut logarithm = 0.0;
    for (stage, step) in Stage::ALL.iter().zip(steps) {
        if let Some(ease) = step.ease() {
            let weight = weights.stage(*stage);
            total += weight;
            logarithm += weight * ease.ln();
        }
    }
    (total > 0.0).then(|| 100.0 * (1.0 - (logarithm / total).exp()))
}

/// The share of what is asked that is known: within a step by severity, between steps by their weights.
fn coverage(known: &[Step], all: &[Step], toil: Toil, weights: &Weights) -> f64 {
    let (mut seen, mut asked) = (0.0, 0.0);
    for ((stage, known), all) in Stage::ALL.iter().zip(known).zip(all) {
        // The toil of access counts for as much as all else that is asked of its step.
        let (own, own_known) = match toil {
            Toil::NotAsked => (0.0, 0.0),
            _ if *stage != Stage::Read => (0.0, 0.0),
            Toil::Known(_) => (all.asked.max(1.0), all.asked.max(1.0)),
            Toil::Between(..) => (all.asked.max(1.0), 0.0),
        };
        let of_step = all.asked + own;
        if of_step > 0.0 {
            let weight = weights.stage(*stage);
            asked += weight;
            seen += weight * (known.asked + own_known) / of_step;
        }
    }
    if asked > 0.0 { seen / asked } else { 0.0 }
}
