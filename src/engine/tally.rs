//! Counts of verdicts.

use crate::model::Verdict;

/// How many of each verdict.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub struct Tally {
    /// Subjects that were judged.
    pub subjects: u64,
    /// Archived repositories that no profile asks for.
    pub left_out: u64,
    /// Accepted.
    pub conforms: u64,
    /// Not accepted.
    pub drift: u64,
    /// Not accepted, with a waiver that holds.
    pub waived: u64,
    /// Could not be seen.
    pub unknown: u64,
    /// No such thing there.
    pub not_applicable: u64,
    /// Not accepted, and agreed before: not among [`drift`](Self::drift).
    pub agreed_drift: u64,
    /// Could not be seen, and agreed before: not among [`unknown`](Self::unknown).
    pub agreed_unknown: u64,
}

impl Tally {
    /// Counts one verdict.
    pub fn count(&mut self, verdict: Verdict) {
        match verdict {
            Verdict::Conforms => self.conforms += 1,
            Verdict::Drift => self.drift += 1,
            Verdict::Waived => self.waived += 1,
            Verdict::Unknown => self.unknown += 1,
            Verdict::NotApplicable => self.not_applicable += 1,
        }
    }

    /// Moves one verdict that was counted to those that were agreed before.
    pub fn agree(&mut self, verdict: Verdict) {
        match verdict {
            Verdict::Drift => {
                self.drift = self.drift.saturating_sub(1);
                self.agreed_drift += 1;
            }
            Verdict::Unknown => {
                self.unknown = self.unknown.saturating_sub(1);
                self.agreed_unknown += 1;
            }
            Verdict::Conforms | Verdict::Waived | Verdict::NotApplicable => {}
        }
    }

    /// All verdicts.
    pub fn expectations(&self) -> u64 {
        let agreed = self.agreed_drift + self.agreed_unknown;
        self.conforms + self.drift + self.waived + self.unknown + self.not_applicable + agreed
    }

    /// This tally and another.
    #[must_use]
    pub fn plus(self, other: Self) -> Self {
        Self {
            subjects: self.subjects + other.subjects,
            left_out: self.left_out + other.left_out,
            conforms: self.conforms + other.conforms,
            drift: self.drift + other.drift,
            waived: self.waived + other.waived,
            unknown: self.unknown + other.unknown,
            not_applicable: self.not_applicable + other.not_applicable,
            agreed_drift: self.agreed_drift + other.agreed_drift,
            agreed_unknown: self.agreed_unknown + other.agreed_unknown,
        }
    }
}
