//! Custom properties: a map from name to a word, or to the words where several may be chosen.
//!
//! A repository's own document carries them as a record; the endpoint that changes them takes, and
//! gives, a list of pairs. A property without a value is left out.

use serde_json::{Value as Json, json};

use super::Codec;
use crate::model::Value;

pub(super) const CODEC: Codec = Codec { name: "properties", read, absent: None, write };

fn read(json: &Json) -> Option<Value> {
    let pairs: Vec<(&str, &Json)> = match json {
        Json::Object(fields) => fields.iter().map(|(name, value)| (name.as_str(), value)).collect(),
        Json::Array(pairs) => pairs
            .iter()
            .map(|pair| Some((pair.get("property_name")?.as_str()?, pair.get("value")?)))
            .collect::<Option<_>>()?,
        _ => return None,
    };
    let values = pairs.into_iter().filter_map(|(name, value)| {
        // What is chosen of several has no order.
        Some((name.to_owned(), Value::from_json(value)?.into_set()))
    });
    Some(Value::Map(values.collect()))
}

fn write(value: &Value) -> Json {
    let Value::Map(values) = value else { return Json::Null };
    values.iter().map(|(name, value)| json!({"property_name": name, "value": value.to_json()})).collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn both_spellings_are_one_map() {
        let record = read(&json!({"data": "restricted", "teams": ["b", "a"], "owner": null}));
        let pairs = read(&json!([
            {"property_name": "teams", "value": ["a", "b"]},
            {"property_name": "owner", "value": null},
            {"property_name": "data", "value": "restricted"},
        ]));
        assert!(record.is_some());
        assert_eq!(record, pairs);
    }

    #[test]
    fn a_map_comes_back_as_it_was_sent() {
        let map = read(&json!({"data": "open", "teams": ["a", "b"]}));
        assert_eq!(map.as_ref().map(write).and_then(|json| read(&json)), map);
    }

    #[test]
    fn a_pair_without_a_name_is_not_read() {
        assert_eq!(read(&json!([{"value": "open"}])), None);
    }
}
