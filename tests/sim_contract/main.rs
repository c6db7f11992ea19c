//! The simulator does what its documentation says, and nothing that GitHub's published descriptions
//! do not know.
//!
//! The descriptions are two npm packages: `npm ci --prefix tests/contract` brings them. Without them
//! their tests say that they were skipped, except where `CI=true` demands them.

#![allow(clippy::expect_used, clippy::panic, clippy::unwrap_used, reason = "a test may fail")]
#![allow(clippy::print_stderr, reason = "what is skipped must be said")]
#![allow(unreachable_pub, reason = "nothing outside a test binary can reach its items")]

#[path = "../contract/mod.rs"]
mod contract;
#[path = "../sim/mod.rs"]
mod sim;

mod client;
mod described_state;
mod documents;
mod every_field;
mod gitlab;
mod identities;
mod limits;
mod permissions;
mod places;
mod published_graphql;
mod published_rest;
mod reproducible;
mod rulesets;
mod schema_subset;
mod transport;
mod writes;
