//! Whether changes are merged with a merge commit.
//!
//! GitLab has one way for all changes of a project. Two of its three make a merge commit; the one called
//! `rebase_merge` asks for a branch that is up to date before.

use serde_json::Value as Json;

use super::Codec;
use crate::model::Value;

pub(super) const CODEC: Codec = Codec { name: "merge_commits", read, absent: None, write: Value::to_json };

fn read(json: &Json) -> Option<Value> {
    match json.as_str()? {
        "merge" | "rebase_merge" => Some(Value::Bool(true)),
        "ff" => Some(Value::Bool(false)),
        _ => None,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_rebase_before_does_not_spare_the_merge_commit() {
        assert_eq!(read(&"merge".into()), Some(Value::Bool(true)));
        assert_eq!(read(&"rebase_merge".into()), Some(Value::Bool(true)));
        assert_eq!(read(&"ff".into()), Some(Value::Bool(false)));
        assert_eq!(read(&"octopus".into()), None);
    }
}
