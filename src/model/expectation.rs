//! What a policy wants of one subject, and who in the policy wanted it.

use std::fmt;
use std::sync::Arc;

use super::{Constraint, Control, Lenses, Origin, Severity, Stage, Value};

/// A setting's place in the catalogue that was loaded for this run.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub struct SettingId(pub u32);

/// Where in the order of a policy something stands. Later layers win.
#[derive(Debug, Clone, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub enum Layer {
    /// `[enterprise]`, `[organization]`, `[repository]`: everything.
    General,
    /// `[profile.NAME]`.
    Profile(Arc<str>),
    /// `[team_type.NAME]`.
    TeamType(Arc<str>),
    /// `[team.NAME]`.
    Team(Arc<str>),
    /// `[override."ADDRESS"]`, or `[organization."ADDRESS"]`.
    Override(Arc<str>),
}

impl Layer {
    /// The header of its tables in a policy: `profile.NAME`; of the general layer there is none.
    pub fn header(&self) -> String {
        let (word, name) = match self {
            Self::General => return String::new(),
            Self::Profile(name) => ("profile", name),
            Self::TeamType(name) => ("team_type", name),
            Self::Team(name) => ("team", name),
            Self::Override(name) => ("override", name),
        };
        let bare = name.chars().all(|c| c.is_ascii_alphanumeric() || "_-".contains(c));
        if bare { format!("{word}.{name}") } else { format!("{word}.\"{name}\"") }
    }

    /// 1 to 5; the higher one wins.
    pub fn rank(&self) -> u8 {
        match self {
            Self::General => 1,
            Self::Profile(_) => 2,
            Self::TeamType(_) => 3,
            Self::Team(_) => 4,
            Self::Override(_) => 5,
        }
    }
}

impl fmt::Display for Layer {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::General => f.write_str("everywhere"),
            Self::Profile(name) => write!(f, "profile {name}"),
            Self::TeamType(name) => write!(f, "team type {name}"),
            Self::Team(name) => write!(f, "team {name}"),
            Self::Override(address) => write!(f, "override {address}"),
        }
    }
}

/// What the policy says of a wish that costs something.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct Standing {
    /// Who answers for it.
    pub owner: Option<Arc<str>>,
    /// It is in the way of people on purpose, and the line says why.
    pub healthy: bool,
    /// The lines that could not be had together, where this one settles it: what was decided against, and for.
    pub decides: Vec<Overridden>,
}

/// A layer whose wish did not prevail.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Overridden {
    /// Which layer it was.
    pub layer: Layer,
    /// What it wanted; `None` when it took an earlier wish back.
    pub constraint: Option<Constraint>,
    /// Where.
    pub origin: Origin,
    /// The controls that the line serves.
    pub controls: Vec<Arc<Control>>,
}

/// One value that one subject should have.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Expectation {
    /// Which setting.
    pub setting: SettingId,
    /// Of which item of a collection, as the policy wrote it: `~default`, `release/*`, a path.
    pub key: Option<Arc<str>>,
    /// What is accepted.
    pub constraint: Constraint,
    /// How much a departure matters.
    pub severity: Severity,
    /// For whom.
    pub lenses: Lenses,
    /// Where on a contributor's way.
    pub stage: Stage,
    /// The reason that the policy gives.
    pub why: Option<Arc<str>>,
    /// What to write where several values would do, or where the wish is not itself a value.
    pub fix: Option<Value>,
    /// The layer that prevailed.
    pub layer: Layer,
    /// The line that asked.
    pub origin: Origin,
    /// Lines that asked for more of the same, from the same layer or as additions from others.
    pub also: Vec<Origin>,
    /// Whom it overrode, the nearest first.
    pub overridden: Vec<Overridden>,
    /// What a floor asks for at the least: no delegated waiver reaches below it.
    pub floor: Option<Constraint>,
    /// The policy only watches the collection: departures are reported, and nothing is written.
    pub watched: bool,
    /// Where the policy means to name all items of the collection: the keys that it names. What is wanted of no
    /// item in particular is then wanted of all the others.
    pub named: Option<Arc<[Arc<str>]>>,
    /// The controls that the lines serve.
    pub controls: Vec<Arc<Control>>,
    /// Whether it is a decision that costs something, and whose.
    pub standing: Standing,
}

impl Expectation {
    /// A wish that no line of a policy has, such as one that is only tried: of little weight, for nobody in particular.
    pub fn of_no_line(setting: SettingId, constraint: Constraint) -> Self {
        Self {
            setting,
            key: None,
            constraint,
            severity: Severity::Low,
            lenses: Lenses::default(),
            stage: Stage::Trust,
            why: None,
            fix: None,
            layer: Layer::General,
            origin: Origin { file: Arc::from(""), line: 1, column: 1, offset: 0, length: 0 },
            also: Vec::new(),
            overridden: Vec::new(),
            floor: None,
            watched: false,
            named: None,
            controls: Vec::new(),
            standing: Standing::default(),
        }
    }
}
