//! Who sees that a team exists: GraphQL's `VISIBLE` is what REST and people call `closed`.

use serde_json::Value as Json;

use super::Codec;
use crate::model::Value;

pub(super) const CODEC: Codec = Codec { name: "privacy", read, absent: None, write: Value::to_json };

fn read(json: &Json) -> Option<Value> {
    match json.as_str()?.to_ascii_lowercase().as_str() {
        "visible" | "closed" => Some(Value::text("closed")),
        "secret" => Some(Value::text("secret")),
        _ => None,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn two_words_for_one_thing() {
        assert_eq!(read(&"VISIBLE".into()), read(&"closed".into()));
        assert_eq!(read(&"SECRET".into()).map(|v| (CODEC.write)(&v)), Some("secret".into()));
    }
}
