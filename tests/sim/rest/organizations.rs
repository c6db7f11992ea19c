//! An organization's own settings and its members.

use super::body;
use super::exchange::{Refusal, Reply, Request};
use super::page::page;
use crate::sim::world::{ORGANIZATION, OrganizationRole, World};

pub fn read(world: &World, request: &Request) -> Result<Reply, Refusal> {
    Ok(Reply::ok(body::organization(&request.site, request.organization(world)?)))
}

/// Keys that nobody may write are ignored, as unknown ones are.
pub fn change(world: &mut World, request: &Request) -> Result<Reply, Refusal> {
    let changes = request.object()?;
    let organization = request.organization_mut(world)?;
    let writable = || ORGANIZATION.iter().filter(|setting| setting.writable);
    for setting in writable() {
        if let Some(value) = changes.get(setting.key).filter(|value| !setting.kind.accepts(value)) {
            return Err(Refusal::wrong_type(setting.key, value));
        }
    }
    for setting in writable() {
        if let Some(value) = changes.get(setting.key) {
            organization.set(setting.key, value.clone());
        }
    }
    Ok(Reply::ok(body::organization(&request.site, organization)))
}

pub fn members(world: &World, request: &Request) -> Result<Reply, Refusal> {
    let organization = request.organization(world)?;
    let wanted = match request.asked("role") {
        Some("admin") => Some(OrganizationRole::Admin),
        Some("member") => Some(OrganizationRole::Member),
        _ => None,
    };
    let members =
        organization.members.iter().filter(|(_, role)| wanted.is_none_or(|wanted| wanted == **role));
    let logins: Vec<&String> = members.map(|(login, _)| login).collect();
    Ok(page(request, &logins, |login| request.site.user(login)))
}

/// People with a grant on a repository who are no members.
pub fn outside_collaborators(world: &World, request: &Request) -> Result<Reply, Refusal> {
    let organization = request.organization(world)?;
    let mut outside: Vec<&String> = organization
        .repositories
        .values()
        .flat_map(|repository| repository.collaborators.keys())
        .filter(|login| !organization.members.contains_key(*login))
        .collect();
    outside.sort();
    outside.dedup();
    Ok(page(request, &outside, |login| request.site.user(login)))
}
