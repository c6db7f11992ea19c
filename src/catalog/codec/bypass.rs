//! Who may pass a ruleset by, and when.
//!
//! Only what says something is kept: `{"mode": "always", "actor": {"Team": "acme/core"}}` in place
//! of a record with every flag that is off. REST tells teams, apps and people by number only, which
//! is no name to hold a policy against: such a list is not read.

use serde_json::{Map, Value as Json};

use super::Codec;
use crate::model::Value;

pub(super) const CODEC: Codec = Codec { name: "bypass", read, absent: None, write: Value::to_json };

fn read(json: &Json) -> Option<Value> {
    let actors: Option<Vec<_>> = json.as_array()?.iter().map(actor).collect();
    Value::from_json(&Json::Array(actors?)).map(Value::into_set)
}

fn actor(record: &Json) -> Option<Json> {
    let record = record.as_object()?;
    let mode = record.get("mode").or_else(|| record.get("bypass_mode")).and_then(Json::as_str);
    let mut kept =
        Map::from_iter([("mode".to_owned(), mode.unwrap_or("always").to_ascii_lowercase().into())]);
    if let Some(kind) = record.get("actor_type") {
        let (field, value) = by_number(kind.as_str()?, record.get("actor_id").and_then(Json::as_u64))?;
        kept.insert(field.to_owned(), value);
        return Some(Json::Object(kept));
    }
    let says = |(field, value): &(&String, &Json)| *field != "mode" && *value != &Json::Bool(false);
    kept.extend(record.iter().filter(says).map(|(field, value)| (field.clone(), value.clone())));
    Some(Json::Object(kept))
}

/// The actors whose number everyone shares.
fn by_number(kind: &str, number: Option<u64>) -> Option<(&'static str, Json)> {
    Some(match (kind, number) {
        ("DeployKey", _) => ("deploy_key", true.into()),
        ("OrganizationAdmin", _) => ("organization_admin", true.into()),
        ("EnterpriseOwner", _) => ("enterprise_owner", true.into()),
        ("RepositoryRole", Some(2)) => ("role", "maintain".into()),
        ("RepositoryRole", Some(4)) => ("role", "write".into()),
        ("RepositoryRole", Some(5)) => ("role", "admin".into()),
        _ => return None,
    })
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;

    #[test]
    fn flags_that_are_off_say_nothing() {
        let graphql = json!([{"mode": "ALWAYS", "deploy_key": false, "organization_admin": true}]);
        let rest = json!([{"actor_id": 1, "actor_type": "OrganizationAdmin", "bypass_mode": "always"}]);
        assert_eq!(
            read(&graphql).map(|v| v.to_json()),
            Some(json!([{"mode": "always", "organization_admin": true}]))
        );
        assert_eq!(read(&graphql), read(&rest));
    }

    #[test]
    fn a_number_is_no_name() {
        let rest = json!([{"actor_id": 17, "actor_type": "Team", "bypass_mode": "pull_request"}]);
        assert_eq!(read(&rest), None);
    }

    #[test]
    fn what_was_read_is_read_again() {
        let read_once = read(&json!([{"mode": "PULL_REQUEST", "actor": {"Team": "acme/core"}}])).unwrap();
        assert_eq!(read(&(CODEC.write)(&read_once)), Some(read_once));
    }
}
