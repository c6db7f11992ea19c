//! The one App that is installed everywhere.

use serde_json::{Value, json};

use super::exchange::{Refusal, Reply, Request};
use super::page::{counted_page, page};
use crate::sim::world::{MOMENT, Organization, World};

const APP: u64 = 4_711;
const APP_SLUG: &str = "ispo-sim";
const CLIENT: &str = "Iv1.sim";
/// An hour in a world without a clock: far enough ahead that no test outlives it.
const TOKEN_EXPIRES_AT: &str = "2099-01-01T00:00:00Z";

pub fn of_organization(world: &World, request: &Request) -> Result<Reply, Refusal> {
    Ok(Reply::ok(installation(request, request.organization(world)?)))
}

pub fn of_repository(world: &World, request: &Request) -> Result<Reply, Refusal> {
    let (organization, _) = request.repository(world)?;
    Ok(Reply::ok(installation(request, organization)))
}

pub fn app(_: &World, request: &Request) -> Result<Reply, Refusal> {
    Ok(Reply::ok(json!({
        "id": APP,
        "slug": APP_SLUG,
        "node_id": format!("A_{APP}"),
        "client_id": CLIENT,
        "owner": request.site.user("ann"),
        "name": APP_SLUG,
        "description": null,
        "external_url": format!("{}/apps/{APP_SLUG}", request.site.web),
        "html_url": format!("{}/apps/{APP_SLUG}", request.site.web),
        "created_at": MOMENT,
        "updated_at": MOMENT,
        "permissions": permissions(),
        "events": [],
    })))
}

/// Wherever the App is installed.
pub fn all(world: &World, request: &Request) -> Result<Reply, Refusal> {
    let organizations: Vec<&Organization> = world.organizations.values().collect();
    Ok(page(request, &organizations, |organization| installation(request, organization)))
}

/// What is installed in an organization: this App, and what a test states at `/installations`.
pub fn in_organization(world: &World, request: &Request) -> Result<Reply, Refusal> {
    let organization = request.organization(world)?;
    let mut installed = vec![installation(request, organization)];
    let stated = organization.documents.stated("/installations").and_then(Value::as_array);
    for stated in stated.into_iter().flatten() {
        let mut other = installed[0].clone();
        if let (Some(other), Some(stated)) = (other.as_object_mut(), stated.as_object()) {
            other.extend(stated.iter().map(|(key, value)| (key.clone(), value.clone())));
        }
        installed.push(other);
    }
    Ok(counted_page(request, "installations", &installed, Value::clone))
}

pub fn mint(world: &mut World, request: &Request) -> Result<Reply, Refusal> {
    let wanted = request.number("installation_id").ok_or_else(Refusal::not_found)?;
    if !world.organizations.values().any(|organization| installation_id(organization) == wanted) {
        return Err(Refusal::not_found());
    }
    let number = world.mint_token();
    Ok(Reply::created(json!({
        "token": format!("ghs_sim_{number}"),
        "expires_at": TOKEN_EXPIRES_AT,
        "permissions": permissions(),
        "repository_selection": "all",
    })))
}

fn installation_id(organization: &Organization) -> u64 {
    9_000 + organization.id
}

fn permissions() -> Value {
    json!({
        "administration": "write", "contents": "write", "issues": "write", "members": "read", "metadata": "read",
        "organization_administration": "write", "organization_custom_properties": "read", "pull_requests": "write",
    })
}

fn installation(request: &Request, organization: &Organization) -> Value {
    let id = installation_id(organization);
    let api = &request.site.api;
    json!({
        "id": id,
        "account": request.site.owner(organization),
        "repository_selection": "all",
        "access_tokens_url": format!("{api}/app/installations/{id}/access_tokens"),
        "repositories_url": format!("{api}/installation/repositories"),
        "html_url": format!("{}/organizations/{}/settings/installations/{id}", request.site.web, organization.login),
        "app_id": APP,
        "app_slug": APP_SLUG,
        "target_id": organization.id,
        "target_type": "Organization",
        "permissions": permissions(),
        "events": [],
        "created_at": MOMENT,
        "updated_at": MOMENT,
        "single_file_name": null,
        "has_multiple_single_files": false,
        "single_file_paths": [],
        "suspended_by": null,
        "suspended_at": null,
    })
}
