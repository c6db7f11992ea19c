//! Which token goes to which host. Only the environment decides; a policy never can.
//!
//! A pull request that adds `url = "https://elsewhere"` to a policy must not receive a token: the
//! usual variables serve the public hosts, the host that `ISPO_SCM_GITHUB_URL` (or `…_GITLAB_URL`)
//! names, and the server that a CI runner says it belongs to. Any other host needs a variable of its
//! own name.

use secrecy::{ExposeSecret, SecretString};
use url::Url;

/// A credential that is never shown.
#[derive(Debug, Clone)]
pub struct Token(SecretString);

impl Token {
    /// The credential itself, for a request's header.
    pub fn expose(&self) -> &str {
        self.0.expose_secret()
    }

    /// For the client that puts it into requests.
    pub fn secret(&self) -> SecretString {
        self.0.clone()
    }
}

impl From<String> for Token {
    fn from(text: String) -> Self {
        Self(text.into())
    }
}

/// Why there is no token for a host.
#[derive(Debug, thiserror::Error, miette::Diagnostic)]
pub enum HostError {
    /// The environment has none for it.
    #[error("there is no token for {host}")]
    #[diagnostic(code(forge::no_token), help("set {variables}"))]
    NoToken {
        /// The host.
        host: String,
        /// The variables that would serve.
        variables: String,
    },
    /// There is only the token of a GitLab job, which reads neither groups nor settings of projects.
    #[error("there is no token for {host} but the job's own, which reads no settings")]
    #[diagnostic(
        code(forge::job_token),
        help("make an access token of the group with the scope read_api, and give the job {variables}")
    )]
    JobToken {
        /// The host.
        host: String,
        /// The variables that would serve.
        variables: String,
    },
    /// It would travel in the open.
    #[error("a token is not sent to {url}: it would travel unencrypted")]
    #[diagnostic(code(forge::unencrypted), help("use https; http is for this machine itself"))]
    Unencrypted {
        /// The address.
        url: String,
    },
    /// It is not an address.
    #[error("`{url}` is not the address of a server")]
    #[diagnostic(code(forge::bad_url), help("write https://host"))]
    BadUrl {
        /// What was given.
        url: String,
    },
}

/// The variable that binds a token to a host: `ISPO_SCM_TOKEN_GHES_ACME_EXAMPLE`.
pub(super) fn variable_of(host: &str) -> String {
    let letter = |c: char| if c.is_ascii_alphanumeric() { c.to_ascii_uppercase() } else { '_' };
    format!("ISPO_SCM_TOKEN_{}", host.chars().map(letter).collect::<String>())
}

/// The token for a server.
///
/// * `url`: the server, as `https://host`.
/// * `public`: the hosts that the usual variables serve.
/// * `usual`: those variables, the first that is set counts.
/// * `named_by`: variables that name a server to which the usual ones may go too.
/// * `environment`: looks a variable up.
///
/// # Errors
/// When there is none, or the address would carry it in the open.
pub fn token_for(
    url: &str,
    public: &[&str],
    usual: &[&str],
    named_by: &[&str],
    environment: &dyn Fn(&str) -> Option<String>,
) -> Result<Token, HostError> {
    let parsed = parse(url)?;
    let host = parsed.host_str().unwrap_or_default().to_owned();
    let local = match parsed.host() {
        Some(url::Host::Ipv4(ip)) => ip.is_loopback(),
        Some(url::Host::Ipv6(ip)) => ip.is_loopback(),
        Some(url::Host::Domain(name)) => name == "localhost",
        None => false,
    };
    if parsed.scheme() != "https" && !local {
        return Err(HostError::Unencrypted { url: url.to_owned() });
    }
    let set = |name: &str| environment(name).filter(|v| !v.trim().is_empty());
    if let Some(token) = set(&variable_of(&host)) {
        return Ok(token.trim().to_owned().into());
    }
    let same = |name: &str| {
        set(name)
            .and_then(|u| parse(&u).ok())
            .is_some_and(|u| u.host_str() == Some(&*host) && u.port() == parsed.port())
    };
    let served = public.contains(&host.as_str()) || named_by.iter().any(|n| same(n));
    let token = usual.iter().filter(|_| served).find_map(|name| set(name));
    token.map(|t| t.trim().to_owned().into()).ok_or_else(|| {
        let own = variable_of(&host);
        let variables = if served { format!("{} or {own}", usual.join(", ")) } else { own };
        HostError::NoToken { host, variables }
    })
}

/// Parses the address of a server.
pub(super) fn parse(url: &str) -> Result<Url, HostError> {
    let parsed = Url::parse(url).ok().filter(|u| matches!(u.scheme(), "http" | "https") && u.has_host());
    parsed.ok_or_else(|| HostError::BadUrl { url: url.to_owned() })
}

#[cfg(test)]
mod tests {
    use super::*;

    fn ask(url: &str, set: &[(&str, &str)]) -> Result<String, String> {
        let environment = |name: &str| set.iter().find(|(k, _)| *k == name).map(|(_, v)| (*v).to_owned());
        let token =
            token_for(url, &["github.com"], &["GITHUB_TOKEN"], &["ISPO_SCM_GITHUB_URL"], &environment);
        token.map(|t| t.expose().to_owned()).map_err(|e| e.to_string())
    }

    #[test]
    fn a_policys_url_gets_no_token_of_another_host() {
        let usual = [("GITHUB_TOKEN", "secret")];
        assert_eq!(ask("https://github.com", &usual), Ok("secret".into()));
        assert_eq!(
            ask("https://elsewhere.example", &usual),
            Err("there is no token for elsewhere.example".into())
        );
        let own = [("ISPO_SCM_TOKEN_ELSEWHERE_EXAMPLE", "theirs"), ("GITHUB_TOKEN", "secret")];
        assert_eq!(ask("https://elsewhere.example", &own), Ok("theirs".into()));
    }

    #[test]
    fn the_environments_own_server_gets_the_usual_token() {
        let set = [("GITHUB_TOKEN", "secret"), ("ISPO_SCM_GITHUB_URL", "http://127.0.0.1:4000")];
        assert_eq!(ask("http://127.0.0.1:4000", &set), Ok("secret".into()));
        assert!(ask("http://127.0.0.1:4001", &set).is_err());
    }

    #[test]
    fn no_token_travels_in_the_open() {
        let set = [("GITHUB_TOKEN", "secret")];
        assert!(ask("http://github.com", &set).unwrap_err().contains("unencrypted"));
    }

    #[test]
    fn a_token_is_not_shown() {
        let token = Token::from("ghp_secret".to_owned());
        assert!(!format!("{token:?}").contains("ghp_secret"));
    }
}
