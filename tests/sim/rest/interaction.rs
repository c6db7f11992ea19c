//! Temporary limits on who may interact.

use serde_json::{Value, json};

use super::exchange::{Refusal, Reply, Request};
use crate::sim::world::{InteractionLimit, MOMENT, World};

pub fn in_organization(world: &World, request: &Request) -> Result<Reply, Refusal> {
    let organization = request.organization(world)?;
    Ok(Reply::ok(told(organization.interaction_limit.as_ref(), "organization")))
}

/// The organization's limit counts where the repository has none.
pub fn in_repository(world: &World, request: &Request) -> Result<Reply, Refusal> {
    let (organization, repository) = request.repository(world)?;
    Ok(Reply::ok(match &repository.interaction_limit {
        Some(limit) => told(Some(limit), "repository"),
        None => told(organization.interaction_limit.as_ref(), "organization"),
    }))
}

/// It is over after a day, unless the request names another term.
pub fn limit(world: &mut World, request: &Request) -> Result<Reply, Refusal> {
    let limit = request.text("limit")?.to_owned();
    if !["existing_users", "contributors_only", "collaborators_only"].contains(&limit.as_str()) {
        return Err(Refusal::wrong_type("limit", &request.body["limit"]));
    }
    let repository = request.repository_mut(world)?;
    repository.interaction_limit = Some(InteractionLimit { limit, expires_at: None });
    Ok(Reply::ok(told(repository.interaction_limit.as_ref(), "repository")))
}

pub fn open(world: &mut World, request: &Request) -> Result<Reply, Refusal> {
    request.repository_mut(world)?.interaction_limit = None;
    Ok(Reply::nothing())
}

fn told(limit: Option<&InteractionLimit>, origin: &str) -> Value {
    match limit {
        Some(limit) => json!({
            "limit": limit.limit,
            "origin": origin,
            "expires_at": limit.expires_at.as_deref().unwrap_or(MOMENT),
        }),
        None => json!({}),
    }
}
