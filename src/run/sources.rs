//! Where the forges of a run are: what the policy names, or what the command line puts in its place.

use std::path::PathBuf;
use std::sync::Arc;

use crate::catalog::ForgeKind;
use crate::forge::snapshot::Header;
use crate::policy::{ForgeSort, Policy};

/// One place to read from.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Place {
    /// A snapshot file; with a name, its forge goes by that name.
    Snapshot {
        /// The name in the policy.
        name: Option<Arc<str>>,
        /// The file.
        path: PathBuf,
    },
    /// GitHub.
    Github {
        /// The name in addresses.
        name: Arc<str>,
        /// The server, unless it is github.com.
        url: Option<String>,
        /// The organizations to read.
        organizations: Vec<String>,
        /// The enterprise all of whose organizations are read as well, by its slug.
        enterprise: Option<String>,
    },
    /// GitLab.
    Gitlab {
        /// The name in addresses.
        name: Arc<str>,
        /// The server, unless it is gitlab.com.
        url: Option<String>,
        /// The groups to read.
        groups: Vec<String>,
        /// The group that everybody of the company is in.
        everyone: Option<String>,
    },
}

/// What the command line puts in place of the policy's forges.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Sources {
    /// Snapshot files.
    pub snapshots: Vec<PathBuf>,
    /// GitHub organizations.
    pub github: Vec<String>,
    /// A GitHub enterprise, for all of its organizations.
    pub enterprise: Option<String>,
    /// GitLab groups.
    pub gitlab: Vec<String>,
    /// The environment's GitHub server.
    pub github_url: Option<String>,
    /// The environment's GitLab server.
    pub gitlab_url: Option<String>,
}

/// There is nothing to read from.
#[derive(Debug, thiserror::Error, miette::Diagnostic)]
pub enum SourceError {
    /// Neither the policy nor the command line names a forge.
    #[error("this policy names no forge to read")]
    #[diagnostic(
        code(run::no_forge),
        help(
            "add a [[forge]] to the policy, or give --github ORGANIZATION, --gitlab GROUP or --snapshot FILE"
        )
    )]
    None,
}

/// The places to read, in order.
///
/// # Errors
/// When there are none.
pub fn sources(policy: &Policy, instead: &Sources) -> Result<Vec<Place>, SourceError> {
    let mut places = Vec::new();
    places.extend(instead.snapshots.iter().map(|path| Place::Snapshot { name: None, path: path.clone() }));
    // A forge that the policy has keeps its name, so that addresses in the policy still fit.
    let named = |sort, default: &str| {
        policy
            .forges
            .iter()
            .find(|f| f.sort == sort)
            .map_or_else(|| Arc::from(default), |f| Arc::clone(&f.name))
    };
    // So does one that it has as a snapshot of a forge of that sort.
    let stand_in = |sort, default: &str| {
        let kind = if sort == ForgeSort::Gitlab { ForgeKind::Gitlab } else { ForgeKind::Github };
        let snapshots = policy.forges.iter().filter(|f| f.sort == ForgeSort::Snapshot);
        let kinds = snapshots.map(|f| (f, f.path.as_deref().and_then(Header::first_of)));
        let mut fits = kinds.filter(|(_, header)| header.as_ref().is_none_or(|h| h.forge_kind() == kind));
        fits.next().map_or_else(|| Arc::from(default), |(f, _)| Arc::clone(&f.name))
    };
    let name_for = |sort, default: &str| {
        if policy.forges.iter().any(|f| f.sort == sort) {
            named(sort, default)
        } else {
            stand_in(sort, default)
        }
    };
    // It keeps its address, too: another server's organization would be reported under its name.
    let url_of = |sort| policy.forges.iter().find(|f| f.sort == sort).and_then(|f| f.url.clone());
    if !instead.github.is_empty() || instead.enterprise.is_some() {
        places.push(Place::Github {
            name: name_for(ForgeSort::Github, "github"),
            url: instead.github_url.clone().or_else(|| url_of(ForgeSort::Github)),
            organizations: instead.github.clone(),
            enterprise: instead.enterprise.clone(),
        });
    }
    if !instead.gitlab.is_empty() {
        places.push(Place::Gitlab {
            name: name_for(ForgeSort::Gitlab, "gitlab"),
            url: instead.gitlab_url.clone().or_else(|| url_of(ForgeSort::Gitlab)),
            groups: instead.gitlab.clone(),
            everyone: policy
                .forges
                .iter()
                .find(|f| f.sort == ForgeSort::Gitlab)
                .and_then(|f| f.everyone.clone()),
        });
    }
    if places.is_empty() {
        places.extend(policy.forges.iter().map(|forge| {
            let (name, organizations) = (Arc::clone(&forge.name), forge.organizations.clone());
            match forge.sort {
                ForgeSort::Snapshot => {
                    Place::Snapshot { name: Some(name), path: forge.path.clone().unwrap_or_default() }
                }
                ForgeSort::Github => {
                    let url = policy.url_of(forge, instead.github_url.as_ref());
                    let enterprise = forge.enterprise.clone();
                    Place::Github { name, url, organizations, enterprise }
                }
                ForgeSort::Gitlab => {
                    let url = policy.url_of(forge, instead.gitlab_url.as_ref());
                    Place::Gitlab { name, url, groups: organizations, everyone: forge.everyone.clone() }
                }
            }
        }));
    }
    if places.is_empty() { Err(SourceError::None) } else { Ok(places) }
}
