//! The checks that GitHub Actions reported, of all that did: `[{"CheckRun": {"name": "ci", "app": "github-actions"}},
//! {"StatusContext": "cla"}]`.

use serde_json::Value as Json;

use super::Codec;
use crate::model::Value;

pub(super) const CODEC: Codec =
    Codec { name: "by_actions", read, absent: Some(Value::List(Vec::new())), write: Value::to_json };

/// What GitHub Actions goes by as an app.
const ACTIONS: &str = "github-actions";

fn read(json: &Json) -> Option<Value> {
    let mut names = Vec::new();
    for item in json.as_array()? {
        match item {
            Json::String(name) => names.push(Value::text(name)),
            item if item.get("StatusContext").is_some() => {}
            item => {
                let check = item.get("CheckRun")?;
                // A check of an app that is gone has none.
                if check.get("app").and_then(Json::as_str) == Some(ACTIONS) {
                    names.push(Value::text(check.get("name")?.as_str()?));
                }
            }
        }
    }
    Some(Value::List(names).into_set())
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;

    #[test]
    fn what_others_report_is_left_out() {
        let read_of = |json: Json| read(&json).map(|value| value.to_json());
        let check = |name: &str, app: Json| json!({"CheckRun": {"name": name, "app": app}});
        let all = json!([
            check("ci", json!("github-actions")),
            check("ci", json!("github-actions")),
            check("scan", json!("a-scanner")),
            check("old", Json::Null),
            {"StatusContext": "cla"},
        ]);
        assert_eq!(read_of(all), Some(json!(["ci"])));
        assert_eq!(read_of(json!(["ci"])), Some(json!(["ci"])), "as it is kept");
        assert_eq!(read_of(json!([{"Another": 1}])), None);
    }
}
