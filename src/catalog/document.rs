//! What holds of a REST document as a whole, whichever setting is read from it.

use std::sync::Arc;

/// A document of one subject or item, by its path template.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Document {
    /// The path template below the API root, without a query.
    pub path: String,
    /// What an identity needs to read it.
    pub permission: Option<Arc<str>>,
    /// A 404 says that there is none, to an identity that would see one. Without this a 404 is no
    /// answer: GitHub gives it to whoever lacks rights, too.
    pub absent_when_not_found: bool,
    /// A 204 says that there is none. Without this an answer with nothing in it is no answer.
    pub absent_when_no_content: bool,
    /// Why the server refuses it as a conflict (409, 422) where its settings do not apply.
    pub conflict: Option<Arc<str>>,
    /// The visibilities of the repositories that have it; empty: all.
    pub only: Vec<String>,
    /// A write replaces all of it: what the write does not name goes back to what it was at first, or
    /// the server refuses it.
    pub replaced_whole: bool,
    /// The key of a setting that comes in bulk: where it is off, there is none, and nobody asks.
    pub only_where: Option<Arc<str>>,
    /// The plan from which it is there.
    pub tier: Option<Arc<str>>,
    /// The first server version that has it.
    pub since: Option<Arc<str>>,
}

/// The part of a path template before its query.
pub fn bare(template: &str) -> &str {
    template.split('?').next().unwrap_or_default()
}
