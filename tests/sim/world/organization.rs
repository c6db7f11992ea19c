//! An organization and what it owns.

use std::collections::BTreeSet;

use indexmap::IndexMap;
use serde::{Deserialize, Serialize};
use serde_json::Value;

use super::coverage::covers;
use super::denials::Denials;
use super::documents::{Documents, documented};
use super::installation::Installation;
use super::plan::{Plan, all_licences};
use super::repository::{InteractionLimit, Repository};
use super::ruleset::Ruleset;
use super::settings::Settings;
use super::tables::ORGANIZATION;
use super::team::{Role, Team};
use super::{CHILDREN, REPOSITORIES};

#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Organization {
    pub id: u64,
    pub login: String,
    pub settings: Settings,
    pub members: IndexMap<String, OrganizationRole>,
    /// By slug.
    pub teams: IndexMap<String, Team>,
    pub repositories: IndexMap<String, Repository>,
    pub rulesets: Vec<Ruleset>,
    /// The definitions of custom properties, as REST reads them.
    pub custom_properties: Vec<Value>,
    pub interaction_limit: Option<InteractionLimit>,
    pub ip_allow_list: Vec<IpAllowEntry>,
    pub ip_allow_list_enabled: bool,
    pub ip_allow_list_for_apps_enabled: bool,
    pub notifications_restricted: bool,
    pub saml: Option<Saml>,
    #[serde(default)]
    pub plan: Plan,
    /// What of [`LICENCES`](super::LICENCES) it has.
    #[serde(default = "all_licences")]
    pub licences: BTreeSet<String>,
    /// The App, where it is installed.
    #[serde(default = "installed")]
    pub installation: Option<Installation>,
    #[serde(default, skip_serializing_if = "Documents::is_empty")]
    pub documents: Documents,
    pub denials: Denials,
    sequence: u64,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(rename_all = "lowercase")]
pub enum OrganizationRole {
    Admin,
    Member,
}

#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct IpAllowEntry {
    pub range: String,
    pub name: Option<String>,
    pub active: bool,
}

#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Saml {
    pub issuer: String,
    pub sso_url: String,
}

documented!(Organization);

fn installed() -> Option<Installation> {
    Some(Installation::default())
}

impl Organization {
    pub(super) fn new(id: u64, login: &str) -> Self {
        Self {
            id,
            login: login.to_owned(),
            settings: Settings::presets(ORGANIZATION),
            members: IndexMap::new(),
            teams: IndexMap::new(),
            repositories: IndexMap::new(),
            rulesets: Vec::new(),
            custom_properties: Vec::new(),
            interaction_limit: None,
            ip_allow_list: Vec::new(),
            ip_allow_list_enabled: false,
            ip_allow_list_for_apps_enabled: false,
            notifications_restricted: false,
            saml: None,
            plan: Plan::default(),
            licences: all_licences(),
            installation: installed(),
            documents: Documents::default(),
            denials: Denials::default(),
            sequence: 0,
        }
    }

    /// Rulesets share one number space; an organization's ids end below where its repositories' begin.
    pub fn next_id(&mut self) -> u64 {
        self.sequence += 1;
        self.id * CHILDREN + self.sequence
    }

    /// Adds a repository with GitHub's defaults, all of them stated.
    pub fn add_repository(&mut self, name: &str) -> &mut Repository {
        let id = self.id * REPOSITORIES + self.repositories.len() as u64 + 1;
        self.repositories.entry(name.to_owned()).or_insert_with(|| Repository::new(id, name))
    }

    pub fn add_team(&mut self, name: &str) -> &mut Team {
        let team = Team::new(self.next_id(), name);
        self.teams.entry(team.slug.clone()).or_insert(team)
    }

    pub fn add_ruleset(&mut self, mut ruleset: Ruleset) -> &mut Ruleset {
        ruleset.id = self.next_id();
        let at = self.rulesets.len();
        self.rulesets.push(ruleset);
        &mut self.rulesets[at]
    }

    pub fn repository(&self, name: &str) -> Option<&Repository> {
        self.repositories.get(name).or_else(|| {
            self.repositories.values().find(|repository| repository.name.eq_ignore_ascii_case(name))
        })
    }

    pub fn repository_mut(&mut self, name: &str) -> Option<&mut Repository> {
        let key = self.repository(name)?.name.clone();
        self.repositories.get_mut(&key)
    }

    pub fn set(&mut self, key: &str, value: impl Into<Value>) -> &mut Self {
        self.settings.set(key, value);
        self
    }

    pub fn member(&mut self, login: &str, role: OrganizationRole) -> &mut Self {
        self.members.insert(login.to_owned(), role);
        self
    }

    /// The organization's rulesets whose conditions cover this repository.
    pub fn rulesets_over<'o>(&'o self, repository: &Repository) -> impl Iterator<Item = &'o Ruleset> {
        self.rulesets.iter().filter(move |ruleset| covers(ruleset, repository))
    }

    pub fn is_owner(&self, login: &str) -> bool {
        self.members.get(login) == Some(&OrganizationRole::Admin)
    }

    /// Everybody with access for a reason of their own: direct grants, teams, ownership.
    pub fn people_on(&self, repository: &Repository) -> IndexMap<String, Role> {
        let mut people = repository.collaborators.clone();
        let mut raise = |login: &str, role: Role| {
            let held = people.entry(login.to_owned()).or_insert(role);
            *held = role.max(*held);
        };
        for team in self.teams.values() {
            if let Some(&role) = team.repositories.get(&repository.name) {
                team.members.keys().for_each(|login| raise(login, role));
            }
        }
        self.members.keys().filter(|login| self.is_owner(login)).for_each(|login| raise(login, Role::Admin));
        people
    }
}
