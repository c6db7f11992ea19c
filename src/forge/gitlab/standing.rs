//! Who asks, and what that identity may see of a group.

use serde_json::Value as Json;

use super::client::Reader;
use super::introduction::Introduction;
use crate::forge::error::ForgeError;
use crate::forge::reading::Answers;

/// The roles of GitLab, the weakest first.
/// Source: docs.gitlab.com, "Roles and permissions", "Members API".
const ROLES: [(&str, u64); 7] = [
    ("Guest", 10),
    ("Planner", 15),
    ("Reporter", 20),
    ("Developer", 30),
    ("Maintainer", 40),
    ("Owner", 50),
    ("Administrator", 60),
];

/// What is known of whoever asks about a group.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Standing {
    /// The name of the account; empty where the server does not say.
    pub username: String,
    /// Whether the account administers the server; none where the server does not say.
    pub administrator: Option<bool>,
    /// The level of its role in the group; none where it has none that is told.
    pub level: Option<u64>,
}

/// What an identity can see of something that takes a permission.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Sees {
    /// It sees it, or nothing speaks against it.
    Likely,
    /// It sees it where it has a stronger role than in the group.
    Elsewhere,
    /// It does not see it.
    Never,
}

impl Standing {
    /// The role in words.
    pub fn role(&self) -> &'static str {
        if self.administrator == Some(true) {
            return "an administrator of the server";
        }
        let known = ROLES.iter().rev().find(|(_, level)| self.level.is_some_and(|held| held >= *level));
        known.map_or("no role that is told", |(role, _)| role)
    }

    /// Whether something can be seen that takes `permission`, as rows word it: `Maintainer (read_api)`.
    pub fn sees(&self, permission: &str, scopes: Option<&[String]>, of_project: bool) -> Sees {
        let (role, needed) = permission.split_once(" (").unwrap_or((permission, ""));
        let in_scope = scopes.is_none_or(|held| {
            let has = |scope: &str| held.iter().any(|h| h == scope);
            has("api") || (has("read_api") && !needed.starts_with("api"))
        });
        if !in_scope {
            return Sees::Never;
        }
        let Some((_, wanted)) = ROLES.iter().find(|(name, _)| *name == role) else { return Sees::Likely };
        match (self.administrator, self.level) {
            (Some(true), _) => Sees::Likely,
            (Some(false), _) if *wanted > 50 => Sees::Never,
            (_, Some(held)) if held < *wanted && *wanted <= 50 => {
                if of_project {
                    Sees::Elsewhere
                } else {
                    Sees::Never
                }
            }
            _ => Sees::Likely,
        }
    }
}

impl Reader {
    /// How many projects a group has, with all that is beneath it; none above ten thousand.
    ///
    /// # Errors
    /// When no answer comes, or the group is not shown.
    pub async fn size_of(&self, group: &str) -> Result<Option<u64>, ForgeError> {
        let first = format!("{}&per_page=1", self.projects_of(group)?);
        let projects = self.ask(&first).await?;
        if projects.is_success() { Ok(projects.total) } else { Err(projects.into_error(&first)) }
    }

    /// Asks who is asking and what its role in a group is: two requests, one of an
    /// administrator.
    ///
    /// # Errors
    /// When no answer comes.
    pub async fn standing_in(
        &self,
        group: &str,
        introduction: &Introduction,
    ) -> Result<Standing, ForgeError> {
        let user = self.ask("/user").await?;
        // Administrators are told so, others nothing.
        let administrator = user.is_success().then(|| user.json["is_admin"] == true);
        let id = user.json["id"].as_u64().or(introduction.user);
        let level = match id.filter(|_| administrator != Some(true)) {
            Some(id) => {
                let path = format!("/groups/{}/members/all/{id}", group.replace('/', "%2F"));
                let member = self.ask(&path).await?;
                member.json["access_level"].as_u64().filter(|_| member.is_success())
            }
            None => None,
        };
        let told = |field: &str| Some(&user.json[field]).filter(|_| user.is_success());
        Ok(Standing {
            username: told("username").and_then(Json::as_str).unwrap_or_default().to_owned(),
            administrator,
            level,
        })
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_weaker_role_sees_less_and_a_narrow_scope_nothing() {
        let reporter = Standing { administrator: Some(false), level: Some(20), ..Standing::default() };
        let scopes = |all: &[&str]| all.iter().map(|s| (*s).to_owned()).collect::<Vec<_>>();
        let (read, own) = (scopes(&["read_api"]), scopes(&["read_user"]));
        let sees = |permission, of_project| reporter.sees(permission, Some(&read), of_project);
        assert_eq!(sees("Reporter (read_api)", true), Sees::Likely);
        assert_eq!(sees("Maintainer (read_api)", true), Sees::Elsewhere);
        assert_eq!(sees("Owner (read_api)", false), Sees::Never);
        assert_eq!(sees("Guest (api)", true), Sees::Never);
        assert_eq!(sees("Administrator (read_api)", false), Sees::Never);
        assert_eq!(reporter.sees("Guest (read_api)", Some(&own), true), Sees::Never);
        assert_eq!(
            reporter.sees("Guest (read_api)", None, true),
            Sees::Likely,
            "nothing is known of the token"
        );
        let root = Standing { administrator: Some(true), ..Standing::default() };
        assert_eq!(root.sees("Administrator (read_api)", Some(&read), false), Sees::Likely);
    }
}
