//! `schema`: the policy language, for editors; and the report, for whoever reads it.

use std::path::PathBuf;

use clap::ValueEnum;
use miette::{IntoDiagnostic, Result};

use super::exit::Exit;
use super::{opening, terminal};
use crate::catalog::Catalog;
use crate::{policy, report};

/// Arguments of `schema`.
#[derive(Debug, clap::Args)]
pub(super) struct Schema {
    /// A policy whose own [[setting]] rows the schema is to know, too
    path: Option<PathBuf>,
    /// The schema of what
    #[arg(long, value_enum, default_value = "policy")]
    of: Of,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq, ValueEnum)]
enum Of {
    /// The policy language
    Policy,
    /// The report that `audit --format json` writes
    Report,
}

impl Schema {
    pub(super) fn run(self) -> Result<Exit> {
        if self.of == Of::Report {
            terminal::show(|out| out.write_all(report::SCHEMA.as_bytes()))?;
            return Ok(Exit::AsWanted);
        }
        let mut catalog = Catalog::built_in().into_diagnostic()?;
        if let Some(path) = &self.path
            && opening::policy(path, &mut catalog).is_none()
        {
            return Ok(Exit::Error);
        }
        terminal::show(|out| writeln!(out, "{:#}", policy::schema(&catalog)))?;
        Ok(Exit::AsWanted)
    }
}
