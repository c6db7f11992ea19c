//! Custom properties: their definitions and their values.

use serde_json::{Value, json};

use super::exchange::{Refusal, Reply, Request};
use super::page::page;
use crate::sim::world::{Repository, World};

pub fn schema(world: &World, request: &Request) -> Result<Reply, Refusal> {
    Ok(Reply::ok(json!(request.organization(world)?.custom_properties)))
}

pub fn read(world: &World, request: &Request) -> Result<Reply, Refusal> {
    let name = request.capture("custom_property_name");
    let mut held = request.organization(world)?.custom_properties.iter();
    let found = held.find(|definition| definition["property_name"] == name);
    found.cloned().map(Reply::ok).ok_or_else(Refusal::not_found)
}

/// Says anew all that a property is: what is left out is as it was at first.
pub fn put(world: &mut World, request: &Request) -> Result<Reply, Refusal> {
    let sort = request.text("value_type")?;
    let name = request.capture("custom_property_name");
    let body = request.object()?;
    let allowed = body.get("allowed_values").filter(|values| !values.is_null());
    if sort.ends_with("_select") != allowed.is_some() {
        return Err(Refusal::unprocessable("allowed_values go with single_select and multi_select"));
    }
    if body.get("required") == Some(&json!(true)) && body.get("default_value").is_none_or(Value::is_null) {
        return Err(Refusal::unprocessable("a required property takes a default value"));
    }
    let mut definition = json!({
        "property_name": name, "value_type": sort, "required": false, "default_value": null, "description": null,
        "allowed_values": null, "values_editable_by": "org_actors",
    });
    for key in ["required", "default_value", "description", "allowed_values", "values_editable_by"] {
        if let Some(value) = body.get(key) {
            definition[key] = value.clone();
        }
    }
    let held = &mut request.organization_mut(world)?.custom_properties;
    match held.iter_mut().find(|held| held["property_name"] == name) {
        Some(held) => *held = definition,
        None => held.push(definition),
    }
    read(world, request)
}

/// Takes its values with it.
pub fn delete(world: &mut World, request: &Request) -> Result<Reply, Refusal> {
    let name = request.capture("custom_property_name").to_owned();
    let organization = request.organization_mut(world)?;
    let at = organization.custom_properties.iter().position(|held| held["property_name"] == name.as_str());
    organization.custom_properties.remove(at.ok_or_else(Refusal::not_found)?);
    for repository in organization.repositories.values_mut() {
        repository.custom_properties.shift_remove(&name);
    }
    Ok(Reply::nothing())
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
