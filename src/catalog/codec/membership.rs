//! Who belongs to a group, and as what: records of a name and a role, as a map in lower case.

use serde_json::Value as Json;

use super::Codec;
use crate::model::Value;

pub(super) const CODEC: Codec = Codec { name: "membership", read, absent: None, write: Value::to_json };

/// From `[{"name": …, "role": …}]`, or from the map that it becomes.
fn read(json: &Json) -> Option<Value> {
    let member =
        |name: &str, role: &Json| Some((name.to_owned(), Value::Text(role.as_str()?.to_ascii_lowercase())));
    let members: Option<_> = match json {
        Json::Array(records) => {
            records.iter().map(|r| member(r.get("name")?.as_str()?, r.get("role")?)).collect()
        }
        Json::Object(map) => map.iter().map(|(name, role)| member(name, role)).collect(),
        _ => None,
    };
    members.map(Value::Map)
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;

    #[test]
    fn roles_in_lower_case_by_name() {
        let value = read(&json!([{"name": "ann", "role": "MAINTAINER"}])).unwrap();
        assert_eq!(value.to_json(), json!({"ann": "maintainer"}));
        assert_eq!(read(&(CODEC.write)(&value)), Some(value));
    }
}
