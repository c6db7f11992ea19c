//! Switches that a forge spells `0` and `1`, as numbers or as texts, where it does not spell them plainly.

use serde_json::Value as Json;

use super::Codec;
use crate::model::Value;

pub(super) const CODEC: Codec = Codec { name: "zero_or_one", read, absent: None, write };

fn read(json: &Json) -> Option<Value> {
    let digit = match json {
        Json::Bool(on) => return Some(Value::Bool(*on)),
        Json::Number(number) => number.as_u64()?,
        Json::String(text) => text.parse().ok()?,
        _ => return None,
    };
    match digit {
        0 => Some(Value::Bool(false)),
        1 => Some(Value::Bool(true)),
        _ => None,
    }
}

fn write(value: &Value) -> Json {
    value.as_bool().map_or(Json::Null, |on| if on { "1".into() } else { "0".into() })
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;

    #[test]
    fn numbers_texts_and_flags_are_one_switch() {
        for (off, on) in [(json!(0), json!(1)), (json!("0"), json!("1")), (json!(false), json!(true))] {
            assert_eq!(read(&off), Some(Value::Bool(false)));
            assert_eq!(read(&on), Some(Value::Bool(true)));
        }
        for neither in [json!(2), json!(-1), json!("yes"), json!(""), json!([true]), json!(0.5)] {
            assert_eq!(read(&neither), None, "{neither}");
        }
    }

    #[test]
    fn what_is_written_reads_the_same() {
        for value in [Value::Bool(true), Value::Bool(false)] {
            assert_eq!(read(&write(&value)), Some(value));
        }
    }
}
