//! Security features and vulnerability alerts.

use serde_json::{Value, json};

use super::exchange::{Refusal, Reply, Request};
use crate::sim::world::{Repository, World};

/// Changes the features that are named and leaves the others alone.
pub fn change_features(repository: &mut Repository, features: &Value) -> Result<(), Refusal> {
    if features.is_null() {
        return Ok(());
    }
    let wrong = || Refusal::wrong_type("security_and_analysis", features);
    for (feature, wanted) in features.as_object().ok_or_else(wrong)? {
        let enabled = match wanted.get("status").and_then(Value::as_str) {
            Some("enabled") => true,
            Some("disabled") => false,
            _ => return Err(wrong()),
        };
        if feature == "advanced_security" && repository.visibility() == "public" {
            return Err(Refusal::unprocessable("Advanced security is always available for public repos."));
        }
        repository.security(feature, enabled);
    }
    Ok(())
}

/// The answer has no body: 204 says enabled, 404 disabled.
pub fn alerts(world: &World, request: &Request) -> Result<Reply, Refusal> {
    let (_, repository) = request.repository(world)?;
    if repository.vulnerability_alerts {
        Ok(Reply::nothing())
    } else {
        Err(Refusal::missing("Vulnerability alerts are disabled."))
    }
}

/// Whether Dependabot fixes by itself; 404 where it is off altogether.
pub fn fixes(world: &World, request: &Request) -> Result<Reply, Refusal> {
    let (_, repository) = request.repository(world)?;
    if !repository.vulnerability_alerts {
        return Err(Refusal::not_found());
    }
    let features = repository.settings.get("security_and_analysis");
    let status = features.map(|features| &features["dependabot_security_updates"]["status"]);
    let enabled = status.is_some_and(|status| status == "enabled");
    Ok(Reply::ok(json!({ "enabled": enabled, "paused": false })))
}

pub fn enable_alerts(world: &mut World, request: &Request) -> Result<Reply, Refusal> {
    request.repository_mut(world)?.vulnerability_alerts = true;
    Ok(Reply::nothing())
}

pub fn disable_alerts(world: &mut World, request: &Request) -> Result<Reply, Refusal> {
    request.repository_mut(world)?.vulnerability_alerts = false;
    Ok(Reply::nothing())
}
