//! Addresses that machines call. Some carry a credential: in front of the host, in the query, or as a
//! part of the path, as chat systems do. What may be one is never shown, and so never read either.

use serde_json::Value as Json;

use super::Codec;
use crate::model::Value;

pub(super) const CODEC: Codec = Codec { name: "address", read, absent: None, write };

/// What stands in place of what may be a credential.
const HIDDEN: &str = "…";

/// A part of a path that is at least so long, with letters and digits, may be a credential.
const LONG: usize = 16;

/// An address without what may be a credential in it. A text that is no address stays as it is.
pub fn without_credentials(address: &str) -> String {
    let Some((scheme, rest)) = address.split_once("://") else { return address.to_owned() };
    let end = rest.find(['/', '?', '#']).unwrap_or(rest.len());
    let (authority, rest) = rest.split_at(end);
    let host = authority.rsplit('@').next().unwrap_or(authority);
    let (path, query) = rest.split_once(['?', '#']).map_or((rest, false), |(path, _)| (path, true));
    let segments: Vec<&str> =
        path.split('/').map(|s| if may_be_credential(s) { HIDDEN } else { s }).collect();
    let query = if query { "?…" } else { "" };
    format!("{scheme}://{host}{}{query}", segments.join("/"))
}

fn may_be_credential(segment: &str) -> bool {
    let has = |of: fn(&char) -> bool| segment.chars().any(|c| of(&c));
    segment.len() >= 2 * LONG
        || (segment.len() >= LONG && has(char::is_ascii_digit) && has(char::is_ascii_alphabetic))
}

fn read(json: &Json) -> Option<Value> {
    Some(Value::text(without_credentials(json.as_str()?)))
}

fn write(value: &Value) -> Json {
    value.to_json()
}

#[cfg(test)]
mod tests {
    use super::without_credentials as shown;

    #[test]
    fn what_may_be_a_credential_is_not_shown() {
        assert_eq!(shown("https://ci.example/github-webhook/"), "https://ci.example/github-webhook/");
        assert_eq!(shown("https://user:pass@ci.example:8443/x"), "https://ci.example:8443/x");
        assert_eq!(shown("https://ci.example/x?token=abc#y"), "https://ci.example/x?…");
        assert_eq!(shown("https://ci.example?token=abc"), "https://ci.example?…");
        let chat = "https://chat.example/api/webhooks/1234567890/aB3dEfGh1jKlMn0pQr/github";
        assert_eq!(shown(chat), "https://chat.example/api/webhooks/1234567890/…/github");
        assert_eq!(shown("good first issue"), "good first issue");
    }
}
