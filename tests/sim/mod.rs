//! A stateful GitHub over HTTP, for the product's tests and for use by hand.
//!
//! One [`World`] holds everything; REST and GraphQL are two views of it, so what is written through
//! one is seen through the other. Nothing here reads a clock or a random source: the same world and
//! the same requests give the same bytes.
//!
//! A test begins in a conforming world and changes one thing:
//!
//! ```ignore
//! let mut world = World::conforming("acme", 3);
//! world.repository_mut("service-0002").set("has_wiki", true);
//! let simulator = sim::serve(world, Options::default()).await?;
//! let base = simulator.url();
//! ```
//!
//! What is plain data is a row of the tables in `rest/documents`, with what GitHub answers by default.
//! A test states what differs, for one subject and the rest of its path:
//!
//! ```ignore
//! let repository = world.repository_mut("service-0002");
//! repository.document("/hooks", json!([{ "events": ["push", "release"] }]));
//! repository.document("/actions/permissions", json!({ "allowed_actions": "selected" }));
//! repository.document("/pages", json!({ "cname": "example.com" }));
//! repository.refuse("/actions/secrets", 403, "Resource not accessible by integration");
//! ```
//!
//! Whoever asks may do everything, until a test says who it is. What such a caller sees follows from the
//! world and from the rights that each endpoint takes (`rest/documents/*.toml`, `rights.toml`):
//!
//! ```ignore
//! world.everybody(Identity::classic("dee", &["repo", "read:org"]));
//! world.identity("app", Identity::installation("acme", &["administration:read"]));
//! world.organization_mut("acme").installation = Some(Installation::with(&["metadata:read"]));
//! ```
//!
//! What goes wrong is told by [`Options::faults`].
//!
//! Protections and rulesets are told, not enforced: a write is refused only where GitHub refuses it
//! to an administrator.
//!
//! Included as `mod sim` at the root of the example and of each test binary.

#![allow(dead_code, unused_imports, reason = "each test binary uses its own part of the simulator")]
#![allow(unreachable_pub, reason = "written as a library, though only binaries include it")]

pub mod gitlab;
pub mod graphql;
pub mod rest;
pub mod server;
pub mod world;
pub mod worlds;

pub use server::{Fault, Options, Simulator, serve};
pub use world::World;
