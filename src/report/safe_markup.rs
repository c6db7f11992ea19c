//! Text that came from elsewhere, made safe for what will read a report: XML, Markdown, spreadsheets, chats,
//! and runners that take lines of a log for commands.

use std::io::{self, Write};

use super::safe_text::safe;

/// A mark that takes no room: it parts what would mean something together.
const GAP: char = '\u{200b}';

/// Text within XML, between tags and within quotes alike. What XML cannot hold is replaced.
pub(super) fn xml(text: &str) -> String {
    let mut out = String::with_capacity(text.len());
    for c in safe(text).chars() {
        match c {
            '&' => out.push_str("&amp;"),
            '<' => out.push_str("&lt;"),
            '>' => out.push_str("&gt;"),
            '"' => out.push_str("&quot;"),
            '\'' => out.push_str("&#39;"),
            // A runner finds its older commands anywhere in a line.
            '#' => out.push_str("&#35;"),
            '\u{fffe}' | '\u{ffff}' => out.push('\u{fffd}'),
            c => out.push(c),
        }
    }
    out
}

/// Text as code in Markdown: nothing in it is markup, a link or a mention.
pub(super) fn code(text: &str) -> String {
    let text = safe(text);
    let text = text.trim();
    let longest = text.split(|c| c != '`').map(str::len).max().unwrap_or_default();
    let fence = "`".repeat(longest + 1);
    if text.is_empty() {
        return "` `".to_owned();
    }
    let pad = if text.starts_with('`') || text.ends_with('`') { " " } else { "" };
    format!("{fence}{pad}{text}{pad}{fence}")
}

/// A sentence of somebody else's in Markdown: it reads as it is written, and marks up, links, refers to
/// and mentions nothing.
pub(super) fn prose(text: &str) -> String {
    let text = safe(text);
    let text = text.trim();
    let mut out = String::with_capacity(text.len() + 8);
    for (at, c) in text.char_indices() {
        let (before, after) = (&text[..at], &text[at + c.len_utf8()..]);
        let marks_up = match c {
            '\\' | '`' | '*' | '_' | '[' | ']' | '<' | '>' | '#' | '&' | '~' | '|' | '$' => true,
            ':' => after.starts_with("//"),
            // What begins a list at the beginning of a line.
            '-' | '+' | '=' => before.is_empty(),
            '.' | ')' => before.bytes().all(|b| b.is_ascii_digit()) || before.to_lowercase().ends_with("www"),
            _ => false,
        };
        if marks_up {
            out.push('\\');
        }
        out.push(c);
        // Forges look for mentions in what a reader sees, where a backslash is gone.
        let refers = matches!(c, '@' | '#' | '!' | '$' | '%' | '&' | '~' | '^');
        let refers = refers || (c == '-' && before.to_lowercase().ends_with("gh"));
        if refers && !after.is_empty() && !after.starts_with(char::is_whitespace) {
            out.push(GAP);
        }
    }
    out
}

/// Text for a chat that may take `<…>`, `@…`, `*…*` or `[…](…)` for more than they are.
pub(super) fn chat(text: &str) -> String {
    let text = safe(text);
    let mut out = String::with_capacity(text.len());
    let mut before = None;
    let mut chars = text.chars().peekable();
    while let Some(c) = chars.next() {
        let within_word = |c: Option<char>| c.is_some_and(char::is_alphanumeric);
        match c {
            '<' => out.push('‹'),
            '>' => out.push('›'),
            '&' => out.push('＆'),
            c => out.push(c),
        }
        let parts = match c {
            '@' | '`' | '|' | '#' => true,
            '*' | '_' | '~' => !(within_word(before) && within_word(chars.peek().copied())),
            ']' => chars.peek() == Some(&'('),
            _ => false,
        };
        if parts {
            out.push(GAP);
        }
        before = Some(c);
    }
    out.replace("://", ":\u{200b}//").replace("www.", "www\u{200b}.")
}

/// A message of SARIF, whose readers take `[…](…)` for a link.
pub(super) fn linkless(text: &str) -> String {
    safe(text).replace("](", "]\u{200b}(")
}

/// The message of a workflow command.
pub(super) fn workflow_data(text: &str) -> String {
    let text = text.replace('%', "%25").replace('\r', "%0D").replace('\n', "%0A");
    without_commands(&safe(&text)).into_owned()
}

/// How loudly a run's page on GitHub says something.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Loudness {
    /// It is worth knowing.
    Notice,
    /// It is worth doing something about.
    Warning,
    /// It keeps the job from its work.
    Error,
}

/// A line by which the page of a run says something, whatever is in the text.
pub fn annotation(loudness: Loudness, text: &str) -> String {
    let word = match loudness {
        Loudness::Notice => "notice",
        Loudness::Warning => "warning",
        Loudness::Error => "error",
    };
    format!("::{word} title=ispo-scm::{}", workflow_data(text))
}

/// A text of several lines, as it stands, within Markdown.
pub fn preformatted(text: &str) -> String {
    let lines: Vec<String> = text.lines().map(xml).collect();
    format!("<pre>\n{}\n</pre>\n", lines.join("\n"))
}

/// A property of a workflow command.
pub(super) fn workflow_property(text: &str) -> String {
    workflow_data(text).replace(':', "%3A").replace(',', "%2C")
}

/// A cell that no spreadsheet takes for a formula.
pub(super) fn cell(text: &str) -> String {
    let text = safe(text);
    let text = without_commands(&text);
    let begins = text.trim_start().chars().next();
    if begins
        .is_some_and(|c| matches!(c, '=' | '+' | '-' | '@' | '|' | '\u{fffd}' | '＝' | '＋' | '－' | '＠'))
    {
        format!("'{text}")
    } else {
        text.into_owned()
    }
}

/// A line without what a runner would take for a command wherever it stands: `##[…]`, `##vso[…]`.
fn without_commands(line: &str) -> std::borrow::Cow<'_, str> {
    if line.contains("##[") || line.contains("##vso[") {
        return line.replace("##[", "## [").replace("##vso[", "## vso[").into();
    }
    line.into()
}

/// Hands lines on, so that a runner's log takes none of them for a command, whatever they quote.
pub(super) struct NoCommands<'w> {
    out: &'w mut dyn Write,
    line: Vec<u8>,
}

impl<'w> NoCommands<'w> {
    /// In front of another writer.
    pub(super) fn new(out: &'w mut dyn Write) -> Self {
        Self { out, line: Vec::new() }
    }

    /// Hands on what no line end came behind.
    ///
    /// # Errors
    /// Those of the writer.
    pub(super) fn finish(mut self) -> io::Result<()> {
        self.hand_on()
    }

    fn hand_on(&mut self) -> io::Result<()> {
        let line = std::mem::take(&mut self.line);
        let text = String::from_utf8_lossy(&line);
        let text = without_commands(&text);
        let begin = text.len() - text.trim_start().len();
        match text[begin..].strip_prefix("::") {
            Some(rest) => write!(self.out, "{}: :{rest}", &text[..begin]),
            None => self.out.write_all(text.as_bytes()),
        }
    }
}

impl Write for NoCommands<'_> {
    fn write(&mut self, bytes: &[u8]) -> io::Result<usize> {
        for part in bytes.split_inclusive(|b| *b == b'\n') {
            self.line.extend_from_slice(part);
            if part.ends_with(b"\n") {
                self.hand_on()?;
            }
        }
        Ok(bytes.len())
    }

    fn flush(&mut self) -> io::Result<()> {
        self.out.flush()
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn code_stays_code() {
        assert_eq!(code("acme/widgets"), "`acme/widgets`");
        assert_eq!(code("a`b"), "``a`b``");
        assert_eq!(code("`"), "`` ` ``");
        assert_eq!(code("a\n\n# b"), "`a\u{fffd}\u{fffd}# b`");
    }

    #[test]
    fn prose_reads_as_written_and_refers_to_nothing() {
        assert_eq!(prose("one manager, at night"), "one manager, at night");
        assert_eq!(prose("[x](y) <b>"), "\\[x\\](y) \\<b\\>");
        assert_eq!(prose("@acme/all see #12, GH-3"), "@\u{200b}acme/all see \\#\u{200b}12, GH-\u{200b}3");
        assert_eq!(prose("http://e.example, www.e.example"), "http\\://e.example, www\\.e.example");
        assert_eq!(prose("- one"), "\\- one");
        assert_eq!(prose("1. one"), "1\\. one");
    }

    #[test]
    fn names_stay_whole_in_a_chat() {
        assert_eq!(chat("branch[main].required_approvals"), "branch[main].required_approvals");
        assert_eq!(chat("<!here> @all _x_"), "‹!here› @\u{200b}all _\u{200b}x_\u{200b}");
        assert_eq!(chat("[x](https://e)"), "[x]\u{200b}(https:\u{200b}//e)");
    }

    #[test]
    fn cells_are_no_formulas() {
        assert_eq!(cell("=1+1"), "'=1+1");
        assert_eq!(cell(" =1+1"), "' =1+1");
        assert_eq!(cell("acme/-x"), "acme/-x");
    }

    #[test]
    fn lines_are_no_commands() {
        let mut out = Vec::new();
        let mut lines = NoCommands::new(&mut out);
        write!(lines, "  ::error::x\na ::error::\n##[group]x").unwrap();
        lines.finish().unwrap();
        assert_eq!(String::from_utf8(out).unwrap(), "  : :error::x\na ::error::\n## [group]x");
    }
}
