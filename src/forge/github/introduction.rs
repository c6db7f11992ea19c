//! The first question of a run: who asks, how large the organization is, what budget is left.

use crate::forge::error::ForgeError;
use crate::forge::reading::{Answers, Version};
use serde_json::json;

use super::client::Reader;
use super::rights::Rights;
use super::server::Server;

/// What is known before an organization is read.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Introduction {
    /// How many repositories the organization has.
    pub repositories: u64,
    /// The login that the identity goes by.
    pub login: String,
    /// Whether the identity owns the organization; not known where the server does not say.
    pub owner: Option<bool>,
    /// What the identity is known to be able to see.
    pub rights: Rights,
    /// GraphQL points that are left of this hour's budget; none where there is no limit.
    pub points_left: Option<u64>,
}

impl Reader {
    /// Asks the first question of an organization: one GraphQL request of one point.
    ///
    /// # Errors
    /// When it cannot be asked, or there is no such organization.
    pub async fn introduce(&self, organization: &str) -> Result<Introduction, ForgeError> {
        let text = "query($org: String!) { rateLimit { cost remaining } viewer { login } \
                    organization(login: $org) { viewerCanAdminister repositories(first: 1) { totalCount } } }";
        let answer = self.query(text, &json!({"org": organization})).await?;
        let about = &answer.data["organization"];
        let Some(repositories) = about["repositories"]["totalCount"].as_u64() else {
            let message = answer.errors.first().map_or("it is not shown", |e| e.message.as_str()).to_owned();
            return Err(ForgeError::Refused {
                what: format!("organization {organization}"),
                status: 200,
                message,
            });
        };
        Ok(Introduction {
            repositories,
            login: answer.data["viewer"]["login"].as_str().unwrap_or_default().to_owned(),
            owner: about["viewerCanAdminister"].as_bool(),
            rights: self.rights_of(answer.scopes.as_deref()),
            points_left: answer.data["rateLimit"]["remaining"].as_u64(),
        })
    }

    /// The version of a server of one's own; none of GitHub's cloud, or where it does not say.
    ///
    /// # Errors
    /// When no answer comes.
    pub async fn version(&self, server: &Server) -> Result<Option<Version>, ForgeError> {
        if server.is_cloud() {
            return Ok(None);
        }
        let meta = self.ask("/meta").await?;
        Ok(meta.json["installed_version"].as_str().and_then(|v| v.parse().ok()))
    }

    /// The organizations of an enterprise, by login.
    ///
    /// # Errors
    /// When it cannot be asked, or the enterprise is not shown.
    pub async fn organizations(&self, enterprise: &str) -> Result<Vec<String>, ForgeError> {
        let text = "query($slug: String!, $after: String) { rateLimit { cost } enterprise(slug: $slug) { \
                    organizations(first: 100, after: $after) { totalCount \
                    pageInfo { hasNextPage endCursor } nodes { login } } } }";
        if self.is_app() {
            let what = "an App is not told an enterprise's organizations: name them with organizations = […]";
            return Err(ForgeError::Identity { what: what.into() });
        }
        let (mut after, mut logins) = (serde_json::Value::Null, Vec::new());
        loop {
            let answer = self.query(text, &json!({"slug": enterprise, "after": after})).await?;
            let page = &answer.data["enterprise"]["organizations"];
            let refused = |message: &str| ForgeError::Refused {
                what: format!("enterprise {enterprise}"),
                status: 200,
                message: message.to_owned(),
            };
            let Some(nodes) = page["nodes"].as_array() else {
                return Err(refused(answer.errors.first().map_or("it is not shown", |e| e.message.as_str())));
            };
            let listed = logins.len() + nodes.len();
            logins.extend(nodes.iter().filter_map(|n| n["login"].as_str()).map(str::to_owned));
            if logins.len() < listed {
                return Err(refused("an organization of it is not shown"));
            }
            if page["pageInfo"]["hasNextPage"] != true {
                break;
            }
            let on = page["pageInfo"]["endCursor"].clone();
            if !on.is_string() || on == after {
                return Err(refused("the list of its organizations does not end"));
            }
            after = on;
        }
        logins.sort();
        logins.dedup();
        Ok(logins)
    }
}
