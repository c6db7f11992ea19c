//! Whether a label belongs to a group: from what it is called among all things, or from whether it is a project's.

use serde_json::Value as Json;

use super::Codec;
use crate::model::Value;

pub(super) const CODEC: Codec = Codec { name: "of_group", read, absent: None, write: Value::to_json };

fn read(json: &Json) -> Option<Value> {
    let of_project = match json {
        Json::Bool(of_project) => *of_project,
        Json::String(id) => match id.strip_prefix("gid://gitlab/")?.split_once('/')?.0 {
            "ProjectLabel" => true,
            "GroupLabel" => false,
            _ => return None,
        },
        _ => return None,
    };
    Some(Value::Bool(!of_project))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn both_interfaces_tell_whose_a_label_is() {
        for (of_group, json) in [(true, "gid://gitlab/GroupLabel/1"), (false, "gid://gitlab/ProjectLabel/1")]
        {
            assert_eq!(read(&json.into()), Some(Value::Bool(of_group)));
            assert_eq!(read(&(!of_group).into()), Some(Value::Bool(of_group)));
        }
        assert_eq!(read(&"gid://gitlab/Milestone/1".into()), None);
    }
}
