//! `--fail-on`: what makes a run end with 2 or 3.

use super::exit::Exit;
use crate::model::{Severity, Verdict, Waiver};
use crate::run::Outcome;

/// One thing that counts.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum FailOn {
    /// Any drift.
    Drift,
    /// Anything unknown, or an organization unread.
    Unknown,
    /// Drift that an expired waiver once covered.
    Expired,
    /// Drift of that severity or above.
    Severity(Severity),
    /// Nothing but errors.
    Never,
}

/// Reads one word of the list.
pub(super) fn parse(word: &str) -> Result<FailOn, String> {
    match word {
        "drift" => Ok(FailOn::Drift),
        "unknown" => Ok(FailOn::Unknown),
        "expired" => Ok(FailOn::Expired),
        "never" => Ok(FailOn::Never),
        word => Severity::from_word(word)
            .map(FailOn::Severity)
            .ok_or_else(|| "write drift, unknown, expired, low, medium, high, critical or never".to_owned()),
    }
}

/// The exit code of an audit.
pub(super) fn exit(outcome: &Outcome, waivers: &[Waiver], today: chrono::NaiveDate, list: &[FailOn]) -> Exit {
    if !outcome.problems.is_empty() || (outcome.tally.subjects == 0 && !outcome.unread.is_empty()) {
        return Exit::Error;
    }
    let drift = |f: &&crate::model::Finding| f.verdict == Verdict::Drift;
    let counts = |on: &FailOn| match on {
        FailOn::Drift => outcome.tally.drift > 0,
        FailOn::Severity(least) => {
            outcome.findings.iter().filter(drift).any(|f| f.expectation.severity >= *least)
        }
        FailOn::Expired => outcome
            .findings
            .iter()
            .filter(drift)
            .any(|f| f.waiver.is_some_and(|i| !waivers[i].holds_on(today))),
        FailOn::Unknown | FailOn::Never => false,
    };
    if list.iter().any(counts) {
        return Exit::Drift;
    }
    let unseen = outcome.tally.unknown > 0
        || !outcome.unread.is_empty()
        || !outcome.undecided.is_empty()
        || outcome.owner_unknown > 0;
    if unseen && list.contains(&FailOn::Unknown) { Exit::Unknown } else { Exit::AsWanted }
}
