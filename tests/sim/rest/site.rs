//! Where the caller reached us: every URL in an answer leads back there.

use serde_json::{Value, json};

use crate::sim::world::{Organization, Repository, user_id};

/// The prefix under which a GitHub Enterprise Server has its REST API.
pub const ENTERPRISE_PREFIX: &str = "/api/v3";

#[derive(Debug, Clone)]
pub struct Site {
    /// `http://host`
    pub web: String,
    /// `http://host` or `http://host/api/v3`
    pub api: String,
    pub enterprise: bool,
}

impl Site {
    pub fn new(host: &str, enterprise: bool) -> Self {
        let web = format!("http://{host}");
        let api = if enterprise { format!("{web}{ENTERPRISE_PREFIX}") } else { web.clone() };
        Self { web, api, enterprise }
    }

    pub fn repository(&self, organization: &Organization, repository: &Repository) -> String {
        format!("{}/repos/{}/{}", self.api, organization.login, repository.name)
    }

    /// The short form of a user, as it stands inside other objects.
    pub fn user(&self, login: &str) -> Value {
        self.account(login, user_id(login), "User", "U")
    }

    /// The short form of an organization, as it stands where an owner is told.
    pub fn owner(&self, organization: &Organization) -> Value {
        self.account(&organization.login, organization.id, "Organization", "O")
    }

    fn account(&self, login: &str, id: u64, kind: &str, prefix: &str) -> Value {
        let url = format!("{}/users/{login}", self.api);
        json!({
            "login": login,
            "id": id,
            "node_id": format!("{prefix}_{id}"),
            "avatar_url": format!("{}/avatars/{id}", self.web),
            "gravatar_id": "",
            "url": url,
            "html_url": format!("{}/{login}", self.web),
            "followers_url": format!("{url}/followers"),
            "following_url": format!("{url}/following{{/other_user}}"),
            "gists_url": format!("{url}/gists{{/gist_id}}"),
            "starred_url": format!("{url}/starred{{/owner}}{{/repo}}"),
            "subscriptions_url": format!("{url}/subscriptions"),
            "organizations_url": format!("{url}/orgs"),
            "repos_url": format!("{url}/repos"),
            "events_url": format!("{url}/events{{/privacy}}"),
            "received_events_url": format!("{url}/received_events"),
            "type": kind,
            "user_view_type": "public",
            "site_admin": false,
        })
    }
}
