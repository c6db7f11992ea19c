//! The single people among those whom CODEOWNERS names, on GitLab: a name without a slash may be a person's or
//! that of a top-level group, and the file does not tell which.

use serde_json::Value as Json;

use super::Codec;
use super::people_of_owners::owners;
use crate::model::Value;

pub(super) const CODEC: Codec = Codec { name: "people_or_groups", read, absent: None, write: Value::to_json };

/// The places in the order in which GitLab looks.
const PLACES: [&str; 3] = ["CODEOWNERS", "docs/CODEOWNERS", ".gitlab/CODEOWNERS"];

/// From `[{"path": …, "text": …}]`; nothing where a name could be either. Roles, `@@maintainer`, are no people.
fn read(json: &Json) -> Option<Value> {
    let Some(file) = file(json.as_array()?) else { return Some(Value::List(Vec::new())) };
    let mut people = Vec::new();
    for owner in owners(file.get("text")?.as_str()?) {
        match owner.strip_prefix('@') {
            Some(name) if name.starts_with('@') || name.contains('/') => {}
            Some(_) => return None,
            None => people.push(Value::text(owner)),
        }
    }
    Some(Value::List(people).into_set())
}

/// The file that counts, of `[{"path": …, "text": …}]`.
pub(super) fn file(files: &[Json]) -> Option<&Json> {
    PLACES.iter().find_map(|place| files.iter().find(|file| file["path"] == **place))
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;

    #[test]
    fn a_name_that_may_be_a_group_is_not_told() {
        let of = |text: &str| read(&json!([{"path": "CODEOWNERS", "text": text}]));
        assert_eq!(of("[Docs]\n* @acme/core @@maintainer\n"), Some(Value::List(vec![])));
        assert_eq!(of("* eve@acme.example\n"), Some(Value::List(vec![Value::text("eve@acme.example")])));
        assert_eq!(of("* @acme\n"), None);
        assert_eq!(read(&json!([])), Some(Value::List(vec![])), "there is no such file");
    }
}
