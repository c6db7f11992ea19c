//! A map that a forge lists: of each entry a name and a value.

use std::collections::BTreeMap;

use serde_json::{Value as Json, json};

use super::Codec;
use crate::model::Value;

pub(super) const CODEC: Codec = Codec { name: "pairs", read, absent: None, write };

/// From `[{"name": …, "value": …}]`. Two entries of one name would leave one of them unsaid, so such a
/// list is not read.
fn read(json: &Json) -> Option<Value> {
    let mut map = BTreeMap::new();
    for entry in json.as_array()? {
        let name = entry.get("name")?.as_str()?.to_owned();
        let value = Value::from_json(entry.get("value")?)?;
        if map.insert(name, value).is_some() {
            return None;
        }
    }
    Some(Value::Map(map))
}

fn write(value: &Value) -> Json {
    let Value::Map(map) = value else { return Json::Null };
    map.iter().map(|(name, value)| json!({"name": name, "value": value.to_json()})).collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_map_comes_back_as_it_was_listed() {
        let listed =
            json!([{"name": "aws_key", "value": "enabled"}, {"name": "npm_token", "value": "not-set"}]);
        assert_eq!(read(&listed).as_ref().map(write), Some(listed));
        assert_eq!(read(&json!([])), Some(Value::Map(BTreeMap::new())));
    }

    #[test]
    fn what_is_half_told_is_not_read() {
        assert_eq!(read(&json!([{"name": "aws_key"}])), None);
        assert_eq!(read(&json!([{"value": "enabled"}])), None);
        let twice = json!([{"name": "a", "value": "public"}, {"name": "a", "value": "all"}]);
        assert_eq!(read(&twice), None);
    }
}
