//! GitHub's REST API as one view of the world.

mod access;
mod account;
mod body;
mod branch_rules;
mod branches;
mod collaborators;
mod community;
mod contents;
pub mod documents;
mod environments;
mod exchange;
mod installations;
mod interaction;
mod keys;
mod labels;
mod milestones;
mod organizations;
mod page;
mod properties;
mod protections;
mod pulls;
mod references;
mod repositories;
mod routes;
mod rulesets;
mod security;
mod site;
mod teams;
mod topics;

pub use access::check;
pub use collaborators::collaborators;
pub use contents::children;
pub use exchange::{Refusal, Reply, Request};
pub use routes::{Captures, Endpoint, Handler, MINT, Method, ROUTES, Route, find};
pub use site::{ENTERPRISE_PREFIX, Site};
