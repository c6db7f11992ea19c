//! Decides: what must be read, what a branch's rules amount to, whether an observation is accepted,
//! and what would mend it. Pure: no input or output, no clock, no randomness.

mod activity;
mod bearing;
mod bound;
mod demand;
mod friction;
mod gitlab_branch;
mod guard;
mod guarding_rows;
mod inherited;
mod judge;
mod lockout;
mod plan;
mod presence;
mod protection;
mod ref_pattern;
mod rule_reach;
mod rule_sum;
mod tally;

pub use activity::{Activity, activity_score};
pub use bearing::{Bearing, bearing};
pub use demand::{Want, demand};
pub use friction::{
    Agreement, Check, Consistency, FEWEST, Held, Hindrance, Index, Journey, Journeys, LEAST_EASE, Members,
    Obstacle, Roots, Stability, Standing, State, StepSummary, Summary, SystemicShare, Toil, hindrances,
    index, mark_systemic, stability, summary,
};
pub use guard::{Allowed, Claim, Refusal, refusals};
pub use inherited::Inheritance;
pub use judge::{Judge, Judged};
pub use lockout::{Danger, Facts, OWNERS, add_needed, dangers, needed};
pub use plan::{
    Above, Document, Documents, Draft, Lever, Lift, Limits, Member, Phase, Scope, Served, Subject as Planned,
    Waiting, levers, lifts, phase, said, taken_back,
};
pub use protection::Protection;
pub use ref_pattern::RefPatterns;
pub use tally::Tally;
