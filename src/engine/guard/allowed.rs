//! What a plan is allowed to do, on the user's word.

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
