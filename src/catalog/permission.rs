//! What an identity needs to read or write a setting, as rows word it, in parts that can be compared.
//!
//! `repository administration:read (classic: repo, by an administrator)` is a fine-grained permission
//! at a level, the scope that a classic token needs, and a role that the person behind it has to have.
//! Source of the names: docs.github.com, "Permissions required for GitHub Apps", "Scopes for OAuth apps".

/// How far a fine-grained permission goes.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub enum Level {
    /// To see.
    Read,
    /// To change.
    Write,
    /// To govern.
    Admin,
}

impl Level {
    /// The level that a word names.
    pub fn from_word(word: &str) -> Option<Self> {
        match word {
            "read" => Some(Self::Read),
            "write" => Some(Self::Write),
            "admin" => Some(Self::Admin),
            _ => None,
        }
    }
}

/// One fine-grained permission.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct FineGrained {
    /// Whether it is one of the organization's, not of a repository's.
    pub organization: bool,
    /// Its name: `administration`, `hooks`, `self_hosted_runners`.
    pub name: String,
    /// How far it has to go.
    pub level: Level,
}

/// What is needed, taken apart.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Permission {
    /// All of these, of an App or a fine-grained token; none where the wording names none.
    pub fine_grained: Vec<FineGrained>,
    /// One of these scopes, of a classic token.
    pub scopes: Vec<String>,
    /// The person has to administer the repository, or own the organization.
    pub by_administrator: bool,
}

impl Permission {
    /// Takes a row's wording apart. What is not of the form is left out: less is then known.
    pub fn parse(text: &str) -> Self {
        let (fine, rest) = text.split_once("(classic:").unwrap_or((text, ""));
        let mut organization = false;
        let mut fine_grained = Vec::new();
        for word in fine.split([' ', ',', '(', ')']) {
            match word {
                "repository" => organization = false,
                "organization" => organization = true,
                _ => {
                    let pair = word.split_once(':').and_then(|(n, l)| Some((n, Level::from_word(l)?)));
                    if let Some((name, level)) = pair {
                        fine_grained.push(FineGrained { organization, name: name.to_owned(), level });
                    }
                }
            }
        }
        let classic = rest.split(')').next().unwrap_or_default();
        let scope = |word: &&str| SCOPES.iter().any(|(scope, _)| scope == word);
        let scopes = classic.split([' ', ',']).filter(scope).map(str::to_owned).collect();
        let by_administrator = ["administrator", "owner"].iter().any(|w| text.contains(w));
        Self { fine_grained, scopes, by_administrator }
    }

    /// Whether a classic token with these scopes can have it.
    pub fn is_in_scope(&self, held: &[String]) -> bool {
        self.scopes.is_empty() || self.scopes.iter().any(|needed| held.iter().any(|h| implies(h, needed)))
    }
}

/// Scopes of classic tokens, each with those that it includes.
const SCOPES: [(&str, &[&str]); 20] = [
    // No token has it: what only an App may ask for.
    ("none", &[]),
    ("repo", &["repo:status", "repo_deployment", "public_repo", "repo:invite", "security_events"]),
    ("public_repo", &[]),
    ("repo:invite", &[]),
    ("security_events", &[]),
    ("admin:repo_hook", &["write:repo_hook", "read:repo_hook"]),
    ("write:repo_hook", &["read:repo_hook"]),
    ("read:repo_hook", &[]),
    ("admin:org", &["write:org", "read:org", "manage_runners:org"]),
    ("write:org", &["read:org"]),
    ("read:org", &[]),
    ("manage_runners:org", &[]),
    ("admin:org_hook", &[]),
    ("admin:enterprise", &["read:enterprise", "manage_runners:enterprise", "manage_billing:enterprise"]),
    ("read:enterprise", &[]),
    ("manage_billing:copilot", &[]),
    ("read:audit_log", &[]),
    ("workflow", &[]),
    ("write:network_configurations", &["read:network_configurations"]),
    ("read:network_configurations", &[]),
];

fn implies(held: &str, needed: &str) -> bool {
    held == needed || SCOPES.iter().any(|(scope, includes)| *scope == held && includes.contains(&needed))
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::catalog::{Catalog, Setting};

    #[test]
    fn a_wording_is_taken_apart() {
        let permission =
            Permission::parse("repository administration:read (classic: repo, by an administrator)");
        let fine = FineGrained { organization: false, name: "administration".into(), level: Level::Read };
        assert_eq!(permission.fine_grained, [fine]);
        assert_eq!(permission.scopes, ["repo"]);
        assert!(permission.by_administrator);
        let two = Permission::parse(
            "repository administration:write and organization members:read (classic: repo and read:org)",
        );
        assert_eq!(two.fine_grained.iter().map(|f| f.organization).collect::<Vec<_>>(), [false, true]);
    }

    #[test]
    fn a_wider_scope_holds_the_narrower_ones() {
        let needs = Permission::parse("organization members:read (classic: read:org)");
        assert!(needs.is_in_scope(&["admin:org".into()]));
        assert!(!needs.is_in_scope(&["repo".into()]));
    }

    #[test]
    fn every_row_of_github_says_what_it_needs_in_words_that_can_be_compared() {
        let catalog = Catalog::built_in().unwrap();
        for setting in catalog.settings() {
            let Setting { key, github, .. } = setting;
            let Some(binding) = github.binding() else { continue };
            let permission = Permission::parse(&binding.permission);
            let told = !permission.fine_grained.is_empty() || binding.permission.starts_with("membership");
            assert!(told && !permission.scopes.is_empty(), "`{key}`: {}", binding.permission);
        }
    }
}
