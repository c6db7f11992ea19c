//! `plan`: what would be done.

use std::collections::BTreeMap;
use std::path::PathBuf;
use std::sync::Arc;

use clap::ValueEnum;
use miette::{IntoDiagnostic, Result, WrapErr};

use super::audit::From;
use super::exit::Exit;
use super::manner::{Asks, Manner};
use super::reading::Reading;
use super::{opening, terminal};
use crate::catalog::Catalog;
use crate::engine::Draft;
use crate::model::Observed;
use crate::report;
use crate::run::{
    Auditor, Batches, Outcome, Place, Planner, Unread, finish, sources, wanted, wanted_to_plan,
};

/// Arguments of `plan`.
#[derive(Debug, clap::Args)]
pub(super) struct Plan {
    /// The policy file, or a folder with a policy.toml
    #[arg(default_value = ".")]
    path: PathBuf,
    #[command(flatten)]
    from: From,
    /// Keep the plan in a file that `apply` carries out
    #[arg(long, value_name = "FILE")]
    out: Option<PathBuf>,
    /// How to show the plan
    #[arg(long, value_enum, default_value = "human")]
    format: Format,
    #[command(flatten)]
    manner: Manner,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq, ValueEnum)]
enum Format {
    /// For a terminal
    Human,
    /// As it stands in the plan file
    Json,
}

impl Plan {
    pub(super) fn run(self) -> Result<Exit> {
        let mut catalog = Catalog::built_in().into_diagnostic()?;
        let Some(policy) = opening::policy(&self.path, &mut catalog) else { return Ok(Exit::Error) };
        let places = sources(&policy, &self.from.sources())?;
        let demand = wanted_to_plan(wanted(&policy, &catalog, None), &catalog);
        let today = chrono::Local::now().date_naive();
        let auditor = Auditor::new(&policy, &catalog, today, false, None);
        let planner = Planner { auditor: &auditor, catalog: &catalog };
        let mut outcome = Outcome::empty(policy.waivers.len());
        let mut draft = Draft::default();
        let mut snapshots: BTreeMap<Arc<str>, String> = BTreeMap::new();
        let asks = Asks { verb: "plan", policy: &policy.digest, what: &places };
        let reading = Reading::new(&self.manner, &asks)?;
        let narrow = |observed: &Observed| auditor.narrow(observed);
        let live = reading.live(&catalog, &demand, &narrow);
        for place in &places {
            if let Place::Snapshot { name, path } = place {
                let batches = Batches { catalog: &catalog, demand: &demand, path, rename: name.as_ref() };
                let forges = planner.snapshot(&batches, &mut outcome, &mut draft)?;
                snapshots.extend(forges.into_iter().map(|forge| (forge, path.display().to_string())));
            }
            let plan = |observed: &Observed, forge, outcome: &mut Outcome| {
                planner.subject(observed, None, forge, outcome, &mut draft);
            };
            reading.wait(live.read(place, &mut outcome, plan));
        }
        drop(live);
        if let Some(stopped) = reading.end() {
            return Ok(stopped);
        }
        terminal::problems(outcome.problems.clone());
        let plan = finish(draft, &policy, &places, &snapshots);
        let json = serde_json::to_string_pretty(&plan).into_diagnostic()?;
        if let Some(out) = &self.out {
            std::fs::write(out, format!("{json}\n"))
                .into_diagnostic()
                .wrap_err_with(|| format!("{} cannot be written", out.display()))?;
        }
        terminal::show(|out| match self.format {
            Format::Human => report::plan(out, &plan, terminal::width()),
            Format::Json => writeln!(out, "{json}"),
        })?;
        for Unread { address, why } in &outcome.unread {
            terminal::warn(&format!("{address} was not read: {why}"));
        }
        Ok(match (plan.changes.is_empty(), outcome.unread.is_empty()) {
            _ if !outcome.problems.is_empty()
                || (outcome.tally.subjects == 0 && !outcome.unread.is_empty()) =>
            {
                Exit::Error
            }
            (false, _) => Exit::Drift,
            (true, false) => Exit::Unknown,
            (true, true) => Exit::AsWanted,
        })
    }
}
