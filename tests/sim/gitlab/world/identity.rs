//! Who asks.

use std::collections::BTreeMap;

use serde::{Deserialize, Serialize};

#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Identity {
    pub username: String,
    pub scopes: Vec<String>,
    pub administrator: bool,
    /// Access levels by the full path of a group or project, besides the world's memberships.
    pub roles: BTreeMap<String, u64>,
    /// The day on which the token expires.
    pub expires_at: Option<String>,
    /// False for a token that was revoked or has expired.
    pub active: bool,
    /// Whether it is a group's or project's token, whose user is a bot.
    pub bot: bool,
}

impl Identity {
    /// A personal access token.
    pub fn person(username: &str, scopes: &[&str]) -> Self {
        Self {
            username: username.to_owned(),
            scopes: scopes.iter().map(|scope| (*scope).to_owned()).collect(),
            administrator: false,
            roles: BTreeMap::new(),
            expires_at: Some("2027-01-05".to_owned()),
            active: true,
            bot: false,
        }
    }

    pub fn administrator(username: &str, scopes: &[&str]) -> Self {
        Self { administrator: true, ..Self::person(username, scopes) }
    }

    /// A group's or project's access token of that level.
    pub fn token_of(path: &str, access_level: u64, scopes: &[&str]) -> Self {
        let name = format!("group_{}_bot", path.replace('/', "_"));
        Self { bot: true, ..Self::person(&name, scopes) }.role(path, access_level)
    }

    /// Has this access level in a group and all below it, or in a project.
    #[must_use]
    pub fn role(mut self, path: &str, access_level: u64) -> Self {
        self.roles.insert(path.to_owned(), access_level);
        self
    }

    /// Its token expires on that day, such as `2026-12-01`; never where it is empty.
    #[must_use]
    pub fn expires(mut self, day: &str) -> Self {
        self.expires_at = (!day.is_empty()).then(|| day.to_owned());
        self
    }

    /// Its token is worth nothing any more.
    #[must_use]
    pub fn revoked(mut self) -> Self {
        self.active = false;
        self
    }

    /// Whether REST's reading, or GraphQL, is open to this token.
    pub fn may_read(&self) -> bool {
        self.has(&["api", "read_api"])
    }

    pub fn has(&self, scopes: &[&str]) -> bool {
        self.scopes.iter().any(|scope| scopes.contains(&scope.as_str()))
    }
}
