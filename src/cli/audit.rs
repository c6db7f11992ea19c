//! `audit`: a policy held against what there is.

use std::path::PathBuf;
use std::sync::Arc;

use chrono::NaiveDate;
use clap::ValueEnum;
use miette::{IntoDiagnostic, Result};

use super::exit::Exit;
use super::fail_on::{self, FailOn};
use super::judging::Judging;
use super::manner::{Asks, Manner};
use super::opening;
use super::terminal;
use crate::catalog::Catalog;
use crate::policy;
use crate::report;
use crate::run::{Auditor, Outcome, Sources, sources, wanted};

/// Arguments of `audit`.
#[derive(Debug, clap::Args)]
pub(super) struct Audit {
    /// The policy file, or a folder with a policy.toml
    #[arg(default_value = ".")]
    path: PathBuf,
    #[command(flatten)]
    from: From,
    /// How to show the outcome
    #[arg(long, value_enum, default_value = "human")]
    format: Format,
    /// Show what conforms and what is not applicable too, and every repository of each cause
    #[arg(long)]
    all: bool,
    /// Only repositories that a selector holds for: 'topics = "innersource"', or a glob over names
    #[arg(long, value_name = "SELECTOR")]
    only: Option<String>,
    /// Say what would be read and what that costs, and read nothing else
    #[arg(long)]
    explain_reads: bool,
    /// What ends with exit code 2 or 3: drift, unknown, expired, a severity, never (a list)
    #[arg(long, value_delimiter = ',', value_parser = fail_on::parse, default_value = "drift,unknown")]
    fail_on: Vec<FailOn>,
    /// Judge waivers as of this day instead of today
    #[arg(long, value_name = "YYYY-MM-DD")]
    today: Option<NaiveDate>,
    #[command(flatten)]
    manner: Manner,
}

/// Which forges to read in place of those that the policy names.
#[derive(Debug, clap::Args)]
pub(super) struct From {
    /// Read a snapshot file (repeatable)
    #[arg(long, value_name = "FILE")]
    snapshot: Vec<PathBuf>,
    /// Read a GitHub organization (repeatable)
    #[arg(long, value_name = "ORGANIZATION")]
    github: Vec<String>,
    /// Read all organizations of a GitHub enterprise, given by its slug
    #[arg(long, value_name = "SLUG")]
    enterprise: Option<String>,
    /// Read a GitLab group (repeatable)
    #[arg(long, value_name = "GROUP")]
    gitlab: Vec<String>,
}

impl From {
    /// Whether other forges are read than those that the policy names.
    pub(super) fn replaces(&self) -> bool {
        !(self.snapshot.is_empty() && self.github.is_empty() && self.gitlab.is_empty())
            || self.enterprise.is_some()
    }

    /// The sources, with what the environment says of servers.
    pub(super) fn sources(&self) -> Sources {
        Sources {
            snapshots: self.snapshot.clone(),
            github: self.github.clone(),
            enterprise: self.enterprise.clone(),
            gitlab: self.gitlab.clone(),
            github_url: environments_github(),
            gitlab_url: environments_gitlab(),
        }
    }
}

/// The GitHub server that the environment names.
pub(super) fn environments_github() -> Option<String> {
    std::env::var("ISPO_SCM_GITHUB_URL").ok().filter(|u| !u.is_empty())
}

/// The GitLab server that the environment names.
pub(super) fn environments_gitlab() -> Option<String> {
    std::env::var("ISPO_SCM_GITLAB_URL").ok().filter(|u| !u.is_empty())
}

#[derive(Debug, Clone, Copy, PartialEq, Eq, ValueEnum)]
enum Format {
    /// For a terminal
    Human,
    /// For machines; its format has a version
    Json,
}

impl Audit {
    pub(super) fn run(self) -> Result<Exit> {
        let mut catalog = Catalog::built_in().into_diagnostic()?;
        let Some(policy) = opening::policy(&self.path, &mut catalog) else { return Ok(Exit::Error) };
        let Some(only) = opening::only(self.only.as_deref(), &catalog) else { return Ok(Exit::Error) };
        let today = self.today.unwrap_or_else(|| chrono::Local::now().date_naive());
        let places = sources(&policy, &self.from.sources())?;
        let demand = wanted(&policy, &catalog, only.as_ref());
        if self.explain_reads {
            return super::forecast::show(&places, &catalog, &demand);
        }
        let auditor = Auditor::new(&policy, &catalog, today, self.all, only.as_ref());
        let mut outcome = Outcome::empty(policy.waivers.len());
        // A profile that nothing is of is worth a word, so that every one has a count.
        outcome.profiles.extend(policy.profiles.iter().map(|p| (Arc::clone(&p.name), 0)));
        outcome.by_hand = policy.controls.iter().filter(|c| c.check.is_some()).count();
        outcome.partial = only.is_some() || self.from.replaces();
        let asks = Asks { verb: "audit", policy: &policy.digest, what: &(&places, &self.only) };
        let road = Judging { auditor: &auditor, catalog: &catalog, demand: &demand };
        if let Some(stopped) = road.all(&places, &self.manner, &asks, &mut outcome)? {
            return Ok(stopped);
        }
        terminal::problems(outcome.problems.clone());
        self.show(&outcome, &catalog, &policy, today)?;
        Ok(fail_on::exit(&outcome, &policy.waivers, today, &self.fail_on))
    }

    fn show(
        &self,
        outcome: &Outcome,
        catalog: &Catalog,
        policy: &policy::Policy,
        today: NaiveDate,
    ) -> Result<()> {
        let style =
            report::Style { color: terminal::color(), width: terminal::width(), all: self.all, today };
        terminal::show(|out| match self.format {
            Format::Human => report::human(out, outcome, catalog, &policy.waivers, style),
            Format::Json => report::json(out, outcome, catalog, &policy.waivers),
        })
    }
}
