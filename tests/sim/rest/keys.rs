//! Deploy keys.

use serde_json::{Value, json};

use super::exchange::{Refusal, Reply, Request};
use super::page::page;
use crate::sim::world::{DeployKey, MOMENT, Organization, Repository, World};

pub fn list(world: &World, request: &Request) -> Result<Reply, Refusal> {
    let (organization, repository) = request.repository(world)?;
    Ok(page(request, &repository.deploy_keys, |key| told(request, organization, repository, key)))
}

pub fn read(world: &World, request: &Request) -> Result<Reply, Refusal> {
    let (organization, repository) = request.repository(world)?;
    let id = request.number("key_id");
    let found = repository.deploy_keys.iter().find(|key| Some(key.id) == id);
    found.map(|key| Reply::ok(told(request, organization, repository, key))).ok_or_else(Refusal::not_found)
}

/// What follows the key itself is left out; a key is used once.
pub fn create(world: &mut World, request: &Request) -> Result<Reply, Refusal> {
    let key: Vec<&str> = request.text("key")?.split(' ').take(2).collect();
    let key = key.join(" ");
    let title = request.body["title"].as_str().unwrap_or_default();
    let read_only = request.body["read_only"].as_bool().unwrap_or_default();
    let repository = request.repository_mut(world)?;
    if repository.deploy_keys.iter().any(|held| held.key == key) {
        return Err(Refusal::invalid_field("PublicKey", "key", "key is already in use"));
    }
    repository.deploy_key(title, read_only);
    if let Some(made) = repository.deploy_keys.last_mut() {
        made.key = key;
    }
    let (organization, repository) = request.repository(world)?;
    let made = repository.deploy_keys.last().ok_or_else(Refusal::not_found)?;
    Ok(Reply::created(told(request, organization, repository, made)))
}

pub fn delete(world: &mut World, request: &Request) -> Result<Reply, Refusal> {
    let id = request.number("key_id");
    let keys = &mut request.repository_mut(world)?.deploy_keys;
    let at = keys.iter().position(|key| Some(key.id) == id).ok_or_else(Refusal::not_found)?;
    keys.remove(at);
    Ok(Reply::nothing())
}

fn told(request: &Request, organization: &Organization, repository: &Repository, key: &DeployKey) -> Value {
    json!({
        "id": key.id,
        "key": key.key,
        "url": format!("{}/keys/{}", request.site.repository(organization, repository), key.id),
        "title": key.title,
        "verified": true,
        "created_at": MOMENT,
        "read_only": key.read_only,
        "added_by": "ann",
        "last_used": null,
        "enabled": true,
    })
}
