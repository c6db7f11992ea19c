//! Whether anything says whom to ask: a file of its own, or a part of README or CONTRIBUTING.

use serde_json::Value as Json;

use super::Codec;
use super::newcomer_topics::{texts, topics};
use crate::model::Value;

pub(super) const CODEC: Codec = Codec { name: "contact", read, absent: None, write: Value::to_json };

/// The files that are about nothing else.
const OWN: [&str; 2] = ["communication.md", "support.md"];

fn read(json: &Json) -> Option<Value> {
    let is_own = |name: &Json| {
        let name = name.as_str().unwrap_or_default().to_lowercase();
        OWN.iter().any(|own| name == *own || name.ends_with(&format!("/{own}")))
    };
    let own = match json {
        Json::Object(fields) => fields.iter().any(|(key, name)| !key.ends_with("_text") && is_own(name)),
        Json::Array(files) => files.iter().any(|file| file.get("path").is_some_and(is_own)),
        _ => return None,
    };
    if own {
        return Some(Value::Bool(true));
    }
    Some(Value::Bool(texts(json)?.iter().any(|text| topics(text).contains(&"contact"))))
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;

    #[test]
    fn a_file_or_a_part_of_one_says_whom_to_ask() {
        let read = |json: Json| read(&json).and_then(|v| v.as_bool());
        assert_eq!(read(json!({"support": "SUPPORT.md", "readme": "Readme.md"})), Some(true));
        assert_eq!(read(json!({"readme": "README.md", "readme_text": "## Questions?\n"})), Some(true));
        assert_eq!(read(json!({"readme": "README.md", "readme_text": "Ask.\n"})), Some(false));
        assert_eq!(read(json!({"readme": "Readme.md"})), None, "its text is not known");
        assert_eq!(read(json!([{"path": "docs/SUPPORT.md", "text": ""}])), Some(true));
        assert_eq!(read(json!([])), None);
        assert_eq!(read(json!({})), Some(false));
    }
}
