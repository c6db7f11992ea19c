//! `apply`: a plan carried out.

use std::collections::BTreeSet;
use std::path::{Path, PathBuf};

use miette::{IntoDiagnostic, Result, WrapErr, miette};

use super::allowing::{Allowing, refused};
use super::carry_out::{Hear, approved, carry_out, locked_out};
use super::exit::Exit;
use super::manner::Writing;
use super::standing::Standing;
use super::terminal;
use crate::catalog::Catalog;
use crate::engine::refusals;
use crate::model::Plan;
use crate::run::{PLAN_VERSION, digest, journal_of, read_journal};

/// Arguments of `apply`.
#[derive(Debug, clap::Args)]
pub(super) struct Apply {
    /// The plan that `plan --out` wrote
    plan: PathBuf,
    /// Do not ask; needed where there is no terminal to ask
    #[arg(long)]
    auto_approve: bool,
    #[command(flatten)]
    allowing: Allowing,
    #[command(flatten)]
    standing: Standing,
    #[command(flatten)]
    writing: Writing,
}

impl Apply {
    pub(super) fn run(self) -> Result<Exit> {
        self.hearing(&mut |_, _| {})
    }

    /// Applies, and tells what became of which change, where it came to that.
    ///
    /// # Errors
    /// As for the verb.
    pub(super) fn hearing(self, hear: &mut Hear<'_>) -> Result<Exit> {
        let plan = self.plan()?;
        let catalog = Catalog::built_in().into_diagnostic()?;
        let found = self.standing.found(&plan, &self.plan);
        let allowed = self.allowing.allowed(false);
        let mut why = refusals(&plan, &catalog, &allowed, found.claimed.as_deref());
        why.splice(0..0, found.refusals);
        if refused(&why) {
            return Ok(Exit::Error);
        }
        let locked_out = locked_out(&plan, &catalog, &self.allowing, &self.writing)?;
        if refused(&locked_out) {
            return Ok(Exit::Error);
        }
        if plan.changes.is_empty() {
            terminal::say("No changes.")?;
            return Ok(Exit::AsWanted);
        }
        if !approved(&plan, self.auto_approve)? {
            terminal::say("Nothing was changed.")?;
            return Ok(Exit::Drift);
        }
        put_aside(&journal_of(&self.plan))?;
        carry_out(&plan, &journal_of(&self.plan), &BTreeSet::new(), &self.writing, hear)
    }

    fn plan(&self) -> Result<Plan> {
        let name = self.plan.display();
        let text = std::fs::read_to_string(&self.plan)
            .into_diagnostic()
            .wrap_err_with(|| format!("the plan {name} cannot be read"))?;
        let plan: Plan = serde_json::from_str(&text).map_err(|e| {
            miette!(
                code = "apply::plan",
                help = "`ispo-scm plan --out FILE` writes one",
                "{name} is not a plan: {e}"
            )
        })?;
        if plan.format_version != PLAN_VERSION {
            return Err(miette!(
                code = "apply::plan",
                help = "make the plan again with this release",
                "{name} is a plan of version {}, not {PLAN_VERSION}",
                plan.format_version
            ));
        }
        if plan.digest != digest(&plan) {
            return Err(miette!(
                code = "apply::plan",
                help = "make the plan again: `ispo-scm plan --out FILE`",
                "{name} was changed after it was made"
            ));
        }
        Ok(plan)
    }
}

/// Puts the journals of a run aside that was taken back, so that the same plan can be carried out again: what they
/// say was made is no longer so.
fn put_aside(journal: &Path) -> Result<()> {
    let with = |end: &str| {
        let mut name = journal.as_os_str().to_owned();
        name.push(end);
        PathBuf::from(name)
    };
    let back = with(".undo");
    if !back.exists() {
        return Ok(());
    }
    let (plan, past) = read_journal(&back)?;
    if past.done().len() < plan.changes.len() {
        return Err(miette!(
            code = "apply::undo",
            help = format!("end it with `ispo-scm undo {}`, or make a new plan", journal.display()),
            "what this plan did was taken back in part, and {} is not at its end",
            back.display()
        ));
    }
    // Of one that was ended in between, the first is aside already.
    let both = [(journal.to_owned(), with(".taken-back")), (back, with(".undo.taken-back"))];
    for (from, to) in both.into_iter().filter(|(from, _)| from.exists()) {
        std::fs::rename(&from, &to)
            .into_diagnostic()
            .wrap_err_with(|| format!("{} cannot be put aside", from.display()))?;
    }
    Ok(())
}
