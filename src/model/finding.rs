//! What judging came to, for one expectation of one subject.

use std::fmt;
use std::sync::Arc;

use super::{Expectation, Observation, Subject};

/// The judgement.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub enum Verdict {
    /// What was observed is accepted by the policy.
    Conforms,
    /// It is not.
    Drift,
    /// It is not, and a waiver that still holds says so.
    Waived,
    /// It could not be seen.
    Unknown,
    /// The subject, forge or tier has no such thing.
    NotApplicable,
}

impl Verdict {
    /// The word used in reports.
    pub fn word(self) -> &'static str {
        match self {
            Self::Conforms => "conforms",
            Self::Drift => "drift",
            Self::Waived => "waived",
            Self::Unknown => "unknown",
            Self::NotApplicable => "not_applicable",
        }
    }
}

impl fmt::Display for Verdict {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.pad(self.word())
    }
}

/// One judged expectation.
#[derive(Debug, Clone)]
pub struct Finding {
    /// Whom it is about.
    pub subject: Arc<Subject>,
    /// What was wanted.
    pub expectation: Arc<Expectation>,
    /// The item it is about, where that differs from the expectation's key: the branch that a
    /// pattern matched.
    pub item: Option<Arc<str>>,
    /// The judgement.
    pub verdict: Verdict,
    /// What was observed.
    pub observed: Observation,
    /// The rules that the observation was put together from.
    pub sources: Vec<String>,
    /// Why the verdict is what it is, where the observation does not say it by itself.
    pub reason: Option<Arc<str>>,
    /// The waiver (its index in the policy) that covers it, expired or not.
    pub waiver: Option<usize>,
    /// The points by which the friction index of its repository falls when it is mended, 0 to 95.
    pub points: f64,
    /// The setting above the repository that has it so.
    pub root: Option<Arc<str>>,
    /// Why it is one of many of the same cause, once all of them are known; none where it is not.
    pub systemic: Option<Arc<Systemic>>,
}

/// Why something is in the way of many.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Systemic {
    /// A setting above the repositories has it so.
    Above {
        /// Where, such as `organization acme: members_can_fork_private_repositories`.
        what: Arc<str>,
    },
    /// Half or more of the repositories of a profile are like that.
    Profile {
        /// The profile.
        name: Arc<str>,
        /// How many fail.
        failing: usize,
        /// Of how many.
        of: usize,
    },
}

impl Finding {
    /// The key of the item that was judged, if the setting is one of a collection's.
    pub fn key(&self) -> Option<&str> {
        self.item.as_deref().or(self.expectation.key.as_deref())
    }
}
