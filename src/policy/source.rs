//! Policy files as text, and places in them.

use std::ops::Range;
use std::sync::Arc;

use crate::model::Origin;

/// One policy file, kept so that a diagnostic can show the line it is about.
#[derive(Debug, PartialEq, Eq)]
pub struct Source {
    /// The file as the user named it, or `pack:NAME`.
    pub name: Arc<str>,
    /// Its text.
    pub text: String,
}

impl Source {
    /// The place of a span: lines and columns begin at 1, columns count characters.
    pub fn origin(&self, span: &Range<usize>) -> Origin {
        let before = self.text.get(..span.start).unwrap_or(&self.text);
        let line_start = before.rfind('\n').map_or(0, |at| at + 1);
        let number = |n: usize| u32::try_from(n).unwrap_or(u32::MAX);
        Origin {
            file: Arc::clone(&self.name),
            line: number(before.matches('\n').count() + 1),
            column: number(before[line_start..].chars().count() + 1),
            offset: span.start,
            length: span.len(),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn columns_count_characters() {
        let source = Source { name: "p.toml".into(), text: "a = 1\nü = \"é\"  # x".into() };
        let origin = source.origin(&(11..15));
        assert_eq!((origin.line, origin.column), (2, 5));
    }
}
