//! Switches that a forge spells `enabled` and `disabled`.

use serde_json::Value as Json;

use super::Codec;
use crate::model::Value;

pub(super) const CODEC: Codec = Codec { name: "enabled", read, absent: None, write };

fn read(json: &Json) -> Option<Value> {
    match json.as_str()?.to_ascii_lowercase().as_str() {
        "enabled" => Some(Value::Bool(true)),
        "disabled" => Some(Value::Bool(false)),
        _ => None,
    }
}

fn write(value: &Value) -> Json {
    if value.as_bool() == Some(true) { "enabled".into() } else { "disabled".into() }
}
