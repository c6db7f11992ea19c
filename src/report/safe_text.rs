//! Text that came from a forge, made safe to print; and lines that fit.

use std::borrow::Cow;
use std::fmt::Write;

/// Control characters can move a terminal's cursor or rewrite its screen; marks that turn the
/// direction of writing hide what a line really says.
fn is_harmful(c: char) -> bool {
    c.is_control() || matches!(c, '\u{202a}'..='\u{202e}' | '\u{2066}'..='\u{2069}')
}

/// The text without harmful characters.
pub fn safe(text: &str) -> Cow<'_, str> {
    if !text.contains(is_harmful) {
        return Cow::Borrowed(text);
    }
    Cow::Owned(text.chars().map(|c| if is_harmful(c) { '\u{fffd}' } else { c }).collect())
}

/// JSON in which harmful characters stand as `\u` escapes, and so does the sign by which a runner finds
/// commands anywhere in its log. They can stand within strings only, where the escape means the same.
pub fn safe_json(json: &str) -> Cow<'_, str> {
    let harmful = |c: char| is_harmful(c) && c != '\n';
    let commands = json.contains("##[") || json.contains("##vso[");
    if !commands && !json.contains(harmful) {
        return Cow::Borrowed(json);
    }
    let mut safe = String::with_capacity(json.len());
    for c in json.chars() {
        if harmful(c) {
            let _ = write!(safe, "\\u{:04x}", u32::from(c));
        } else {
            safe.push(c);
        }
    }
    if commands {
        safe = safe.replace("##[", "\\u0023\\u0023[").replace("##vso[", "\\u0023\\u0023vso[");
    }
    Cow::Owned(safe)
}

/// The text in lines no wider than `width`, each after `indent`.
pub fn wrapped(text: &str, width: usize, indent: &str) -> Vec<String> {
    let options = textwrap::Options::new(width)
        .initial_indent(indent)
        .subsequent_indent(indent)
        // An address or a path is one word: it must be found by whoever searches for it.
        .word_separator(textwrap::WordSeparator::AsciiSpace)
        .word_splitter(textwrap::WordSplitter::NoHyphenation);
    textwrap::wrap(&safe(text), options).into_iter().map(Cow::into_owned).collect()
}

#[cfg(test)]
mod tests {
    use super::{safe, wrapped};

    #[test]
    fn an_address_stays_whole() {
        assert_eq!(wrapped("seen in acme/widgets", 16, "  "), ["  seen in", "  acme/widgets"]);
    }

    #[test]
    fn escape_sequences_lose_their_escape() {
        assert_eq!(safe("a\u{1b}[31mb\u{202e}c"), "a\u{fffd}[31mb\u{fffd}c");
        assert_eq!(safe("größer"), "größer");
    }
}
