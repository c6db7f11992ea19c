//! `friction`: how hard it is to contribute, step by step.

use std::path::PathBuf;

use chrono::NaiveDate;
use clap::ValueEnum;
use miette::{IntoDiagnostic, Report, Result, miette};

use super::audit::From;
use super::exit::Exit;
use super::judging::Judging;
use super::manner::{Asks, Manner};
use super::opening;
use super::terminal;
use crate::catalog::{Catalog, nearest};
use crate::engine::{Journey, stability};
use crate::model::Stage;
use crate::report::{self, FrictionView};
use crate::run::{Auditor, Outcome, sources, wanted, wanted_for_journeys};

/// Arguments of `friction`.
#[derive(Debug, clap::Args)]
pub(super) struct Friction {
    /// The policy file, or a folder with a policy.toml
    #[arg(default_value = ".")]
    path: PathBuf,
    #[command(flatten)]
    from: From,
    /// The journey through one repository, step by step: ghec:acme/widgets, or acme/widgets
    #[arg(long, value_name = "ADDRESS")]
    of: Option<String>,
    /// Only the steps that such a person takes
    #[arg(long, value_enum, value_name = "ROLE")]
    r#as: Option<Role>,
    /// How to show it
    #[arg(long, value_enum, default_value = "human")]
    format: Format,
    /// Only repositories that a selector holds for: 'topics = "innersource"', or a glob over names
    #[arg(long, value_name = "SELECTOR")]
    only: Option<String>,
    /// Judge waivers as of this day instead of today
    #[arg(long, value_name = "YYYY-MM-DD")]
    today: Option<NaiveDate>,
    #[command(flatten)]
    manner: Manner,
}

/// Who travels. Source: InnerSource Patterns, "Trusted Committer", and the maturity of contributors.
#[derive(Debug, Clone, Copy, PartialEq, Eq, ValueEnum)]
enum Role {
    /// Finds, reads and tries: up to the first change
    Explorer,
    /// Offers changes and sees them through
    Contributor,
    /// Looks after what others offer
    TrustedCommitter,
    /// Begins something of their own from what is there
    Starter,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq, ValueEnum)]
enum Format {
    /// For a terminal
    Human,
    /// For machines; its format has a version
    Json,
}

impl Role {
    /// In a sentence: the journey of …
    fn name(self) -> &'static str {
        match self {
            Self::Explorer => "an explorer",
            Self::Contributor => "a contributor",
            Self::TrustedCommitter => "a trusted committer",
            Self::Starter => "a starter",
        }
    }

    fn stages(self) -> &'static [Stage] {
        match self {
            Self::Explorer => {
                &[Stage::Discover, Stage::Read, Stage::Understand, Stage::Build, Stage::Propose]
            }
            Self::Contributor => &[Stage::Propose, Stage::Reviewed, Stage::Merged],
            Self::TrustedCommitter => &[Stage::Reviewed, Stage::Merged, Stage::Trust],
            Self::Starter => &[Stage::Discover, Stage::Read, Stage::Build, Stage::Reuse],
        }
    }
}

impl Friction {
    pub(super) fn run(self) -> Result<Exit> {
        let mut catalog = Catalog::built_in().into_diagnostic()?;
        let Some(policy) = opening::policy(&self.path, &mut catalog) else { return Ok(Exit::Error) };
        let Some(only) = opening::only(self.only.as_deref(), &catalog) else { return Ok(Exit::Error) };
        let weights = opening::weights(&policy)?;
        let today = self.today.unwrap_or_else(|| chrono::Local::now().date_naive());
        let places = sources(&policy, &self.from.sources())?;
        let demand = wanted_for_journeys(wanted(&policy, &catalog, only.as_ref()), &catalog);
        let auditor = Auditor::new(&policy, &catalog, today, false, only.as_ref());
        let auditor = auditor.with_journeys(weights.clone(), today);
        let mut outcome = Outcome::empty(policy.waivers.len());
        let asks = Asks { verb: "friction", policy: &policy.digest, what: &(&places, &self.only) };
        let road = Judging { auditor: &auditor, catalog: &catalog, demand: &demand };
        if let Some(stopped) = road.all(&places, &self.manner, &asks, &mut outcome)? {
            return Ok(stopped);
        }
        terminal::problems(outcome.problems.clone());
        for unread in &outcome.unread {
            terminal::warn(&format!("{} was not read: {}", unread.address, unread.why));
        }
        outcome.journeys.sort_by(|a, b| a.subject.cmp(&b.subject));
        let view = FrictionView {
            journeys: &outcome.journeys,
            findings: &outcome.findings,
            held: &outcome.held,
            catalog: &catalog,
            stages: self.r#as.map_or(Stage::ALL, Role::stages),
            traveller: self.r#as.map(Role::name),
            stability: stability(&outcome.journeys, &weights),
            color: terminal::color(),
            width: terminal::width(),
        };
        if outcome.journeys.is_empty() {
            if self.format == Format::Json {
                terminal::show(|out| report::friction_json(out, view))?;
            }
            return Err(self.nothing(&outcome));
        }
        let only = self.of.as_ref().map(|address| one(&outcome.journeys, address)).transpose()?;
        terminal::show(|out| match (self.format, only) {
            (Format::Json, only) => {
                let journeys = only.map_or(view.journeys, std::slice::from_ref);
                report::friction_json(out, FrictionView { journeys, ..view })
            }
            (Format::Human, Some(journey)) => report::journey(out, view, journey),
            (Format::Human, None) => report::friction(out, view),
        })?;
        let errors = outcome.problems.iter().any(|p| !p.is_warning());
        Ok(match (errors, outcome.unread.is_empty()) {
            (true, _) => Exit::Error,
            (_, false) => Exit::Unknown,
            _ => Exit::AsWanted,
        })
    }

    /// Why there is no journey to show.
    fn nothing(&self, outcome: &Outcome) -> Report {
        let help = match (&self.only, outcome.unread.is_empty()) {
            (Some(only), _) => format!("`--only {only}` holds for no repository that is not archived"),
            (None, false) => "what could not be read is told above".to_owned(),
            (None, true) if outcome.tally.left_out > 0 => {
                "all that was found is archived, and nobody contributes to what is put away".to_owned()
            }
            (None, true) => {
                "the organizations that the policy names have no repository that whoever asks can see"
                    .to_owned()
            }
        };
        miette!(code = "friction::nothing", help = help, "there is no repository to travel through")
    }
}

/// The repository of that address, or of that name where only one has it.
fn one<'j>(journeys: &'j [Journey], address: &str) -> Result<&'j Journey> {
    if let Some(journey) = journeys.iter().find(|j| j.subject.is_named_by(address)) {
        return Ok(journey);
    }
    let mut alike = journeys.iter().filter(|j| j.subject.short_name().eq_ignore_ascii_case(address));
    if let (Some(journey), None) = (alike.next(), alike.next()) {
        return Ok(journey);
    }
    let names = || journeys.iter().map(|j| &*j.subject.name);
    let alike: Vec<String> = journeys
        .iter()
        .filter(|j| j.subject.short_name().eq_ignore_ascii_case(address))
        .map(|j| format!("`{}`", j.subject))
        .collect();
    let near = nearest(address, names()).or_else(|| {
        let short = nearest(address, journeys.iter().map(|j| j.subject.short_name()))?;
        journeys.iter().find(|j| j.subject.short_name() == short).map(|j| &*j.subject.name)
    });
    let help = match (near, journeys.first()) {
        _ if !alike.is_empty() => format!("there are several of that name: {}", alike.join(", ")),
        (Some(near), _) => format!("did you mean `{near}`?"),
        (None, Some(first)) => format!(
            "name one as `{}`; without --of, all {} are shown. Archived ones have no journey",
            first.subject.name,
            journeys.len()
        ),
        (None, None) => "none was judged".to_owned(),
    };
    Err(miette!(code = "friction::subject", help = help, "no repository `{address}` was judged"))
}
