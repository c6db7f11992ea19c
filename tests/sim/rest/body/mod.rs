//! The shapes in which REST tells what the world holds.

mod organization;
mod protection;
mod repository;
mod ruleset;
mod settings;
mod team;

pub use organization::organization;
pub use protection::{protection, signatures};
pub use repository::{full, listed, related, simple};
pub use ruleset::{Source, ruleset, ruleset_summary};
pub use team::{permissions, team};
