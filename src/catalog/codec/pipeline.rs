//! What a GitLab project reports, by whether it says what a pipeline is to do.

use serde_json::Value as Json;

use super::Codec;
use crate::model::Value;

pub(super) const CODEC: Codec = Codec { name: "pipeline", read, absent: None, write: Value::to_json };

/// From the paths of what describes pipelines. Where nothing of the usual name does, something elsewhere may.
fn read(json: &Json) -> Option<Value> {
    let there = json.as_array().is_some_and(|paths| !paths.is_empty());
    there.then(|| Value::List(vec![Value::text("pipeline")]).into_set())
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;

    #[test]
    fn a_file_of_another_name_may_describe_pipelines() {
        assert_eq!(read(&json!([".gitlab-ci.yml"])).map(|v| v.to_json()), Some(json!(["pipeline"])));
        assert_eq!(read(&json!([])), None);
    }
}
