//! What an identity is known to be able to see, before anything is read.

use std::collections::BTreeMap;
use std::fmt;

use serde_json::Value as Json;

use crate::catalog::{Level, Permission};

/// Permissions that a workflow's own token can have at the most: none of the organization's, and none
/// that administers. Source: docs.github.com, "Controlling permissions for GITHUB_TOKEN".
const OF_JOBS: [&str; 16] = [
    "actions",
    "attestations",
    "checks",
    "contents",
    "deployments",
    "discussions",
    "id_token",
    "issues",
    "metadata",
    "models",
    "packages",
    "pages",
    "pull_requests",
    "repository_projects",
    "security_events",
    "statuses",
];

/// What is known of an identity's rights.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub enum Rights {
    /// A classic token has these scopes; the rest depends on the person.
    Scopes(Vec<String>),
    /// An App's installation has these permissions, in all repositories or in some.
    Permissions {
        /// By GitHub's names.
        held: BTreeMap<String, Level>,
        /// Whether it has them in every repository.
        everywhere: bool,
    },
    /// The token of a workflow's job.
    Job,
    /// The server does not say: a fine-grained token.
    #[default]
    Untold,
}

/// Whether a setting can be seen.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub enum Sight {
    /// It cannot.
    No,
    /// Only where the person administers the repository, or owns the organization.
    OfAdministrators,
    /// Nothing speaks against it.
    Likely,
    /// The forge has said so.
    Sure,
}

impl Rights {
    /// What a token's own form and the server's header say of it.
    ///
    /// * `token`: the token; only how it begins is looked at.
    /// * `scopes`: the `X-OAuth-Scopes` header of an answer.
    /// * `in_job`: whether this runs in a job of GitHub Actions.
    pub(super) fn of_token(token: &str, scopes: Option<&str>, in_job: bool) -> Self {
        match scopes {
            Some(scopes) => Self::Scopes(
                scopes.split(',').map(str::trim).filter(|s| !s.is_empty()).map(str::to_owned).collect(),
            ),
            None if in_job && token.starts_with("ghs_") => Self::Job,
            None => Self::Untold,
        }
    }

    /// What an App's installation may, as GitHub describes it.
    pub(super) fn of_installation(installation: &Json) -> Self {
        let told = installation["permissions"].as_object().into_iter().flatten();
        let level =
            |(name, level): (&String, &Json)| Some((name.clone(), Level::from_word(level.as_str()?)?));
        let everywhere = installation["repository_selection"] == "all";
        Self::Permissions { held: told.filter_map(level).collect(), everywhere }
    }

    /// Whether what needs this permission can be seen.
    pub fn sight(&self, permission: &Permission) -> Sight {
        match self {
            Self::Untold => Sight::Likely,
            Self::Scopes(held) if !permission.is_in_scope(held) => Sight::No,
            Self::Scopes(_) if permission.by_administrator => Sight::OfAdministrators,
            Self::Scopes(_) => Sight::Likely,
            Self::Job => {
                let mut needed = permission.fine_grained.iter();
                let has = needed.all(|f| !f.organization && OF_JOBS.contains(&f.name.as_str()));
                if has { Sight::Likely } else { Sight::No }
            }
            Self::Permissions { held, everywhere } => {
                if permission.fine_grained.is_empty() {
                    return Sight::Likely;
                }
                let has = permission.fine_grained.iter().all(|f| {
                    // Everybody who may read a repository may read its metadata.
                    let level = held.get(&api_name(f.organization, &f.name)).copied();
                    level.or((f.name == "metadata").then_some(Level::Read)).is_some_and(|l| l >= f.level)
                });
                // Of repositories it was not given, it sees what everybody does: that is not told here.
                let sure = *everywhere || permission.fine_grained.iter().all(|f| f.organization);
                match (has, sure) {
                    (true, true) => Sight::Sure,
                    (true, false) => Sight::Likely,
                    (false, _) => Sight::No,
                }
            }
        }
    }
}

/// The name that GitHub's API has for a permission: those of organizations are prefixed, but for those
/// whose name is of organizations alone.
fn api_name(organization: bool, name: &str) -> String {
    const WITHOUT_PREFIX: [&str; 4] =
        ["members", "organization_administration", "issue_types", "issue_fields"];
    match name {
        name if !organization || WITHOUT_PREFIX.contains(&name) => match name {
            "variables" => "actions_variables".to_owned(),
            "hooks" | "webhooks" => "repository_hooks".to_owned(),
            "custom_properties" => "repository_custom_properties".to_owned(),
            name => name.to_owned(),
        },
        "variables" => "organization_actions_variables".to_owned(),
        name => format!("organization_{name}"),
    }
}

impl Rights {
    /// Whether an identity would see what is there, so that a 404 means that there is none.
    /// `administers`: the forge says that the person administers the subject, whatever the token may.
    pub(super) fn would_see(&self, permission: &Permission, administers: bool) -> bool {
        match (self.sight(permission), self) {
            (Sight::Sure, _) => true,
            // Of these tokens it is not told what they may: a 404 may be meant for the token.
            (_, Self::Untold | Self::Job) | (Sight::No, _) => false,
            (Sight::Likely | Sight::OfAdministrators, _) => administers,
        }
    }
}

impl fmt::Display for Rights {
    /// For people: `a classic token with the scopes read:org, repo`.
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Scopes(scopes) if scopes.is_empty() => f.write_str("a classic token without any scope"),
            Self::Scopes(scopes) => write!(f, "a classic token with the scopes {}", scopes.join(", ")),
            Self::Permissions { held, everywhere } => {
                let of = if *everywhere { "all" } else { "some" };
                write!(f, "an App's installation with {} permissions, in {of} repositories", held.len())
            }
            Self::Job => f.write_str("the token of a workflow's job, which sees its own repository"),
            Self::Untold => {
                f.write_str("a token of which GitHub does not say what it may read (fine-grained tokens)")
            }
        }
    }
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;

    fn sight(rights: &Rights, permission: &str) -> Sight {
        rights.sight(&Permission::parse(permission))
    }

    #[test]
    fn a_scope_that_is_lacking_is_known_beforehand() {
        let rights = Rights::of_token("ghp_x", Some("repo, read:org"), false);
        let hooks = "organization hooks:read (classic: admin:org_hook)";
        assert_eq!(sight(&rights, hooks), Sight::No);
        let administration = "repository administration:read (classic: repo, by an administrator)";
        assert_eq!(sight(&rights, administration), Sight::OfAdministrators);
        assert_eq!(sight(&Rights::Untold, hooks), Sight::Likely);
    }

    #[test]
    fn an_app_has_what_its_installation_says() {
        let permissions = json!({"administration": "write", "organization_hooks": "read"});
        let some =
            Rights::of_installation(&json!({"repository_selection": "selected", "permissions": permissions}));
        assert_eq!(sight(&some, "repository administration:read (classic: repo)"), Sight::Likely);
        assert_eq!(sight(&some, "organization hooks:read (classic: admin:org_hook)"), Sight::Sure);
        let rights =
            Rights::of_installation(&json!({"repository_selection": "all", "permissions": permissions}));
        assert_eq!(sight(&rights, "repository administration:read (classic: repo)"), Sight::Sure);
        assert_eq!(sight(&rights, "organization hooks:read (classic: admin:org_hook)"), Sight::Sure);
        assert_eq!(sight(&rights, "organization hooks:write (classic: admin:org_hook)"), Sight::No);
        assert_eq!(sight(&rights, "organization administration:read (classic: read:org)"), Sight::No);
        assert_eq!(sight(&rights, "repository metadata:read (classic: repo)"), Sight::Sure);
    }

    #[test]
    fn an_absence_is_believed_only_of_a_token_that_would_see_more() {
        let pages = Permission::parse("repository pages:read (classic: repo)");
        let classic = |scopes| Rights::of_token("ghp_x", Some(scopes), false);
        assert!(classic("repo").would_see(&pages, true));
        assert!(!classic("repo").would_see(&pages, false));
        assert!(!classic("read:org").would_see(&pages, true), "the person may, the token may not");
        assert!(!Rights::Untold.would_see(&pages, true));
    }

    #[test]
    fn a_jobs_token_administers_nothing() {
        let rights = Rights::of_token("ghs_x", None, true);
        assert_eq!(sight(&rights, "repository administration:read (classic: repo)"), Sight::No);
        assert_eq!(sight(&rights, "organization members:read (classic: read:org)"), Sight::No);
        assert_eq!(sight(&rights, "repository contents:read (classic: repo)"), Sight::Likely);
    }
}
