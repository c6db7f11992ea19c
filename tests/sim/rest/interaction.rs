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
