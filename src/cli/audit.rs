//! `audit`: a policy held against what there is.

use std::path::PathBuf;
use std::sync::Arc;

use chrono::NaiveDate;
use miette::Result;

use super::exit::Exit;
use super::judging::Judging;
use super::manner::{Asks, Manner};
use super::task::{Asked, Task, Telling};
use crate::policy::Policy;
use crate::run::{Place, Shard, Sources, sources};

/// What portals of InnerSource projects look for.
const PORTAL: &str = r#"topics = ["inner-source", "innersource"]"#;

/// Arguments of `audit`.
#[derive(Debug, clap::Args)]
pub(super) struct Audit {
    /// The policy file, or a folder with a policy.toml
    #[arg(default_value = ".")]
    pub(super) path: PathBuf,
    #[command(flatten)]
    pub(super) from: From,
    #[command(flatten)]
    pub(super) telling: Telling,
    /// Judge nothing but the repositories that a team of the policy owns
    #[arg(long, value_name = "NAME")]
    pub(super) team: Option<String>,
    /// Which repositories repos.json shows
    #[arg(long, value_name = "SELECTOR", default_value = PORTAL)]
    pub(super) portal: String,
    /// Show what conforms and what is not applicable too, and every repository of each cause
    #[arg(long)]
    pub(super) all: bool,
    /// Only repositories that a selector holds for: 'topics = "innersource"', or a glob over names
    #[arg(long, value_name = "SELECTOR")]
    pub(super) only: Option<String>,
    /// Say what would be read and what that costs, and read nothing else
    #[arg(long)]
    explain_reads: bool,
    /// Judge waivers as of this day instead of today
    #[arg(long, value_name = "YYYY-MM-DD")]
    today: Option<NaiveDate>,
    /// Read only one part of the repositories, as 3/16; `report merge` tells what all parts come to
    #[arg(long, value_name = "NUMBER/OF", requires = "out")]
    shard: Option<Shard>,
    /// The file of the shard
    #[arg(long, value_name = "FILE", requires = "shard")]
    out: Option<PathBuf>,
    #[command(flatten)]
    pub(super) manner: Manner,
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

impl Audit {
    pub(super) fn run(self) -> Result<Exit> {
        if let (Some(shard), Some(out)) = (self.shard, &self.out) {
            return super::shard::read(&self, shard, out);
        }
        let task = Task {
            path: &self.path,
            team: self.team.as_deref(),
            portal: &self.portal,
            all: self.all,
            only: self.only.as_deref(),
            today: self.today(),
            replaces: self.from.replaces(),
            telling: &self.telling,
        };
        task.run(
            |policy| Ok(servers(&self.places(policy)?)),
            |asked, outcome| {
                let places = self.places(asked.policy)?;
                let Asked { auditor, catalog, demand, policy } = *asked;
                if self.explain_reads {
                    return super::forecast::show(&places, catalog, demand).map(Some);
                }
                let asks =
                    Asks { verb: "audit", policy: &policy.digest, what: &(&places, &self.only, demand) };
                Judging { auditor, catalog, demand }.all(&places, &self.manner, &asks, outcome)
            },
        )
    }

    /// The day by which waivers are judged.
    pub(super) fn today(&self) -> NaiveDate {
        self.today.unwrap_or_else(|| chrono::Local::now().date_naive())
    }

    /// What is read.
    pub(super) fn places(&self, policy: &Policy) -> Result<Vec<Place>> {
        Ok(sources(policy, &self.from.sources())?)
    }
}

/// The pages of forges, by their names.
pub(super) fn servers(places: &[Place]) -> Vec<(Arc<str>, String)> {
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
