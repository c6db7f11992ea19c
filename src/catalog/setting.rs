//! One setting, told once: what it is, and where each forge has it.

use std::fmt;
use std::sync::Arc;

use crate::model::{Lenses, Risk, SettingId, Severity, Stage, Value};

use super::codec::Codec;
use super::decision::Decision;
use super::path::Path;
use super::sharing::Sharing;

/// What sort of value a setting has.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Type {
    /// On or off.
    Boolean,
    /// A whole number.
    Integer,
    /// Free text.
    Text,
    /// A moment or day: `2026-03-31T07:00:00Z`, `2026-03-31`.
    Time,
    /// One of the words in [`Setting::values`].
    Choice,
    /// Texts without order.
    Set,
    /// Records, or texts whose order matters.
    List,
    /// Texts by name: team to role.
    Map,
}

impl Type {
    /// Every type with its word.
    pub const WORDS: [(Self, &'static str); 8] = [
        (Self::Boolean, "boolean"),
        (Self::Integer, "integer"),
        (Self::Text, "text"),
        (Self::Time, "time"),
        (Self::Choice, "choice"),
        (Self::Set, "set"),
        (Self::List, "list"),
        (Self::Map, "map"),
    ];

    /// The word used in the catalogue.
    pub fn word(self) -> &'static str {
        Self::WORDS.iter().find(|(ty, _)| *ty == self).map_or("", |(_, word)| word)
    }

    /// The type that a word names.
    pub fn from_word(word: &str) -> Option<Self> {
        Self::WORDS.iter().find(|(_, w)| *w == word).map(|(ty, _)| *ty)
    }
}

/// The forges whose settings the catalogue tells.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub enum ForgeKind {
    /// github.com, GitHub Enterprise Cloud and Server.
    Github,
    /// gitlab.com and self-managed GitLab.
    Gitlab,
}

/// How the values of several rules amount to one.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Combine {
    /// The largest number.
    Most,
    /// On as soon as one rule says so.
    Any,
    /// On only while every rule says so.
    All,
    /// The items of all.
    Union,
}

/// A derived setting of a branch: which rule settings speak of it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Effective {
    /// How they combine.
    pub combine: Combine,
    /// The value where no rule applies; none where there is then nothing to speak of.
    pub unprotected: Option<Value>,
    /// Of a classic rule.
    pub classic: Option<SettingId>,
    /// Of a ruleset.
    pub ruleset: Option<SettingId>,
    /// Of a ruleset: the flag that forbids what this setting allows.
    pub forbidden_by: Option<SettingId>,
}

/// A REST document and the place in it: `GET /repos/{owner}/{repo} :: topics`.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Endpoint {
    /// `GET`, `PATCH`, `PUT|DELETE`.
    pub method: String,
    /// The path template below the API root.
    pub path: String,
    /// Whether the document is a list of the things that carry the field.
    pub each: bool,
    /// Where in the document, or in the body to be sent.
    pub pointer: Option<Path>,
    /// The pointer as it was written.
    pub field: String,
}

impl fmt::Display for Endpoint {
    /// As rows write it.
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{} {}", self.method, self.path)?;
        if self.field.is_empty() { Ok(()) } else { write!(f, " :: {}", self.field) }
    }
}

/// Where one forge has a setting.
#[derive(Debug, Clone)]
pub struct Binding {
    /// From the subject's or item's GraphQL object.
    pub graphql: Option<Path>,
    /// In a document of the one subject.
    pub rest: Option<Endpoint>,
    /// In a list that carries many subjects.
    pub list: Option<Endpoint>,
    /// Through a named reading.
    pub via: Option<Arc<str>>,
    /// How it is changed.
    pub write: Option<Endpoint>,
    /// The field of the request that makes an item, where that is not the one of `write`.
    pub create: Option<String>,
    /// How the number is read by which a text is written, which stands in place of `{}`.
    pub number: Option<String>,
    /// Between the forge's spelling and ours.
    pub codec: Option<&'static Codec>,
    /// Whether an absence may mean that the identity does not see it.
    pub absent_is_unknown: bool,
    /// The flag of a subject by which a null on the way to the setting is believed.
    pub believed_for: Option<Path>,
    /// Whether a document leaves the field out where there is nothing to say.
    pub left_out_is_absent: bool,
    /// What an identity needs to read it.
    pub permission: Arc<str>,
    /// What an identity needs to write it.
    pub write_permission: Arc<str>,
    /// The plan from which it is there.
    pub tier: Option<Arc<str>>,
    /// The first server version that has it.
    pub since: Option<Arc<str>>,
    /// Why it cannot be written.
    pub unwritable: Option<Arc<str>>,
}

/// A forge's share of a row.
#[derive(Debug, Clone)]
pub enum Support {
    /// It has the setting.
    Bound(Box<Binding>),
    /// It has no such thing, and why.
    Lacking(Arc<str>),
    /// The row does not speak of this forge.
    Untold,
}

impl Support {
    /// The binding, if the forge has the setting.
    pub fn binding(&self) -> Option<&Binding> {
        match self {
            Self::Bound(binding) => Some(binding),
            Self::Lacking(_) | Self::Untold => None,
        }
    }
}

/// One row of the catalogue.
#[derive(Debug, Clone)]
pub struct Setting {
    /// Its place in the catalogue.
    pub id: SettingId,
    /// `repository.delete_branch_on_merge`, `branch.required_approvals`.
    pub key: Arc<str>,
    /// The part of the key before the first dot: a scope, or a kind.
    pub group: Arc<str>,
    /// What it does for people.
    pub doc: String,
    /// What sort of value it has.
    pub ty: Type,
    /// The words of a choice or of a set's members; empty: any.
    pub values: Vec<String>,
    /// How much a departure matters where the policy does not say.
    pub severity: Severity,
    /// For whom it matters.
    pub lenses: Lenses,
    /// The step of the journey it bears on.
    pub stage: Stage,
    /// What a change puts at stake.
    pub risk: Risk,
    /// On GitHub.
    pub github: Support,
    /// On GitLab.
    pub gitlab: Support,
    /// For a derived setting of a branch.
    pub effective: Option<Effective>,
    /// Of an organization: what it makes of settings of its repositories.
    pub decides: Vec<Decision>,
    /// Of an item above repositories: what it makes of settings of those that it holds for.
    pub shares: Option<Sharing>,
    /// Whether it says no more than that there is such an item. No row tells it: it follows from the kind.
    pub presence: bool,
    /// Whether a user's policy brought the row.
    pub users_own: bool,
}

impl Setting {
    /// The key without its group: `delete_branch_on_merge`.
    pub fn name(&self) -> &str {
        self.key.get(self.group.len() + 1..).unwrap_or_default()
    }

    /// Why the forge does not have it; none where it does, or where it follows from rules.
    pub fn lacking_on(&self, forge: ForgeKind) -> Option<Arc<str>> {
        match self.on(forge) {
            Support::Lacking(why) => Some(Arc::clone(why)),
            Support::Untold if self.effective.is_none() => Some("this forge has no such setting".into()),
            Support::Bound(_) | Support::Untold => None,
        }
    }

    /// The forge's share of the row.
    pub fn on(&self, forge: ForgeKind) -> &Support {
        match forge {
            ForgeKind::Github => &self.github,
            ForgeKind::Gitlab => &self.gitlab,
        }
    }
}
