//! Numbers that belong to something which may not be there at all; without it they are nought.

use serde_json::Value as Json;

use super::Codec;
use crate::model::Value;

pub(super) const CODEC: Codec =
    Codec { name: "or_zero", read, absent: Some(Value::Int(0)), write: Value::to_json };

fn read(json: &Json) -> Option<Value> {
    json.as_i64().map(Value::Int)
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;

    #[test]
    fn only_an_absence_is_nought_by_itself() {
        assert_eq!(CODEC.absent, Some(Value::Int(0)));
        assert_eq!(read(&json!(30)), Some(Value::Int(30)));
        assert_eq!(read(&json!("30")), None);
    }
}
