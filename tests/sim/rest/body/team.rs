//! Teams and what a role allows.

use serde_json::{Value, json};

use crate::sim::rest::Site;
use crate::sim::world::{Organization, Role, Team};

/// A team as an organization lists it (`role` none), or as one with a role on a repository.
pub fn team(site: &Site, organization: &Organization, team: &Team, role: Option<Role>) -> Value {
    let mut body = base(site, organization, team);
    if let Some(role) = role {
        body["permission"] = json!(role.permission());
        body["permissions"] = permissions(role);
    }
    let parent = team.parent.as_ref().and_then(|slug| organization.teams.get(slug));
    body["parent"] = parent.map_or(Value::Null, |parent| base(site, organization, parent));
    body
}

fn base(site: &Site, organization: &Organization, team: &Team) -> Value {
    let url = format!("{}/organizations/{}/team/{}", site.api, organization.id, team.id);
    let notifications = if team.notifications { "notifications_enabled" } else { "notifications_disabled" };
    json!({
        "id": team.id,
        "node_id": format!("T_{}", team.id),
        "name": team.name,
        "slug": team.slug,
        "description": team.description,
        "privacy": team.privacy,
        "notification_setting": notifications,
        "permission": "pull",
        "url": url,
        "html_url": format!("{}/orgs/{}/teams/{}", site.web, organization.login, team.slug),
        "members_url": format!("{url}/members{{/member}}"),
        "repositories_url": format!("{url}/repos"),
        "type": "organization",
        "organization_id": organization.id,
    })
}

/// Each role allows what the ones below it allow.
pub fn permissions(role: Role) -> Value {
    Role::ALL
        .into_iter()
        .map(|step| (step.permission().to_owned(), json!(step <= role)))
        .collect::<serde_json::Map<_, _>>()
        .into()
}
