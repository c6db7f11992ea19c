//! The one App, and where it is installed.

use serde_json::{Map, Value, json};

use super::exchange::{Refusal, Reply, Request};
use super::page::{counted_page, page};
use super::rights::every_permission;
use crate::sim::world::{Installation, MOMENT, Organization, Permissions, World};

const APP: u64 = 4_711;
const APP_SLUG: &str = "ispo-sim";
const CLIENT: &str = "Iv1.sim";

/// GitHub knows of no installation where there is none.
pub fn of_organization(world: &World, request: &Request) -> Result<Reply, Refusal> {
    let organization = request.organization(world)?;
    installation(request, organization).map(Reply::ok).ok_or_else(Refusal::not_found)
}

pub fn of_repository(world: &World, request: &Request) -> Result<Reply, Refusal> {
    let (organization, repository) = request.repository(world)?;
    let given = organization.installation.as_ref().and_then(|installed| installed.repositories.as_ref());
    if given.is_some_and(|names| !names.contains(&repository.name)) {
        return Err(Refusal::not_found());
    }
    installation(request, organization).map(Reply::ok).ok_or_else(Refusal::not_found)
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
        "permissions": permissions(&Permissions::default()),
        "events": [],
    })))
}

/// Wherever the App is installed.
pub fn all(world: &World, request: &Request) -> Result<Reply, Refusal> {
    let installed: Vec<Value> =
        world.organizations.values().filter_map(|organization| installation(request, organization)).collect();
    Ok(page(request, &installed, Value::clone))
}

/// What is installed in an organization: this App, and what a test states at `/installations`.
pub fn in_organization(world: &World, request: &Request) -> Result<Reply, Refusal> {
    let organization = request.organization(world)?;
    let mut installed: Vec<Value> = installation(request, organization).into_iter().collect();
    let stated = organization.documents.stated("/installations").and_then(Value::as_array);
    for stated in stated.into_iter().flatten() {
        let mut other = told(request, organization, &Installation::default());
        if let (Some(other), Some(stated)) = (other.as_object_mut(), stated.as_object()) {
            other.extend(stated.iter().map(|(key, value)| (key.clone(), value.clone())));
        }
        installed.push(other);
    }
    Ok(counted_page(request, "installations", &installed, Value::clone))
}

pub fn mint(world: &mut World, request: &Request) -> Result<Reply, Refusal> {
    let wanted = request.number("installation_id").ok_or_else(Refusal::not_found)?;
    let found = world.organizations.values().find(|organization| installation_id(organization) == wanted);
    let organization = found.ok_or_else(Refusal::not_found)?;
    let installed = organization.installation.clone().ok_or_else(Refusal::not_found)?;
    if installed.suspended {
        return Err(Refusal::told(403, "This installation has been suspended"));
    }
    let login = organization.login.clone();
    Ok(Reply::created(json!({
        "token": world.mint_token(&login),
        "expires_at": request.token_expires_at,
        "permissions": permissions(&installed.permissions),
        "repository_selection": selection(&installed),
    })))
}

fn selection(installed: &Installation) -> &'static str {
    if installed.repositories.is_some() { "selected" } else { "all" }
}

fn installation_id(organization: &Organization) -> u64 {
    9_000 + organization.id
}

/// All there are, where nobody said which.
fn permissions(granted: &Permissions) -> Value {
    match &granted.0 {
        Some(granted) => json!(granted),
        None => {
            every_permission().into_iter().map(|name| (name, json!("write"))).collect::<Map<_, _>>().into()
        }
    }
}

fn installation(request: &Request, organization: &Organization) -> Option<Value> {
    Some(told(request, organization, organization.installation.as_ref()?))
}

fn told(request: &Request, organization: &Organization, installed: &Installation) -> Value {
    let id = installation_id(organization);
    let api = &request.site.api;
    json!({
        "id": id,
        "account": request.site.owner(organization),
        "repository_selection": selection(installed),
        "access_tokens_url": format!("{api}/app/installations/{id}/access_tokens"),
        "repositories_url": format!("{api}/installation/repositories"),
        "html_url": format!("{}/organizations/{}/settings/installations/{id}", request.site.web, organization.login),
        "app_id": APP,
        "app_slug": APP_SLUG,
        "target_id": organization.id,
        "target_type": "Organization",
        "permissions": permissions(&installed.permissions),
        "events": [],
        "created_at": MOMENT,
        "updated_at": MOMENT,
        "single_file_name": null,
        "has_multiple_single_files": false,
        "single_file_paths": [],
        "suspended_by": installed.suspended.then(|| request.site.user("ann")),
        "suspended_at": installed.suspended.then_some(MOMENT),
    })
}
