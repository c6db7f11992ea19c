//! What a file says: plain where a forge sends it so, base64 in a record where it does not.

use serde_json::Value as Json;

use super::Codec;
use crate::model::Value;

pub(super) const CODEC: Codec = Codec { name: "file_text", read, absent: None, write };

const DIGITS: &[u8; 64] = b"ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/";

/// From the text itself, or from `{"content": …, "encoding": "base64"}`. A forge that says
/// `"encoding": "none"` has left the content of a large file out, which is no empty file.
fn read(json: &Json) -> Option<Value> {
    if let Some(text) = json.as_str() {
        return Some(Value::text(text));
    }
    match json.get("encoding")?.as_str()? {
        "base64" => String::from_utf8(decode(json.get("content")?.as_str()?)?).ok().map(Value::Text),
        _ => None,
    }
}

/// The content in base64, which is how a new one is taken.
fn write(value: &Value) -> Json {
    value.as_text().map_or(Json::Null, |text| encode(text.as_bytes()).into())
}

fn decode(text: &str) -> Option<Vec<u8>> {
    let (mut bytes, mut bits, mut held) = (Vec::with_capacity(text.len() / 4 * 3), 0_u32, 0_u32);
    for c in text.bytes().filter(|c| !c.is_ascii_whitespace() && *c != b'=') {
        let digit = DIGITS.iter().position(|d| *d == c)?;
        bits = ((bits << 6) | u32::try_from(digit).ok()?) & 0xffff;
        held += 6;
        if held >= 8 {
            held -= 8;
            bytes.push(u8::try_from((bits >> held) & 0xff).ok()?);
        }
    }
    Some(bytes)
}

fn encode(bytes: &[u8]) -> String {
    let mut text = String::with_capacity(bytes.len().div_ceil(3) * 4);
    for three in bytes.chunks(3) {
        let at = |i: usize| u32::from(three.get(i).copied().unwrap_or(0));
        let bits = (at(0) << 16) | (at(1) << 8) | at(2);
        for i in 0..4 {
            let digit = DIGITS[((bits >> (18 - 6 * i)) & 63) as usize];
            text.push(if i <= three.len() { char::from(digit) } else { '=' });
        }
    }
    text
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;
    use serde_json::json;

    use super::*;

    #[test]
    fn lines_of_base64_are_one_text() {
        let json = json!({"content": "IyBX\naWRn\nZXRzCg==\n", "encoding": "base64"});
        assert_eq!(read(&json), Some(Value::text("# Widgets\n")));
        assert_eq!(read(&json!("# Widgets\n")), Some(Value::text("# Widgets\n")));
    }

    #[test]
    fn what_was_left_out_or_is_no_text_is_not_read() {
        assert_eq!(read(&json!({"content": "", "encoding": "none"})), None);
        assert_eq!(read(&json!({"content": "/w==", "encoding": "base64"})), None);
        assert_eq!(read(&json!({"content": "!", "encoding": "base64"})), None);
    }

    proptest! {
        #[test]
        fn a_text_comes_back_as_it_was_sent(text in ".*") {
            let value = Value::Text(text);
            let answer = json!({"content": write(&value), "encoding": "base64"});
            prop_assert_eq!(read(&answer), Some(value));
        }
    }
}
