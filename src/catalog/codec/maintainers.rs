//! Of all members of a GitLab project, those who may change its settings: maintainers and owners.

use serde_json::Value as Json;

use super::Codec;
use crate::model::Value;

pub(super) const CODEC: Codec = Codec { name: "maintainers", read, absent: None, write: Value::to_json };

/// Source: docs.gitlab.com, "Members API", "Roles".
const MAINTAINER: u64 = 40;

/// From `[{"login": …, "role": 40}]`. Of somebody whose role is not told nobody knows whether they are one.
fn read(json: &Json) -> Option<Value> {
    let mut maintainers = Vec::new();
    for member in json.as_array()? {
        if member.get("role")?.as_u64()? >= MAINTAINER {
            maintainers.push(Value::text(member.get("login")?.as_str()?));
        }
    }
    Some(Value::List(maintainers).into_set())
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;

    #[test]
    fn maintainers_and_owners_are_told_from_the_others() {
        let members = json!([
            {"login": "ann", "role": 50}, {"login": "cas", "role": 40}, {"login": "dee", "role": 30},
        ]);
        assert_eq!(read(&members).map(|v| v.to_json()), Some(json!(["ann", "cas"])));
        assert_eq!(read(&json!([])), Some(Value::List(Vec::new())));
        assert_eq!(read(&json!([{"login": "ann"}])), None);
        assert_eq!(read(&json!([{"role": 50}])), None);
    }
}
