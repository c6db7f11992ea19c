//! Whether a part of a project is on at all, whoever may use it.

use serde_json::Value as Json;

use super::Codec;
use crate::model::Value;

pub(super) const CODEC: Codec = Codec { name: "not_disabled", read, absent: None, write: Value::to_json };

/// From GitLab's level of a feature.
fn read(json: &Json) -> Option<Value> {
    match json.as_str()? {
        "disabled" => Some(Value::Bool(false)),
        "private" | "enabled" | "public" => Some(Value::Bool(true)),
        _ => None,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn members_alone_have_it_too() {
        assert_eq!(read(&"disabled".into()), Some(Value::Bool(false)));
        for level in ["private", "enabled", "public"] {
            assert_eq!(read(&level.into()), Some(Value::Bool(true)), "{level}");
        }
        assert_eq!(read(&"friends".into()), None);
    }
}
