//! Whether a list of those who are let off is empty.

use serde_json::Value as Json;

use super::Codec;
use crate::model::Value;

pub(super) const CODEC: Codec = Codec { name: "nobody", read, absent: None, write: Value::to_json };

fn read(json: &Json) -> Option<Value> {
    json.as_array().map(|listed| Value::Bool(listed.is_empty()))
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;

    #[test]
    fn one_who_is_let_off_is_somebody() {
        assert_eq!(read(&json!([])), Some(Value::Bool(true)));
        assert_eq!(read(&json!(["ALWAYS"])), Some(Value::Bool(false)));
    }
}
