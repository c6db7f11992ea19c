//! The part of a file that a diagnostic shows: a few lines, none of them endless, and nothing in
//! them that could move a terminal's cursor.

use std::borrow::Cow;
use std::ops::Range;
use std::sync::Arc;

use miette::{MietteError, MietteSpanContents, SourceCode, SourceSpan, SpanContents};

use super::source::Source;

/// Lines longer than this, together, are cut to what stands about the mark.
const LONGEST: usize = 2_000;
/// How much is left on either side of the mark, in bytes.
const ABOUT: usize = 40;
/// The longest part of a long line that is marked.
const MARKED: usize = 60;

/// A file as diagnostics show it.
#[derive(Debug)]
pub(super) struct Excerpt(pub Arc<Source>);

impl Excerpt {
    /// The part of a span that is marked: all of it, unless that is endless.
    pub(super) fn marked(source: &Source, span: &Range<usize>) -> Range<usize> {
        let end = if span.len() > LONGEST { span.start + MARKED } else { span.end };
        boundary(&source.text, span.start)..boundary(&source.text, end)
    }
}

impl SourceCode for Excerpt {
    fn read_span<'a>(
        &'a self,
        span: &SourceSpan,
        before: usize,
        after: usize,
    ) -> Result<Box<dyn SpanContents<'a> + 'a>, MietteError> {
        let source = &self.0;
        let text = source.printable();
        let (start, end) = (span.offset().min(text.len()), (span.offset() + span.len()).min(text.len()));
        let lines = source.lines();
        let line_at = |offset: usize| lines.partition_point(|begin| *begin <= offset).saturating_sub(1);
        let begin_of = |line: usize| lines.get(line).copied().unwrap_or(text.len());
        let (first, last) =
            (line_at(start).saturating_sub(before), line_at(end.saturating_sub(1).max(start)) + after);
        let whole = if before == 0 && after == 0 { start..end } else { begin_of(first)..begin_of(last + 1) };
        let shown = if whole.len() > LONGEST {
            let from = whole.start.max(start.saturating_sub(ABOUT));
            boundary(text, from)..boundary(text, whole.end.min(end.min(start + MARKED) + ABOUT))
        } else {
            boundary(text, whole.start)..boundary(text, whole.end)
        };
        let line = line_at(shown.start);
        let column = text.get(begin_of(line)..shown.start).map_or(0, |before| before.chars().count());
        let data = text.get(shown.clone()).unwrap_or_default();
        let contents = MietteSpanContents::new_named(
            source.name.to_string(),
            data.as_bytes(),
            (shown.start, shown.len()).into(),
            line,
            column,
            lines.len(),
        );
        Ok(Box::new(contents))
    }
}

/// The nearest place at or before an offset where a character begins.
fn boundary(text: &str, offset: usize) -> usize {
    let mut at = offset.min(text.len());
    while !text.is_char_boundary(at) {
        at -= 1;
    }
    at
}

/// Whether a character would do something to a terminal rather than be seen.
fn harmful(c: char) -> bool {
    let turns = matches!(c, '\u{200e}' | '\u{200f}' | '\u{202a}'..='\u{202e}' | '\u{2066}'..='\u{2069}');
    turns || c.is_control() && !matches!(c, '\n' | '\t' | '\r')
}

/// The text with a mark of the same length in place of what would harm, so that offsets still fit.
pub(super) fn printable(text: &str) -> Option<String> {
    let mark = |c: char| match c.len_utf8() {
        1 => '?',
        2 => '\u{b7}',
        _ => '\u{2022}',
    };
    text.contains(harmful).then(|| text.chars().map(|c| if harmful(c) { mark(c) } else { c }).collect())
}

/// A message that fits a screen, with nothing in it that would harm.
pub(super) fn told(text: String) -> String {
    const HALF: usize = 200;
    let short = if text.len() > LONGEST {
        let (head, tail) = (boundary(&text, HALF), boundary(&text, text.len() - HALF));
        Cow::Owned(format!("{} … {}", &text[..head], &text[tail..]))
    } else {
        Cow::Borrowed(&text)
    };
    match printable(&short) {
        Some(safe) => safe,
        None => short.into_owned(),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn an_endless_line_is_cut_about_the_mark() {
        let text = format!("a = 1\nb = \"{}é{}\"\n", "x".repeat(5_000), "y".repeat(5_000));
        let excerpt = Excerpt(Arc::new(Source::new("p.toml", text)));
        let at = 6 + 5 + 5_000;
        let contents = excerpt.read_span(&(at, 2).into(), 1, 1).unwrap();
        let shown = std::str::from_utf8(contents.data()).unwrap();
        assert!(shown.len() < 200 && shown.contains('é'), "{shown}");
        assert_eq!((contents.line(), contents.column()), (1, 5 + 5_000 - ABOUT));
    }

    #[test]
    fn what_would_harm_is_marked_and_offsets_stay() {
        let text = "a\u{1b}[31m\u{85}b\u{202e}c\n";
        let safe = printable(text).unwrap();
        assert_eq!(safe, "a?[31m\u{b7}b\u{2022}c\n");
        assert_eq!(safe.len(), text.len());
    }
}
