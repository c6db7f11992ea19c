//! A set that a forge keeps in one text, with commas between.

use serde_json::Value as Json;

use super::Codec;
use crate::model::Value;

pub(super) const CODEC: Codec = Codec { name: "commas", read, absent: Some(Value::List(Vec::new())), write };

fn read(json: &Json) -> Option<Value> {
    let items = json.as_str()?.split(',').map(str::trim).filter(|item| !item.is_empty());
    Some(Value::List(items.map(Value::text).collect()).into_set())
}

fn write(value: &Value) -> Json {
    value.texts().collect::<Vec<_>>().join(",").into()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn order_and_blanks_do_not_matter() {
        let value = read(&"192.0.2.0/24, 198.51.100.7".into()).unwrap();
        assert_eq!(read(&"198.51.100.7,192.0.2.0/24".into()).as_ref(), Some(&value));
        assert_eq!(write(&value), Json::from("192.0.2.0/24,198.51.100.7"));
        assert_eq!(read(&"".into()), CODEC.absent);
    }
}
