//! The single people among those whom CODEOWNERS names, on GitHub: a team there has its organization before it.

use serde_json::Value as Json;

use super::Codec;
use crate::model::Value;

pub(super) const CODEC: Codec = Codec { name: "people_of_owners", read, absent: None, write: Value::to_json };

/// From `{"a": TEXT, "b": TEXT}`: of several places the first has the file that counts.
fn read(json: &Json) -> Option<Value> {
    let text = json.as_object()?.values().next().map_or(Some(""), Json::as_str)?;
    let owners = owners(text).filter(|owner| !owner.starts_with('@') || !owner.contains('/'));
    Some(Value::List(owners.map(Value::text).collect()).into_set())
}

/// Whoever is named, line by line: by `@name`, or by address. What follows `#` is a remark.
pub(super) fn owners(text: &str) -> impl Iterator<Item = &str> {
    let rule = |line: &'_ str| !line.is_empty() && !line.starts_with('#') && !line.starts_with('[');
    text.lines().map(str::trim).filter(move |line| rule(line)).flat_map(|line| {
        line.split_whitespace()
            .skip(1)
            .take_while(|word| !word.starts_with('#'))
            .filter(|word| word.contains('@'))
    })
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;

    #[test]
    fn people_are_those_without_an_organization() {
        let people = |json: Json| read(&json).map(|v| v.texts().map(str::to_owned).collect::<Vec<_>>());
        let text = "# @nobody/x\n* @acme/core @ann # @bob\n/docs/ eve@acme.example\n/x\n";
        assert_eq!(people(json!({"b": text})), Some(vec!["@ann".to_owned(), "eve@acme.example".to_owned()]));
        assert_eq!(people(json!({"a": "* @acme/core", "b": text})), Some(vec![]), "the first place counts");
        assert_eq!(people(json!({})), Some(vec![]));
    }
}
