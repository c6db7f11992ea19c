//! What the simulated forge holds. Knows nothing of HTTP, REST bodies or GraphQL.

mod branch;
mod community;
mod coverage;
mod denials;
mod documents;
mod enterprise;
mod fnmatch;
mod identity;
mod installation;
mod organization;
mod people;
mod plan;
mod protection;
mod repository;
mod ruleset;
mod settings;
mod tables;
mod team;
mod view;

use indexmap::IndexMap;
use serde::{Deserialize, Serialize};

pub use branch::{Files, PullRequest, PullRequestState, blob_id};
pub use community::{CodeownersError, UNKNOWN_OWNER};
pub use coverage::{applies_to_ref, covers};
pub use denials::{Denial, Denials};
pub(crate) use documents::documented;
pub use documents::{Documents, Refused};
pub use enterprise::Enterprise;
pub use fnmatch::fnmatch;
pub use identity::{ANY_TOKEN, Credential, Identity, IdentityError, Permissions, parse_identity};
pub use installation::Installation;
pub use organization::{IpAllowEntry, Organization, OrganizationRole, Saml};
pub use people::{app_id, app_slug, user_id};
pub use plan::{LICENCES, Plan};
pub use protection::{Actors, Protection, Reviews, StatusCheck, StatusChecks};
pub use repository::{
    Comment, DeployKey, Environment, InteractionLimit, Issue, Label, Milestone, Repository,
};
pub use ruleset::Ruleset;
pub use settings::{Kind, Preset, Setting, Settings};
pub use tables::{ORGANIZATION, REPOSITORY};
pub use team::{Role, Team, TeamRole};

/// The one moment at which everything in a simulated world happened.
pub const MOMENT: &str = "2026-01-05T09:00:00Z";

/// The login of whoever asks with a token that is no person's.
pub const BOT: &str = "ispo-sim[bot]";

/// Ids of what an organization or a repository owns are its own id times this, plus a sequence.
const CHILDREN: u64 = 10_000;

/// A repository's id is its organization's id times this, plus a sequence: ten organizations fit
/// before the id of a repository's child exceeds what a GraphQL `Int` holds.
const REPOSITORIES: u64 = 20_000;

#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct World {
    /// The login that every personal token stands for.
    pub viewer: String,
    /// What `/meta` answers beneath `/api/v3`, where a GitHub Enterprise Server would be; GitHub's own cloud, which
    /// has everything, where it is empty.
    pub installed_version: String,
    pub organizations: IndexMap<String, Organization>,
    /// The enterprise that has all of the organizations.
    #[serde(default)]
    pub enterprise: Option<Enterprise>,
    /// Who asks with which token; without any, every token may do everything.
    #[serde(default, skip_serializing_if = "IndexMap::is_empty")]
    pub identities: IndexMap<String, Identity>,
    /// The organizations that installation tokens were made for, in order.
    #[serde(default)]
    minted: Vec<String>,
}

impl World {
    pub fn empty() -> Self {
        Self {
            viewer: "ispo-bot".to_owned(),
            installed_version: "3.19.0".to_owned(),
            organizations: IndexMap::new(),
            enterprise: None,
            identities: IndexMap::new(),
            minted: Vec::new(),
        }
    }

    /// Adds an organization without members, teams or repositories.
    pub fn add_organization(&mut self, login: &str) -> &mut Organization {
        let id = 1 + self.organizations.len() as u64;
        self.organizations.entry(login.to_owned()).or_insert_with(|| Organization::new(id, login))
    }

    pub fn organization(&self, login: &str) -> Option<&Organization> {
        self.organizations.values().find(|organization| organization.login.eq_ignore_ascii_case(login))
    }

    pub fn find_organization_mut(&mut self, login: &str) -> Option<&mut Organization> {
        self.organizations.values_mut().find(|organization| organization.login.eq_ignore_ascii_case(login))
    }

    pub fn repository(&self, owner: &str, name: &str) -> Option<(&Organization, &Repository)> {
        let organization = self.organization(owner)?;
        Some((organization, organization.repository(name)?))
    }

    /// The organization of that login, for a test that is about to change it.
    ///
    /// # Panics
    /// When the world has no such organization: the test itself is wrong then.
    #[allow(clippy::panic, reason = "a test that names nothing should stop at once")]
    pub fn organization_mut(&mut self, login: &str) -> &mut Organization {
        match self.find_organization_mut(login) {
            Some(organization) => organization,
            None => panic!("this world has no organization {login}"),
        }
    }

    /// The first repository of that name in any organization, for a test that is about to change it.
    ///
    /// # Panics
    /// When the world has no such repository: the test itself is wrong then.
    #[allow(clippy::panic, reason = "a test that names nothing should stop at once")]
    pub fn repository_mut(&mut self, name: &str) -> &mut Repository {
        let found =
            self.organizations.values_mut().find_map(|organization| organization.repositories.get_mut(name));
        match found {
            Some(repository) => repository,
            None => panic!("this world has no repository {name}"),
        }
    }

    /// Whoever asks with that token is this identity; [`ANY_TOKEN`] stands for all others.
    pub fn identity(&mut self, token: &str, identity: Identity) -> &mut Self {
        self.identities.insert(token.to_owned(), identity);
        self
    }

    /// Whoever asks is this identity, whatever the token.
    pub fn everybody(&mut self, identity: Identity) -> &mut Self {
        self.identity(ANY_TOKEN, identity)
    }

    /// The next token of the installation in that organization.
    pub fn mint_token(&mut self, organization: &str) -> String {
        self.minted.push(organization.to_owned());
        format!("{MINTED}{}", self.minted.len())
    }

    /// Who asks with this token: none is somebody who may do everything.
    ///
    /// # Errors
    /// When tokens have identities and this is none of them.
    pub fn caller(&self, token: &str) -> Result<Option<Identity>, UnknownToken> {
        if let Some(identity) = self.identities.get(token) {
            return Ok(Some(identity.clone()));
        }
        let number = token.strip_prefix(MINTED).and_then(|number| number.parse::<usize>().ok());
        if let Some(login) = number.and_then(|number| self.minted.get(number.checked_sub(1)?)) {
            let installed =
                self.organization(login).and_then(|organization| organization.installation.as_ref());
            return installed.map(|installed| Some(installed.identity(login))).ok_or(UnknownToken);
        }
        // A JSON web token has three parts.
        if token.starts_with("ey") && token.split('.').count() == 3 {
            return Ok(Some(Identity::app_key()));
        }
        match self.identities.get(ANY_TOKEN) {
            Some(identity) => Ok(Some(identity.clone())),
            None if self.identities.is_empty() => Ok(None),
            None => Err(UnknownToken),
        }
    }
}

/// How the tokens of installations begin.
const MINTED: &str = "ghs_sim_";

/// A token that nobody has, or nobody has any more.
#[derive(Debug, Clone, Copy)]
pub struct UnknownToken;
