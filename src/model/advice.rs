//! Which packs suit an organization, why, and what it then has to decide.

use super::{Constraint, Layer, SettingId, SubjectKind};

/// What packs suit somebody's answers.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Advice {
    /// The packs to extend, each with the reason, those that open doors first.
    pub picks: Vec<(&'static str, String)>,
    /// The others, each with the reason.
    pub others: Vec<(&'static str, String)>,
    /// What else the answers ask for.
    pub notes: Vec<String>,
    /// What the packs that are picked cannot have together.
    pub decisions: Vec<Decision>,
}

/// One thing that two packs want differently.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Decision {
    /// Of what it is asked.
    pub of: SubjectKind,
    /// Which setting.
    pub setting: SettingId,
    /// Of which item of a collection.
    pub key: Option<std::sync::Arc<str>>,
    /// What either pack wants.
    pub sides: [Side; 2],
    /// The side that the answers speak for, if they do: 0 or 1.
    pub answered: Option<usize>,
}

/// What one pack wants.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Side {
    /// The pack.
    pub pack: &'static str,
    /// Of what it wants it.
    pub layer: Layer,
    /// What it accepts.
    pub constraint: Constraint,
    /// The control, if the line serves one.
    pub control: Option<std::sync::Arc<str>>,
    /// Why it wants that.
    pub why: Option<std::sync::Arc<str>>,
}
