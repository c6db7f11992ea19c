//! Controls: what a benchmark or guide asks for, by its name there, and what a line of a policy says of it.

use std::sync::Arc;

use super::{Constraint, Layer, Lenses, Origin, SettingId, Severity, Stage, SubjectKind};

/// A `[control.NAME]`: what lines of a policy serve, told once.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Control {
    /// Its name, such as `cis:1.1.3`.
    pub name: Arc<str>,
    /// What holds where it is met, in a few words.
    pub title: Arc<str>,
    /// Why it is asked.
    pub why: Option<Arc<str>>,
    /// What to do where it is not met.
    pub remedy: Option<Arc<str>>,
    /// How much a departure matters.
    pub severity: Option<Severity>,
    /// For whom it matters, where that differs from what the settings say.
    pub lenses: Option<Lenses>,
    /// The InnerSource pattern that it serves.
    pub pattern: Option<Pattern>,
    /// How to see by hand whether it is met: no setting tells it.
    pub check: Option<Arc<str>>,
    /// The sort of forge on which it is checked by hand, where a setting of the other tells it: `github` or `gitlab`.
    pub forge: Option<Arc<str>>,
    /// Where it is told.
    pub origin: Origin,
}

/// A pattern of the InnerSource Commons.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Pattern {
    /// Its name.
    pub name: Arc<str>,
    /// Where it is told.
    pub link: Arc<str>,
}

/// A pack as its reader sees it: control by control.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Pack {
    /// Its name, as in `pack:NAME`.
    pub name: &'static str,
    /// What it is for, in one sentence.
    pub purpose: &'static str,
    /// Its controls, in the order of the file, with what asks for them.
    pub controls: Vec<Served>,
    /// Lines that serve no control by name.
    pub plain: Vec<Ask>,
    /// Its types of project.
    pub profiles: Vec<Arc<str>>,
    /// The file, as it was compiled in.
    pub text: &'static str,
}

/// A control with the lines that serve it; none where it is for people to check.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Served {
    /// What it says of itself.
    pub control: Arc<Control>,
    /// How much a departure matters: as the control says, or as the most severe of its settings does.
    pub severity: Severity,
    /// For whom it matters.
    pub lenses: Lenses,
    /// The lines.
    pub asks: Vec<Ask>,
}

/// One line of a pack.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Ask {
    /// Where in the order it stands.
    pub layer: Layer,
    /// Of what it asks it.
    pub of: SubjectKind,
    /// Which setting.
    pub setting: SettingId,
    /// Of which item of a collection.
    pub key: Option<Arc<str>>,
    /// What is accepted; none where it takes back what was asked before.
    pub constraint: Option<Constraint>,
    /// The step of the journey that the setting bears on.
    pub stage: Stage,
}
