//! Of things that end some day, the names of those that never do.

use serde_json::Value as Json;

use super::Codec;
use crate::model::Value;

pub(super) const CODEC: Codec = Codec { name: "endless", read, absent: None, write: Value::to_json };

/// From `[{"name": …, "ends": …}]`, or from names that were read before.
fn read(json: &Json) -> Option<Value> {
    let mut names = Vec::new();
    for thing in json.as_array()? {
        if let Some(name) = thing.as_str() {
            names.push(Value::text(name));
            continue;
        }
        let name = thing.get("name")?.as_str()?;
        if thing.get("ends").is_none_or(Json::is_null) {
            names.push(Value::text(name));
        }
    }
    Some(Value::List(names).into_set())
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;

    #[test]
    fn what_ends_is_left_out() {
        let read_of = |json: Json| read(&json).map(|names| names.to_json());
        let things = json!([{"name": "ann", "ends": "2031-01-01T00:00:00Z"}, {"name": "bob"}, {"name": "bob", "ends": null}]);
        assert_eq!(read_of(things), Some(json!(["bob"])));
        assert_eq!(read_of(json!(["bob"])), Some(json!(["bob"])));
        assert_eq!(read_of(json!([])), Some(json!([])));
        assert_eq!(read_of(json!([{"ends": null}])), None);
    }
}
