//! Whether all who can read a project may use a part of it.
//!
//! GitLab can let members alone use it. In a private project those are all who can read. In any other
//! they are neither all nor none, and a switch that knows only these two would be wrong either way.

use serde_json::Value as Json;

use super::Codec;
use crate::model::Value;

pub(super) const CODEC: Codec = Codec { name: "for_readers", read, absent: None, write: Value::to_json };

/// From `{"level": …, "visibility": …}`.
fn read(json: &Json) -> Option<Value> {
    match (json.get("level")?.as_str()?, json.get("visibility")?.as_str()?) {
        ("disabled", _) => Some(Value::Bool(false)),
        ("enabled", _) | ("private", "private") => Some(Value::Bool(true)),
        _ => None,
    }
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;

    #[test]
    fn members_alone_are_all_readers_of_a_private_project_only() {
        let of = |level, visibility| read(&json!({"level": level, "visibility": visibility}));
        for visibility in ["private", "internal", "public"] {
            assert_eq!(of("enabled", visibility), Some(Value::Bool(true)), "{visibility}");
            assert_eq!(of("disabled", visibility), Some(Value::Bool(false)), "{visibility}");
        }
        assert_eq!(of("private", "private"), Some(Value::Bool(true)));
        assert_eq!(of("private", "internal"), None);
        assert_eq!(of("private", "public"), None);
    }

    #[test]
    fn one_without_the_other_says_nothing() {
        assert_eq!(read(&json!({"level": "enabled"})), None);
        assert_eq!(read(&json!({"visibility": "public"})), None);
    }
}
