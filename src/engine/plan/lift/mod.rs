//! One change above many repositories in place of one in each: which, for whom, and the proof that each gets
//! what it wanted.
//!
//! Source: docs.github.com, "Managing rulesets for repositories in your organization".

mod item;
mod member;
mod proof;
mod ruleset;
mod scope;
mod search;
mod setting;
mod spread;

pub use member::Member;
pub use ruleset::Lift;
pub use scope::Scope;
pub use search::{Above, lifts};
pub use setting::{Lever, Served, levers};
pub use spread::spread;
