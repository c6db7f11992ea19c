//! A set that a forge writes as a text while it has one item.

use serde_json::Value as Json;

use super::Codec;
use crate::model::Value;

pub(super) const CODEC: Codec = Codec { name: "one_or_many", read, absent: None, write };

fn read(json: &Json) -> Option<Value> {
    match json {
        Json::String(text) => Some(Value::List(vec![Value::text(text)])),
        Json::Array(items) if items.iter().all(Json::is_string) => {
            Value::from_json(json).map(Value::into_set)
        }
        _ => None,
    }
}

fn write(value: &Value) -> Json {
    match value {
        Value::List(items) if items.is_empty() => Json::Null,
        Value::List(items) if items.len() == 1 => items[0].to_json(),
        other => other.to_json(),
    }
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;

    #[test]
    fn one_text_is_a_set_of_one() {
        for json in [json!("a"), json!(["a", "b"])] {
            assert_eq!(write(&read(&json).unwrap()), json);
        }
        assert_eq!(read(&json!(["a"])), read(&json!("a")));
    }
}
