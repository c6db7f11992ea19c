//! Days, where a forge wants a moment.
//!
//! GitHub moves a due date to a fixed hour of its own, so that only the day comes back as it was
//! sent. It is sent as noon, which is the same day in the forge's time zone too.

use serde_json::Value as Json;

use super::Codec;
use crate::model::Value;

pub(super) const CODEC: Codec = Codec { name: "day", read, absent: None, write };

/// The day of `2026-03-31T07:00:00Z`, or of `2026-03-31`.
fn read(json: &Json) -> Option<Value> {
    let text = json.as_str()?;
    let day = text.split_once('T').map_or(text, |(day, _)| day);
    let shape =
        day.bytes().enumerate().all(|(i, b)| if matches!(i, 4 | 7) { b == b'-' } else { b.is_ascii_digit() });
    (day.len() == 10 && shape).then(|| Value::text(day))
}

fn write(value: &Value) -> Json {
    let day = value.as_text().filter(|day| !day.is_empty());
    day.map_or(Json::Null, |day| format!("{day}T12:00:00Z").into())
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;

    #[test]
    fn the_hour_is_left_off() {
        assert_eq!(read(&json!("2012-06-04T07:00:00Z")), Some(Value::text("2012-06-04")));
        assert_eq!(read(&json!("2012-06-04")), Some(Value::text("2012-06-04")));
        assert_eq!(read(&json!("next week")), None);
    }

    #[test]
    fn a_day_comes_back_as_it_was_sent() {
        let day = Value::text("2026-03-31");
        assert_eq!(read(&write(&day)), Some(day));
        assert_eq!(write(&Value::text("")), Json::Null, "no day is no hour either");
    }
}
