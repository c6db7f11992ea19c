//! Custom properties: their definitions and their values.

use serde_json::{Value, json};

use super::exchange::{Refusal, Reply, Request};
use super::page::page;
use crate::sim::world::{Repository, World};

pub fn schema(world: &World, request: &Request) -> Result<Reply, Refusal> {
    Ok(Reply::ok(json!(request.organization(world)?.custom_properties)))
}

pub fn values_in_organization(world: &World, request: &Request) -> Result<Reply, Refusal> {
    let organization = request.organization(world)?;
    let repositories: Vec<&Repository> = organization.repositories.values().collect();
    Ok(page(request, &repositories, |repository| {
        json!({
            "repository_id": repository.id,
            "repository_name": repository.name,
            "repository_full_name": format!("{}/{}", organization.login, repository.name),
            "properties": told(repository),
        })
    }))
}

pub fn values(world: &World, request: &Request) -> Result<Reply, Refusal> {
    let (_, repository) = request.repository(world)?;
    Ok(Reply::ok(told(repository)))
}

/// A value of null removes the property from the repository.
pub fn change(world: &mut World, request: &Request) -> Result<Reply, Refusal> {
    let (organization, _) = request.repository(world)?;
    let properties = request.object()?.get("properties").unwrap_or(&Value::Null);
    let wrong = || Refusal::wrong_type("properties", properties);
    let mut changes = Vec::new();
    for property in properties.as_array().ok_or_else(wrong)? {
        let name = property["property_name"].as_str().ok_or_else(wrong)?;
        let definition =
            organization.custom_properties.iter().find(|definition| definition["property_name"] == name);
        let definition =
            definition.ok_or_else(|| Refusal::unprocessable(format!("Property '{name}' does not exist.")))?;
        check_allowed(definition, &property["value"])?;
        changes.push((name.to_owned(), property["value"].clone()));
    }
    let repository = request.repository_mut(world)?;
    for (name, value) in changes {
        if value.is_null() {
            repository.custom_properties.shift_remove(&name);
        } else {
            repository.custom_properties.insert(name, value);
        }
    }
    Ok(Reply::nothing())
}

fn check_allowed(definition: &Value, value: &Value) -> Result<(), Refusal> {
    let Some(allowed) = definition["allowed_values"].as_array() else { return Ok(()) };
    let asked = match value {
        Value::Null => &[],
        Value::Array(values) => values.as_slice(),
        value => std::slice::from_ref(value),
    };
    if asked.iter().all(|value| allowed.contains(value)) {
        Ok(())
    } else {
        Err(Refusal::unprocessable(format!("Invalid value for property {}", definition["property_name"])))
    }
}

fn told(repository: &Repository) -> Value {
    repository
        .custom_properties
        .iter()
        .map(|(name, value)| json!({ "property_name": name, "value": value }))
        .collect()
}
