//! The policy language: TOML files in, expectations for each subject out.
//!
//! What may be found here: the grammar, its diagnostics, selectors, layers, floors and packs. What
//! may not: anything that reads a forge or judges.

mod advice;
mod body;
mod constraint;
mod contradiction;
mod controls;
mod declined;
mod document;
mod excerpt;
mod facts;
mod files;
mod forges;
mod friction;
mod layers;
mod load;
mod names;
mod node;
mod pack;
mod problem;
mod reader;
mod resolve;
mod rows;
mod schema;
mod select;
mod selector;
mod settle;
mod source;
mod static_checks;
mod value;
mod waivers;
mod wish;

pub use advice::{Answers, Entities, Forges, Size, Tier, Way, advise};
pub use document::{Forge, ForgeSort, Ownership, OwnershipMode, Policy, Profile, Statement, Team};
pub use facts::{CODEOWNERS, FactSettings, Facts};
pub use files::POLICY_FILE;
pub use load::{load, load_text, selector_of};
pub use pack::{PACKS, PackFile, pack};
pub use problem::{Problem, Shown};
pub use resolve::{Resolution, Resolved, Resolver};
pub use schema::schema;
pub use selector::Selector;
pub use source::Source;
