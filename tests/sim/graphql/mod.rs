//! GitHub's GraphQL API as the other view of the world.

mod actors;
mod answer;
mod connection;
mod cost;
mod engine;
mod enterprise;
mod errors;
mod files;
mod organization;
mod permission_source;
mod protection;
mod query;
mod record;
mod references;
mod repository;
mod resolver;
mod root;
mod rule_parameters;
mod ruleset;
mod team;

pub use answer::{Answer, Ask, Edge, Page, Subject};
pub use cost::Cost;
pub use engine::{Engine, Prepared};
pub use query::Query;
pub use record::{Composite, Record};
pub use resolver::{Bounds, Resolver};
pub use root::Scene;
