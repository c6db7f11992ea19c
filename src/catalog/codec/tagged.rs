//! A thing with its sort: GraphQL's `{"Organization": "acme"}`, which REST spells
//! `{"type": "Organization", "name": "acme"}`.

use std::collections::BTreeMap;

use serde_json::Value as Json;

use super::Codec;
use crate::model::Value;

pub(super) const CODEC: Codec = Codec { name: "tagged", read, absent: None, write: Value::to_json };

fn read(json: &Json) -> Option<Value> {
    let record = json.as_object()?;
    match (record.get("type").and_then(Json::as_str), record.get("name")) {
        (Some(ty), Some(name)) => {
            Some(Value::Map(BTreeMap::from([(ty.to_owned(), Value::from_json(name)?)])))
        }
        _ => Value::from_json(json),
    }
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;

    #[test]
    fn both_answers_give_one_value() {
        let graphql = read(&json!({"Organization": "acme"}));
        assert!(graphql.is_some());
        assert_eq!(graphql, read(&json!({"type": "Organization", "name": "acme"})));
    }
}
