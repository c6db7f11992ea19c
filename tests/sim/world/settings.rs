//! One setting of a subject: its REST key, its type, its GraphQL name, and the forge's default.

use serde::{Deserialize, Serialize};
use serde_json::{Map, Value};

pub struct Setting {
    /// The REST key; the state is kept under it.
    pub key: &'static str,
    pub kind: Kind,
    /// What the forge answers when nobody ever stated the setting.
    pub preset: Preset,
    /// Whether a PATCH may change it; GitHub ignores it in silence otherwise.
    pub writable: bool,
    /// Whether lists carry it, not only the full object.
    pub listed: bool,
    pub graphql: Option<&'static str>,
}

#[derive(Clone, Copy)]
pub enum Kind {
    Flag,
    Text,
    Number,
    Choice(&'static [&'static str]),
    /// An object that only the forge itself writes.
    Record,
}

#[derive(Clone, Copy)]
pub enum Preset {
    Null,
    On,
    Off,
    Zero,
    Word(&'static str),
    /// REST leaves the key out and GraphQL has no such field.
    Absent,
}

impl Kind {
    pub fn accepts(self, value: &Value) -> bool {
        match self {
            Self::Flag => value.is_boolean(),
            Self::Text => value.is_string() || value.is_null(),
            Self::Number => value.is_u64(),
            Self::Choice(words) => value.as_str().is_some_and(|word| words.contains(&word)),
            Self::Record => value.is_object() || value.is_null(),
        }
    }

    /// GraphQL spells the words of an enum in capitals.
    pub fn in_graphql(self, value: Value) -> Value {
        match (self, value) {
            (Self::Choice(_), Value::String(word)) => Value::String(word.to_uppercase()),
            (_, value) => value,
        }
    }
}

impl Preset {
    pub fn value(self) -> Option<Value> {
        match self {
            Self::Null => Some(Value::Null),
            Self::On => Some(Value::Bool(true)),
            Self::Off => Some(Value::Bool(false)),
            Self::Zero => Some(Value::from(0)),
            Self::Word(word) => Some(Value::from(word)),
            Self::Absent => None,
        }
    }
}

/// The settings somebody stated, by REST key. A key that is missing is unstated: REST leaves it out
/// and GraphQL answers the forge's default.
#[derive(Debug, Clone, Default, PartialEq, Serialize, Deserialize)]
#[serde(transparent)]
pub struct Settings(Map<String, Value>);

impl Settings {
    /// Every setting of the table that has a default, stated at its default.
    pub fn presets(table: &[Setting]) -> Self {
        let stated =
            table.iter().filter_map(|setting| Some((setting.key.to_owned(), setting.preset.value()?)));
        Self(stated.collect())
    }

    pub fn get(&self, key: &str) -> Option<&Value> {
        self.0.get(key)
    }

    pub fn get_mut(&mut self, key: &str) -> Option<&mut Value> {
        self.0.get_mut(key)
    }

    pub fn set(&mut self, key: &str, value: impl Into<Value>) {
        self.0.insert(key.to_owned(), value.into());
    }

    pub fn unstate(&mut self, key: &str) {
        self.0.shift_remove(key);
    }

    pub fn flag(&self, key: &str, otherwise: bool) -> bool {
        self.get(key).and_then(Value::as_bool).unwrap_or(otherwise)
    }

    pub fn text(&self, key: &str) -> Option<&str> {
        self.get(key).and_then(Value::as_str)
    }

    pub fn number(&self, key: &str) -> u64 {
        self.get(key).and_then(Value::as_u64).unwrap_or(0)
    }
}
