//! `ispo-scm`: holds a policy against how GitHub and GitLab are really set up.
//!
//! One road leads through the modules, and nothing flows back up it: `policy` reads TOML and
//! resolves it into expectations, `forge` reads what they need, `engine` judges, `report` shows.

pub mod catalog;
pub mod cli;
pub mod engine;
pub mod forge;
pub mod model;
pub mod policy;
pub mod report;
pub mod run;
