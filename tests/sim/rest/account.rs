//! The caller, the server, and what the caller may still ask.

use serde_json::{Value, json};

use super::exchange::{Refusal, Reply, Request};
use crate::sim::server::{DEFAULT_RESET_AT, Rate};
use crate::sim::world::{MOMENT, World};

pub fn meta(world: &World, request: &Request) -> Result<Reply, Refusal> {
    let mut body = json!({ "verifiable_password_authentication": false });
    if request.site.enterprise && !world.installed_version.is_empty() {
        body["installed_version"] = json!(world.installed_version);
    }
    Ok(Reply::ok(body))
}

/// Nothing here can be searched, but GitHub's answer has the limit.
const SEARCH: Rate = Rate { limit: 30, used: 0, reset: DEFAULT_RESET_AT };

pub fn rate_limit(_: &World, request: &Request) -> Result<Reply, Refusal> {
    let told = |rate: Rate| json!({ "limit": rate.limit, "used": rate.used, "remaining": rate.remaining(), "reset": rate.reset });
    let core: Value = told(request.core);
    Ok(Reply::ok(
        json!({ "resources": { "core": core, "graphql": told(request.graphql), "search": told(SEARCH) }, "rate": core }),
    ))
}

/// An installation's token stands for no person.
pub fn user(world: &World, request: &Request) -> Result<Reply, Refusal> {
    if request.installation {
        return Err(Refusal::forbidden());
    }
    let mut body = request.site.user(&world.viewer);
    for (key, value) in [
        ("name", Value::Null),
        ("company", Value::Null),
        ("blog", json!("")),
        ("location", Value::Null),
        ("email", Value::Null),
        ("hireable", Value::Null),
        ("bio", Value::Null),
        ("public_repos", json!(0)),
        ("public_gists", json!(0)),
        ("followers", json!(0)),
        ("following", json!(0)),
        ("created_at", json!(MOMENT)),
        ("updated_at", json!(MOMENT)),
    ] {
        body[key] = value;
    }
    Ok(Reply::ok(body))
}
