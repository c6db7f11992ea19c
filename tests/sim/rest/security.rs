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

/// It goes by the alerts, and is refused without them.
pub fn enable_fixes(world: &mut World, request: &Request) -> Result<Reply, Refusal> {
    let repository = request.repository_mut(world)?;
    if !repository.vulnerability_alerts {
        let told = "Vulnerability alerts must be enabled to configure automated security fixes.";
        return Err(Refusal::told(422, told));
    }
    repository.security("dependabot_security_updates", true);
    Ok(Reply::nothing())
}

pub fn disable_fixes(world: &mut World, request: &Request) -> Result<Reply, Refusal> {
    request.repository_mut(world)?.security("dependabot_security_updates", false);
    Ok(Reply::nothing())
}

/// Into which repositories Dependabot may look where nobody chose.
pub fn look_into(world: &mut World, request: &Request) -> Result<Reply, Refusal> {
    let level = request.text("default_level")?.to_owned();
    if !["public", "internal"].contains(&level.as_str()) {
        return Err(Refusal::wrong_type("default_level", &request.body["default_level"]));
    }
    let documents = &mut request.organization_mut(world)?.documents;
    let mut whole =
        documents.stated(REPOSITORY_ACCESS).and_then(Value::as_object).cloned().unwrap_or_default();
    whole.insert("default_level".to_owned(), json!(level));
    documents.state(REPOSITORY_ACCESS, Value::Object(whole));
    Ok(Reply::nothing())
}

const REPOSITORY_ACCESS: &str = "/dependabot/repository-access";
