//! GitHub's REST API as one view of the world.

mod access;
mod account;
mod body;
mod branches;
mod collaborators;
mod contents;
mod exchange;
mod installations;
mod labels;
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
pub use routes::{Captures, Handler, MINT, Method, ROUTES, Route, find};
pub use site::{ENTERPRISE_PREFIX, Site};
