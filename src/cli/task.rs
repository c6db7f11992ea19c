//! What is to be judged and told, wherever what there is comes from: forges, snapshots, or shards.

use std::path::{Path, PathBuf};
use std::sync::Arc;

use chrono::NaiveDate;
use clap::ValueEnum;
use miette::{IntoDiagnostic, Result, miette};

use super::exit::Exit;
use super::fail_on::{self, FailOn};
use super::opening;
use super::reports::Reports;
use super::since::Since;
use super::terminal;
use crate::catalog::{Catalog, Demand};
use crate::model::Weights;
use crate::policy::{POLICY_FILE, Policy};
use crate::report::{self, Audited};
use crate::run::{
    Added, Auditor, History, Outcome, RunNumbers, Trend, home, wanted, wanted_for_a_portal,
    wanted_for_journeys,
};

/// How a run is told.
#[derive(Debug, clap::Args)]
pub(super) struct Telling {
    #[command(flatten)]
    pub reports: Reports,
    /// For whom it is written: human, markdown, comment, issue, html, digest
    #[arg(long, value_enum, value_name = "WHO")]
    audience: Option<Reader>,
    /// What ends with exit code 2 or 3: drift, unknown, expired, a severity, never (a list)
    #[arg(long, value_delimiter = ',', value_parser = fail_on::parse, default_value = "drift,unknown")]
    fail_on: Vec<FailOn>,
    #[command(flatten)]
    since: Since,
    /// Add the run to a history, which `trend` and `diff` read
    #[arg(long, value_name = "FILE")]
    history: Option<PathBuf>,
}

/// For whom a report is written.
#[derive(Debug, Clone, Copy, PartialEq, Eq, ValueEnum)]
enum Reader {
    /// Decides about money and rules: the few numbers, and the three things that would help most
    Leader,
    /// Looks after the platform: by layer, what cannot be seen, waivers by the day that they end
    Admin,
    /// Looks after a few repositories: one fix a line
    Team,
}

impl Reader {
    fn audience(self) -> report::Audience {
        match self {
            Self::Leader => report::Audience::Leader,
            Self::Admin => report::Audience::Admin,
            Self::Team => report::Audience::Team,
        }
    }
}

impl Telling {
    /// Whether anything is asked of how it is told.
    pub(super) fn is_any(&self) -> bool {
        let Self { reports, audience, since, history, .. } = self;
        reports.is_any() || history.is_some() || audience.is_some() || since.is_any()
    }
}

/// What is to be judged.
#[derive(Debug, Clone, Copy)]
pub(super) struct Task<'a> {
    pub path: &'a Path,
    pub team: Option<&'a str>,
    pub portal: &'a str,
    pub all: bool,
    pub only: Option<&'a str>,
    pub today: NaiveDate,
    /// Other forges are read than those that the policy names.
    pub replaces: bool,
    pub telling: &'a Telling,
}

/// Who judges, and by what.
#[derive(Clone, Copy)]
pub(super) struct Asked<'a> {
    pub auditor: &'a Auditor<'a>,
    pub catalog: &'a Catalog,
    pub demand: &'a Demand,
    pub policy: &'a Policy,
}

/// The servers whose pages can be linked to, by the names of their forges.
pub(super) type Servers = Vec<(Arc<str>, String)>;

impl Task<'_> {
    /// Judges what `judge` brings, and tells it; `judge` may say that the run ends there.
    ///
    /// # Errors
    /// When something cannot be used, read or written.
    pub(super) fn run(
        self,
        servers: impl FnOnce(&Policy) -> Result<Servers>,
        judge: impl FnOnce(&Asked<'_>, &mut Outcome) -> Result<Option<Exit>>,
    ) -> Result<Exit> {
        self.hearing(servers, judge, |_| {})
    }

    /// The same, and says what the reports were written from, once they are.
    ///
    /// # Errors
    /// As for [`Self::run`].
    pub(super) fn hearing(
        self,
        servers: impl FnOnce(&Policy) -> Result<Servers>,
        judge: impl FnOnce(&Asked<'_>, &mut Outcome) -> Result<Option<Exit>>,
        hear: impl FnOnce(Audited<'_>),
    ) -> Result<Exit> {
        let Telling { reports, audience, fail_on, since, history } = self.telling;
        reports.check()?;
        let limited = self.only.is_some() || self.team.is_some();
        let agreed = since.read(limited)?;
        let history = history.as_deref().map(History::open).transpose()?;
        let mut catalog = Catalog::built_in().into_diagnostic()?;
        let Some(policy) = opening::policy(self.path, &mut catalog) else { return Ok(Exit::Error) };
        let Some(only) = opening::only(self.only, &catalog) else { return Ok(Exit::Error) };
        let portal = reports.formats().any(|f| f == report::Format::Repos).then_some(self.portal);
        let Some(portal) = opening::only(portal, &catalog) else { return Ok(Exit::Error) };
        let team = self.team.map(|team| known_team(&policy, team)).transpose()?;
        let weights = self.weights(&policy)?;
        let today = self.today;
        let mut demand = wanted(&policy, &catalog, only.as_ref());
        let mut auditor = Auditor::new(&policy, &catalog, today, self.all, only.as_ref())
            .kept_in(home(self.path, terminal::environment));
        if let Some(weights) = weights {
            demand = wanted_for_journeys(demand, &catalog);
            auditor = auditor.with_journeys(weights, today);
        }
        if let Some(portal) = &portal {
            demand = wanted_for_a_portal(demand, portal, &catalog);
            auditor = auditor.listing(portal);
        }
        if let Some(team) = team {
            auditor = auditor.of_team(team);
        }
        let mut outcome = Outcome::empty(policy.waivers.len());
        // A profile that nothing is of is worth a word, so that every one has a count; but those of a pack are there to
        // be taken or left.
        let own = policy.profiles.iter().filter(|p| !p.origin.file.starts_with("pack:"));
        outcome.profiles.extend(own.map(|p| (Arc::clone(&p.name), 0)));
        outcome.by_hand = policy.controls.iter().filter(|c| c.check.is_some()).count();
        outcome.partial = only.is_some() || team.is_some() || self.replaces;
        let servers = servers(&policy)?;
        let asked = Asked { auditor: &auditor, catalog: &catalog, demand: &demand, policy: &policy };
        if let Some(stopped) = judge(&asked, &mut outcome)? {
            return Ok(stopped);
        }
        terminal::problems(outcome.problems.clone());
        outcome.journeys.sort_by(|a, b| a.subject.cmp(&b.subject));
        outcome.mark_systemic();
        let trend = history.map(|history| self.remember(history, &policy, &outcome, &catalog)).transpose()?;
        since.apply(agreed, &mut outcome, &catalog, today, limited)?;
        let here = std::env::current_dir().map(|d| d.display().to_string().replace('\\', "/"));
        let own = if self.path.is_dir() { self.path.join(POLICY_FILE) } else { self.path.to_owned() };
        let style =
            report::Style { color: terminal::color(), width: terminal::width(), all: self.all, today };
        let audited = Audited {
            outcome: &outcome,
            catalog: &catalog,
            waivers: &policy.waivers,
            policy: &own.display().to_string(),
            root: here.as_deref().unwrap_or_default(),
            elsewhere: &reports.elsewhere(self.path),
            audience: audience.map(Reader::audience),
            team,
            servers: &servers,
            trend: trend.as_ref(),
            style,
        };
        reports.write(audited)?;
        hear(audited);
        Ok(fail_on::exit(&outcome, &policy.waivers, today, fail_on))
    }

    /// Adds the run to a history, and tells how its numbers moved. One that can be resumed is not entered: whoever
    /// resumes it has the whole.
    fn remember(
        &self,
        mut history: History,
        policy: &Policy,
        outcome: &Outcome,
        catalog: &Catalog,
    ) -> Result<Trend> {
        let scope: Vec<String> = [("--only", self.only), ("--team", self.team)]
            .into_iter()
            .filter_map(|(option, value)| Some(format!("{option} {}", value?)))
            .collect();
        let scope = scope.join(" ");
        let run = RunNumbers { day: self.today, scope: &scope, policy: &policy.digest };
        if outcome.resumable {
            terminal::warn(
                "this run is not added to the history: `--resume` goes on where it is, and then it is",
            );
        } else if outcome.tally.subjects == 0 {
            terminal::warn("this run judged nothing, and is not added to the history");
        } else if let Added::AlreadyThere(number) = history.add(run, outcome, catalog)? {
            terminal::warn(&format!("the history has this run already: it is number {number}"));
        }
        Ok(history.trend(&scope)?)
    }

    /// What is needed to work out how hard it is to contribute, where a report shows it.
    fn weights(&self, policy: &Policy) -> Result<Option<Weights>> {
        let Telling { reports, audience, history, .. } = self.telling;
        if !reports.formats().any(report::Format::shows_friction) && audience.is_none() && history.is_none() {
            return Ok(None);
        }
        opening::weights(policy).map(Some)
    }
}

/// The team of that name.
pub(super) fn known_team<'t>(policy: &Policy, team: &'t str) -> Result<&'t str> {
    let names = || policy.teams.iter().map(|t| &*t.name);
    if names().any(|name| name == team) {
        return Ok(team);
    }
    let help = match crate::catalog::nearest(team, names()) {
        Some(near) => format!("did you mean `{near}`?"),
        None => "a team is a table of the policy: [team.NAME]".to_owned(),
    };
    Err(miette!(code = "audit::team", help = help, "the policy has no team `{team}`"))
}
