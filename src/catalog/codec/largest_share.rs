//! Of names with a share each, such as languages, the one with the largest.

use serde_json::Value as Json;

use super::Codec;
use crate::model::Value;

pub(super) const CODEC: Codec = Codec { name: "largest_share", read, absent: None, write: Value::to_json };

/// From `[{"name": …, "share": 61.2}]`; of equal shares the first. An empty list is an empty text, which
/// is an absence. A share that is not told may be the largest.
fn read(json: &Json) -> Option<Value> {
    let mut largest: Option<(f64, &str)> = None;
    for one in json.as_array()? {
        let (share, name) = (one.get("share")?.as_f64()?, one.get("name")?.as_str()?);
        if largest.is_none_or(|(most, _)| share > most) {
            largest = Some((share, name));
        }
    }
    Some(Value::text(largest.map_or("", |(_, name)| name)))
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;

    #[test]
    fn the_order_does_not_matter() {
        let (go, rust) = (json!({"name": "Go", "share": 12.5}), json!({"name": "Rust", "share": 87.5}));
        assert_eq!(read(&json!([go, rust])), Some(Value::text("Rust")));
        assert_eq!(read(&json!([rust, go])), Some(Value::text("Rust")));
        assert_eq!(read(&json!([])), Some(Value::text("")));
    }

    #[test]
    fn a_share_that_is_not_told_leaves_all_unread() {
        let (go, rust) = (json!({"name": "Go", "share": 12.5}), json!({"name": "Rust", "share": null}));
        assert_eq!(read(&json!([go, rust])), None);
        assert_eq!(read(&json!({})), None);
    }
}
