//! A switch that one answer tells as a flag, and another by holding what it switches on.

use serde_json::Value as Json;

use super::Codec;
use crate::model::Value;

pub(super) const CODEC: Codec =
    Codec { name: "given", read, absent: Some(Value::Bool(false)), write: Value::to_json };

fn read(json: &Json) -> Option<Value> {
    match json {
        Json::Bool(on) => Some(Value::Bool(*on)),
        Json::Object(_) => Some(Value::Bool(true)),
        _ => None,
    }
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;

    #[test]
    fn a_flag_or_what_it_switches_on() {
        assert_eq!(read(&json!(false)), Some(Value::Bool(false)));
        assert_eq!(read(&json!({"users": []})), Some(Value::Bool(true)));
    }
}
