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
