//! Teams and their grants. A child team's inherited grants are not told: only its own.

use serde_json::{Value, json};

use super::body;
use super::exchange::{Refusal, Reply, Request};
use super::page::page;
use crate::sim::world::{Organization, Repository, Role, Team, TeamRole, World};

pub fn list(world: &World, request: &Request) -> Result<Reply, Refusal> {
    let organization = request.organization(world)?;
    let teams: Vec<&Team> = organization.teams.values().collect();
    Ok(page(request, &teams, |team| body::team(&request.site, organization, team, None)))
}

/// The team's own members; those of child teams are not told.
pub fn members(world: &World, request: &Request) -> Result<Reply, Refusal> {
    let organization = request.organization(world)?;
    let team = organization.teams.get(request.capture("team_slug")).ok_or_else(Refusal::not_found)?;
    let wanted = match request.asked("role") {
        Some("maintainer") => Some(TeamRole::Maintainer),
        Some("member") => Some(TeamRole::Member),
        _ => None,
    };
    let members = team.members.iter().filter(|(_, role)| wanted.is_none_or(|wanted| wanted == **role));
    let logins: Vec<&String> = members.map(|(login, _)| login).collect();
    Ok(page(request, &logins, |login| request.site.user(login)))
}

pub fn repositories(world: &World, request: &Request) -> Result<Reply, Refusal> {
    let organization = request.organization(world)?;
    let team = organization.teams.get(request.capture("team_slug")).ok_or_else(Refusal::not_found)?;
    let grants: Vec<(&Repository, Role)> = team
        .repositories
        .iter()
        .filter_map(|(name, role)| Some((organization.repository(name)?, *role)))
        .collect();
    Ok(page(request, &grants, |(repository, role)| {
        let mut body = body::listed(&request.site, organization, repository);
        body["permissions"] = body::permissions(*role);
        body["role_name"] = json!(role.role_name());
        body
    }))
}

pub fn on_repository(world: &World, request: &Request) -> Result<Reply, Refusal> {
    let (organization, repository) = request.repository(world)?;
    let grants: Vec<(&Team, Role)> = organization
        .teams
        .values()
        .filter_map(|team| Some((team, *team.repositories.get(&repository.name)?)))
        .collect();
    Ok(page(request, &grants, |(team, role)| body::team(&request.site, organization, team, Some(*role))))
}

pub fn grant(world: &mut World, request: &Request) -> Result<Reply, Refusal> {
    let role = match request.body.get("permission") {
        None | Some(Value::Null) => Role::Push,
        Some(value) => {
            value.as_str().and_then(Role::parse).ok_or_else(|| Refusal::wrong_type("permission", value))?
        }
    };
    let name = granted_repository(world, request)?;
    team(request.organization_mut(world)?, request)?.grant(&name, role);
    Ok(Reply::nothing())
}

pub fn revoke(world: &mut World, request: &Request) -> Result<Reply, Refusal> {
    let name = granted_repository(world, request)?;
    team(request.organization_mut(world)?, request)?.repositories.shift_remove(&name);
    Ok(Reply::nothing())
}

/// A team can only be granted what its own organization has, and nothing on what is archived.
fn granted_repository(world: &mut World, request: &Request) -> Result<String, Refusal> {
    if !request.capture("owner").eq_ignore_ascii_case(request.capture("org")) {
        return Err(Refusal::unprocessable("Validation Failed"));
    }
    Ok(request.repository_mut(world)?.name.clone())
}

fn team<'w>(organization: &'w mut Organization, request: &Request) -> Result<&'w mut Team, Refusal> {
    organization.teams.get_mut(request.capture("team_slug")).ok_or_else(Refusal::not_found)
}
