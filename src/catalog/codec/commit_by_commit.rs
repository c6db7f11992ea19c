//! Whether a change may come onto the branch commit by commit, without a merge commit.

use serde_json::Value as Json;

use super::Codec;
use crate::model::Value;

pub(super) const CODEC: Codec = Codec { name: "commit_by_commit", read, absent: None, write: Value::to_json };

/// From `{"method": …, "squash": …}`: a fast-forward, unless every change becomes one commit before.
fn read(json: &Json) -> Option<Value> {
    match (json.get("method")?.as_str()?, json.get("squash")?.as_str()?) {
        ("merge" | "rebase_merge", _) | ("ff", "always") => Some(Value::Bool(false)),
        ("ff", "never" | "default_on" | "default_off") => Some(Value::Bool(true)),
        _ => None,
    }
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;

    #[test]
    fn a_fast_forward_of_more_than_one_commit() {
        let of = |method, squash| read(&json!({"method": method, "squash": squash}));
        for squash in ["never", "default_on", "default_off"] {
            assert_eq!(of("ff", squash), Some(Value::Bool(true)), "{squash}");
        }
        assert_eq!(of("ff", "always"), Some(Value::Bool(false)));
        assert_eq!(of("merge", "never"), Some(Value::Bool(false)));
        assert_eq!(of("rebase_merge", "never"), Some(Value::Bool(false)));
    }

    #[test]
    fn what_is_not_known_is_not_guessed() {
        assert_eq!(read(&json!({"method": "ff", "squash": "sometimes"})), None);
        assert_eq!(read(&json!({"method": "octopus", "squash": "never"})), None);
        assert_eq!(read(&json!({"method": "ff"})), None);
    }
}
