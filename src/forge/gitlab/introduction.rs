//! The first questions of a run: which version the server is, and what the token may.

use gitlab::api::common::NameOrId;
use gitlab::api::groups;

use super::client::Reader;
use crate::forge::error::ForgeError;
use crate::forge::reading::{Answers, Version};

/// What is known of a server before anything else is read.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Introduction {
    /// The server's version, where it says so.
    pub version: Option<Version>,
    /// The token's scopes; none where the server does not say.
    pub scopes: Option<Vec<String>>,
    /// The day on which the token ends.
    pub expires: Option<String>,
    /// The number of the account whose token it is.
    pub user: Option<u64>,
}

impl Reader {
    /// Asks the first questions: two requests.
    ///
    /// # Errors
    /// When no answer comes, or the token is not valid.
    pub async fn introduce(&self) -> Result<Introduction, ForgeError> {
        let metadata = self.ask("/metadata").await?;
        // Job tokens and those of OAuth have no such document: then nothing is known of them.
        let token = self.ask("/personal_access_tokens/self").await?;
        let scopes = token.json["scopes"].as_array().filter(|_| token.is_success());
        Ok(Introduction {
            version: metadata.json["version"].as_str().and_then(|v| v.parse().ok()),
            scopes: scopes.map(|all| all.iter().filter_map(|s| s.as_str().map(str::to_owned)).collect()),
            expires: token.json["expires_at"].as_str().map(str::to_owned),
            user: token.json["user_id"].as_u64(),
        })
    }

    /// The path of the list of a group's projects, those of its subgroups among them.
    pub(super) fn projects_of(&self, group: &str) -> Result<String, ForgeError> {
        let endpoint = groups::projects::GroupProjects::builder()
            .group(NameOrId::from(group.to_owned()))
            .include_subgroups(true)
            .with_shared(false)
            .order_by(groups::projects::GroupProjectsOrderBy::Id)
            .build();
        let why = |e: groups::projects::GroupProjectsBuilderError| ForgeError::Unreadable {
            what: format!("the list of {group}'s projects"),
            why: e.to_string(),
        };
        Ok(self.path_of(&endpoint.map_err(why)?))
    }
}
