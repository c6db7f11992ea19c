//! Reading a world from a file, whichever of two formats it has, and writing it down.

use std::path::{Path, PathBuf};

use serde_json::Value;

use super::described;
use crate::sim::world::World;

#[derive(Debug, thiserror::Error)]
pub enum StateError {
    #[error("cannot read or write {path}")]
    File { path: PathBuf, source: std::io::Error },
    #[error("{path} is neither a dumped world nor the description of an organization")]
    Format { path: PathBuf, source: serde_json::Error },
}

/// A dump of this simulator, or the description of one organization, which then gets that login.
pub fn load(path: &Path, login: &str) -> Result<World, StateError> {
    let unreadable = |source| StateError::File { path: path.to_owned(), source };
    let malformed = |source| StateError::Format { path: path.to_owned(), source };
    let text = std::fs::read_to_string(path).map_err(unreadable)?;
    let state: Value = serde_json::from_str(&text).map_err(malformed)?;
    if state.get("organizations").is_some() {
        serde_json::from_value(state).map_err(malformed)
    } else {
        described::world(state, login).map_err(malformed)
    }
}

pub fn dump(world: &World, path: &Path) -> Result<(), StateError> {
    let text = serde_json::to_string_pretty(world)
        .map_err(|source| StateError::Format { path: path.to_owned(), source })?;
    std::fs::write(path, text + "\n").map_err(|source| StateError::File { path: path.to_owned(), source })
}
