//! Limits that a forge may spell out as being none.

use serde_json::Value as Json;

use super::Codec;
use crate::model::Value;

pub(super) const CODEC: Codec =
    Codec { name: "interaction_limit", read, absent: None, write: Value::to_json };

/// The group that is let in, in lower case; empty, which is absent, where all are.
fn read(json: &Json) -> Option<Value> {
    let limit = json.as_str()?.to_ascii_lowercase();
    Some(Value::Text(if limit == "no_limit" { String::new() } else { limit }))
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;
    use crate::model::Observation;

    #[test]
    fn no_limit_is_an_absence() {
        let seen = |json| read(&json).map(Observation::known_or_absent);
        assert_eq!(seen(json!("NO_LIMIT")), Some(Observation::Absent));
        assert_eq!(seen(json!("EXISTING_USERS")), Some(Observation::Known(Value::text("existing_users"))));
    }

    #[test]
    fn a_limit_comes_back_as_it_was_sent() {
        let limit = Value::text("collaborators_only");
        assert_eq!(read(&(CODEC.write)(&limit)), Some(limit));
    }
}
