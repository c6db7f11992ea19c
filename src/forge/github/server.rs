//! Where a GitHub server answers, and with which identity it is asked.

use crate::forge::error::ForgeError;
use octocrab::auth::AppAuth;
use octocrab::models::{AppId, InstallationId};
use sha2::{Digest, Sha256};

use crate::forge::host::{self, HostError, Token, token_for};

/// A server's two addresses.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Server {
    /// The address as people write it.
    pub url: String,
    /// The root of the REST API, without a slash at its end.
    pub rest: String,
    /// The GraphQL endpoint.
    pub graphql: String,
}

impl Server {
    /// The server at an address; github.com where none is given.
    ///
    /// # Errors
    /// When it is no address.
    pub fn at(url: Option<&str>) -> Result<Self, HostError> {
        let url = url.unwrap_or("https://github.com").trim_end_matches('/');
        let parsed = host::parse(url)?;
        let host = parsed.host_str().unwrap_or_default();
        let (rest, graphql) = if matches!(host, "github.com" | "api.github.com") {
            ("https://api.github.com".to_owned(), "https://api.github.com/graphql".to_owned())
        } else if host.ends_with(".ghe.com") {
            let host = host.trim_start_matches("api.");
            (format!("https://api.{host}"), format!("https://api.{host}/graphql"))
        } else {
            let root = url.trim_end_matches("/api/v3");
            (format!("{root}/api/v3"), format!("{root}/api/graphql"))
        };
        Ok(Self { url: url.to_owned(), rest, graphql })
    }

    /// Whether it is GitHub's own: github.com, or an enterprise's part of it.
    pub fn is_cloud(&self) -> bool {
        self.rest == "https://api.github.com" || self.rest.ends_with(".ghe.com")
    }

    /// The identity that the environment gives for this server.
    ///
    /// # Errors
    /// When there is none, or what there is cannot be used.
    pub(super) fn identity(
        &self,
        environment: &dyn Fn(&str) -> Option<String>,
    ) -> Result<Identity, ForgeError> {
        let url = if self.rest == "https://api.github.com" { "https://github.com" } else { &self.url };
        let named_by = ["ISPO_SCM_GITHUB_URL", "GITHUB_SERVER_URL"];
        let public = ["github.com", "api.github.com"];
        let set = |name: &str| environment(name).filter(|v| !v.trim().is_empty());
        let host = host::parse(url)?.host_str().unwrap_or_default().to_owned();
        // A token that is bound to this very host is the plainest word.
        let app = if set(&host::variable_of(&host)).is_none() { set("ISPO_SCM_APP_ID") } else { None };
        if let Some(app) = app {
            // The key goes nowhere, but what it signs does: it is bound to hosts as a token is.
            let key = token_for(url, &public, &["ISPO_SCM_APP_PRIVATE_KEY"], &named_by, environment)?;
            return app_identity(&app, set("ISPO_SCM_APP_INSTALLATION_ID"), &key);
        }
        let token = token_for(url, &public, &["GITHUB_TOKEN", "GH_TOKEN"], &named_by, environment)?;
        Ok(Identity::Token(token))
    }
}

/// How requests are signed.
pub(super) enum Identity {
    /// A token of a person, a machine or an Action.
    Token(Token),
    /// A GitHub App, and the installation that is used where none of its own is found.
    App(AppAuth, Option<InstallationId>),
}

impl Identity {
    /// Who asks, as far as answers differ by it. It is no credential, and stays the same when the
    /// token of an App is made anew.
    pub(super) fn name(&self) -> String {
        match self {
            Self::Token(token) => {
                let digest = Sha256::digest(token.expose());
                format!("token:{}", digest.iter().take(8).map(|b| format!("{b:02x}")).collect::<String>())
            }
            Self::App(app, _) => format!("app:{}", app.app_id),
        }
    }
}

fn app_identity(app: &str, installation: Option<String>, key: &Token) -> Result<Identity, ForgeError> {
    let bad = |what: &str| ForgeError::Identity { what: what.to_owned() };
    let number = |text: &str| text.trim().parse::<u64>().ok();
    let app_id = number(app).ok_or_else(|| bad("ISPO_SCM_APP_ID is not a number"))?;
    let given =
        installation.map(|i| number(&i).ok_or_else(|| bad("ISPO_SCM_APP_INSTALLATION_ID is not a number")));
    let installation = given.transpose()?.map(InstallationId);
    let pem = if key.expose().contains("-----BEGIN") {
        // Variables of CI systems often carry line ends as two characters.
        key.expose().replace("\\n", "\n").into_bytes()
    } else {
        std::fs::read(key.expose())
            .map_err(|_| bad("ISPO_SCM_APP_PRIVATE_KEY is neither a key nor a file that can be read"))?
    };
    let key = octocrab::EncodingKey::from_rsa_pem(&pem)
        .map_err(|_| bad("ISPO_SCM_APP_PRIVATE_KEY is not an RSA key in PEM format"))?;
    Ok(Identity::App(AppAuth { app_id: AppId(app_id), key }, installation))
}

#[cfg(test)]
mod tests {
    use super::Server;

    #[test]
    fn each_sort_of_server_has_its_addresses() {
        let at = |url: Option<&str>| Server::at(url).map(|s| (s.rest, s.graphql)).unwrap();
        let pair = |a: &str, b: &str| (a.to_owned(), b.to_owned());
        assert_eq!(at(None), pair("https://api.github.com", "https://api.github.com/graphql"));
        assert_eq!(
            at(Some("https://acme.ghe.com")),
            pair("https://api.acme.ghe.com", "https://api.acme.ghe.com/graphql")
        );
        assert_eq!(
            at(Some("https://git.acme/")),
            pair("https://git.acme/api/v3", "https://git.acme/api/graphql")
        );
    }
}
