//! Which branches an environment may be deployed from, where not all: two flags, one of which is on.

use serde_json::{Value as Json, json};

use super::Codec;
use crate::model::Value;

pub(super) const CODEC: Codec = Codec { name: "branch_policy", read, absent: None, write };

fn read(json: &Json) -> Option<Value> {
    let flag = |name: &str| json.get(name).and_then(Json::as_bool);
    match (flag("protected_branches")?, flag("custom_branch_policies")?) {
        (true, false) => Some(Value::text("protected")),
        (false, true) => Some(Value::text("custom")),
        _ => None,
    }
}

fn write(value: &Value) -> Json {
    match value.as_text() {
        Some(word @ ("protected" | "custom")) => {
            json!({"protected_branches": word == "protected", "custom_branch_policies": word == "custom"})
        }
        _ => Json::Null,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn one_flag_of_two_is_on() {
        for word in ["protected", "custom"] {
            let value = Value::text(word);
            assert_eq!(read(&write(&value)), Some(value));
        }
        for on in [true, false] {
            let both = json!({"protected_branches": on, "custom_branch_policies": on});
            assert_eq!(read(&both), None);
        }
        assert_eq!(read(&json!({"protected_branches": true})), None);
    }
}
