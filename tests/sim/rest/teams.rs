//! Teams and their grants. A child team's inherited grants are not told: only its own.

use serde_json::{Value, json};

use super::body;
use super::exchange::{Refusal, Reply, Request};
use super::page::page;
use crate::sim::world::{MOMENT, Organization, Repository, Role, Team, TeamRole, World};

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

pub fn read(world: &World, request: &Request) -> Result<Reply, Refusal> {
    let organization = request.organization(world)?;
    let team = organization.teams.get(request.capture("team_slug")).ok_or_else(Refusal::not_found)?;
    Ok(Reply::ok(whole(request, organization, team)))
}

fn whole(request: &Request, organization: &Organization, team: &Team) -> Value {
    let mut body = body::team(&request.site, organization, team, None);
    for (key, value) in [
        ("members_count", json!(team.members.len())),
        ("repos_count", json!(team.repositories.len())),
        ("created_at", json!(MOMENT)),
        ("updated_at", json!(MOMENT)),
        ("organization", around(request, organization)),
    ] {
        body[key] = value;
    }
    body
}

/// What a team tells of its organization, which is less than the organization tells of itself.
fn around(request: &Request, organization: &Organization) -> Value {
    const TOLD: [&str; 28] = [
        "login",
        "id",
        "node_id",
        "url",
        "repos_url",
        "events_url",
        "hooks_url",
        "issues_url",
        "members_url",
        "public_members_url",
        "avatar_url",
        "description",
        "name",
        "company",
        "blog",
        "location",
        "email",
        "is_verified",
        "has_organization_projects",
        "has_repository_projects",
        "public_repos",
        "public_gists",
        "followers",
        "following",
        "html_url",
        "created_at",
        "updated_at",
        "type",
    ];
    let mut body = body::organization(&request.site, organization);
    if let Value::Object(fields) = &mut body {
        fields.retain(|name, value| {
            TOLD.contains(&name.as_str()) && (!value.is_null() || name == "description")
        });
        fields.insert("archived_at".into(), Value::Null);
    }
    body
}

/// Whoever makes a team looks after it. One that is beneath another is never secret.
pub fn create(world: &mut World, request: &Request) -> Result<Reply, Refusal> {
    let name = request.text("name")?.to_owned();
    let who = request.identity.as_ref().map(|identity| identity.login.clone().unwrap_or_default());
    let organization = request.organization_mut(world)?;
    let slug = organization.add_team(&name).slug.clone();
    let first = if request.body["parent_team_slug"].is_string() { "closed" } else { "secret" };
    if let Some(team) = organization.teams.get_mut(&slug) {
        first.clone_into(&mut team.privacy);
        if let Some(login) = who {
            team.member(&login, TeamRole::Maintainer);
        }
    }
    if let Err(refusal) = lay(organization, &slug, request) {
        organization.teams.shift_remove(&slug);
        return Err(refusal);
    }
    let organization = request.organization(world)?;
    let team = organization.teams.get(&slug).ok_or_else(Refusal::not_found)?;
    Ok(Reply::created(whole(request, organization, team)))
}

pub fn change(world: &mut World, request: &Request) -> Result<Reply, Refusal> {
    let slug = request.capture("team_slug").to_owned();
    let organization = request.organization_mut(world)?;
    team(organization, request)?;
    lay(organization, &slug, request)?;
    read(world, request)
}

fn lay(organization: &mut Organization, slug: &str, request: &Request) -> Result<(), Refusal> {
    let body = request.object()?;
    let parent = body.get("parent_team_slug").map(|parent| parent.as_str().map(str::to_owned));
    if let Some(Some(parent)) = &parent
        && !organization.teams.contains_key(parent)
    {
        return Err(Refusal::invalid_field("Team", "parent_team_slug", "does not exist"));
    }
    let team = organization.teams.get_mut(slug).ok_or_else(Refusal::not_found)?;
    let mut changed = team.clone();
    if let Some(parent) = parent {
        changed.parent = parent;
    }
    for (key, value) in body {
        match (key.as_str(), value.as_str()) {
            ("description", text) => changed.description = text.map(str::to_owned),
            ("privacy", Some(word @ ("closed" | "secret"))) => word.clone_into(&mut changed.privacy),
            ("notification_setting", Some(word)) => changed.notifications = word == "notifications_enabled",
            ("name", Some(name)) => name.clone_into(&mut changed.name),
            ("privacy" | "notification_setting", _) => return Err(Refusal::wrong_type(key, value)),
            _ => {}
        }
    }
    if changed.parent.is_some() && changed.privacy == "secret" {
        return Err(Refusal::unprocessable("A team with a parent cannot be secret."));
    }
    *team = changed;
    Ok(())
}

/// The teams beneath it go with it.
pub fn delete(world: &mut World, request: &Request) -> Result<Reply, Refusal> {
    let organization = request.organization_mut(world)?;
    let mut gone = vec![team(organization, request)?.slug.clone()];
    while let Some(slug) = gone.pop() {
        organization.teams.shift_remove(&slug);
        let beneath = organization.teams.values().filter(|team| team.parent.as_ref() == Some(&slug));
        gone.extend(beneath.map(|team| team.slug.clone()));
    }
    Ok(Reply::nothing())
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
