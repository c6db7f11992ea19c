//! `undo`: what a journal says was made, taken back.

use std::path::PathBuf;

use miette::{IntoDiagnostic, Result};

use super::allowing::{Allowing, needs, refused};
use super::carry_out::{approved, carry_out, locked_out};
use super::exit::Exit;
use super::manner::Writing;
use super::standing::moved;
use super::terminal;
use crate::catalog::Catalog;
use crate::engine::{refusals, taken_back};
use crate::report;
use crate::run::{digest, read_journal};

/// Arguments of `undo`.
#[derive(Debug, clap::Args)]
pub(super) struct Undo {
    /// The journal that `apply` wrote beside its plan: PLAN.journal
    journal: PathBuf,
    /// Do not ask; needed where there is no terminal to ask
    #[arg(long)]
    auto_approve: bool,
    /// Show what would be taken back, and take nothing back
    #[arg(long, conflicts_with = "auto_approve")]
    dry_run: bool,
    #[command(flatten)]
    allowing: Allowing,
    #[command(flatten)]
    writing: Writing,
}

impl Undo {
    pub(super) fn run(self) -> Result<Exit> {
        let catalog = Catalog::built_in().into_diagnostic()?;
        let (plan, past) = read_journal(&self.journal)?;
        let mut back = taken_back(&plan, &past.to_take_back(), &catalog);
        back.digest = digest(&back);
        for left in &back.deferred {
            let key = left.key.as_deref().map(|k| format!("[{k}]")).unwrap_or_default();
            let what = format!("{} {}{key}", report::safe(&left.subject), left.setting);
            terminal::warn(&format!("{what} cannot be taken back: {}", left.reason));
        }
        if back.changes.is_empty() {
            terminal::say("There is nothing to take back.")?;
            return Ok(if back.deferred.is_empty() { Exit::AsWanted } else { Exit::Drift });
        }
        if self.dry_run {
            let needs = needs(&back, &catalog, true);
            terminal::show(|out| {
                report::plan(out, &back, terminal::width())?;
                report::plan_needs(out, "undo", &needs, terminal::width())
            })?;
            return Ok(Exit::Drift);
        }
        let mut why = moved(&back, None);
        why.extend(refusals(&back, &catalog, &self.allowing.allowed(true), None));
        if refused(&why) {
            return Ok(Exit::Error);
        }
        if refused(&locked_out(&back, &catalog, &self.allowing, &self.writing)?) {
            return Ok(Exit::Error);
        }
        if !approved(&back, self.auto_approve)? {
            terminal::say("Nothing was changed.")?;
            return Ok(Exit::Drift);
        }
        let mut journal = self.journal.into_os_string();
        journal.push(".undo");
        let coming = past.coming(&plan);
        let ended = carry_out(&back, &PathBuf::from(journal), &coming, &self.writing, &mut |_, _| {})?;
        let all_back = back.deferred.is_empty();
        Ok(if ended == Exit::AsWanted && !all_back { Exit::Drift } else { ended })
    }
}
