//! A page for people, before it is Markdown, plain text or a message: lines of our own words, of names, and
//! of what others wrote. What is whose decides how it is made safe.

use std::io::{self, Write};

use super::audited::count;
use super::safe_markup::{NoCommands, chat, code, prose};
use super::safe_text::{safe, wrapped};

/// A part of a line.
#[derive(Debug, Clone)]
pub(super) enum Span {
    /// Our own words.
    Words(String),
    /// Our own words, which matter.
    Strong(String),
    /// A name or a value from elsewhere.
    Name(String),
    /// A sentence from elsewhere.
    Said(String),
}

/// Our own words.
pub(super) fn words(text: impl Into<String>) -> Span {
    Span::Words(text.into())
}

/// Our own words, which matter.
pub(super) fn strong(text: impl Into<String>) -> Span {
    Span::Strong(text.into())
}

/// A name or a value from elsewhere.
pub(super) fn name(text: impl Into<String>) -> Span {
    Span::Name(text.into())
}

/// A sentence from elsewhere.
pub(super) fn said(text: impl Into<String>) -> Span {
    Span::Said(text.into())
}

/// A paragraph (depth 0) or a point.
#[derive(Debug, Clone)]
pub(super) struct Line {
    /// 0 for a paragraph, 1 for a point, 2 for one below it.
    pub depth: usize,
    pub spans: Vec<Span>,
}

/// A line of that depth.
pub(super) fn line(depth: usize, spans: Vec<Span>) -> Line {
    Line { depth, spans }
}

/// Lines that stand together or not at all.
#[derive(Debug)]
pub(super) struct Entry {
    pub lines: Vec<Line>,
    /// How many findings they tell of.
    pub findings: usize,
}

/// Entries under a heading, of which there may be more than there is room for.
pub(super) struct Section<'a> {
    pub title: Span,
    /// What an entry is: `cause`.
    pub of: &'static str,
    /// How many entries there are.
    pub count: usize,
    /// How many findings these tell of.
    pub findings: usize,
    /// They are made as they are written.
    pub entries: Box<dyn Iterator<Item = Entry> + 'a>,
}

/// A page.
pub(super) struct Page<'a> {
    pub title: Span,
    pub head: Vec<Line>,
    pub sections: Vec<Section<'a>>,
    /// Where to find what has no room.
    pub elsewhere: String,
}

/// How it is written.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Markup {
    /// GitHub's and GitLab's Markdown.
    Markdown,
    /// Lines of that many characters.
    Plain(usize),
    /// A message.
    Chat,
}

/// What is kept free for each of the two lines that tell what has no room.
const ROOM: usize = 400;

/// No more headings than this are named of what has no room.
const NAMED: usize = 5;

impl Page<'_> {
    /// Writes the page in no more than so many bytes: what has no room is counted, and it is said where it is.
    ///
    /// # Errors
    /// Those of the writer.
    pub(super) fn write(self, out: &mut dyn Write, markup: Markup, limit: usize) -> io::Result<()> {
        let mut out = NoCommands::new(out);
        let mut text = heading(&self.title, 2, markup);
        text.push_str(lines(&self.head, markup).trim_start_matches('\n'));
        let mut used = text.len();
        out.write_all(text.as_bytes())?;
        let limit = limit.saturating_sub(2 * (ROOM + self.elsewhere.len()));
        let mut sections = self.sections.into_iter();
        for section in sections.by_ref() {
            let mut text = heading(&section.title, 3, markup);
            let (mut shown, mut findings, mut full) = (0, 0, false);
            for entry in section.entries {
                let more = lines(&entry.lines, markup);
                full = used + text.len() + more.len() > limit;
                if full {
                    break;
                }
                text.push_str(&more);
                shown += 1;
                findings += entry.findings;
                // What is written need not be kept.
                if text.len() > 8192 {
                    used += text.len();
                    out.write_all(text.as_bytes())?;
                    text.clear();
                }
            }
            if shown < section.count {
                let mut rest =
                    format!("and {}", count(section.count - shown, &format!("more {}", section.of)));
                if section.of != "finding" && section.findings > findings {
                    rest.push_str(&format!(" ({})", count(section.findings - findings, "finding")));
                }
                rest.push_str(": ");
                text.push_str(&lines(&[line(1, vec![words(rest), said(self.elsewhere.clone())])], markup));
            }
            used += text.len();
            out.write_all(text.as_bytes())?;
            if full {
                break;
            }
        }
        let rest: Vec<(Span, usize)> = sections.map(|s| (s.title, s.findings)).collect();
        if !rest.is_empty() {
            out.write_all(lines(&[left_out(&rest, &self.elsewhere)], markup).as_bytes())?;
        }
        out.finish()
    }
}

/// The parts that have no room at all.
fn left_out(parts: &[(Span, usize)], elsewhere: &str) -> Line {
    let findings: usize = parts.iter().map(|(_, findings)| findings).sum();
    let mut spans = vec![words(format!("No room for {} (", count(parts.len(), "more part")))];
    if parts.len() <= NAMED && parts.iter().all(|(title, _)| title.as_written().len() < ROOM / 10) {
        parts.iter().for_each(|(title, _)| spans.extend([title.clone(), words(", ")]));
    }
    spans.extend([words(format!("{}): ", count(findings, "finding"))), said(elsewhere)]);
    line(0, spans)
}

fn heading(title: &Span, level: usize, markup: Markup) -> String {
    let title = title.text(markup);
    match markup {
        Markup::Markdown => format!("{}{} {title}\n\n", if level > 2 { "\n" } else { "" }, "#".repeat(level)),
        Markup::Plain(_) => format!("{}{title}\n", if level > 2 { "\n" } else { "" }),
        Markup::Chat => format!("{title}\n"),
    }
}

fn lines(lines: &[Line], markup: Markup) -> String {
    let mut text = String::new();
    for Line { depth, spans } in lines {
        let said: String = spans.iter().map(|span| span.text(markup)).collect();
        match markup {
            Markup::Markdown if *depth == 0 => text.push_str(&format!("\n{said}\n")),
            Markup::Markdown => text.push_str(&format!("{}- {said}\n", "  ".repeat(depth - 1))),
            Markup::Plain(width) => {
                let indent = "  ".repeat(*depth);
                let mut wrapped = wrapped(&said, width, &indent);
                if let (1.., Some(first)) = (*depth, wrapped.first_mut()) {
                    first.replace_range(indent.len() - 2..indent.len(), "- ");
                }
                wrapped.iter().for_each(|line| text.push_str(&format!("{line}\n")));
            }
            Markup::Chat => text.push_str(&format!("{}{said}\n", if *depth > 0 { "• " } else { "" })),
        }
    }
    text
}

impl Span {
    /// What it says, with nothing made safe.
    pub(super) fn as_written(&self) -> &str {
        let (Self::Words(text) | Self::Strong(text) | Self::Name(text) | Self::Said(text)) = self;
        text
    }

    fn text(&self, markup: Markup) -> String {
        match (self, markup) {
            (Self::Words(text), _) => text.clone(),
            (Self::Strong(text), Markup::Markdown) => format!("**{text}**"),
            (Self::Strong(text), _) => text.clone(),
            (Self::Name(text), Markup::Markdown) => code(text),
            (Self::Said(text), Markup::Markdown) => prose(text),
            (Self::Name(text) | Self::Said(text), Markup::Plain(_)) => safe(text).into_owned(),
            (Self::Name(text) | Self::Said(text), Markup::Chat) => chat(text),
        }
    }
}
