//! A parsed TOML file as a tree in which everything knows its span.

use std::ops::Range;
use std::sync::Arc;

use chrono::NaiveDate;
use toml::Spanned;
use toml::de::{DeTable, DeValue};

use super::problem::Problem;
use super::source::Source;
use crate::model::Value;

/// A key and where it stands.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) struct Key {
    pub name: String,
    pub span: Range<usize>,
}

/// A table's entries in the order of the file.
#[derive(Debug, Clone, Default, PartialEq)]
pub(super) struct Table {
    pub entries: Vec<(Key, Node)>,
}

impl Table {
    pub(super) fn get(&self, name: &str) -> Option<&(Key, Node)> {
        self.entries.iter().find(|(k, _)| k.name == name)
    }
}

/// A value and where it stands.
#[derive(Debug, Clone, PartialEq)]
pub(super) struct Node {
    pub span: Range<usize>,
    pub item: Item,
}

/// Where a key and its value stand; of a table with a header of its own, the key.
pub(super) fn place(key: &Key, node: &Node) -> Range<usize> {
    let header = node.span.start < key.span.end;
    key.span.start..if header { key.span.end } else { node.span.end }
}

#[derive(Debug, Clone, PartialEq)]
pub(super) enum Item {
    Bool(bool),
    Int(i64),
    Text(String),
    Date(NaiveDate),
    /// A number with a fraction: only weights are such.
    Fraction(f64),
    /// A time of day, or a number that is none: nothing in a policy is one.
    Other(&'static str),
    List(Vec<Node>),
    Table(Table),
}

impl Node {
    pub(super) fn as_table(&self) -> Option<&Table> {
        match &self.item {
            Item::Table(table) => Some(table),
            _ => None,
        }
    }

    pub(super) fn as_text(&self) -> Option<&str> {
        match &self.item {
            Item::Text(text) => Some(text),
            _ => None,
        }
    }

    /// What it is, for "expected a text, found a table".
    pub(super) fn what(&self) -> &'static str {
        match &self.item {
            Item::Bool(_) => "a boolean",
            Item::Int(_) => "a whole number",
            Item::Text(_) => "a text",
            Item::Date(_) => "a date",
            Item::Fraction(_) => "a number with a fraction",
            Item::Other(what) => what,
            Item::List(_) => "a list",
            Item::Table(_) => "a table",
        }
    }

    /// The first place in it that no value of a setting can have: a date, or a fraction.
    pub(super) fn odd(&self) -> Option<&Self> {
        match &self.item {
            Item::Date(_) | Item::Fraction(_) | Item::Other(_) => Some(self),
            Item::List(items) => items.iter().find_map(Self::odd),
            Item::Table(table) => table.entries.iter().find_map(|(_, v)| v.odd()),
            Item::Bool(_) | Item::Int(_) | Item::Text(_) => None,
        }
    }

    /// The value of a setting that this is; `None` for dates and fractions, which no setting has.
    pub(super) fn value(&self) -> Option<Value> {
        Some(match &self.item {
            Item::Bool(b) => Value::Bool(*b),
            Item::Int(n) => Value::Int(*n),
            Item::Text(s) => Value::Text(s.clone()),
            Item::Date(_) | Item::Fraction(_) | Item::Other(_) => return None,
            Item::List(items) => Value::List(items.iter().map(Self::value).collect::<Option<_>>()?),
            Item::Table(table) => Value::Map(
                table
                    .entries
                    .iter()
                    .map(|(k, v)| Some((k.name.clone(), v.value()?)))
                    .collect::<Option<_>>()?,
            ),
        })
    }
}

/// Parses a file; every mistake of syntax becomes a problem, and what could be read is returned.
pub(super) fn parse(source: &Arc<Source>, problems: &mut Vec<Problem>) -> Table {
    let (document, errors) = DeTable::parse_recoverable(&source.text);
    for error in errors {
        let span = error.span().unwrap_or(0..0);
        let word = source.text.get(span.clone()).unwrap_or_default();
        let problem = if error.message() == "duplicate key" {
            Problem::new("policy::syntax", format!("`{word}` is written twice in one table"))
                .at(source, &span, "the second")
                .help("keep one of them, or put the lines of both under one header")
        } else if error.message().contains("recurs") {
            Problem::new("policy::syntax", "this is nested more deeply than any policy needs to be")
                .at(source, &span, "here")
                .help("nothing in a policy is more than eight levels deep")
        } else {
            Problem::new("policy::syntax", format!("this is not TOML: {}", error.message()))
                .at(source, &span, "here")
                .help("see https://toml.io for the syntax")
        };
        problems.push(problem);
    }
    table(document.get_ref())
}

fn table(table: &DeTable<'_>) -> Table {
    let entry = |(k, v): (&Spanned<std::borrow::Cow<'_, str>>, &Spanned<DeValue<'_>>)| {
        (Key { name: k.get_ref().to_string(), span: k.span() }, node(v))
    };
    Table { entries: table.iter().map(entry).collect() }
}

fn node(value: &Spanned<DeValue<'_>>) -> Node {
    let item = match value.get_ref() {
        DeValue::String(s) => Item::Text(s.to_string()),
        DeValue::Integer(n) => {
            i64::from_str_radix(n.as_str(), n.radix()).map_or(Item::Other("a number too large"), Item::Int)
        }
        DeValue::Float(n) => fraction(n.as_str()),
        DeValue::Boolean(b) => Item::Bool(*b),
        DeValue::Datetime(d) => date(d).map_or(Item::Other("a time"), Item::Date),
        DeValue::Array(items) => Item::List(items.iter().map(node).collect()),
        DeValue::Table(t) => Item::Table(table(t)),
    };
    Node { span: value.span(), item }
}

fn fraction(text: &str) -> Item {
    let number = text.replace('_', "").parse::<f64>().ok().filter(|n| n.is_finite());
    number.map_or(Item::Other("a number that is none"), Item::Fraction)
}

fn date(datetime: &toml::value::Datetime) -> Option<NaiveDate> {
    let date = datetime.date.filter(|_| datetime.time.is_none())?;
    NaiveDate::from_ymd_opt(i32::from(date.year), u32::from(date.month), u32::from(date.day))
}
