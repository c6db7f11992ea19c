//! Walks a parsed file: takes typed values, notes every mistake, and goes on.

use std::ops::Range;
use std::sync::Arc;

use super::node::{Item, Key, Node, Table};
use super::problem::Problem;
use super::source::Source;
use crate::catalog::nearest;

/// One file being read, and what was found wrong so far.
pub(super) struct Reader<'a> {
    pub source: &'a Arc<Source>,
    pub problems: &'a mut Vec<Problem>,
}

impl Reader<'_> {
    /// Notes a problem at a span.
    pub(super) fn wrong(
        &mut self,
        code: &'static str,
        message: impl Into<String>,
        span: &Range<usize>,
        says: &str,
        help: &str,
    ) {
        let problem = Problem::new(code, message).at(self.source, span, says);
        self.problems.push(if help.is_empty() { problem } else { problem.help(help) });
    }

    /// Notes a value of the wrong type.
    pub(super) fn mistyped(&mut self, name: &str, node: &Node, expected: &str) {
        let message = format!("`{name}` wants {expected}, not {}", node.what());
        self.wrong(
            "policy::type",
            message,
            &node.span,
            &format!("{} here", node.what()),
            &format!("write {expected}"),
        );
    }

    /// Notes a key that is none of those known, with the nearest one.
    pub(super) fn unknown_key(&mut self, key: &Key, table: &str, known: &[&str]) {
        let help = match nearest(&key.name, known.iter().copied()) {
            Some(near) => format!("did you mean `{near}`?"),
            None => format!("{table} knows: {}", known.join(", ")),
        };
        let message = format!("unknown key `{}` in {table}", key.name);
        self.wrong("policy::unknown_key", message, &key.span, "not known here", &help);
    }

    /// Notes every key that is not among the known ones.
    pub(super) fn only(&mut self, table: &Table, what: &str, known: &[&str]) {
        for (key, _) in &table.entries {
            if !known.contains(&key.name.as_str()) {
                self.unknown_key(key, what, known);
            }
        }
    }

    /// A table, or a note that it is none.
    pub(super) fn table<'n>(&mut self, name: &str, node: &'n Node) -> Option<&'n Table> {
        if node.as_table().is_none() {
            self.mistyped(name, node, "a table");
        }
        node.as_table()
    }

    /// The text of a key, if it is given and one.
    pub(super) fn text(&mut self, table: &Table, name: &str) -> Option<String> {
        let (_, node) = table.get(name)?;
        match &node.item {
            Item::Text(text) if !text.trim().is_empty() => Some(text.clone()),
            Item::Text(_) => {
                self.wrong("policy::empty", format!("`{name}` is empty"), &node.span, "says nothing", "");
                None
            }
            _ => {
                self.mistyped(name, node, "a text");
                None
            }
        }
    }

    /// The flag of a key, if it is given and one.
    pub(super) fn flag(&mut self, table: &Table, name: &str) -> Option<bool> {
        let (_, node) = table.get(name)?;
        if let Item::Bool(flag) = node.item {
            return Some(flag);
        }
        self.mistyped(name, node, "true or false");
        None
    }

    /// One text or a list of texts, each with its span; nothing when the key is not given.
    pub(super) fn texts(&mut self, table: &Table, name: &str) -> Vec<(String, Range<usize>)> {
        match table.get(name) {
            Some((_, node)) => self.texts_of(name, node),
            None => Vec::new(),
        }
    }

    /// One text or a list of texts.
    pub(super) fn texts_of(&mut self, name: &str, node: &Node) -> Vec<(String, Range<usize>)> {
        match &node.item {
            Item::Text(text) => vec![(text.clone(), node.span.clone())],
            Item::List(items) => {
                let mut texts = Vec::new();
                for item in items {
                    match item.as_text() {
                        Some(text) => texts.push((text.to_owned(), item.span.clone())),
                        None => self.mistyped(name, item, "a text"),
                    }
                }
                texts
            }
            _ => {
                self.mistyped(name, node, "a text or a list of texts");
                Vec::new()
            }
        }
    }
}
