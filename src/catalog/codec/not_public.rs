//! Whether somebody is kept out, from the word for who can see it.

use serde_json::Value as Json;

use super::Codec;
use crate::model::Value;

pub(super) const CODEC: Codec = Codec { name: "not_public", read, absent: None, write: Value::to_json };

fn read(json: &Json) -> Option<Value> {
    match json.as_str()? {
        "public" => Some(Value::Bool(false)),
        "internal" | "private" => Some(Value::Bool(true)),
        _ => None,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn internal_is_not_public() {
        assert_eq!(read(&"public".into()), Some(Value::Bool(false)));
        assert_eq!(read(&"internal".into()), Some(Value::Bool(true)));
        assert_eq!(read(&"private".into()), Some(Value::Bool(true)));
        assert_eq!(read(&"secret".into()), None);
    }
}
