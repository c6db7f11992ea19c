//! `schema`: the policy language, for editors.

use std::path::PathBuf;

use miette::{IntoDiagnostic, Result};

use super::exit::Exit;
use super::{opening, terminal};
use crate::catalog::Catalog;
use crate::policy;

/// Arguments of `schema`.
#[derive(Debug, clap::Args)]
pub(super) struct Schema {
    /// A policy whose own [[setting]] rows the schema is to know, too
    path: Option<PathBuf>,
}

impl Schema {
    pub(super) fn run(self) -> Result<Exit> {
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
