//! Reads the value of a setting: of its type, and among its words.

use super::node::{Item, Node};
use super::reader::Reader;
use crate::catalog::{Setting, Type, nearest};
use crate::model::Value;

impl Reader<'_> {
    /// The value of a setting, of its type and among its words.
    pub(super) fn value_of(&mut self, setting: &Setting, node: &Node) -> Option<Value> {
        let fits = matches!(
            (setting.ty, &node.item),
            (Type::Boolean, Item::Bool(_))
                | (Type::Integer, Item::Int(_))
                | (Type::Text | Type::Time | Type::Choice, Item::Text(_))
                | (Type::Set | Type::List, Item::List(_))
                | (Type::Map, Item::Table(_))
        ) || matches!((setting.ty, &node.item), (Type::Map, Item::List(items)) if items.is_empty());
        if !fits {
            let (expected, help) = match setting.ty {
                Type::Boolean => ("true or false".to_owned(), None),
                Type::Integer => ("a whole number".to_owned(), None),
                Type::Text => ("a text".to_owned(), None),
                Type::Time => ("a time as text, such as \"2026-03-31\"".to_owned(), None),
                Type::Choice => (format!("one of {}", setting.values.join(", ")), None),
                Type::Set | Type::List => ("a list".to_owned(), None),
                Type::Map => {
                    let help = "write { contains = { … } }, or { exactly = { … } } where nothing else may be";
                    ("a table of its entries".to_owned(), Some(help))
                }
            };
            match help {
                Some(help) => self.mistyped_for(&setting.key, node, &expected, help),
                None => self.mistyped(&setting.key, node, &expected),
            }
            return None;
        }
        match (&node.item, setting.ty) {
            (Item::List(items), Type::Set) => {
                let values: Vec<Option<Value>> = items.iter().map(|i| self.checked(setting, i)).collect();
                values.into_iter().collect::<Option<_>>().map(|v| Value::List(v).into_set())
            }
            (Item::List(items), Type::Map) if items.is_empty() => Some(Value::Map(Default::default())),
            (_, Type::Choice) => self.checked(setting, node),
            _ => {
                if let Some(odd) = node.odd() {
                    let message = format!("`{}` cannot hold {}", setting.key, odd.what());
                    let help =
                        "settings hold texts, whole numbers, true and false, and lists and tables of these";
                    self.wrong("policy::type", message, &odd.span, &format!("{} here", odd.what()), help);
                }
                node.value()
            }
        }
    }

    /// A word of a choice or a member of a set, checked against those that there are.
    pub(super) fn checked(&mut self, setting: &Setting, node: &Node) -> Option<Value> {
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
