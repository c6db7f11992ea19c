//! What `apply` and `undo` have in common: asking, writing step by step, and saying what came of it.

use std::collections::{BTreeMap, BTreeSet};
use std::io::{self, BufRead, IsTerminal};
use std::path::Path;
use std::sync::Arc;
use std::time::Duration;

use miette::{IntoDiagnostic, Result, miette};

use super::allowing::{Allowing, lockouts};
use super::exit::Exit;
use super::manner::Writing;
use super::reading::Reading;
use super::summary::{next, summary};
use super::terminal;
use crate::catalog::Catalog;
use crate::engine::Refusal;
use crate::model::{Change, Plan, Target};
use crate::report;
use crate::run::{Applied, Applier, ApplyError, Carried, Journal, Lockouts, Past, reason};

/// Shows a plan and asks for the word yes, unless that was given beforehand.
pub(super) fn approved(plan: &Plan, beforehand: bool) -> Result<bool> {
    if beforehand {
        return Ok(true);
    }
    if !io::stdin().is_terminal() {
        return Err(miette!(
            code = "apply::approval",
            help = "look at the plan, then give --auto-approve",
            "there is no terminal to ask for approval"
        ));
    }
    terminal::show(|out| {
        report::plan(out, plan, terminal::width())?;
        write!(out, "\nTo make these changes, answer yes: ")
    })?;
    let mut answer = String::new();
    io::stdin().lock().read_line(&mut answer).into_diagnostic()?;
    Ok(answer.trim() == "yes")
}

/// What a plan would lock people out of, by what is there now.
pub(super) fn locked_out(
    plan: &Plan,
    catalog: &Catalog,
    allowing: &Allowing,
    writing: &Writing,
) -> Result<Vec<Refusal>> {
    let reading = Reading::to_write(writing)?;
    let look = Lockouts {
        catalog,
        environment: &terminal::environment,
        terms: reading.terms(),
        owners: allowing.owning.min_owners,
    };
    let mut dangers = Vec::new();
    for (name, target) in &plan.forges {
        let of_forge = |c: &&Change| c.subject.split_once(':').is_some_and(|(forge, _)| forge == name);
        let changes: Vec<&Change> = plan.changes.iter().filter(of_forge).collect();
        let forge: Arc<str> = name.as_str().into();
        dangers.extend(match target {
            Target::Snapshot(path) => look.snapshot(&forge, Path::new(path), &changes)?,
            _ => reading.wait(look.live(&forge, target, &changes)).into_diagnostic()?,
        });
    }
    Ok(lockouts(&dangers, allowing.allow_unproven))
}

/// Is told a plan, and what became of its changes.
pub(super) type Hear<'a> = dyn FnMut(&Plan, &BTreeMap<usize, Applied>) + 'a;

/// Carries a plan out, each step in the journal, and says what came of it, here and to whoever hears.
/// Some of the changes may take back what the forge has not done yet: these are named by their numbers.
pub(super) fn carry_out(
    plan: &Plan,
    journal: &Path,
    coming: &BTreeSet<usize>,
    writing: &Writing,
    hear: &mut Hear<'_>,
) -> Result<Exit> {
    let catalog = Catalog::built_in().into_diagnostic()?;
    let (steps, past) = Journal::open(journal, plan)?;
    if !past.outcomes.is_empty() || !past.sent.is_empty() {
        let done = past.done().len();
        let of = plan.changes.len();
        terminal::warn(&format!(
            "going on with {}: {done} of {of} changes were made before",
            journal.display()
        ));
    }
    let reading = Reading::to_write(writing)?;
    let mut applied: BTreeMap<usize, Applied> = BTreeMap::new();
    let mut troubles = Vec::new();
    for (name, target) in &plan.forges {
        let of_forge = |c: &Change| c.subject.split_once(':').is_some_and(|(forge, _)| forge == name);
        let changes: Vec<(usize, &Change)> =
            plan.changes.iter().enumerate().filter(|(_, c)| of_forge(c)).collect();
        if changes.is_empty() {
            continue;
        }
        let place = Place {
            reading: &reading,
            catalog: &catalog,
            steps: &steps,
            past: &past,
            coming,
            patience: writing.patience(),
        };
        let carried = place.one(plan, name, target, &changes);
        applied.extend(carried.applied);
        troubles.extend(carried.ended.map(|ended| format!("{name}: ended early: {}", why(&ended))));
    }
    reading.quiet();
    terminal::show(|out| summary(out, plan, &applied, terminal::width()))?;
    hear(plan, &applied);
    troubles.iter().for_each(|t| terminal::warn(t));
    let complete = (0..plan.changes.len()).all(|i| applied.get(&i).is_some_and(Applied::is_made));
    if !complete {
        next(plan, &applied, journal).iter().for_each(|line| terminal::warn(line));
    }
    if reading.end().is_some() && !complete {
        return Ok(Exit::Stopped);
    }
    Ok(match (troubles.is_empty(), complete) {
        // Nothing could be done at all.
        (false, _) if !applied.values().any(sent) => Exit::Error,
        (true, true) => Exit::AsWanted,
        _ => Exit::Drift,
    })
}

/// Whether anything was done about a change.
fn sent(applied: &Applied) -> bool {
    !matches!(applied, Applied::Unread { .. })
}

/// Why a run ended early, and what a person can do about it.
fn why(ended: &ApplyError) -> String {
    match ended {
        ApplyError::Forge(error) => reason(error),
        ApplyError::Journal(error) => format!("{error}; nothing is sent that cannot be written down"),
        other => other.to_string(),
    }
}

/// What carrying out on one forge takes.
struct Place<'a> {
    reading: &'a Reading,
    catalog: &'a Catalog,
    steps: &'a Journal,
    past: &'a Past,
    coming: &'a BTreeSet<usize>,
    patience: Duration,
}

impl Place<'_> {
    fn one(&self, plan: &Plan, name: &str, target: &Target, changes: &[(usize, &Change)]) -> Carried {
        let applier = Applier {
            catalog: self.catalog,
            environment: &terminal::environment,
            terms: self.reading.terms(),
            forge: name.into(),
            journal: self.steps,
            past: self.past,
            coming: self.coming,
            patience: self.patience,
            watch: &|step| self.reading.step(step),
        };
        match target {
            Target::Snapshot(path) => applier.snapshot(Path::new(path), plan, changes),
            Target::Github(url) => self.reading.wait(applier.github(url, plan, changes)),
            Target::Gitlab(url) => self.reading.wait(applier.gitlab(url, plan, changes)),
        }
    }
}
