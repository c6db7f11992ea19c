//! `--baseline` and `--write-baseline`: only what is new since an agreed day.

use std::path::PathBuf;

use chrono::NaiveDate;
use miette::{Result, miette};

use super::terminal;
use super::whole_file;
use crate::catalog::Catalog;
use crate::run::{Baseline, Outcome, baseline_of, read_baseline, write_baseline};

/// How a run is held against an agreed day.
#[derive(Debug, clap::Args)]
pub(super) struct Since {
    /// Tell only what is new since the day of this file, and count the rest
    #[arg(long, value_name = "FILE")]
    baseline: Option<PathBuf>,
    /// Agree on what there is: write it to a file. With --baseline, only take out what is gone
    #[arg(long, value_name = "FILE")]
    write_baseline: Option<PathBuf>,
}

impl Since {
    /// Whether anything is asked.
    pub(super) fn is_any(&self) -> bool {
        self.baseline.is_some() || self.write_baseline.is_some()
    }

    /// The baseline, before anything else is read. `limited`: only part of the repositories will be judged.
    ///
    /// # Errors
    /// When it cannot be read, or one would be written of a part only.
    pub(super) fn read(&self, limited: bool) -> Result<Option<Baseline>> {
        if let Some(file) = &self.write_baseline {
            if limited && self.baseline.is_none() {
                let help = "leave --only and --team out, or shrink an existing one with --baseline as well";
                return Err(miette!(
                    code = "baseline::part",
                    help = help,
                    "a baseline of a part would tell all the rest as new"
                ));
            }
            whole_file::check(file)?;
        }
        Ok(self.baseline.as_deref().map(read_baseline).transpose()?)
    }

    /// Takes from the outcome what was agreed, and writes down what is agreed now.
    ///
    /// # Errors
    /// When the file cannot be written.
    pub(super) fn apply(
        &self,
        agreed: Option<Baseline>,
        outcome: &mut Outcome,
        catalog: &Catalog,
        today: NaiveDate,
        limited: bool,
    ) -> Result<()> {
        let known = agreed.is_some();
        let baseline = match (agreed, &self.write_baseline) {
            (Some(baseline), _) => baseline,
            (None, Some(_)) => baseline_of(outcome, catalog, today),
            (None, None) => return Ok(()),
        };
        baseline.apply(outcome, catalog, limited);
        let Some(file) = &self.write_baseline else { return Ok(()) };
        let gone = outcome.agreed.as_ref().map(|a| &*a.gone).unwrap_or_default();
        let kept = baseline.without(gone);
        whole_file::write(file, |out| write_baseline(out, &kept))?;
        let (file, n) = (file.display(), kept.len());
        let findings = if n == 1 { "finding" } else { "findings" };
        let gone = if known { format!(", {} taken out", gone.len()) } else { String::new() };
        terminal::warn(&format!("{file}: {n} {findings} agreed{gone}"));
        if !outcome.unread.is_empty() && !known {
            terminal::warn("what was not read is not in it, and will be new when it is read");
        }
        Ok(())
    }
}
