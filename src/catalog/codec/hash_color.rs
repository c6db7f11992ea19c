//! Colours that a forge writes with a `#`, and in either case; ours are six lower-case digits.

use serde_json::Value as Json;

use super::Codec;
use crate::model::Value;

pub(super) const CODEC: Codec = Codec { name: "hash_color", read, absent: None, write };

fn read(json: &Json) -> Option<Value> {
    json.as_str()?.strip_prefix('#').map(|digits| Value::Text(digits.to_ascii_lowercase()))
}

fn write(value: &Value) -> Json {
    value.as_text().map_or(Json::Null, |digits| format!("#{digits}").into())
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;

    #[test]
    fn the_hash_is_the_forges_own() {
        assert_eq!(read(&json!("#D93F0B")), Some(Value::text("d93f0b")));
        assert_eq!(write(&Value::text("d93f0b")), json!("#d93f0b"));
        assert_eq!(read(&json!("d93f0b")), None);
    }
}
