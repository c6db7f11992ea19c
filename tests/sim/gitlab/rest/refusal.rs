//! Answers other than what was asked for, as GitLab words them.

use serde_json::{Value, json};

#[derive(Debug, Clone)]
pub struct Refusal {
    pub status: u16,
    pub body: Value,
}

impl Refusal {
    pub fn told(status: u16, message: &str) -> Self {
        Self { status, body: json!({ "message": message }) }
    }

    pub fn unauthorized() -> Self {
        Self::told(401, "401 Unauthorized")
    }

    pub fn invalid_token() -> Self {
        let body = json!({
            "error": "invalid_token",
            "error_description": "Token was revoked. You have to re-authorize from the user.",
        });
        Self { status: 401, body }
    }

    pub fn forbidden() -> Self {
        Self::told(403, "403 Forbidden")
    }

    pub fn scope(scope: &str) -> Self {
        let body = json!({
            "error": "insufficient_scope",
            "error_description": "The request requires higher privileges than provided by the access token.",
            "scope": scope,
        });
        Self { status: 403, body }
    }

    /// `what` as in "Project"; empty for anything beneath one.
    pub fn missing(what: &str) -> Self {
        if what.is_empty() {
            Self::told(404, "404 Not Found")
        } else {
            Self::told(404, &format!("404 {what} Not Found"))
        }
    }

    /// No endpoint has that path.
    pub fn unknown() -> Self {
        Self { status: 404, body: json!({ "error": "404 Not Found" }) }
    }
}
