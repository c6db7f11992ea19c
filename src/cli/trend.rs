//! `trend`: what the runs of a history come to.

use std::path::PathBuf;

use clap::ValueEnum;
use miette::{IntoDiagnostic, Result};

use super::exit::Exit;
use super::terminal;
use crate::report;
use crate::run::History;

/// Arguments of `trend`.
#[derive(Debug, clap::Args)]
pub(super) struct Trend {
    /// The history that `audit --history` writes
    file: PathBuf,
    /// Runs that were limited, by what they were limited to: '--team payments'
    #[arg(long, value_name = "OPTIONS", default_value = "", allow_hyphen_values = true)]
    scope: String,
    /// How to show it
    #[arg(long, value_enum, default_value = "human")]
    format: Format,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq, ValueEnum)]
enum Format {
    /// For a terminal
    Human,
    /// For machines; its format has a version
    Json,
    /// A page for browsers, which needs nothing but itself
    Html,
}

impl Trend {
    pub(super) fn run(self) -> Result<Exit> {
        let trend = History::existing(&self.file)?.trend(&self.scope)?;
        match self.format {
            Format::Human => terminal::show(|out| report::trend(out, &trend, terminal::width()))?,
            Format::Html => terminal::show(|out| report::trend_page(out, &trend, &self.scope))?,
            Format::Json => {
                let text = serde_json::to_string_pretty(&report::trend_json(&trend)).into_diagnostic()?;
                terminal::show(|out| writeln!(out, "{}", report::safe_json(&text)))?;
            }
        }
        Ok(Exit::AsWanted)
    }
}
