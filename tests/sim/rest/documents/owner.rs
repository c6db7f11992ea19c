//! Whose documents a path names.

use crate::sim::rest::{Captures, Refusal, Request, Site};
use crate::sim::world::{Documents, Enterprise, Organization, Repository, World};

#[derive(Clone, Copy)]
pub enum Owner<'w> {
    Enterprise(&'w Enterprise),
    Organization(&'w Organization),
    Repository(&'w Organization, &'w Repository),
}

const OWNERS: [&str; 4] =
    ["/repos/{owner}/{repo}", "/orgs/{org}", "/organizations/{org}", "/enterprises/{enterprise}"];

/// What follows the subject's own path, with placeholders replaced; none beneath no subject.
pub fn suffix(template: &str, captures: &Captures) -> Option<String> {
    let rest = OWNERS.into_iter().find_map(|owner| template.strip_prefix(owner))?;
    let mut suffix = rest.to_owned();
    for (name, value) in captures {
        suffix = suffix.replace(&format!("{{{name}}}"), value);
    }
    Some(suffix)
}

impl<'w> Owner<'w> {
    pub fn of(world: &'w World, template: &str, request: &Request) -> Result<Self, Refusal> {
        if template.starts_with("/repos/") {
            let (organization, repository) = request.repository(world)?;
            Ok(Self::Repository(organization, repository))
        } else if template.starts_with("/enterprises/") {
            let wanted = request.capture("enterprise");
            let enterprise = world.enterprise.as_ref().filter(|enterprise| enterprise.slug == wanted);
            enterprise.map(Self::Enterprise).ok_or_else(Refusal::not_found)
        } else {
            request.organization(world).map(Self::Organization)
        }
    }

    pub fn documents(self) -> &'w Documents {
        match self {
            Self::Enterprise(enterprise) => &enterprise.documents,
            Self::Organization(organization) => &organization.documents,
            Self::Repository(_, repository) => &repository.documents,
        }
    }

    pub fn organization(self) -> Option<&'w Organization> {
        match self {
            Self::Enterprise(_) => None,
            Self::Organization(organization) | Self::Repository(organization, _) => Some(organization),
        }
    }

    pub fn repository(self) -> Option<&'w Repository> {
        match self {
            Self::Repository(_, repository) => Some(repository),
            _ => None,
        }
    }

    /// The subject's own path in the table.
    pub fn template(self) -> &'static str {
        match self {
            Self::Enterprise(_) => "/enterprises/{enterprise}",
            Self::Organization(_) => "/orgs/{org}",
            Self::Repository(..) => "/repos/{owner}/{repo}",
        }
    }

    pub fn url(self, site: &Site) -> String {
        match self {
            Self::Enterprise(enterprise) => format!("{}/enterprises/{}", site.api, enterprise.slug),
            Self::Organization(organization) => format!("{}/orgs/{}", site.api, organization.login),
            Self::Repository(organization, repository) => site.repository(organization, repository),
        }
    }
}
