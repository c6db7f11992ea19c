//! Reads one test of a table into a constraint.

use super::node::{Item, Key, Node, place};
use super::reader::Reader;
use super::wish::{TESTS, tests_of};
use crate::catalog::{Setting, Type};
use crate::model::{Bounds, Constraint, Matcher, Value};

impl Reader<'_> {
    /// One test; nothing for remarks and mistakes.
    pub(super) fn test(&mut self, setting: &Setting, key: &Key, node: &Node) -> Option<Constraint> {
        let name = key.name.as_str();
        if !TESTS.contains(&name) {
            return None;
        }
        if !tests_of(setting.ty).any(|test| test == name) {
            let (word, article) = (setting.ty.word(), if setting.ty == Type::Integer { "an" } else { "a" });
            let message = format!("`{name}` does not suit `{}`, which is {article} {word}", setting.key);
            let help = format!("use one of: {}", tests_of(setting.ty).collect::<Vec<_>>().join(", "));
            self.wrong("policy::test", message, &place(key, node), "cannot be tested so", &help);
            return None;
        }
        let mut constraint = Constraint::default();
        match name {
            "equals" | "exactly" => constraint.exactly = Some(self.value_of(setting, node)?),
            "one_of" => constraint.one_of = Some(self.choices(setting, node)?),
            "at_least" => constraint.range.min = Some(self.whole(name, node)?),
            "at_most" => constraint.range.max = Some(self.whole(name, node)?),
            "contains" => constraint.contains = Some(self.part_of(setting, node)?),
            "absent" => match node.item {
                Item::Bool(absent) => constraint.absent = Some(absent),
                _ => return self.none(name, node, "true or false"),
            },
            "matches" => constraint.matches = self.patterns(node)?,
            "age" => constraint.age = self.bounds(name, node)?,
            "length" => constraint.length = self.bounds(name, node)?,
            _ => constraint.count = self.bounds(name, node)?,
        }
        Some(constraint)
    }

    /// Nothing, with a note that something else was expected.
    pub(super) fn none<T>(&mut self, name: &str, node: &Node, expected: &str) -> Option<T> {
        self.mistyped(name, node, expected);
        None
    }

    fn whole(&mut self, name: &str, node: &Node) -> Option<i64> {
        match node.item {
            Item::Int(n) => Some(n),
            _ => self.none(name, node, "a whole number"),
        }
    }

    fn bounds(&mut self, name: &str, node: &Node) -> Option<Bounds> {
        match &node.item {
            Item::Int(_) => {
                let n = self.size(name, name, node)?;
                Some(Bounds { min: Some(n), max: Some(n) })
            }
            Item::Table(table) => {
                self.only(table, &format!("`{name}`"), &["at_least", "at_most"]);
                let (min, max) = (table.get("at_least"), table.get("at_most"));
                if table.entries.is_empty() {
                    let help = "write { at_least = … }, { at_most = … }, or both";
                    self.wrong(
                        "policy::no_test",
                        format!("`{name}` has no bound"),
                        &node.span,
                        "asks for nothing",
                        help,
                    );
                }
                let mut bound = |end: Option<&(Key, Node)>| match end {
                    Some((key, node)) => self.size(name, &key.name, node).map(Some),
                    None => Some(None),
                };
                let (min, max) = (bound(min), bound(max));
                Some(Bounds { min: min?, max: max? })
            }
            _ => self.none(name, node, "a whole number, or { at_least = …, at_most = … }"),
        }
    }

    /// A number of characters or items.
    fn size(&mut self, of: &str, name: &str, node: &Node) -> Option<i64> {
        let size = self.whole(name, node)?;
        if size < 0 {
            let message = format!("a {of} is never below 0");
            self.wrong("policy::value", message, &node.span, "negative", "write a number from 0 upwards");
            return None;
        }
        Some(size)
    }

    fn patterns(&mut self, node: &Node) -> Option<Vec<Matcher>> {
        match &node.item {
            Item::Text(text) => Some(vec![self.pattern(text, node)?]),
            Item::List(items) if !items.is_empty() => {
                let pattern = |item: &Node| match item.as_text() {
                    Some(text) => self.pattern(text, item),
                    None => self.none("matches", item, "a text: a regular expression"),
                };
                items.iter().map(pattern).collect()
            }
            Item::List(_) => {
                self.empty("`matches` is an empty list", &node.span, "write a regular expression");
                None
            }
            _ => self.none("matches", node, "a text: a regular expression"),
        }
    }

    fn pattern(&mut self, text: &str, node: &Node) -> Option<Matcher> {
        let (reason, help) = match Matcher::new(text) {
            Ok(matcher) => return Some(matcher),
            Err(regex::Error::CompiledTooBig(_)) => (
                "it is too large".to_owned(),
                "repeat less: what is repeated 100 times takes 100 times the space",
            ),
            Err(error) => {
                let reason = error.to_string().lines().last().unwrap_or_default().trim().to_owned();
                let reason = reason.strip_prefix("error: ").map_or(reason.clone(), str::to_owned);
                (reason, "the syntax is that of https://docs.rs/regex, without look-around")
            }
        };
        let message = format!("`{text}` cannot be used as a regular expression: {reason}");
        self.wrong("policy::pattern", message, &node.span, "this pattern", help);
        None
    }

    fn choices(&mut self, setting: &Setting, node: &Node) -> Option<Vec<Value>> {
        match &node.item {
            Item::List(items) if !items.is_empty() => {
                items.iter().map(|i| self.value_of(setting, i)).collect()
            }
            Item::List(_) => {
                self.empty(
                    "`one_of` is an empty list: no value would do",
                    &node.span,
                    "name what is accepted",
                );
                None
            }
            _ => self.none("one_of", node, "a list of what is accepted"),
        }
    }

    /// What `contains` may name: parts of a text, items of a list, entries or keys of a map.
    fn part_of(&mut self, setting: &Setting, node: &Node) -> Option<Value> {
        let part = match (setting.ty, &node.item) {
            (Type::Text, Item::Text(text)) => Value::text(text),
            (Type::Text | Type::Map, Item::List(items)) => {
                let text = |item: &Node| match item.as_text() {
                    Some(text) => Some(Value::text(text)),
                    None => self.none("contains", item, "a text"),
                };
                Value::List(items.iter().map(text).collect::<Option<_>>()?).into_set()
            }
            (Type::Text, _) => return self.none("contains", node, "a text or a list of texts"),
            (Type::Set | Type::List, Item::Text(_)) => Value::List(vec![self.checked(setting, node)?]),
            _ => self.value_of(setting, node)?,
        };
        let nothing =
            part.is_empty() || matches!(&part, Value::List(parts) if parts.iter().any(Value::is_empty));
        if nothing {
            self.empty("`contains` names nothing", &node.span, "name what must be in it");
            return None;
        }
        Some(part)
    }
}
