//! What `apply` and `undo` have in common: asking, writing step by step, and saying what came of it.

use std::collections::BTreeMap;
use std::io::{self, BufRead, IsTerminal};
use std::path::Path;
use std::sync::Arc;

use miette::{IntoDiagnostic, Result, miette};

use super::allowing::{Allowing, lockouts};
use super::exit::Exit;
use super::reading::Reading;
use super::terminal;
use crate::catalog::Catalog;
use crate::engine::Refusal;
use crate::model::{Change, Plan, Target};
use crate::report;
use crate::run::Lockouts;
use crate::run::{Applied, Applier, Carried, Journal, Past};

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
pub(super) fn locked_out(plan: &Plan, catalog: &Catalog, allowing: &Allowing) -> Result<Vec<Refusal>> {
    let reading = Reading::to_write()?;
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

/// Carries a plan out, each step in the journal, and says what came of it.
pub(super) fn carry_out(plan: &Plan, journal: &Path) -> Result<Exit> {
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
    let reading = Reading::to_write()?;
    let mut applied: BTreeMap<usize, Applied> = BTreeMap::new();
    let mut troubles = Vec::new();
    for (name, target) in &plan.forges {
        let of_forge = |c: &Change| c.subject.split_once(':').is_some_and(|(forge, _)| forge == name);
        let changes: Vec<(usize, &Change)> =
            plan.changes.iter().enumerate().filter(|(_, c)| of_forge(c)).collect();
        if changes.is_empty() {
            continue;
        }
        let place = Place { reading: &reading, catalog: &catalog, steps: &steps, past: &past };
        let carried = place.one(plan, name, target, &changes);
        applied.extend(carried.applied);
        troubles.extend(carried.ended.map(|ended| format!("{name}: {ended}")));
    }
    show(plan, &applied, &reading)?;
    troubles.iter().for_each(|t| terminal::warn(t));
    let made = |i| matches!(applied.get(&i), Some(Applied::Done | Applied::Proposed | Applied::Already));
    let complete = (0..plan.changes.len()).all(made);
    if !complete {
        let journal = journal.display();
        terminal::warn(&format!(
            "the same command goes on from here; `ispo-scm undo {journal}` takes back what was made"
        ));
    }
    if reading.end().is_some() && !complete {
        return Ok(Exit::Stopped);
    }
    Ok(match (troubles.is_empty(), complete) {
        (false, _) if applied.is_empty() => Exit::Error,
        (true, true) => Exit::AsWanted,
        _ => Exit::Drift,
    })
}

/// What carrying out on one forge takes.
struct Place<'a> {
    reading: &'a Reading,
    catalog: &'a Catalog,
    steps: &'a Journal,
    past: &'a Past,
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
            watch: &|_| {},
        };
        match target {
            Target::Snapshot(path) => applier.snapshot(Path::new(path), plan, changes),
            Target::Github(url) => self.reading.wait(applier.github(url, plan, changes)),
            Target::Gitlab(url) => self.reading.wait(applier.gitlab(url, plan, changes)),
        }
    }
}

fn show(plan: &Plan, applied: &BTreeMap<usize, Applied>, reading: &Reading) -> Result<()> {
    reading.quiet();
    terminal::show(|out| {
        let mut done = 0;
        for (i, change) in plan.changes.iter().enumerate() {
            let what = match applied.get(&i) {
                Some(Applied::Done | Applied::Already) => {
                    done += 1;
                    continue;
                }
                Some(Applied::Proposed) => "proposed; it takes effect when it is merged".to_owned(),
                Some(Applied::Unread { why } | Applied::Held { why }) => format!("NOT made: {why}"),
                Some(Applied::Unseen { why }) => format!("sent, and cannot be seen: {why}"),
                Some(Applied::Moved { now }) => format!("NOT made: it has moved since the plan ({now})"),
                Some(Applied::Refused { why }) => format!("NOT made: {why}"),
                Some(Applied::NotApplied { now }) => {
                    format!("NOT applied by the forge, which said yes: it is still {now}")
                }
                None => "NOT made".to_owned(),
            };
            let key = change.key.as_deref().map(|k| format!("[{k}]")).unwrap_or_default();
            writeln!(out, "{} {}{key}: {what}", report::safe(&change.subject), change.setting)?;
        }
        writeln!(out, "{done} of {} changes made and seen to be made.", plan.changes.len())
    })
}
