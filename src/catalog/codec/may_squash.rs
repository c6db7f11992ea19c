//! Whether a change may be merged as one commit, be it by choice or because it must.

use serde_json::Value as Json;

use super::Codec;
use crate::model::Value;

pub(super) const CODEC: Codec = Codec { name: "may_squash", read, absent: None, write: Value::to_json };

/// From GitLab's four ways to squash.
fn read(json: &Json) -> Option<Value> {
    match json.as_str()? {
        "never" => Some(Value::Bool(false)),
        "always" | "default_on" | "default_off" => Some(Value::Bool(true)),
        _ => None,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn only_never_forbids_it() {
        assert_eq!(read(&"never".into()), Some(Value::Bool(false)));
        for option in ["always", "default_on", "default_off"] {
            assert_eq!(read(&option.into()), Some(Value::Bool(true)), "{option}");
        }
        assert_eq!(read(&"sometimes".into()), None);
    }
}
