//! From what a path found to what the product knows.

use serde_json::Value as Json;

use crate::model::{Observation, Value, day_of};

use super::answer::Found;
use super::setting::{Binding, Setting, Type};

impl Setting {
    /// The observation that an answer gives of this setting. What is not of the setting's type is
    /// unknown: a wrong guess at a forge's new answer would be a wrong verdict.
    pub fn observe(&self, found: Found, binding: &Binding) -> Observation {
        let found = match found {
            Found::Missing if binding.left_out_is_absent => Found::Absent,
            found => found,
        };
        match found {
            Found::Known(json) => match binding.codec {
                Some(codec) => match (codec.read)(&json) {
                    Some(value) => Observation::known_or_absent(value),
                    None if binding.absent_is_unknown => hidden(binding),
                    None => self.misread(&json),
                },
                None => self.decode(&json),
            },
            Found::Absent | Found::OtherType => match binding.codec.and_then(|c| c.absent.clone()) {
                Some(value) => Observation::Known(value),
                None if binding.absent_is_unknown => hidden(binding),
                None => Observation::Absent,
            },
            Found::Missing => {
                Observation::unknown(format!("{} (the answer does not carry it)", binding.permission))
            }
            Found::Cut => Observation::unknown("a complete list (the forge sent only part of it)"),
            Found::Refused(message) => Observation::unknown(format!("{} ({message})", binding.permission)),
        }
    }

    /// The observation that plain JSON of this setting's type gives, as it stands in an answer or
    /// in a snapshot.
    pub fn decode(&self, json: &Json) -> Observation {
        let Some(value) = Value::from_json(json) else { return Observation::Absent };
        let value = match (self.ty, value) {
            (Type::Choice, Value::Text(word)) => Value::Text(self.word(word)),
            (Type::Set, Value::List(items)) if items.iter().all(|i| matches!(i, Value::Text(_))) => {
                let words = items.into_iter().map(|i| match i {
                    Value::Text(word) => Value::Text(self.word(word)),
                    other => other,
                });
                Value::List(words.collect()).into_set()
            }
            (Type::Boolean, v @ Value::Bool(_))
            | (Type::Integer, v @ Value::Int(_))
            | (Type::Text, v @ Value::Text(_))
            | (Type::List, v @ Value::List(_))
            | (Type::Map, v @ Value::Map(_)) => v,
            (Type::Time, Value::Text(time)) if time.is_empty() || day_of(&time).is_some() => {
                Value::Text(time)
            }
            (Type::Text, v @ (Value::Int(_) | Value::Bool(_))) => Value::Text(v.to_string()),
            _ => return self.misread(json),
        };
        Observation::known_or_absent(value)
    }

    /// The catalogue's spelling of a word, whichever case the forge writes it in.
    fn word(&self, word: String) -> String {
        self.values.iter().find(|v| v.eq_ignore_ascii_case(&word)).cloned().unwrap_or(word)
    }

    fn misread(&self, json: &Json) -> Observation {
        let sent = match json {
            Json::Null => "nothing",
            Json::Bool(_) => "a boolean",
            Json::Number(_) => "a number",
            Json::String(_) => "a text",
            Json::Array(_) => "a list",
            Json::Object(_) => "a record",
        };
        Observation::unknown(format!("an answer of type {} (the forge sent {sent})", self.ty.word()))
    }
}

fn hidden(binding: &Binding) -> Observation {
    Observation::unknown(format!("{} (the answer does not show it to this identity)", binding.permission))
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;
    use crate::catalog::{Catalog, ForgeKind};

    fn observe(key: &str, found: Found) -> Observation {
        let catalog = Catalog::built_in().unwrap();
        let setting = catalog.find(key).unwrap();
        setting.observe(found, setting.on(ForgeKind::Github).binding().unwrap())
    }

    #[test]
    fn bypass_actors_that_are_not_shown_are_unknown() {
        let hidden = observe("ruleset.bypass_actors", Found::Absent);
        assert!(matches!(&hidden, Observation::Unknown { needs } if needs.contains("administration:write")));
        assert_eq!(
            observe("ruleset.bypass_actors", Found::Known(json!([]))),
            Observation::Known(Value::List(Vec::new()))
        );
    }

    #[test]
    fn a_limit_that_is_not_shown_is_not_one_that_is_not_set() {
        for key in ["repository.interaction_limit", "organization.interaction_limit"] {
            assert!(matches!(observe(key, Found::Absent), Observation::Unknown { .. }), "{key}");
        }
        let none = Found::Known(json!("NO_LIMIT"));
        assert_eq!(observe("repository.interaction_limit", none), Observation::Absent);
    }

    #[test]
    fn a_flag_of_a_rule_that_is_not_there_is_off() {
        assert_eq!(
            observe("ruleset.creation.present", Found::Absent),
            Observation::Known(Value::Bool(false))
        );
        assert_eq!(observe("ruleset.max_file_size.max_file_size", Found::Absent), Observation::Absent);
    }
}
