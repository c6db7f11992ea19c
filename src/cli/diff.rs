//! `diff`: what changed between two snapshots, two reports, or two runs of a history.

use std::path::PathBuf;

use clap::ValueEnum;
use miette::{IntoDiagnostic, Result};

use super::exit::Exit;
use super::terminal;
use crate::report;
use crate::run::difference;

/// Arguments of `diff`.
#[derive(Debug, clap::Args)]
pub(super) struct Diff {
    /// The older: a snapshot, a JSON report, or a run of a history: history.db#3
    old: PathBuf,
    /// The newer, of the same sort; a history without a number is its last run
    new: PathBuf,
    /// Ask the forges' own logs who changed it, which takes the rights of an owner
    #[arg(long)]
    who: bool,
    /// The policy that says where the forges are, whose logs are asked
    #[arg(long, value_name = "PATH", requires = "who")]
    policy: Option<PathBuf>,
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
    /// For the summary of a job
    Markdown,
}

impl Diff {
    pub(super) fn run(self) -> Result<Exit> {
        let difference = difference(&self.old, &self.new)?;
        let who = match self.who {
            true => Some(super::who::who(&difference, self.policy.as_deref())?),
            false => None,
        };
        let who = who.as_deref();
        match self.format {
            Format::Human => {
                terminal::show(|out| report::difference(out, &difference, who, terminal::width()))?
            }
            Format::Markdown => terminal::show(|out| report::difference_markdown(out, &difference, who))?,
            Format::Json => {
                let json = report::difference_json(&difference, who);
                let text = serde_json::to_string_pretty(&json).into_diagnostic()?;
                terminal::show(|out| writeln!(out, "{}", report::safe_json(&text)))?;
            }
        }
        Ok(if difference.changes.is_empty() { Exit::AsWanted } else { Exit::Drift })
    }
}
