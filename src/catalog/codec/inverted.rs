//! Switches that a forge words the other way round.

use serde_json::Value as Json;

use super::Codec;
use crate::model::Value;

pub(super) const CODEC: Codec = Codec { name: "inverted", read, absent: None, write };

fn read(json: &Json) -> Option<Value> {
    json.as_bool().map(|on| Value::Bool(!on))
}

fn write(value: &Value) -> Json {
    value.as_bool().map_or(Json::Null, |on| Json::Bool(!on))
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;

    #[test]
    fn twice_inverted_is_as_it_was() {
        assert_eq!(read(&json!(true)), Some(Value::Bool(false)));
        for value in [Value::Bool(true), Value::Bool(false)] {
            assert_eq!(read(&write(&value)), Some(value));
        }
        assert_eq!(read(&json!("yes")), None);
    }
}
