//! Of all members, those who sign in with a password alone.

use serde_json::Value as Json;

use super::Codec;
use crate::model::Value;

pub(super) const CODEC: Codec =
    Codec { name: "without_two_factor", read, absent: None, write: Value::to_json };

/// From `[{"login": …, "two_factor": …}]`, or from a list of just those people's names. One member
/// whose second factor is not shown leaves the whole list unread.
fn read(json: &Json) -> Option<Value> {
    let mut without = Vec::new();
    for member in json.as_array()? {
        let (login, has) = match member {
            Json::String(login) => (login.as_str(), false),
            record => (record.get("login")?.as_str()?, record.get("two_factor")?.as_bool()?),
        };
        if !has {
            without.push(Value::text(login));
        }
    }
    Some(Value::List(without).into_set())
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;

    #[test]
    fn those_without() {
        let bob = Some(Value::List(vec![Value::text("bob")]));
        let all = json!([{"login": "ann", "two_factor": true}, {"login": "bob", "two_factor": false}]);
        assert_eq!(read(&all), bob);
        assert_eq!(read(&json!(["bob"])), bob);
    }

    #[test]
    fn what_is_not_shown_is_not_guessed() {
        assert_eq!(read(&json!([{"login": "ann"}])), None);
    }
}
