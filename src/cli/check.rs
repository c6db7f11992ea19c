//! `check`: a policy by itself.

use std::path::PathBuf;

use miette::{IntoDiagnostic, Result};

use super::exit::Exit;
use super::{opening, terminal};
use crate::catalog::Catalog;

/// Arguments of `check`.
#[derive(Debug, clap::Args)]
pub(super) struct Check {
    /// The policy file, or a folder with a policy.toml
    #[arg(default_value = ".")]
    path: PathBuf,
}

impl Check {
    pub(super) fn run(self) -> Result<Exit> {
        let mut catalog = Catalog::built_in().into_diagnostic()?;
        let Some(policy) = opening::policy(&self.path, &mut catalog) else { return Ok(Exit::Error) };
        let count = |n: usize, one: &str, many: &str| format!("{n} {}", if n == 1 { one } else { many });
        let parts = [
            count(policy.sources.len(), "file", "files"),
            count(policy.statements.len(), "statement", "statements"),
            count(policy.profiles.len(), "profile", "profiles"),
            count(policy.teams.len(), "team", "teams"),
            count(policy.waivers.len(), "waiver", "waivers"),
        ];
        terminal::say(&format!("{} is sound: {}", self.path.display(), parts.join(", ")))?;
        Ok(Exit::AsWanted)
    }
}
