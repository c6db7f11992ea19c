//! Teams, and the five roles one can have on a repository.

use indexmap::IndexMap;
use serde::{Deserialize, Serialize};

/// A role by the name REST writes it with.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, PartialOrd, Ord, Serialize, Deserialize)]
#[serde(rename_all = "lowercase")]
pub enum Role {
    Pull,
    Triage,
    Push,
    Maintain,
    Admin,
}

impl Role {
    pub const ALL: [Self; 5] = [Self::Pull, Self::Triage, Self::Push, Self::Maintain, Self::Admin];

    /// As a grant is written and a team's `permission` is read.
    pub fn permission(self) -> &'static str {
        match self {
            Self::Pull => "pull",
            Self::Triage => "triage",
            Self::Push => "push",
            Self::Maintain => "maintain",
            Self::Admin => "admin",
        }
    }

    /// As `role_name` reads: the same roles, two of them under other names.
    pub fn role_name(self) -> &'static str {
        match self {
            Self::Pull => "read",
            Self::Push => "write",
            other => other.permission(),
        }
    }

    /// Understands both spellings.
    pub fn parse(word: &str) -> Option<Self> {
        Self::ALL.into_iter().find(|role| role.permission() == word || role.role_name() == word)
    }
}

#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(rename_all = "lowercase")]
pub enum TeamRole {
    Maintainer,
    Member,
}

#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Team {
    pub id: u64,
    pub slug: String,
    pub name: String,
    pub description: Option<String>,
    /// `closed` (visible to the organization) or `secret`.
    pub privacy: String,
    pub notifications: bool,
    /// The slug of the parent team.
    pub parent: Option<String>,
    pub members: IndexMap<String, TeamRole>,
    /// The team's own grants by repository; what it inherits from its parent is not among them.
    pub repositories: IndexMap<String, Role>,
}

impl Team {
    pub(super) fn new(id: u64, name: &str) -> Self {
        Self {
            id,
            slug: slug(name),
            name: name.to_owned(),
            description: None,
            privacy: "closed".to_owned(),
            notifications: true,
            parent: None,
            members: IndexMap::new(),
            repositories: IndexMap::new(),
        }
    }

    pub fn grant(&mut self, repository: &str, role: Role) -> &mut Self {
        self.repositories.insert(repository.to_owned(), role);
        self
    }

    pub fn member(&mut self, login: &str, role: TeamRole) -> &mut Self {
        self.members.insert(login.to_owned(), role);
        self
    }
}

/// GitHub's slug of a name: what is not a letter, digit or underscore becomes one hyphen.
fn slug(name: &str) -> String {
    let mut slug = String::with_capacity(name.len());
    for letter in name.chars().flat_map(char::to_lowercase) {
        if letter.is_alphanumeric() || letter == '_' {
            slug.push(letter);
        } else if !slug.ends_with('-') {
            slug.push('-');
        }
    }
    slug.trim_matches('-').to_owned()
}
