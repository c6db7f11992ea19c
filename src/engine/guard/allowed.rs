//! What a plan is allowed to do, on the user's word and by its policy.

use std::sync::Arc;

/// How many percent of what exists may be changed or removed, unless more is allowed.
/// Source: octoDNS, `MAX_SAFE_UPDATE_PCENT` and `MAX_SAFE_DELETE_PCENT`.
const SHARE: f64 = 30.0;

/// How many things of a kind may be removed, unless more is allowed.
const DELETES: u64 = 25;

/// What a plan is allowed to do.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct Allowed {
    /// `--allow-delete`: something that is there ceases to be.
    pub delete: bool,
    /// `--allow-weaken`: something guards less than before.
    pub weaken: bool,
    /// `--allow-widen`: more people see something than before.
    pub widen: bool,
    /// `--allow-irreversible`: what is done cannot be taken back.
    pub irreversible: bool,
    /// It takes back what an apply did: what was made may go, whoever claims the collection.
    pub takes_back: bool,
    /// `--max-share`: how many percent of what exists may be changed or removed.
    pub share: f64,
    /// `--max-deletes`: how many things of a kind may be removed.
    pub deletes: u64,
}

/// What the policy claims whole: of a collection that is listed to its end, the rest may go.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Claim {
    /// The kind of the collection.
    pub kind: Arc<str>,
    /// The only subject of which it is claimed, where there is only one.
    pub subject: Option<Arc<str>>,
}

impl Claim {
    /// Whether it may be meant of items of that kind of a subject.
    pub(super) fn may_be_of(&self, subject: &str, kind: &str) -> bool {
        let named = |address: &Arc<str>| {
            let path = subject.split_once(':').map_or(subject, |(_, path)| path);
            [subject, path].iter().any(|name| name.eq_ignore_ascii_case(address))
        };
        *self.kind == *kind && self.subject.as_ref().is_none_or(named)
    }
}

impl Default for Allowed {
    fn default() -> Self {
        Self {
            delete: false,
            weaken: false,
            widen: false,
            irreversible: false,
            takes_back: false,
            share: SHARE,
            deletes: DELETES,
        }
    }
}
