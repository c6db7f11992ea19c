//! Who has which role: records of a name and a permission, as a map.
//!
//! GitHub has three spellings of one scale: GraphQL's `READ`, REST's `pull`, and the role names
//! that people see. Ours are the role names: read, triage, write, maintain, admin.

use serde_json::Value as Json;

use super::Codec;
use crate::model::Value;

pub(super) const CODEC: Codec = Codec { name: "grants", read, absent: None, write };

/// The role that a permission of either spelling gives; a custom role keeps its name.
pub(super) fn role(permission: &str) -> String {
    match permission.to_ascii_lowercase().as_str() {
        "pull" | "read" => "read".to_owned(),
        "push" | "write" => "write".to_owned(),
        role @ ("triage" | "maintain" | "admin") => role.to_owned(),
        _ => permission.to_owned(),
    }
}

/// From `[{"name": …, "role": …}]`, or from a map whose values are permissions.
fn read(json: &Json) -> Option<Value> {
    let grants: Option<_> = match json {
        Json::Array(records) => records
            .iter()
            .map(|r| Some((r.get("name")?.as_str()?.to_owned(), Value::Text(role(r.get("role")?.as_str()?)))))
            .collect(),
        Json::Object(map) => {
            map.iter().map(|(name, r)| Some((name.clone(), Value::Text(role(r.as_str()?))))).collect()
        }
        _ => None,
    };
    grants.map(Value::Map)
}

fn write(value: &Value) -> Json {
    value.to_json()
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;

    #[test]
    fn three_spellings_of_one_role() {
        let of = |permission| read(&json!([{"name": "ann", "role": permission}])).map(|v| v.to_json());
        assert_eq!(of("WRITE"), Some(json!({"ann": "write"})));
        assert_eq!(of("push"), of("write"));
        assert_eq!(of("release-manager"), Some(json!({"ann": "release-manager"})));
    }
}
