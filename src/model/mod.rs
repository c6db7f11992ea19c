//! The words of the product as types. Nothing here reads, writes, or decides.
//!
//! A policy states [`Constraint`]s; resolving it gives [`Expectation`]s for a [`Subject`]; a forge
//! gives [`Observation`]s; judging the one against the other gives [`Finding`]s; a [`Plan`] is what
//! would be done about them.

mod address;
mod advice;
mod combine;
mod constraint;
mod control;
mod declined;
mod expectation;
mod finding;
mod given;
mod glob;
mod label;
mod observation;
mod origin;
mod plan;
mod points;
mod rung;
mod scale;
mod snapshot;
mod value;
mod waiver;
mod weights;

pub use address::{Subject, SubjectKind};
pub use advice::{Advice, Decision, Side};
pub use combine::Conflict;
pub use constraint::{Bounds, Constraint, Matcher, day_of};
pub use control::{Ask, Control, Pack, Pattern, Served};
pub use declined::Declined;
pub use expectation::{Expectation, Layer, Overridden, SettingId, Standing};
pub use finding::{Finding, Systemic, Verdict};
pub use given::{GIVEN, given_names};
pub use glob::{NameGlob, means_key};
pub use label::Label;
pub use observation::{Observation, Sourced};
pub use origin::Origin;
pub use plan::{Action, Change, Deferred, Lifted, LiftedBy, Plan, Request, Target};
pub use points::Points;
pub use rung::Rung;
pub use scale::{Lens, Lenses, Remedy, Risk, Severity, Stage};
pub use snapshot::{Collection, Item, Observed, Readings};
pub use value::Value;
pub use waiver::Waiver;
pub use weights::{Weights, WeightsFile};
