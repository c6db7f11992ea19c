//! Whether something is there, where the forge shows it to administrators only.
//!
//! Reads `{"value": …, "shown": …}`: a value proves itself; that there is none is only known by
//! someone who would be shown one.

use serde_json::Value as Json;

use super::Codec;
use crate::model::Value;

pub(super) const CODEC: Codec = Codec { name: "shown", read, absent: None, write: Value::to_json };

fn read(json: &Json) -> Option<Value> {
    let record = json.as_object()?;
    if record.get("value").is_some_and(|v| !v.is_null()) {
        return Some(Value::Bool(true));
    }
    (record.get("shown")?.as_bool()?).then_some(Value::Bool(false))
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;

    #[test]
    fn nothing_is_only_known_to_those_who_would_see_something() {
        assert_eq!(read(&json!({"value": "id", "shown": false})), Some(Value::Bool(true)));
        assert_eq!(read(&json!({"shown": true})), Some(Value::Bool(false)));
        assert_eq!(read(&json!({"shown": false})), None);
    }
}
