//! `audit`: a policy held against what there is.

use std::path::PathBuf;
use std::sync::Arc;

use chrono::NaiveDate;
use clap::ValueEnum;
use miette::{IntoDiagnostic, Result, miette};

use super::exit::Exit;
use super::fail_on::{self, FailOn};
use super::judging::Judging;
use super::manner::{Asks, Manner};
use super::opening;
use super::reports::Reports;
use super::terminal;
use crate::catalog::Catalog;
use crate::model::Weights;
use crate::policy::{POLICY_FILE, Policy};
use crate::report::{self, Audited};
use crate::run::{
    Auditor, Outcome, Place, Sources, sources, wanted, wanted_for_a_portal, wanted_for_journeys,
};

/// What portals of InnerSource projects look for.
const PORTAL: &str = r#"topics = ["inner-source", "innersource"]"#;

/// Arguments of `audit`.
#[derive(Debug, clap::Args)]
pub(super) struct Audit {
    /// The policy file, or a folder with a policy.toml
    #[arg(default_value = ".")]
    path: PathBuf,
    #[command(flatten)]
    from: From,
    #[command(flatten)]
    reports: Reports,
    /// For whom it is written: human, markdown, comment, issue, digest
    #[arg(long, value_enum, value_name = "WHO")]
    audience: Option<Reader>,
    /// Judge nothing but the repositories that a team of the policy owns
    #[arg(long, value_name = "NAME")]
    team: Option<String>,
    /// Which repositories repos.json shows
    #[arg(long, value_name = "SELECTOR", default_value = PORTAL)]
    portal: String,
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

impl Audit {
    pub(super) fn run(self) -> Result<Exit> {
        self.reports.check()?;
        let mut catalog = Catalog::built_in().into_diagnostic()?;
        let Some(policy) = opening::policy(&self.path, &mut catalog) else { return Ok(Exit::Error) };
        let Some(only) = opening::only(self.only.as_deref(), &catalog) else { return Ok(Exit::Error) };
        let Some(portal) = opening::only(self.portal(), &catalog) else { return Ok(Exit::Error) };
        let team = self.team.as_deref().map(|team| known_team(&policy, team)).transpose()?;
        let weights = self.weights(&policy)?;
        let today = self.today.unwrap_or_else(|| chrono::Local::now().date_naive());
        let places = sources(&policy, &self.from.sources())?;
        let mut demand = wanted(&policy, &catalog, only.as_ref());
        let mut auditor = Auditor::new(&policy, &catalog, today, self.all, only.as_ref());
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
        if self.explain_reads {
            return super::forecast::show(&places, &catalog, &demand);
        }
        let mut outcome = Outcome::empty(policy.waivers.len());
        // A profile that nothing is of is worth a word, so that every one has a count; but those of a pack are there to
        // be taken or left.
        let own = policy.profiles.iter().filter(|p| !p.origin.file.starts_with("pack:"));
        outcome.profiles.extend(own.map(|p| (Arc::clone(&p.name), 0)));
        outcome.by_hand = policy.controls.iter().filter(|c| c.check.is_some()).count();
        outcome.partial = only.is_some() || team.is_some() || self.from.replaces();
        let asks = Asks { verb: "audit", policy: &policy.digest, what: &(&places, &self.only, &demand) };
        let road = Judging { auditor: &auditor, catalog: &catalog, demand: &demand };
        if let Some(stopped) = road.all(&places, &self.manner, &asks, &mut outcome)? {
            return Ok(stopped);
        }
        terminal::problems(outcome.problems.clone());
        outcome.journeys.sort_by(|a, b| a.subject.cmp(&b.subject));
        let here = std::env::current_dir().map(|d| d.display().to_string().replace('\\', "/"));
        let own = if self.path.is_dir() { self.path.join(POLICY_FILE) } else { self.path.clone() };
        let own = own.display().to_string();
        let style =
            report::Style { color: terminal::color(), width: terminal::width(), all: self.all, today };
        self.reports.write(Audited {
            outcome: &outcome,
            catalog: &catalog,
            waivers: &policy.waivers,
            policy: &own,
            root: here.as_deref().unwrap_or_default(),
            elsewhere: &self.reports.elsewhere(&self.path),
            audience: self.audience.map(Reader::audience),
            team,
            servers: &servers(&places),
            style,
        })?;
        Ok(fail_on::exit(&outcome, &policy.waivers, today, &self.fail_on))
    }

    /// The selector of what a portal shows, where a portal is wanted.
    fn portal(&self) -> Option<&str> {
        self.reports.formats().any(|f| f == report::Format::Repos).then_some(&*self.portal)
    }

    /// What is needed to work out how hard it is to contribute, where a report shows it.
    fn weights(&self, policy: &Policy) -> Result<Option<Weights>> {
        if !self.reports.formats().any(report::Format::shows_friction) && self.audience.is_none() {
            return Ok(None);
        }
        let weights = Weights::built_in().and_then(|own| own.with(&policy.weights));
        weights.map(Some).map_err(|why| miette!(code = "friction::weights", "{why}"))
    }
}

/// The team of that name.
fn known_team<'t>(policy: &Policy, team: &'t str) -> Result<&'t str> {
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

/// The pages of forges, by their names.
fn servers(places: &[Place]) -> Vec<(Arc<str>, String)> {
    let server = |place: &Place| match place {
        Place::Snapshot { .. } => None,
        Place::Github { name, url, .. } => {
            Some((Arc::clone(name), pages_of(url.as_deref(), "https://github.com")))
        }
        Place::Gitlab { name, url, .. } => {
            Some((Arc::clone(name), pages_of(url.as_deref(), "https://gitlab.com")))
        }
    };
    places.iter().filter_map(server).collect()
}

/// Where the pages are of a server whose address may be that of its API.
fn pages_of(url: Option<&str>, usual: &str) -> String {
    let Some(url) = url else { return usual.to_owned() };
    let mut url = url.trim_end_matches('/');
    for end in ["/api/v3", "/api/v4", "/api/graphql"] {
        url = url.strip_suffix(end).unwrap_or(url);
    }
    url.replacen("://api.", "://", 1)
}

#[cfg(test)]
mod tests {
    use super::pages_of;

    #[test]
    fn pages_are_beside_the_api() {
        for (url, pages) in [
            (None, "https://github.com"),
            (Some("https://api.github.com"), "https://github.com"),
            (Some("https://git.acme.example/api/v3/"), "https://git.acme.example"),
            (Some("https://api.acme.ghe.com"), "https://acme.ghe.com"),
        ] {
            assert_eq!(pages_of(url, "https://github.com"), pages);
        }
    }
}
