//! The values that settings take, the same on every forge.

use std::collections::BTreeMap;
use std::fmt;

/// The value of a setting, after the forge's own spelling has been taken off.
///
/// Sets are lists in ascending order without duplicates (see [`Value::into_set`]), so that two
/// forges, or two pages, that list the same things in another order give equal values.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord)]
pub enum Value {
    /// On or off.
    Bool(bool),
    /// A whole number: counts, minutes, ids.
    Int(i64),
    /// A text; never empty when it was observed (an empty text is absent).
    Text(String),
    /// A list or, sorted and without duplicates, a set.
    List(Vec<Value>),
    /// A record, or a map such as team to role.
    Map(BTreeMap<String, Value>),
}

impl Value {
    /// A text value.
    pub fn text(text: impl Into<String>) -> Self {
        Self::Text(text.into())
    }

    /// The value a JSON document holds; `None` for `null`, which is an absence and no value.
    ///
    /// Numbers with a fraction become texts: no setting of either forge is one.
    pub fn from_json(json: &serde_json::Value) -> Option<Self> {
        use serde_json::Value as Json;
        Some(match json {
            Json::Null => return None,
            Json::Bool(b) => Self::Bool(*b),
            Json::Number(n) => n.as_i64().map_or_else(|| Self::Text(n.to_string()), Self::Int),
            Json::String(s) => Self::Text(s.clone()),
            Json::Array(items) => Self::List(items.iter().filter_map(Self::from_json).collect()),
            Json::Object(fields) => {
                Self::Map(fields.iter().filter_map(|(k, v)| Some((k.clone(), Self::from_json(v)?))).collect())
            }
        })
    }

    /// The value as JSON, as it stands in snapshots, reports and requests.
    pub fn to_json(&self) -> serde_json::Value {
        use serde_json::Value as Json;
        match self {
            Self::Bool(b) => Json::Bool(*b),
            Self::Int(n) => Json::from(*n),
            Self::Text(s) => Json::String(s.clone()),
            Self::List(items) => Json::Array(items.iter().map(Self::to_json).collect()),
            Self::Map(fields) => Json::Object(fields.iter().map(|(k, v)| (k.clone(), v.to_json())).collect()),
        }
    }

    /// A list sorted and freed of duplicates; any other value as it is.
    #[must_use]
    pub fn into_set(self) -> Self {
        match self {
            Self::List(mut items) => {
                items.sort();
                items.dedup();
                Self::List(items)
            }
            other => other,
        }
    }

    /// Whether the value is an empty text, list or map.
    pub fn is_empty(&self) -> bool {
        match self {
            Self::Text(s) => s.is_empty(),
            Self::List(items) => items.is_empty(),
            Self::Map(fields) => fields.is_empty(),
            Self::Bool(_) | Self::Int(_) => false,
        }
    }

    /// The text, if it is one.
    pub fn as_text(&self) -> Option<&str> {
        match self {
            Self::Text(s) => Some(s),
            _ => None,
        }
    }

    /// The whole number, if it is one.
    pub fn as_int(&self) -> Option<i64> {
        match self {
            Self::Int(n) => Some(*n),
            _ => None,
        }
    }

    /// The flag, if it is one.
    pub fn as_bool(&self) -> Option<bool> {
        match self {
            Self::Bool(b) => Some(*b),
            _ => None,
        }
    }

    /// The texts of a list, or the keys of a map.
    pub fn texts(&self) -> Box<dyn Iterator<Item = &str> + '_> {
        match self {
            Self::List(items) => Box::new(items.iter().filter_map(Self::as_text)),
            Self::Map(fields) => Box::new(fields.keys().map(String::as_str)),
            Self::Text(s) => Box::new(std::iter::once(s.as_str())),
            Self::Bool(_) | Self::Int(_) => Box::new(std::iter::empty()),
        }
    }
}

impl fmt::Display for Value {
    /// TOML's spelling, so that what a report shows can be written into a policy.
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Bool(b) => write!(f, "{b}"),
            Self::Int(n) => write!(f, "{n}"),
            Self::Text(s) => quoted(f, s),
            Self::List(items) => {
                f.write_str("[")?;
                for (i, item) in items.iter().enumerate() {
                    write!(f, "{}{item}", if i == 0 { "" } else { ", " })?;
                }
                f.write_str("]")
            }
            Self::Map(fields) if fields.is_empty() => f.write_str("{}"),
            Self::Map(fields) => {
                f.write_str("{ ")?;
                for (i, (k, v)) in fields.iter().enumerate() {
                    let bare = k.chars().all(|c| c.is_ascii_alphanumeric() || "_-".contains(c));
                    let separator = if i == 0 { "" } else { ", " };
                    f.write_str(separator)?;
                    if bare && !k.is_empty() {
                        f.write_str(k)?;
                    } else {
                        quoted(f, k)?;
                    }
                    write!(f, " = {v}")?;
                }
                f.write_str(" }")
            }
        }
    }
}

/// A text in quotes, with TOML's escapes for what does not print.
fn quoted(f: &mut fmt::Formatter<'_>, text: &str) -> fmt::Result {
    use fmt::Write;
    f.write_char('"')?;
    for c in text.chars() {
        match c {
            '"' | '\\' => write!(f, "\\{c}")?,
            '\n' => f.write_str("\\n")?,
            '\r' => f.write_str("\\r")?,
            '\t' => f.write_str("\\t")?,
            c if c != '\'' && c.escape_debug().len() > 1 => match u32::from(c) {
                code @ ..0x1_0000 => write!(f, "\\u{code:04X}")?,
                code => write!(f, "\\U{code:08X}")?,
            },
            c => f.write_char(c)?,
        }
    }
    f.write_char('"')
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn null_is_no_value() {
        assert_eq!(Value::from_json(&serde_json::json!(null)), None);
    }

    #[test]
    fn sets_forget_order_and_duplicates() {
        let of = |json| Value::from_json(&json).map(Value::into_set);
        assert_eq!(of(serde_json::json!(["b", "a", "b"])), of(serde_json::json!(["a", "b"])));
    }

    #[test]
    fn shown_as_toml_would_spell_it() {
        let value = Value::from_json(&serde_json::json!({"core team": ["write"], "n": 2}));
        assert_eq!(value.map(|v| v.to_string()).as_deref(), Some("{ \"core team\" = [\"write\"], n = 2 }"));
    }

    #[test]
    fn what_does_not_print_is_escaped_as_in_toml() {
        let text = "it's\n\"\u{0}\u{7f}\u{202e}\u{e0001}";
        assert_eq!(Value::text(text).to_string(), r#""it's\n\"\u0000\u007F\u202E\U000E0001""#);
    }
}
