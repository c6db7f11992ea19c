//! Where a GitLab server answers, and with which identity it is asked.

use sha2::{Digest, Sha256};

use crate::forge::error::ForgeError;
use crate::forge::host::{self, HostError, Token, token_for};

/// A server's address.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Server {
    /// The address as people write it, without a slash at its end.
    pub url: String,
}

impl Server {
    /// The server at an address; gitlab.com where none is given.
    ///
    /// # Errors
    /// When it is no address.
    pub fn at(url: Option<&str>) -> Result<Self, HostError> {
        let url = url.unwrap_or("https://gitlab.com").trim_end_matches('/').trim_end_matches("/api/v4");
        host::parse(url)?;
        Ok(Self { url: url.to_owned() })
    }

    /// The name that the server itself is addressed by, as a subject.
    pub fn host(&self) -> String {
        host::parse(&self.url).ok().and_then(|u| u.host_str().map(str::to_owned)).unwrap_or_default()
    }

    /// The root of the REST interface, with a slash at its end.
    pub(super) fn rest(&self) -> String {
        format!("{}/api/v4/", self.url)
    }

    /// Where queries are sent.
    pub(super) fn graphql(&self) -> String {
        format!("{}/api/graphql", self.url)
    }

    /// Whether it is GitLab's own, whose documented rates hold whatever its answers say of them.
    pub fn is_cloud(&self) -> bool {
        host::parse(&self.url).is_ok_and(|url| url.host_str() == Some("gitlab.com"))
    }

    /// The token that the environment gives for this server.
    ///
    /// # Errors
    /// When there is none, or it must not be sent there. The token of a job is none: it may ask for
    /// packages, releases and the job itself, and for no settings.
    /// Source: docs.gitlab.com, "CI/CD job token", job token access.
    pub(super) fn token(&self, environment: &dyn Fn(&str) -> Option<String>) -> Result<Token, ForgeError> {
        let named_by = ["ISPO_SCM_GITLAB_URL", "CI_SERVER_URL"];
        let found =
            token_for(&self.url, &["gitlab.com"], &["GITLAB_TOKEN", "GL_TOKEN"], &named_by, environment);
        let in_job = environment("CI_JOB_TOKEN").is_some_and(|token| !token.trim().is_empty());
        Ok(found.map_err(|error| match error {
            HostError::NoToken { host, variables } if in_job => HostError::JobToken { host, variables },
            other => other,
        })?)
    }
}

/// Who asks, as far as answers differ by it; no credential.
pub(super) fn name_of(token: &Token) -> String {
    let digest = Sha256::digest(token.expose());
    format!("token:{}", digest.iter().take(8).map(|b| format!("{b:02x}")).collect::<String>())
}
