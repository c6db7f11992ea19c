//! Who asks, and what the token that asks with may do.

use std::collections::{BTreeMap, BTreeSet};

use serde::{Deserialize, Serialize};

use super::team::Role;

/// The token of any caller whom no other token names.
pub const ANY_TOKEN: &str = "*";

#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Identity {
    pub credential: Credential,
    /// The person whose token it is; Apps and jobs stand for none.
    #[serde(default)]
    pub login: Option<String>,
    /// The organization it is for, where it is for one; of others it sees what is public.
    #[serde(default)]
    pub organization: Option<String>,
    /// The repositories it was given, where it was not given all.
    #[serde(default)]
    pub repositories: Option<BTreeSet<String>>,
    /// What the person may on every repository, whatever the world says.
    #[serde(default)]
    pub role: Option<Role>,
    /// Whether the person owns every organization, whatever the world says.
    #[serde(default)]
    pub owner: bool,
}

#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Credential {
    Classic(BTreeSet<String>),
    /// A person's token with permissions.
    FineGrained(Permissions),
    /// An App's installation.
    Installation(Permissions),
    /// A job of Actions.
    Job(Permissions),
    /// The key of an App, which can do little but ask for tokens.
    AppKey,
}

/// Names, such as `administration`, with `read`, `write` or `admin`. None is all there is.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(transparent)]
pub struct Permissions(pub Option<BTreeMap<String, String>>);

impl Permissions {
    /// Of words such as `administration:read`; without a level it is to read.
    pub fn of(words: &[&str]) -> Self {
        let split = |word: &&str| {
            let (name, level) = word.split_once(':').unwrap_or((word, "read"));
            (name.to_owned(), level.to_owned())
        };
        Self(Some(words.iter().map(split).collect()))
    }

    /// Whether `administration:read` is among them, or more than that.
    pub fn allow(&self, wanted: &str) -> bool {
        let Some(granted) = &self.0 else { return true };
        let (name, level) = wanted.split_once(':').unwrap_or((wanted, "read"));
        // Whoever may see anything of a repository may see that it is there.
        (wanted == "metadata:read" && !granted.is_empty())
            || granted.get(name).is_some_and(|granted| rank(granted) >= rank(level))
    }
}

fn rank(level: &str) -> usize {
    ["read", "write", "admin"].iter().position(|known| *known == level).map_or(0, |at| at + 1)
}

impl Identity {
    fn new(credential: Credential) -> Self {
        Self { credential, login: None, organization: None, repositories: None, role: None, owner: false }
    }

    /// A classic token of that person; the role follows from the world.
    pub fn classic(login: &str, scopes: &[&str]) -> Self {
        let scopes = scopes.iter().map(|&scope| scope.to_owned()).collect();
        Self { login: Some(login.to_owned()), ..Self::new(Credential::Classic(scopes)) }
    }

    /// A fine-grained token of that person. Both must be allowed: the token and the person.
    pub fn fine_grained(login: &str, permissions: &[&str]) -> Self {
        let credential = Credential::FineGrained(Permissions::of(permissions));
        Self { login: Some(login.to_owned()), ..Self::new(credential) }
    }

    /// A token of the App's installation in that organization.
    pub fn installation(organization: &str, permissions: &[&str]) -> Self {
        let credential = Credential::Installation(Permissions::of(permissions));
        Self { organization: Some(organization.to_owned()), ..Self::new(credential) }
    }

    /// The `GITHUB_TOKEN` of a job in that repository, `OWNER/NAME`.
    pub fn job(repository: &str, permissions: &[&str]) -> Self {
        let (owner, name) = repository.split_once('/').unwrap_or(("", repository));
        Self {
            organization: Some(owner.to_owned()),
            repositories: Some(BTreeSet::from([name.to_owned()])),
            ..Self::new(Credential::Job(Permissions::of(permissions)))
        }
    }

    pub fn app_key() -> Self {
        Self::new(Credential::AppKey)
    }

    #[must_use]
    pub fn with_role(self, role: Role) -> Self {
        Self { role: Some(role), ..self }
    }

    #[must_use]
    pub fn owning(self) -> Self {
        Self { owner: true, ..self }
    }

    /// Given these repositories instead of all.
    #[must_use]
    pub fn only(self, repositories: &[&str]) -> Self {
        let repositories = repositories.iter().map(|&name| name.to_owned()).collect();
        Self { repositories: Some(repositories), ..self }
    }

    /// What a token with permissions has; none where it has scopes, or none of either.
    pub fn permissions(&self) -> Option<&Permissions> {
        match &self.credential {
            Credential::FineGrained(permissions)
            | Credential::Installation(permissions)
            | Credential::Job(permissions) => Some(permissions),
            Credential::Classic(_) | Credential::AppKey => None,
        }
    }

    /// Whether no person asks.
    pub fn is_machine(&self) -> bool {
        self.login.is_none()
    }

    /// Whether a classic token has this scope, by itself or in a wider one.
    pub fn has_scope(&self, wanted: &str) -> bool {
        let Credential::Classic(scopes) = &self.credential else { return false };
        let wider: &[&str] = match wanted {
            "public_repo" | "repo:invite" | "repo:status" => &["repo"],
            "read:enterprise" => &["admin:enterprise"],
            "read:org" => &["write:org", "admin:org"],
            "write:org" | "manage_runners:org" => &["admin:org"],
            "read:repo_hook" => &["write:repo_hook", "admin:repo_hook"],
            "write:repo_hook" => &["admin:repo_hook"],
            _ => &[],
        };
        scopes.contains(wanted) || wider.iter().any(|scope| scopes.contains(*scope))
    }
}

#[derive(Debug, thiserror::Error, PartialEq, Eq)]
#[error(
    "no identity `{0}`: there are `TOKEN=classic LOGIN SCOPE...`, `TOKEN=fine-grained LOGIN PERMISSION...`, \
     `TOKEN=installation ORGANIZATION PERMISSION...` and `TOKEN=job OWNER/REPOSITORY PERMISSION...`"
)]
pub struct IdentityError(String);

/// A token and whose it is, as `--identity` writes it.
pub fn parse_identity(text: &str) -> Result<(String, Identity), IdentityError> {
    let wrong = || IdentityError(text.to_owned());
    let (token, rest) = text.split_once('=').ok_or_else(wrong)?;
    let words: Vec<&str> = rest.split_whitespace().collect();
    let [kind, who, rights @ ..] = words.as_slice() else { return Err(wrong()) };
    let identity = match *kind {
        "classic" => Identity::classic(who, rights),
        "fine-grained" => Identity::fine_grained(who, rights),
        "installation" => Identity::installation(who, rights),
        "job" => Identity::job(who, rights),
        _ => return Err(wrong()),
    };
    Ok((token.to_owned(), identity))
}
