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
        self.mistyped_for(name, node, expected, &remedy(node, expected));
    }

    /// Notes a value of the wrong type, with a remedy of its own.
    pub(super) fn mistyped_for(&mut self, name: &str, node: &Node, expected: &str, help: &str) {
        let message = format!("`{name}` wants {expected}, not {}", node.what());
        self.wrong("policy::type", message, &node.span, &format!("{} here", node.what()), help);
    }

    /// Notes something that is given but says nothing.
    pub(super) fn empty(&mut self, message: impl Into<String>, span: &Range<usize>, help: &str) {
        self.wrong("policy::empty", message, span, "says nothing", help);
    }

    /// Notes a key that is none of those known, with the nearest one.
    pub(super) fn unknown_key(&mut self, key: &Key, table: &str, known: &[&str]) {
        let help = match nearest(&key.name, known.iter().copied()) {
            Some(near) => format!("did you mean `{near}`?"),
            None => format!("known here: {}", known.join(", ")),
        };
        self.unknown_key_for(key, table, &help);
    }

    /// Notes a key that is not known, with a remedy of its own.
    pub(super) fn unknown_key_for(&mut self, key: &Key, table: &str, help: &str) {
        let message = format!("unknown key `{}` in {table}", key.name);
        self.wrong("policy::unknown_key", message, &key.span, "not known here", help);
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

    /// Items of an array of tables, or a note that it is none.
    pub(super) fn tables<'n>(&mut self, name: &str, node: &'n Node) -> Vec<(&'n Table, Range<usize>)> {
        match &node.item {
            Item::List(items) => {
                items.iter().filter_map(|n| Some((self.table(name, n)?, n.span.clone()))).collect()
            }
            _ => {
                let help = format!("write [[{name}]], in two brackets: there may be several");
                self.mistyped_for(name, node, "a list of tables", &help);
                Vec::new()
            }
        }
    }

    /// The text of a key that must be given; `what` is the table that it is missing from.
    pub(super) fn required(
        &mut self,
        table: &Table,
        what: &str,
        name: &str,
        example: &str,
        span: &Range<usize>,
    ) -> Option<String> {
        if table.get(name).is_none() {
            let message = format!("this [[{what}]] has no `{name}`");
            let help = format!("add {name} = {example}");
            self.wrong("policy::missing", message, span, "in here", &help);
            return None;
        }
        self.text(table, name)
    }

    /// The text of a key, if it is given and one.
    pub(super) fn text(&mut self, table: &Table, name: &str) -> Option<String> {
        let (_, node) = table.get(name)?;
        match &node.item {
            Item::Text(text) if !text.trim().is_empty() => Some(text.clone()),
            Item::Text(_) => {
                self.empty(format!("`{name}` is empty"), &node.span, "write a text between the quotes");
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

    /// One text or a list of texts, of which there must be one.
    pub(super) fn some_texts_of(&mut self, name: &str, node: &Node) -> Vec<(String, Range<usize>)> {
        if matches!(&node.item, Item::List(items) if items.is_empty()) {
            self.empty(format!("`{name}` is an empty list"), &node.span, "name at least one");
        }
        self.texts_of(name, node)
    }

    /// One text or a list of texts.
    pub(super) fn texts_of(&mut self, name: &str, node: &Node) -> Vec<(String, Range<usize>)> {
        let items = match &node.item {
            Item::Text(_) => std::slice::from_ref(node),
            Item::List(items) => items,
            _ => {
                self.mistyped(name, node, "a text or a list of texts");
                return Vec::new();
            }
        };
        let mut texts = Vec::new();
        for item in items {
            match item.as_text() {
                Some(text) if text.trim().is_empty() => {
                    self.empty(
                        format!("`{name}` names an empty text"),
                        &item.span,
                        "write a text, or leave it out",
                    );
                }
                Some(text) => texts.push((text.to_owned(), item.span.clone())),
                None => self.mistyped(name, item, "a text"),
            }
        }
        texts
    }
}

/// What to write instead of a value of the wrong type.
fn remedy(node: &Node, expected: &str) -> String {
    let bare = match &node.item {
        Item::Bool(flag) => Some(flag.to_string()),
        Item::Int(number) => Some(number.to_string()),
        Item::Date(date) => Some(date.to_string()),
        _ => None,
    };
    match (&node.item, bare) {
        (Item::Text(text), _)
            if expected == "true or false" && ["true", "false"].contains(&text.as_str()) =>
        {
            format!("leave the quotes out: {text}")
        }
        (Item::Text(text), _) if expected == "a whole number" && text.parse::<i64>().is_ok() => {
            format!("leave the quotes out: {text}")
        }
        (Item::Text(text), _) if expected.starts_with("a list") => {
            format!("put it in brackets: [{}]", crate::model::Value::text(text))
        }
        (_, Some(bare)) if expected.starts_with("a text") => format!("put it in quotes: \"{bare}\""),
        _ => format!("write {expected}"),
    }
}
