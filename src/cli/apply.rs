//! `apply`: a plan carried out.

use std::collections::BTreeMap;
use std::io::{self, BufRead, IsTerminal};
use std::path::{Path, PathBuf};
use std::sync::Arc;

use miette::{IntoDiagnostic, Result, WrapErr, miette};

use super::exit::Exit;
use super::reading::Reading;
use super::terminal;
use crate::catalog::Catalog;
use crate::model::{Change, Plan, Target};
use crate::report;
use crate::run::{Applied, Github, PLAN_VERSION, apply_snapshot, digest};

/// Arguments of `apply`.
#[derive(Debug, clap::Args)]
pub(super) struct Apply {
    /// The plan that `plan --out` wrote
    plan: PathBuf,
    /// Do not ask; needed where there is no terminal to ask
    #[arg(long)]
    auto_approve: bool,
}

impl Apply {
    pub(super) fn run(self) -> Result<Exit> {
        let catalog = Catalog::built_in().into_diagnostic()?;
        let plan = self.plan()?;
        if plan.changes.is_empty() {
            terminal::say("No changes.")?;
            return Ok(Exit::AsWanted);
        }
        if !self.auto_approve && !self.approved(&plan)? {
            terminal::say("Nothing was changed.")?;
            return Ok(Exit::Drift);
        }
        let mut applied: BTreeMap<usize, Applied> = BTreeMap::new();
        let mut troubles = Vec::new();
        for (name, target) in &plan.forges {
            let of_forge = |c: &Change| c.subject.split_once(':').is_some_and(|(forge, _)| forge == name);
            let changes: Vec<(usize, &Change)> =
                plan.changes.iter().enumerate().filter(|(_, c)| of_forge(c)).collect();
            if changes.is_empty() {
                continue;
            }
            match self.one(&plan, name, target, &changes, &catalog) {
                Ok(done) => applied.extend(done),
                Err(report) => troubles.push(format!("{name}: {report}")),
            }
        }
        self.show(&plan, &applied)?;
        troubles.iter().for_each(|t| terminal::warn(t));
        let complete = plan
            .changes
            .iter()
            .enumerate()
            .all(|(i, _)| matches!(applied.get(&i), Some(Applied::Done | Applied::Proposed)));
        Ok(match (troubles.is_empty(), complete) {
            (false, _) if applied.is_empty() => Exit::Error,
            (true, true) => Exit::AsWanted,
            _ => Exit::Drift,
        })
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

    /// Shows the plan and asks for the word yes.
    fn approved(&self, plan: &Plan) -> Result<bool> {
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

    fn one(
        &self,
        plan: &Plan,
        name: &str,
        target: &Target,
        changes: &[(usize, &Change)],
        catalog: &Catalog,
    ) -> Result<BTreeMap<usize, Applied>> {
        let forge: Arc<str> = name.into();
        match target {
            Target::Snapshot(path) => Ok(apply_snapshot(Path::new(path), &forge, catalog, plan, changes)?),
            Target::Github(url) => {
                let reading = Reading::plain()?;
                let github = Github {
                    catalog,
                    environment: &terminal::environment,
                    voice: reading.voice(),
                    url: url.clone(),
                    forge,
                };
                reading.wait(github.apply(plan, changes)).into_diagnostic()
            }
        }
    }

    fn show(&self, plan: &Plan, applied: &BTreeMap<usize, Applied>) -> Result<()> {
        terminal::show(|out| {
            let mut done = 0;
            for (i, change) in plan.changes.iter().enumerate() {
                let what = match applied.get(&i) {
                    Some(Applied::Done) => {
                        done += 1;
                        continue;
                    }
                    Some(Applied::Proposed) => "proposed; it takes effect when it is merged".to_owned(),
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
}
