//! What is audited, and how it is named.

use std::fmt;
use std::sync::Arc;

/// What sort of thing a subject is.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub enum SubjectKind {
    /// A GitHub enterprise or a GitLab instance.
    Enterprise,
    /// A GitHub organization or a GitLab group.
    Organization,
    /// A GitHub repository or a GitLab project.
    Repository,
}

impl SubjectKind {
    /// The word used in keys, policies and snapshots.
    pub fn word(self) -> &'static str {
        match self {
            Self::Enterprise => "enterprise",
            Self::Organization => "organization",
            Self::Repository => "repository",
        }
    }

    /// The kind that a word names.
    pub fn from_word(word: &str) -> Option<Self> {
        [Self::Enterprise, Self::Organization, Self::Repository].into_iter().find(|k| k.word() == word)
    }
}

/// One audited thing: `ghec:acme/widgets` is repository `acme/widgets` of the forge named `ghec`.
#[derive(Debug, Clone, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub struct Subject {
    /// The forge's name in the policy.
    pub forge: Arc<str>,
    /// The full path on the forge: `acme` or `acme/widgets`.
    pub name: Arc<str>,
    /// What it is.
    pub kind: SubjectKind,
}

impl Subject {
    /// The subject of that kind.
    pub fn new(kind: SubjectKind, forge: impl Into<Arc<str>>, name: impl Into<Arc<str>>) -> Self {
        Self { forge: forge.into(), name: name.into(), kind }
    }

    /// The organization that a repository is in; an organization's own name.
    pub fn organization(&self) -> &str {
        match self.kind {
            SubjectKind::Repository => self.name.rsplit_once('/').map_or(&*self.name, |(group, _)| group),
            SubjectKind::Organization | SubjectKind::Enterprise => &self.name,
        }
    }

    /// The last part of the path.
    pub fn short_name(&self) -> &str {
        self.name.rsplit_once('/').map_or(&*self.name, |(_, name)| name)
    }

    /// Whether an address as people write it (`ghec:acme/widgets`, or `acme/widgets`) names this
    /// subject. Names are compared as the forges do, without regard to case.
    pub fn is_named_by(&self, address: &str) -> bool {
        let (forge, name) = address.split_once(':').map_or((None, address), |(f, n)| (Some(f), n));
        forge.is_none_or(|f| f == &*self.forge) && name.eq_ignore_ascii_case(&self.name)
    }
}

impl fmt::Display for Subject {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{}:{}", self.forge, self.name)
    }
}
