//! `plan`: what would be done.

use std::collections::BTreeMap;
use std::path::PathBuf;
use std::sync::Arc;

use chrono::NaiveDate;
use clap::ValueEnum;
use miette::{IntoDiagnostic, Result};

use super::allowing::{Owning, lockouts, needs};
use super::audit::From;
use super::exit::Exit;
use super::manner::{Asks, Manner};
use super::reading::Reading;
use super::{opening, terminal, whole_file};
use crate::catalog::Catalog;
use crate::engine::{Draft, Limits, Refusal};
use crate::model::{Finding, GIVEN, Lens, Observed, Plan as Planned, Risk, Target, Verdict};
use crate::report;
use crate::run::{
    Auditor, Batches, Lifting, Outcome, Place, Planner, Unread, finish, home, serves_openness, sources,
    wanted, wanted_for_journeys, wanted_to_lift, wanted_to_plan,
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
    /// Only repositories that a selector holds for: 'topics = "innersource"', or a glob over names
    #[arg(long, value_name = "SELECTOR")]
    only: Option<String>,
    /// Set what many repositories need once above them: a setting or ruleset of their organization or group
    #[arg(long, conflicts_with = "only")]
    lift: bool,
    /// Only settings that serve this lens: openness or security
    #[arg(long, value_parser = lens)]
    lens: Option<Lens>,
    /// Leave changes of a higher risk: routine, protection, access, visibility or destructive
    #[arg(long, value_name = "RISK", value_parser = risk)]
    max_risk: Option<Risk>,
    /// Judge waivers as of this day instead of today
    #[arg(long, value_name = "YYYY-MM-DD")]
    today: Option<NaiveDate>,
    #[command(flatten)]
    owning: Owning,
    #[command(flatten)]
    manner: Manner,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq, ValueEnum)]
enum Format {
    /// For a terminal
    Human,
    /// As it stands in the plan file
    Json,
    /// For a comment on a pull request
    Markdown,
}

fn lens(word: &str) -> Result<Lens, String> {
    Lens::from_word(word).ok_or_else(|| one_of(Lens::ALL.iter().map(|l| l.word())))
}

fn risk(word: &str) -> Result<Risk, String> {
    Risk::from_word(word).ok_or_else(|| one_of(Risk::ALL.iter().map(|r| r.word())))
}

fn one_of<'w>(words: impl Iterator<Item = &'w str>) -> String {
    format!("write one of {}", words.collect::<Vec<_>>().join(", "))
}

impl Plan {
    pub(super) fn run(self) -> Result<Exit> {
        self.hearing(|_, _, _| {})
    }

    /// Plans, shows the plan, and tells it, what was looked at, and what `apply` would refuse.
    ///
    /// # Errors
    /// As for the verb.
    pub(super) fn hearing(self, hear: impl FnOnce(&Planned, report::Looked, &[String])) -> Result<Exit> {
        if let Some(out) = &self.out {
            whole_file::check(out)?;
        }
        let mut catalog = Catalog::built_in().into_diagnostic()?;
        let Some(policy) = opening::policy(&self.path, &mut catalog) else { return Ok(Exit::Error) };
        let Some(only) = opening::only(self.only.as_deref(), &catalog) else { return Ok(Exit::Error) };
        let limits = Limits { lens: self.lens, max_risk: self.max_risk };
        let places = sources(&policy, &self.from.sources())?;
        let demand = wanted_to_plan(wanted(&policy, &catalog, only.as_ref()), &catalog);
        let demand = if self.lift { wanted_to_lift(demand, &catalog) } else { demand };
        let opens = serves_openness(&policy, &catalog);
        let demand = if opens { wanted_for_journeys(demand, &catalog) } else { demand };
        let today = self.today.unwrap_or_else(|| chrono::Local::now().date_naive());
        let auditor = Auditor::new(&policy, &catalog, today, false, only.as_ref()).for_a_plan();
        let auditor = auditor.kept_in(home(&self.path, terminal::environment));
        let weights = opening::weights(&policy)?;
        let auditor = if opens { auditor.with_journeys(weights, today) } else { auditor };
        let auditor = if self.lift { auditor.for_lifting() } else { auditor };
        let names = std::env::vars_os().filter(|(_, value)| !value.is_empty());
        let names = names.filter_map(|(name, _)| name.into_string().ok());
        let given = names.filter(|name| name.starts_with(GIVEN)).collect();
        let lifting = self.lift.then(Lifting::default);
        let planner = Planner {
            auditor: &auditor,
            catalog: &catalog,
            limits,
            owners: self.owning.min_owners,
            given: &given,
            lifting: lifting.as_ref(),
        };
        let mut outcome = Outcome::empty(policy.waivers.len());
        let mut draft = Draft::default();
        let mut snapshots: BTreeMap<Arc<str>, String> = BTreeMap::new();
        let asks = Asks { verb: "plan", policy: &policy.digest, what: &(&places, &self.only) };
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
            reading.wait(planner.supplement(&live, place, &mut outcome, &mut draft));
        }
        drop(live);
        let left = lifting.iter().flat_map(|lifting| planner.lift(lifting, &outcome.unread, &mut draft));
        let left: Vec<String> = left.collect();
        if let Some(stopped) = reading.end() {
            return Ok(stopped);
        }
        terminal::problems(outcome.problems.clone());
        let plan = {
            let made = (self.path.display().to_string(), today.to_string());
            finish(draft, &catalog, &policy, &places, &snapshots, made)
        };
        let json = serde_json::to_string_pretty(&plan).into_diagnostic()?;
        if let Some(out) = &self.out {
            whole_file::write(out, |file| writeln!(file, "{json}"))?;
        }
        let looked = looked(&outcome, limits);
        let mut needs = needs(&plan, &catalog, false);
        let unproven = lockouts(&outcome.unproven, false);
        // Nobody is locked out of a file.
        let live = plan.forges.values().any(|target| !matches!(target, Target::Snapshot(_)));
        if live {
            needs.extend(unproven.iter().map(Refusal::sentence));
        } else {
            unproven.iter().for_each(|why| terminal::warn(&format!("not known: {}", why.what)));
        }
        terminal::show(|out| match self.format {
            Format::Human => {
                report::plan(out, &plan, terminal::width())?;
                report::looked(out, looked, terminal::width())?;
                report::plan_needs(out, "apply", &needs, terminal::width())
            }
            Format::Markdown => report::plan_markdown(out, &plan, looked, &needs),
            Format::Json => writeln!(out, "{}", report::safe_json(&json)),
        })?;
        hear(&plan, looked, &needs);
        left.iter().for_each(|why| terminal::warn(why));
        report::about_home(&outcome).iter().for_each(|note| terminal::warn(note));
        for Unread { address, why } in &outcome.unread {
            terminal::warn(&format!("{address} was not read: {why}"));
        }
        if outcome.tally.subjects == 0 {
            terminal::warn("nothing was judged: no subject was read that the policy and --only mean");
        }
        Ok(exit(&plan, &outcome, limits))
    }
}

/// What was looked at.
fn looked(outcome: &Outcome, limits: Limits) -> report::Looked {
    let of = |verdict| {
        let is = |f: &&Finding| f.verdict == verdict && limits.serves(f.expectation.lenses);
        outcome.findings.iter().filter(is).count() as u64
    };
    let tally = outcome.tally;
    let (unknown, waived) = (of(Verdict::Unknown), of(Verdict::Waived));
    report::Looked { subjects: tally.subjects, expectations: tally.expectations(), unknown, waived }
}

/// The exit code of a plan: 0 says that nothing is left to do, neither for us nor for a person.
fn exit(plan: &Planned, outcome: &Outcome, limits: Limits) -> Exit {
    if !outcome.problems.is_empty() || outcome.tally.subjects == 0 {
        return Exit::Error;
    }
    let unseen =
        outcome.findings.iter().any(|f| f.verdict == Verdict::Unknown && limits.serves(f.expectation.lenses));
    let undecided = !outcome.undecided.is_empty() || outcome.owner_unknown > 0;
    if !plan.changes.is_empty() {
        Exit::Drift
    } else if !plan.deferred.is_empty() || unseen || undecided || !outcome.unread.is_empty() {
        Exit::Unknown
    } else {
        Exit::AsWanted
    }
}
