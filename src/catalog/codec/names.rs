//! Names alone, where a forge may list them with an amount beside each.

use serde_json::Value as Json;

use super::Codec;
use crate::model::Value;

pub(super) const CODEC: Codec = Codec { name: "names", read, absent: None, write: Value::to_json };

/// From a list of names, or from a record whose fields are named so.
fn read(json: &Json) -> Option<Value> {
    let names: Option<Vec<_>> = match json {
        Json::Array(names) => names.iter().map(|n| n.as_str().map(Value::text)).collect(),
        Json::Object(amounts) => Some(amounts.keys().map(Value::text).collect()),
        _ => None,
    };
    names.map(|names| Value::List(names).into_set())
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;

    #[test]
    fn amounts_are_left_off() {
        let names = read(&json!(["Go", "Rust"]));
        assert!(names.is_some());
        assert_eq!(read(&json!({"Rust": 61234, "Go": 512})), names);
        assert_eq!(names.as_ref().map(CODEC.write).and_then(|json| read(&json)), names);
        assert_eq!(read(&json!([1])), None);
    }
}
