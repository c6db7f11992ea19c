//! Policy files as text, and places in them.

use std::ops::Range;
use std::sync::Arc;

use super::excerpt::printable;
use crate::model::Origin;

/// One policy file, kept so that a diagnostic can show the line it is about.
#[derive(Debug, PartialEq, Eq)]
pub struct Source {
    /// The file as the user named it, or `pack:NAME`.
    pub name: Arc<str>,
    /// Its text.
    pub text: String,
    /// Where each line begins.
    lines: Vec<usize>,
    /// The text as it may be printed, where that differs.
    printable: Option<String>,
}

impl Source {
    /// A file of that name.
    pub fn new(name: impl Into<Arc<str>>, text: String) -> Self {
        let after = text.match_indices('\n').map(|(at, _)| at + 1);
        let lines = std::iter::once(0).chain(after).collect();
        let printable = printable(&text);
        Self { name: name.into(), text, lines, printable }
    }

    /// The text with nothing in it that could harm a terminal; offsets are the same.
    pub(super) fn printable(&self) -> &str {
        self.printable.as_deref().unwrap_or(&self.text)
    }

    /// Where each line begins.
    pub(super) fn lines(&self) -> &[usize] {
        &self.lines
    }

    /// The place of a span: lines and columns begin at 1, columns count characters.
    pub fn origin(&self, span: &Range<usize>) -> Origin {
        let line = self.lines.partition_point(|begin| *begin <= span.start);
        let begin = self.lines.get(line.saturating_sub(1)).copied().unwrap_or_default();
        let before = self.text.get(begin..span.start).unwrap_or_default();
        let number = |n: usize| u32::try_from(n).unwrap_or(u32::MAX);
        Origin {
            file: Arc::clone(&self.name),
            line: number(line),
            column: number(before.chars().count() + 1),
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
        let source = Source::new("p.toml", "a = 1\nü = \"é\"  # x".into());
        let place = |span: Range<usize>| (source.origin(&span).line, source.origin(&span).column);
        assert_eq!(place(11..15), (2, 5));
        assert_eq!(place(0..0), (1, 1));
        assert_eq!(place(6..7), (2, 1));
    }
}
