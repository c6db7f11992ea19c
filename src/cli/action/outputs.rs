//! The numbers of an audit, as outputs of the step.

use crate::engine::{FEWEST, summary};
use crate::run::Outcome;

/// Names and values. What is not known has no value.
pub(super) fn of_audit(outcome: &Outcome) -> Vec<(&'static str, String)> {
    let tally = outcome.tally;
    let mut outputs: Vec<(&'static str, String)> = [
        ("subjects", tally.subjects),
        ("expectations", tally.expectations()),
        ("conforms", tally.conforms),
        ("drift", tally.drift),
        ("waived", tally.waived),
        ("unknown", tally.unknown),
        ("not-applicable", tally.not_applicable),
        ("unread", outcome.unread.len() as u64),
    ]
    .map(|(name, number)| (name, number.to_string()))
    .into();
    // Of a few repositories it would be about single teams.
    let friction = summary(&outcome.journeys).filter(|s| s.repositories == 1 || s.repositories >= FEWEST);
    if let Some(friction) = friction {
        let (best, worst) = friction.between;
        outputs.push(("friction", format!("{:.1}", friction.median)));
        outputs.push(("friction-best", format!("{best:.1}")));
        outputs.push(("friction-worst", format!("{worst:.1}")));
    }
    outputs
}
