//! Names of things of several sorts, without their sorts: `[{"CheckRun": "ci"}, {"StatusContext": "cla"}]`.

use serde_json::Value as Json;

use super::Codec;
use crate::model::Value;

pub(super) const CODEC: Codec =
    Codec { name: "untagged", read, absent: Some(Value::List(Vec::new())), write: Value::to_json };

fn read(json: &Json) -> Option<Value> {
    let name = |item: &Json| match item {
        Json::Object(tagged) => tagged.values().next().and_then(Json::as_str).map(Value::text),
        item => item.as_str().map(Value::text),
    };
    let names: Option<Vec<Value>> = json.as_array()?.iter().map(name).collect();
    names.map(|names| Value::List(names).into_set())
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;

    #[test]
    fn what_reports_twice_is_named_once() {
        let both = read(&json!([{"CheckRun": "ci"}, {"StatusContext": "cla"}, {"CheckRun": "ci"}]));
        assert_eq!(both.as_ref().map(Value::to_json), Some(json!(["ci", "cla"])));
        assert_eq!(both.as_ref().map(CODEC.write).and_then(|json| read(&json)), both);
        assert_eq!(read(&json!([{"CheckRun": 1}])), None);
    }
}
