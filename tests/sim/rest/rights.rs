//! Whether the caller may use an endpoint, and what refusal tells that it may not.

use std::collections::{BTreeSet, HashMap};
use std::sync::OnceLock;

use serde::Deserialize;

use super::documents::{self, Owner, Version};
use super::exchange::{Refusal, Request};
use super::routes::{Endpoint, Method};
use crate::sim::world::{Credential, Identity, Role, World};

/// What it takes.
#[derive(Debug, Clone, Default)]
pub struct Rights {
    /// `anyone`, `member`, `owner` or `app`, or a role on the repository.
    pub role: String,
    pub scopes: Vec<String>,
    pub permissions: Vec<String>,
    /// Whether a person without the role is answered 404 rather than 403.
    pub hidden: bool,
    pub ghes: Version,
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct Row {
    paths: Vec<String>,
    role: String,
    #[serde(default)]
    scopes: Vec<String>,
    #[serde(default)]
    permissions: Vec<String>,
    hidden: Option<bool>,
    #[serde(default)]
    ghes: Version,
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct File {
    right: Vec<Row>,
}

/// By method and path.
#[allow(clippy::panic, reason = "a broken table should stop whatever uses it at once")]
fn table() -> &'static HashMap<String, Rights> {
    static TABLE: OnceLock<HashMap<String, Rights>> = OnceLock::new();
    TABLE.get_or_init(|| {
        let file: File = match toml::from_str(include_str!("documents/rights.toml")) {
            Ok(file) => file,
            Err(error) => panic!("rights.toml: {error}"),
        };
        let mut table = HashMap::new();
        for Row { paths, role, scopes, permissions, hidden, ghes } in file.right {
            for path in paths {
                let path = if path.starts_with('/') { format!("GET {path}") } else { path };
                let hidden = hidden.unwrap_or_else(|| hides(&path, &role));
                let rights = Rights {
                    role: role.clone(),
                    scopes: scopes.clone(),
                    permissions: permissions.clone(),
                    hidden,
                    ghes,
                };
                table.insert(path, rights);
            }
        }
        table
    })
}

/// The names of all permissions that anything here takes.
pub fn every_permission() -> BTreeSet<String> {
    let rows = documents::table().iter().flat_map(|row| &row.permissions);
    let named = table().values().flat_map(|rights| &rights.permissions).chain(rows);
    named.filter_map(|word| Some(word.split_once(':')?.0.to_owned())).collect()
}

/// Most of what takes an administrator of a repository is not there for others.
fn hides(path: &str, role: &str) -> bool {
    path.contains("/repos/{owner}") && role == "admin"
}

impl Rights {
    pub fn of(endpoint: Endpoint) -> Self {
        let path = endpoint.path();
        if let Endpoint::Document(row) | Endpoint::Change(row) = endpoint {
            let writes = matches!(endpoint, Endpoint::Change(_));
            let level = |word: &String| if writes { word.replace(":read", ":write") } else { word.clone() };
            return Self {
                role: row.role.clone(),
                scopes: row.scopes.clone(),
                permissions: row.permissions.iter().map(level).collect(),
                hidden: row.hidden.unwrap_or_else(|| hides(path, &row.role)),
                ghes: row.ghes,
            };
        }
        if let Endpoint::Item(collection, _) = endpoint
            && let Some(row) = documents::find(&collection.list)
        {
            let written = Self::of(Endpoint::Change(row));
            return Self { hidden: row.hidden.unwrap_or_else(|| hides(path, &row.role)), ..written };
        }
        let known = table().get(&format!("{} {path}", endpoint.method().name()));
        known.cloned().unwrap_or_else(|| by_default(endpoint))
    }

    /// As `X-Accepted-GitHub-Permissions` tells it: semicolons between alternatives.
    pub fn accepted_permissions(&self) -> String {
        let told: Vec<String> = self.permissions.iter().map(|word| word.replace(':', "=")).collect();
        told.join("; ")
    }

    pub fn check(&self, endpoint: Endpoint, world: &World, request: &Request) -> Result<(), Refusal> {
        let server = request.site.enterprise && !world.installed_version.is_empty();
        if server && !self.ghes.is_on(&world.installed_version) {
            return Err(Refusal::not_found());
        }
        let Some(identity) = &request.identity else { return Ok(()) };
        match (&identity.credential, self.role.as_str()) {
            (Credential::AppKey, "app") => return Ok(()),
            (Credential::AppKey, "anyone") if self.permissions.is_empty() => return Ok(()),
            (Credential::AppKey, _) => return Err(Refusal::bad_credentials()),
            (_, "anyone") => return Ok(()),
            // An App's own endpoints take its key; others that only Apps may use take its tokens.
            (_, "app") if self.permissions.is_empty() => return Err(Refusal::no_key()),
            _ => {}
        }
        let Ok(owner) = Owner::of(world, endpoint.path(), request) else { return Err(Refusal::not_found()) };
        self.granted(identity, owner)?;
        if self.person_may(identity, owner) {
            return Ok(());
        }
        Err(if self.hidden { Refusal::not_found() } else { Refusal::told(403, self.words()) })
    }

    /// Whether the token carries the right.
    fn granted(&self, identity: &Identity, owner: Owner<'_>) -> Result<(), Refusal> {
        let public = owner.repository().is_some_and(|repository| repository.visibility() == "public");
        if public && self.role == "read" {
            return Ok(());
        }
        match (&identity.credential, identity.permissions()) {
            (_, Some(permissions)) => {
                let own = owner.organization().is_none_or(|organization| identity.is_for(organization));
                if own
                    && (self.permissions.is_empty()
                        || self.permissions.iter().any(|word| permissions.allow(word)))
                {
                    return Ok(());
                }
                Err(if identity.is_machine() { Refusal::forbidden() } else { Refusal::forbidden_to_token() })
            }
            _ if self.scopes.is_empty() || self.scopes.iter().any(|scope| identity.has_scope(scope)) => {
                Ok(())
            }
            _ if self.hidden || owner.repository().is_some() => Err(Refusal::not_found()),
            _ => Err(Refusal::told(403, "Your token does not have the scope that this takes.")),
        }
    }

    /// Whether the person behind the token may.
    fn person_may(&self, identity: &Identity, owner: Owner<'_>) -> bool {
        if identity.is_machine() {
            return true;
        }
        let owns = owner.organization().is_some_and(|organization| identity.owns(organization));
        match self.role.as_str() {
            "app" => false,
            "owner" => owns,
            "member" => owner.organization().is_some_and(|organization| identity.belongs_to(organization)),
            word => {
                let Owner::Repository(organization, repository) = owner else { return owns };
                identity.role_on(organization, repository) >= Role::parse(word)
            }
        }
    }

    fn words(&self) -> &'static str {
        match self.role.as_str() {
            "owner" => "You must be an owner of the organization.",
            "member" => "You must be a member of the organization.",
            "app" => "Only an App may ask this.",
            "admin" => "Must have admin rights to Repository.",
            _ => "Must have push access to the repository.",
        }
    }
}

/// What is written takes an administrator.
fn by_default(endpoint: Endpoint) -> Rights {
    let words = |words: &[&str]| words.iter().map(|&word| word.to_owned()).collect();
    let repository = endpoint.path().starts_with("/repos/");
    let level = if endpoint.method() == Method::Get { "read" } else { "write" };
    let scope = if repository { "repo" } else { "admin:org" };
    let name = if repository { "administration" } else { "organization_administration" };
    Rights {
        role: if repository { "admin" } else { "owner" }.to_owned(),
        scopes: words(&[scope]),
        permissions: vec![format!("{name}:{level}")],
        hidden: repository,
        ghes: Version::Always,
    }
}
