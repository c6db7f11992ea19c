//! What a policy writes beside a setting: a plain value, or a table of tests and remarks.

use std::ops::Range;
use std::sync::Arc;

use super::node::{Item, Node, Table, place};
use super::reader::Reader;
use crate::catalog::{Setting, Type, nearest};
use crate::model::{Constraint, Severity, Value};

/// The tests that a table may hold.
pub(super) const TESTS: [&str; 11] = [
    "equals", "at_least", "at_most", "one_of", "contains", "exactly", "absent", "matches", "length", "count",
    "age",
];
pub(super) const REMARKS: [&str; 7] = ["severity", "why", "fix", "control", "owner", "healthy", "unmanaged"];

/// The tests that can be asked of a setting of that type.
pub(super) fn tests_of(ty: Type) -> impl Iterator<Item = &'static str> {
    TESTS.into_iter().filter(move |test| match *test {
        "at_least" | "at_most" => ty == Type::Integer,
        "contains" => matches!(ty, Type::Text | Type::Set | Type::List | Type::Map),
        "matches" => matches!(ty, Type::Text | Type::Choice),
        "length" => ty == Type::Text,
        "age" => ty == Type::Time,
        "count" => matches!(ty, Type::Set | Type::List | Type::Map),
        _ => true,
    })
}

/// A parsed statement about one setting.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) struct Wish {
    /// `None` takes back what earlier layers asked.
    pub constraint: Option<Constraint>,
    pub severity: Option<Severity>,
    pub why: Option<Arc<str>>,
    pub fix: Option<Value>,
    /// The names of the controls that it serves.
    pub controls: Vec<(String, Range<usize>)>,
    /// Who answers for it.
    pub owner: Option<Arc<str>>,
    /// It is in the way of people on purpose.
    pub healthy: bool,
}

impl Reader<'_> {
    /// Reads what stands beside a setting; nothing when it is a mistake, which is then noted.
    pub(super) fn wish(&mut self, setting: &Setting, node: &Node) -> Option<Wish> {
        match &node.item {
            Item::Table(table) => self.wish_table(setting, node, table),
            _ => {
                let constraint = Constraint::equals(self.value_of(setting, node)?);
                Some(Wish {
                    constraint: Some(constraint),
                    severity: None,
                    why: None,
                    fix: None,
                    controls: Vec::new(),
                    owner: None,
                    healthy: false,
                })
            }
        }
    }

    fn wish_table(&mut self, setting: &Setting, node: &Node, table: &Table) -> Option<Wish> {
        let before = self.problems.len();
        self.known_keys(setting, node, table);
        let severity = self.severity(table);
        let why = self.text(table, "why").map(Into::into);
        let fix = table.get("fix").and_then(|(_, node)| self.value_of(setting, node));
        let controls = self.texts(table, "control");
        let owner = self.text(table, "owner").map(Into::into);
        let healthy = self.healthy(setting, table);
        if self.flag(table, "unmanaged") == Some(true) {
            self.nothing_but_unmanaged(setting, table);
            let wish = Wish { constraint: None, severity, why, fix, controls, owner, healthy };
            return (self.problems.len() == before).then_some(wish);
        }
        let constraint = self.tests(setting, node, table, before)?;
        if let (Some(value), Some((key, node))) = (&fix, table.get("fix"))
            && !constraint.accepts(Some(value))
        {
            let message = format!("`fix` would write {value}, which `{}` refuses here", setting.key);
            let help = format!("write a value that is {constraint}");
            self.wrong("policy::contradiction", message, &place(key, node), "refused by the tests", &help);
        }
        let wish = Wish { constraint: Some(constraint), severity, why, fix, controls, owner, healthy };
        (self.problems.len() == before).then_some(wish)
    }

    fn known_keys(&mut self, setting: &Setting, node: &Node, table: &Table) {
        let known = |name: &str| TESTS.contains(&name) || REMARKS.contains(&name);
        if setting.ty == Type::Map
            && table.entries.iter().all(|(k, _)| !known(&k.name))
            && let (Some((key, _)), Some(entries)) = (table.entries.first(), node.value())
        {
            let message = format!("`{}` does not say whether these are all of its entries", setting.key);
            let help =
                format!("write {{ contains = {entries} }}, or {{ exactly = … }} where nothing else may be");
            self.wrong("policy::no_test", message, &key.span, "an entry, and no test", &help);
            return;
        }
        for (key, _) in table.entries.iter().filter(|(k, _)| !known(&k.name)) {
            let all = || tests_of(setting.ty).chain(REMARKS);
            let help = match nearest(&key.name, all()) {
                Some(near) => format!("did you mean `{near}`?"),
                None => format!("known here: {}", all().collect::<Vec<_>>().join(", ")),
            };
            self.unknown_key_for(key, &format!("the tests of `{}`", setting.key), &help);
        }
    }

    /// The severity that a table names.
    pub(super) fn severity(&mut self, table: &Table) -> Option<Severity> {
        let words = || Severity::ALL.iter().map(|s| s.word());
        let (_, node) = table.get("severity")?;
        let Some(word) = node.as_text() else {
            let expected = format!("one of {}", words().collect::<Vec<_>>().join(", "));
            return self.none("severity", node, &expected);
        };
        let severity = Severity::from_word(word);
        if severity.is_none() {
            let help = match nearest(word, words()) {
                Some(near) => format!("did you mean `{near}`?"),
                None => format!("write one of {}", words().collect::<Vec<_>>().join(", ")),
            };
            self.wrong("policy::severity", format!("`{word}` is no severity"), &node.span, "not one", &help);
        }
        severity
    }

    /// Whether a line is in the way of people on purpose, which takes a reason.
    fn healthy(&mut self, setting: &Setting, table: &Table) -> bool {
        let healthy = self.flag(table, "healthy") == Some(true);
        if healthy
            && table.get("why").is_none()
            && let Some((key, node)) = table.get("healthy")
        {
            let message = format!("`{}` is in the way on purpose, and nobody says what for", setting.key);
            let help = "add why = \"…\": friction is healthy where those who meet it can read the reason";
            self.wrong("policy::healthy", message, &place(key, node), "without a `why`", help);
        }
        healthy
    }

    fn nothing_but_unmanaged(&mut self, setting: &Setting, table: &Table) {
        let beside = |name: &str| TESTS.contains(&name) || matches!(name, "severity" | "fix" | "healthy");
        if let Some((key, node)) = table.entries.iter().find(|(k, _)| beside(&k.name)) {
            let message = format!("`{}` is unmanaged, and yet something is asked of it", setting.key);
            let help = format!("leave out either `unmanaged` or `{}`", key.name);
            self.wrong("policy::contradiction", message, &place(key, node), "not both", &help);
        }
    }

    /// All tests of a table at once; nothing when there is none, or after a mistake since `before`.
    fn tests(&mut self, setting: &Setting, node: &Node, table: &Table, before: usize) -> Option<Constraint> {
        let none = !table.entries.iter().any(|(k, _)| TESTS.contains(&k.name.as_str()));
        if none && self.problems.len() == before {
            let message = format!("`{}` is given a table without a test", setting.key);
            let help = format!("write one of: {}", tests_of(setting.ty).collect::<Vec<_>>().join(", "));
            self.wrong("policy::no_test", message, &node.span, "asks for nothing", &help);
            return None;
        }
        let mut constraint = Constraint::default();
        for (key, node) in &table.entries {
            let Some(one) = self.test(setting, key, node) else { continue };
            let alone = constraint == Constraint::default();
            match constraint.and(&one) {
                Ok(both) => constraint = both,
                Err(_) => {
                    let (message, says, help) = if alone {
                        let message = format!("no value of `{}` meets this test", setting.key);
                        (message, "excludes itself", format!("nothing is {one}"))
                    } else {
                        let message = format!("no value of `{}` meets all these tests", setting.key);
                        let help = format!("{constraint} and {one} exclude each other: take one away");
                        (message, "excludes what stands before it", help)
                    };
                    self.wrong("policy::contradiction", message, &place(key, node), says, &help);
                }
            }
        }
        (self.problems.len() == before).then_some(constraint)
    }
}
