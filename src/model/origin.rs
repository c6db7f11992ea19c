//! Where in a policy something was asked for.

use std::fmt;
use std::sync::Arc;

/// The place in a policy file that asked for a value.
#[derive(Debug, Clone, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub struct Origin {
    /// The file as the user named it, or `pack:NAME`.
    pub file: Arc<str>,
    /// First line is 1.
    pub line: u32,
    /// First column is 1, counted in characters.
    pub column: u32,
    /// Where in the file's bytes the key begins.
    pub offset: usize,
    /// How many bytes the key and its value take.
    pub length: usize,
}

impl fmt::Display for Origin {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{}:{}", self.file, self.line)
    }
}
