//! Of all members, those who own the place.
//!
//! GitHub calls them administrators of the organization; on GitLab an owner has access level 50.

use serde_json::Value as Json;

use super::Codec;
use crate::model::Value;

pub(super) const CODEC: Codec = Codec { name: "owners", read, absent: None, write: Value::to_json };

/// From `[{"login": …, "role": …}]`, or from a list of nothing but owners' names.
fn read(json: &Json) -> Option<Value> {
    let mut owners = Vec::new();
    for member in json.as_array()? {
        let (login, owns) = match member {
            Json::String(login) => (login.as_str(), true),
            record => (record.get("login")?.as_str()?, owns(record.get("role")?)?),
        };
        if owns {
            owners.push(Value::text(login));
        }
    }
    Some(Value::List(owners).into_set())
}

fn owns(role: &Json) -> Option<bool> {
    match role {
        Json::String(role) => Some(role.eq_ignore_ascii_case("admin")),
        Json::Number(level) => Some(level.as_u64()? >= 50),
        _ => None,
    }
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;

    #[test]
    fn three_ways_to_say_who_owns() {
        let ann = Some(Value::List(vec![Value::text("ann")]));
        assert_eq!(
            read(&json!([{"login": "ann", "role": "ADMIN"}, {"login": "bob", "role": "MEMBER"}])),
            ann
        );
        assert_eq!(read(&json!([{"login": "ann", "role": 50}, {"login": "bob", "role": 40}])), ann);
        assert_eq!(read(&json!(["ann"])), ann);
    }

    #[test]
    fn a_role_that_is_not_shown_is_no_role() {
        assert_eq!(read(&json!([{"login": "ann"}])), None);
    }
}
