//! GitLab's GraphQL API as the other view of the world.

mod branch_rules;
mod complexity;
mod group;
mod lists;
mod names;
mod project;
mod repository;
mod root;
mod since;

pub use complexity::{MOST_CHARACTERS, MOST_DEPTH, Score};
pub use root::{Root, Scene};

use crate::sim::gitlab::world::World;
use crate::sim::graphql::Engine;

const SCHEMA: &str = include_str!("schema.graphql");

/// The schema of a server of that world's version.
pub fn engine(world: &World, without: &[String]) -> Result<Engine, String> {
    let mut missing = since::missing(&world.version);
    missing.extend(without.iter().filter(|field| !missing.contains(field)).cloned().collect::<Vec<_>>());
    Engine::of(SCHEMA, &missing)
}
