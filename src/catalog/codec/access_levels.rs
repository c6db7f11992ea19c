//! Roles that GitLab tells by number: one, or those of a list.

use serde_json::{Value as Json, json};

use super::Codec;
use crate::model::Value;

pub(super) const CODEC: Codec = Codec { name: "access_levels", read, absent: None, write };

/// Source: docs.gitlab.com, "Members API", "Roles".
const LEVELS: [(u64, &str); 10] = [
    (0, "nobody"),
    (5, "minimal"),
    (10, "guest"),
    (15, "planner"),
    (20, "reporter"),
    (25, "security_manager"),
    (30, "developer"),
    (40, "maintainer"),
    (50, "owner"),
    (60, "administrator"),
];

/// The word of a level.
pub(super) fn word(level: &Json) -> Option<Value> {
    let level = level.as_u64()?;
    LEVELS.iter().find(|(number, _)| *number == level).map(|(_, word)| Value::text(*word))
}

/// From a number, or from a list of numbers. A level that has no word leaves the whole unread, since
/// whoever has it would be left out.
fn read(json: &Json) -> Option<Value> {
    let Json::Array(items) = json else { return word(json) };
    let words: Option<Vec<_>> = items.iter().map(word).collect();
    words.map(|words| Value::List(words).into_set())
}

/// The level of a word.
pub(super) fn number(word: &str) -> Option<u64> {
    LEVELS.iter().find(|(_, w)| *w == word).map(|(number, _)| *number)
}

fn write(value: &Value) -> Json {
    match value {
        Value::Text(word) => number(word).map_or(Json::Null, Json::from),
        Value::List(_) => value.texts().filter_map(number).map(|n| json!({"access_level": n})).collect(),
        other => other.to_json(),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_role_alone_and_those_of_a_list() {
        assert_eq!(read(&json!(30)), Some(Value::text("developer")));
        assert_eq!(read(&json!([40, 30])).map(|v| v.to_json()), Some(json!(["developer", "maintainer"])));
        assert_eq!(read(&json!([])), Some(Value::List(Vec::new())));
    }

    #[test]
    fn a_level_without_a_word_is_not_passed_over() {
        for unread in [json!(35), json!("30"), json!([30, 35])] {
            assert_eq!(read(&unread), None, "{unread}");
        }
    }

    #[test]
    fn what_is_written_is_what_the_forge_takes() {
        assert_eq!(write(&Value::text("owner")), json!(50));
        let roles = Value::List(vec![Value::text("developer"), Value::text("maintainer")]);
        assert_eq!(write(&roles), json!([{"access_level": 30}, {"access_level": 40}]));
    }
}
