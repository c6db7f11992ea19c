//! Whether at least one of several places holds something.
//!
//! The places are the fields of a record or the items of a list; what is not there is not among
//! them. A text holds something unless it is empty.

use serde_json::Value as Json;

use super::Codec;
use crate::model::Value;

pub(super) const CODEC: Codec =
    Codec { name: "any", read, absent: Some(Value::Bool(false)), write: Value::to_json };

fn read(json: &Json) -> Option<Value> {
    Some(Value::Bool(match json {
        Json::Bool(b) => *b,
        Json::Object(places) => !places.is_empty(),
        Json::Array(places) => !places.is_empty(),
        Json::String(text) => !text.is_empty(),
        Json::Null | Json::Number(_) => return None,
    }))
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;

    #[test]
    fn one_place_is_enough_and_none_is_not() {
        assert_eq!(read(&json!({"docs": "README.md"})), Some(Value::Bool(true)));
        assert_eq!(read(&json!({})), Some(Value::Bool(false)));
        assert_eq!(read(&json!([])), Some(Value::Bool(false)));
        assert_eq!(read(&json!("")), Some(Value::Bool(false)));
    }

    #[test]
    fn what_is_written_reads_the_same() {
        for value in [Value::Bool(true), Value::Bool(false)] {
            assert_eq!(read(&(CODEC.write)(&value)), Some(value));
        }
    }

    #[test]
    fn a_number_is_no_place() {
        assert_eq!(read(&json!(3)), None);
    }
}
