//! Decides: what must be read, what a branch's rules amount to, whether an observation is accepted,
//! and what would mend it. Pure: no input or output, no clock, no randomness.

mod bearing;
mod bound;
mod demand;
mod gitlab_branch;
mod guard;
mod guarding_rows;
mod judge;
mod lockout;
mod plan;
mod protection;
mod ref_pattern;
mod rule_reach;
mod rule_sum;
mod tally;

pub use bearing::{Bearing, bearing};
pub use demand::{Want, demand};
pub use guard::{Allowed, Claim, Refusal, refusals};
pub use judge::{Judge, Judged};
pub use lockout::{Danger, Facts, OWNERS, add_needed, dangers, needed};
pub use plan::{Draft, Limits, Phase, Subject as Planned, phase};
pub use protection::Protection;
pub use ref_pattern::RefPatterns;
pub use tally::Tally;
