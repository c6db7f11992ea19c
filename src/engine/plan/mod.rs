//! From what drifts to what would mend it. The plan leaves whoever carries it out nothing to decide.

mod access;
mod archive;
mod back;
mod branch;
mod classic;
mod documents;
mod draft;
mod file;
mod gitlab_branch;
mod gitlab_rule;
mod item;
mod item_body;
mod item_named;
mod item_place;
mod item_removal;
mod item_value;
mod lift;
mod limits;
mod order;
mod own;
mod proposal;
mod proposal_github;
mod proposal_gitlab;
mod rules;
mod ruleset;
mod ruleset_item;
mod target;
mod template;
mod whole_document;

pub use back::taken_back;
pub use documents::{Document, Documents, Waiting};
pub use draft::{Draft, Subject};
pub use lift::{Above, Lever, Lift, Member, Scope, Served, levers, lifts};
pub use limits::Limits;
pub use order::{Phase, phase};
pub use rules::said;
