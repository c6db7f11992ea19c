//! How hard it is to contribute: the journey through a repository, step by step, and what it comes to.
//!
//! What may be found here: the friction index, its weights and gates. What may not: anything that judges a
//! setting, or that knows of a report.

mod checks;
mod consistency;
mod facts;
mod index;
mod journey;
mod obstacle;
mod root;
mod stability;
mod summary;
mod systemic;

pub use consistency::{Agreement, Consistency, Held};
pub use index::{Check, Index, LEAST_EASE, State, Toil, index};
pub use journey::{Journey, Journeys, Standing};
pub use obstacle::Obstacle;
pub use root::Roots;
pub use stability::{Stability, stability};
pub use summary::{FEWEST, StepSummary, Summary, summary};
pub use systemic::{Hindrance, Members, SystemicShare, hindrances, mark_systemic};
