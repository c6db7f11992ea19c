//! Labels.

use serde_json::{Value, json};

use super::exchange::{Refusal, Reply, Request};
use super::page::page;
use crate::sim::world::{Label, Organization, Repository, World};

pub fn list(world: &World, request: &Request) -> Result<Reply, Refusal> {
    let (organization, repository) = request.repository(world)?;
    Ok(page(request, &repository.labels, |label| told(request, organization, repository, label)))
}

pub fn read(world: &World, request: &Request) -> Result<Reply, Refusal> {
    let (organization, repository) = request.repository(world)?;
    let at = position(repository, request.capture("name")).ok_or_else(Refusal::not_found)?;
    Ok(Reply::ok(told(request, organization, repository, &repository.labels[at])))
}

pub fn create(world: &mut World, request: &Request) -> Result<Reply, Refusal> {
    let name = request.text("name")?;
    let color = color(request)?.unwrap_or("ededed");
    let repository = request.repository_mut(world)?;
    if position(repository, name).is_some() {
        let error = json!([{ "resource": "Label", "code": "already_exists", "field": "name" }]);
        return Err(Refusal { status: 422, message: "Validation Failed".to_owned(), errors: Some(error) });
    }
    repository.label(name, color, "");
    if let Some(label) = repository.labels.last_mut() {
        label.description = request.body["description"].as_str().map(str::to_owned);
    }
    let (organization, repository) = request.repository(world)?;
    let label = repository.labels.last().ok_or_else(Refusal::not_found)?;
    Ok(Reply::created(told(request, organization, repository, label)))
}

pub fn change(world: &mut World, request: &Request) -> Result<Reply, Refusal> {
    let color = color(request)?;
    let repository = request.repository_mut(world)?;
    let at = position(repository, request.capture("name")).ok_or_else(Refusal::not_found)?;
    let label = &mut repository.labels[at];
    if let Some(name) = request.body["new_name"].as_str() {
        name.clone_into(&mut label.name);
    }
    if let Some(color) = color {
        color.clone_into(&mut label.color);
    }
    if let Some(description) = request.object()?.get("description") {
        label.description = description.as_str().map(str::to_owned);
    }
    let (organization, repository) = request.repository(world)?;
    Ok(Reply::ok(told(request, organization, repository, &repository.labels[at])))
}

pub fn delete(world: &mut World, request: &Request) -> Result<Reply, Refusal> {
    let repository = request.repository_mut(world)?;
    let at = position(repository, request.capture("name")).ok_or_else(Refusal::not_found)?;
    repository.labels.remove(at);
    Ok(Reply::nothing())
}

/// Label names differ by more than case.
fn position(repository: &Repository, name: &str) -> Option<usize> {
    repository.labels.iter().position(|label| label.name.to_lowercase() == name.to_lowercase())
}

/// Six hexadecimal digits, without the number sign.
fn color(request: &Request) -> Result<Option<&str>, Refusal> {
    let Some(value) = request.object()?.get("color") else { return Ok(None) };
    let color = value
        .as_str()
        .filter(|color| color.len() == 6 && color.chars().all(|digit| digit.is_ascii_hexdigit()));
    color
        .map(Some)
        .ok_or_else(|| Refusal::invalid_field("Label", "color", "color is not a hexadecimal color code"))
}

fn told(request: &Request, organization: &Organization, repository: &Repository, label: &Label) -> Value {
    let name: String = url::form_urlencoded::byte_serialize(label.name.as_bytes()).collect();
    json!({
        "id": label.id,
        "node_id": format!("LA_{}", label.id),
        "url": format!("{}/labels/{}", request.site.repository(organization, repository), name.replace('+', "%20")),
        "name": label.name,
        "color": label.color,
        "default": label.default,
        "description": label.description,
    })
}
