//! Switches that belong to something which may not be there at all; without it they are off.

use serde_json::Value as Json;

use super::Codec;
use crate::model::Value;

pub(super) const CODEC: Codec =
    Codec { name: "or_false", read, absent: Some(Value::Bool(false)), write: Value::to_json };

fn read(json: &Json) -> Option<Value> {
    json.as_bool().map(Value::Bool)
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;

    #[test]
    fn only_an_absence_is_off_by_itself() {
        assert_eq!(CODEC.absent, Some(Value::Bool(false)));
        assert_eq!(read(&json!(true)), Some(Value::Bool(true)));
        assert_eq!(read(&json!(0)), None);
    }
}
