//! Globs over names: `*` stays within a path segment, `**` does not, `{a,b}` is either.

use globset::{GlobBuilder, GlobMatcher};

/// A compiled glob that compares without regard to case, as forges do with names.
#[derive(Debug, Clone)]
pub struct NameGlob {
    text: String,
    matcher: GlobMatcher,
}

impl NameGlob {
    /// Compiles a glob.
    ///
    /// # Errors
    /// The reason why it is none.
    pub fn new(text: &str) -> Result<Self, String> {
        let glob = GlobBuilder::new(text).literal_separator(true).case_insensitive(true).build();
        let matcher = glob.map_err(|e| e.kind().to_string())?.compile_matcher();
        Ok(Self { text: text.to_owned(), matcher })
    }

    /// The glob as it was written.
    pub fn text(&self) -> &str {
        &self.text
    }

    /// Whether the name is one of those meant.
    pub fn matches(&self, name: &str) -> bool {
        self.matcher.is_match(name)
    }
}

impl PartialEq for NameGlob {
    fn eq(&self, other: &Self) -> bool {
        self.text == other.text
    }
}
impl Eq for NameGlob {}
