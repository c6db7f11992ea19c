//! The transport: what a client sees of GitLab besides the bodies.

mod dispatch;
mod graphql;
mod options;
mod serve;
mod state;

pub use options::Options;
pub use serve::{Simulator, serve};
