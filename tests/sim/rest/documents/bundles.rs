//! Repositories that follow a bundle of security features: a switch of the bundle is theirs as well.

use serde_json::Value;

use crate::sim::rest::Request;
use crate::sim::world::World;

/// The list of bundles.
const BUNDLES: &str = "/orgs/{org}/code-security/configurations";

/// Lets those follow that a changed bundle holds for. What it does not set stays as it is.
pub fn follow(world: &mut World, request: &Request, list: &str) {
    let Ok(organization) = request.organization_mut(world) else { return };
    if list != BUNDLES {
        return;
    }
    let under = format!("/code-security/configurations/{}/repositories", request.capture("configuration_id"));
    let held = organization.documents.stated(&under).and_then(Value::as_array).cloned().unwrap_or_default();
    for follower in
        held.iter().filter(|held| matches!(held["status"].as_str(), Some("attached" | "enforced")))
    {
        let name = follower["repository"].as_str().unwrap_or_default();
        let Some(repository) = organization.repository_mut(name) else { continue };
        if let Some(on @ ("enabled" | "disabled")) = request.body["dependabot_alerts"].as_str() {
            repository.vulnerability_alerts = on == "enabled";
        }
        if let Some(on @ ("enabled" | "disabled")) = request.body["dependabot_security_updates"].as_str() {
            repository.security("dependabot_security_updates", on == "enabled");
        }
    }
}
