//! What a policy writes beside a setting: a plain value, or a table of tests and remarks.

use std::sync::Arc;

use super::node::{Item, Node, Table};
use super::reader::Reader;
use crate::catalog::{Setting, Type, nearest};
use crate::model::{Bounds, Constraint, Matcher, Severity, Value};

/// The tests that a table may hold.
pub(super) const TESTS: [&str; 10] = [
    "equals", "at_least", "at_most", "one_of", "contains", "exactly", "absent", "matches", "length", "count",
];
const REMARKS: [&str; 4] = ["severity", "why", "fix", "unmanaged"];

/// A parsed statement about one setting.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) struct Wish {
    /// `None` takes back what earlier layers asked.
    pub constraint: Option<Constraint>,
    pub severity: Option<Severity>,
    pub why: Option<Arc<str>>,
    pub fix: Option<Value>,
}

impl Reader<'_> {
    /// Reads what stands beside a setting; nothing when it is a mistake, which is then noted.
    pub(super) fn wish(&mut self, setting: &Setting, node: &Node) -> Option<Wish> {
        match &node.item {
            Item::Table(table) => self.wish_table(setting, node, table),
            _ => {
                let constraint = Constraint::equals(self.value_of(setting, node)?);
                Some(Wish { constraint: Some(constraint), severity: None, why: None, fix: None })
            }
        }
    }

    fn wish_table(&mut self, setting: &Setting, node: &Node, table: &Table) -> Option<Wish> {
        let before = self.problems.len();
        let known: Vec<&str> = TESTS.iter().chain(&REMARKS).copied().collect();
        self.only(table, &format!("the tests of `{}`", setting.key), &known);
        let severity = self.text(table, "severity").and_then(|word| {
            let severity = Severity::from_word(&word);
            if let (None, Some((_, at))) = (severity, table.get("severity")) {
                let help = "write low, medium, high or critical";
                self.wrong("policy::severity", format!("`{word}` is no severity"), &at.span, "not one", help);
            }
            severity
        });
        let why = self.text(table, "why").map(Into::into);
        let fix = table.get("fix").and_then(|(_, node)| self.value_of(setting, node));
        let tests = table.entries.iter().filter(|(k, _)| TESTS.contains(&k.name.as_str())).count();
        if self.flag(table, "unmanaged") == Some(true) {
            if tests > 0 {
                let help = "leave out either `unmanaged` or the tests";
                let message = format!("`{}` is both unmanaged and tested", setting.key);
                self.wrong("policy::contradiction", message, &node.span, "cannot be both", help);
            }
            return (self.problems.len() == before).then_some(Wish { constraint: None, severity, why, fix });
        }
        if tests == 0 && self.problems.len() == before {
            let message = format!("`{}` is given a table without a test", setting.key);
            let help = format!("write one of: {}", TESTS.join(", "));
            self.wrong("policy::no_test", message, &node.span, "asks for nothing", &help);
            return None;
        }
        let mut constraint = Constraint::default();
        for (key, node) in &table.entries {
            let Some(one) = self.test(setting, &key.name, node) else { continue };
            match constraint.and(&one) {
                Ok(both) => constraint = both,
                Err(_) => {
                    let message = format!("no value of `{}` meets all these tests", setting.key);
                    self.wrong(
                        "policy::contradiction",
                        message,
                        &node.span,
                        "contradicts the tests before it",
                        "",
                    );
                }
            }
        }
        (self.problems.len() == before).then_some(Wish { constraint: Some(constraint), severity, why, fix })
    }

    /// One test of a table; nothing for remarks and mistakes.
    fn test(&mut self, setting: &Setting, name: &str, node: &Node) -> Option<Constraint> {
        use Type::{Boolean, Choice, Integer, List, Map, Set, Text};
        let allowed: &[Type] = match name {
            "equals" | "exactly" | "one_of" | "absent" => &[Boolean, Integer, Text, Choice, Set, List, Map],
            "at_least" | "at_most" => &[Integer],
            "contains" => &[Text, Set, List, Map],
            "matches" => &[Text, Choice],
            "length" => &[Text],
            "count" => &[Set, List, Map],
            _ => return None,
        };
        if !allowed.contains(&setting.ty) {
            let message =
                format!("`{name}` does not suit `{}`, which is a {}", setting.key, setting.ty.word());
            let fitting = TESTS.into_iter().filter(|t| suits(t, setting.ty)).collect::<Vec<_>>().join(", ");
            self.wrong(
                "policy::test",
                message,
                &node.span,
                "cannot be tested so",
                &format!("use one of: {fitting}"),
            );
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
            "matches" => constraint.matches = vec![self.pattern(node)?],
            "length" => constraint.length = self.bounds(name, node)?,
            _ => constraint.count = self.bounds(name, node)?,
        }
        Some(constraint)
    }

    fn none<T>(&mut self, name: &str, node: &Node, expected: &str) -> Option<T> {
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
            Item::Int(n) => Some(Bounds { min: Some(*n), max: Some(*n) }),
            Item::Table(table) => {
                self.only(table, &format!("`{name}`"), &["at_least", "at_most"]);
                let mut end = |key| table.get(key).map(|(_, n)| self.whole(key, n));
                let (min, max) = (end("at_least"), end("at_most"));
                Some(Bounds { min: min.unwrap_or(None), max: max.unwrap_or(None) })
            }
            _ => self.none(name, node, "a whole number, or { at_least = …, at_most = … }"),
        }
    }

    fn pattern(&mut self, node: &Node) -> Option<Matcher> {
        let Some(text) = node.as_text() else { return self.none("matches", node, "a regular expression") };
        match Matcher::new(text) {
            Ok(matcher) => Some(matcher),
            Err(error) => {
                let reason = error.to_string().lines().last().unwrap_or_default().trim().to_owned();
                let message = format!("`{text}` is no regular expression: {reason}");
                self.wrong(
                    "policy::pattern",
                    message,
                    &node.span,
                    "cannot be compiled",
                    "the syntax is that of https://docs.rs/regex",
                );
                None
            }
        }
    }

    fn choices(&mut self, setting: &Setting, node: &Node) -> Option<Vec<Value>> {
        match &node.item {
            Item::List(items) if !items.is_empty() => {
                items.iter().map(|i| self.value_of(setting, i)).collect()
            }
            _ => self.none("one_of", node, "a list of values"),
        }
    }

    /// What `contains` may name: part of a text, items of a list, entries of a map.
    fn part_of(&mut self, setting: &Setting, node: &Node) -> Option<Value> {
        match (setting.ty, &node.item) {
            (Type::Text, Item::Text(_)) | (Type::Text | Type::Map, Item::List(_)) => node.value(),
            (Type::Set | Type::List, Item::Text(_)) => Some(Value::List(vec![self.checked(setting, node)?])),
            _ => self.value_of(setting, node),
        }
    }

    /// The value of a setting, of its type and among its words.
    fn value_of(&mut self, setting: &Setting, node: &Node) -> Option<Value> {
        let expected = match setting.ty {
            Type::Boolean => "true or false",
            Type::Integer => "a whole number",
            Type::Text => "a text",
            Type::Choice => "one of its words",
            Type::Set | Type::List => "a list",
            Type::Map => "a table, written { exactly = { … } } or { contains = { … } }",
        };
        let fits = matches!(
            (setting.ty, &node.item),
            (Type::Boolean, Item::Bool(_))
                | (Type::Integer, Item::Int(_))
                | (Type::Text | Type::Choice, Item::Text(_))
                | (Type::Set | Type::List, Item::List(_))
                | (Type::Map, Item::Table(_))
        ) || matches!((setting.ty, &node.item), (Type::Map, Item::List(items)) if items.is_empty());
        if !fits {
            return self.none(&setting.key, node, expected);
        }
        match (&node.item, setting.ty) {
            (Item::List(items), Type::Set) => {
                let values: Option<Vec<Value>> = items.iter().map(|i| self.checked(setting, i)).collect();
                values.map(|v| Value::List(v).into_set())
            }
            (_, Type::Choice) => self.checked(setting, node),
            _ => {
                let value = node.value();
                if value.is_none() {
                    self.mistyped(&setting.key, node, "a value without dates or fractions");
                }
                value
            }
        }
    }

    /// A word of a choice or a member of a set, checked against those that there are.
    fn checked(&mut self, setting: &Setting, node: &Node) -> Option<Value> {
        let Some(word) = node.as_text() else { return self.none(&setting.key, node, "a text") };
        let known = || setting.values.iter().map(String::as_str);
        if setting.values.is_empty() || known().any(|v| v == word) {
            return Some(Value::text(word));
        }
        let help = match nearest(word, known()) {
            Some(near) => format!("did you mean `{near}`?"),
            None => format!("it can be: {}", setting.values.join(", ")),
        };
        let message = format!("`{}` cannot be `{word}`", setting.key);
        self.wrong("policy::value", message, &node.span, "not one of its words", &help);
        None
    }
}

fn suits(test: &str, ty: Type) -> bool {
    match test {
        "at_least" | "at_most" => ty == Type::Integer,
        "contains" => matches!(ty, Type::Text | Type::Set | Type::List | Type::Map),
        "matches" => matches!(ty, Type::Text | Type::Choice),
        "length" => ty == Type::Text,
        "count" => matches!(ty, Type::Set | Type::List | Type::Map),
        _ => true,
    }
}
