//! Who has which role on GitLab, which tells it by number, as a map.

use std::collections::BTreeMap;

use serde_json::Value as Json;

use super::Codec;
use super::access_levels::word;
use crate::model::Value;

pub(super) const CODEC: Codec = Codec { name: "roles_by_name", read, absent: None, write: Value::to_json };

/// From `[{"name": …, "role": 30}]`. A level that has no word leaves the whole unread, since whoever has
/// it would be left out.
fn read(json: &Json) -> Option<Value> {
    let named = |item: &Json| Some((item.get("name")?.as_str()?.to_owned(), word(item.get("role")?)?));
    json.as_array()?.iter().map(named).collect::<Option<BTreeMap<_, _>>>().map(Value::Map)
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;

    #[test]
    fn people_and_what_they_may() {
        let people = json!([{"name": "ann", "role": 50}, {"name": "bob", "role": 10}]);
        assert_eq!(read(&people).map(|v| v.to_json()), Some(json!({"ann": "owner", "bob": "guest"})));
        assert_eq!(read(&json!([])), Some(Value::Map(BTreeMap::new())), "nobody is no list");
    }

    #[test]
    fn one_who_is_not_understood_is_not_passed_over() {
        for unread in [json!([{"name": "ann"}]), json!([{"name": "ann", "role": 35}]), json!({}), json!(30)] {
            assert_eq!(read(&unread), None, "{unread}");
        }
    }
}
