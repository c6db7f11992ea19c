//! `check`: a policy by itself.

use std::io::{self, Write};
use std::path::PathBuf;

use miette::{IntoDiagnostic, Result};

use super::exit::Exit;
use super::terminal;
use crate::catalog::Catalog;
use crate::policy;

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
        match policy::load(&self.path, &mut catalog) {
            Ok((policy, warnings)) => {
                terminal::problems(warnings);
                let (files, statements) = (policy.sources.len(), policy.statements.len());
                let (profiles, teams) = (policy.profiles.len(), policy.teams.len());
                let _ = writeln!(
                    io::stdout(),
                    "{} is sound: {files} files, {statements} statements, {profiles} profiles, {teams} teams, {} waivers",
                    self.path.display(),
                    policy.waivers.len()
                );
                Ok(Exit::AsWanted)
            }
            Err(problems) => {
                terminal::problems(problems);
                Ok(Exit::Error)
            }
        }
    }
}
