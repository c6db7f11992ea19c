//! Who may push to a branch or merge into it, as GitLab's branch rules name them: a role, or one person,
//! group or deploy key.
//!
//! Words: `nobody`, `developer`, `maintainer`, `administrator`, `@ann`, `group: Platform`,
//! `deploy key: Mirror`.
//! Source: docs.gitlab.com, "Protected branches API", access levels.

use serde_json::{Value as Json, json};

use super::Codec;
use super::access_levels::{number, word};
use crate::model::Value;

pub(super) const CODEC: Codec = Codec { name: "branch_access", read, absent: None, write };

/// From `[{"role": 40}, {"role": 40, "user": "ann"}]`, or as REST tells people and groups, by number with a
/// name for show: `[{"role": 40, "user_id": 7, "name": "Ann"}]`. An entry that is not understood leaves the whole
/// unread, since whoever has it would be left out.
fn read(json: &Json) -> Option<Value> {
    let words: Option<Vec<Value>> = json.as_array()?.iter().map(entry).collect();
    words.map(|words| Value::List(words).into_set())
}

fn entry(entry: &Json) -> Option<Value> {
    // A name for show may be anybody's, and may be that of a role: the number tells who it is.
    let by_number = [("user_id", "user"), ("group_id", "group"), ("deploy_key_id", "deploy key")];
    let number = |field: &str| entry.get(field).and_then(Json::as_u64);
    if let Some((what, number)) = by_number.iter().find_map(|(field, what)| Some((what, number(field)?))) {
        return entry.get("name")?.as_str().map(|name| Value::text(format!("{what} {number}: {name}")));
    }
    let named = |field: &str, before: &str| {
        entry.get(field).and_then(Json::as_str).map(|name| Value::text(format!("{before}{name}")))
    };
    let somebody = named("user", "@").or_else(|| named("group", "group: "));
    somebody.or_else(|| named("deploy_key", "deploy key: ")).or_else(|| word(entry.get("role")?))
}

/// Entries as REST takes them. One that it has no number for is `null`: GitLab would drop it in silence.
fn write(value: &Value) -> Json {
    value.texts().map(|text| named(text).or_else(|| role(text)).unwrap_or(Json::Null)).collect()
}

/// From `user 7: Ann`.
fn named(text: &str) -> Option<Json> {
    let numbered = [("user ", "user_id"), ("group ", "group_id"), ("deploy key ", "deploy_key_id")];
    numbered.iter().find_map(|(what, field)| {
        let number = text.strip_prefix(what)?.split(':').next()?;
        Some(json!({ (*field): number.parse::<u64>().ok()? }))
    })
}

fn role(text: &str) -> Option<Json> {
    number(text).map(|level| json!({ "access_level": level }))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn roles_and_named_ones_are_told_apart() {
        let all = json!([{"role": 40}, {"role": 40, "user": "ann"}, {"role": 30, "group": "Platform"}, {"role": 40, "deploy_key": "Mirror"}]);
        let words = ["@ann", "deploy key: Mirror", "group: Platform", "maintainer"];
        assert_eq!(read(&all).map(|v| v.to_json()), Some(json!(words)));
        assert_eq!(read(&json!([])), Some(Value::List(Vec::new())));
        let by_number =
            json!([{"role": 40, "name": "Maintainers"}, {"role": 40, "user_id": 7, "name": "Ann"}]);
        assert_eq!(read(&by_number).map(|v| v.to_json()), Some(json!(["maintainer", "user 7: Ann"])));
    }

    #[test]
    fn roles_and_numbers_are_written_and_mere_names_are_not() {
        let value = |words: &[&str]| Value::List(words.iter().map(|word| Value::text(*word)).collect());
        let all =
            write(&value(&["nobody", "user 7: Ann", "group 9: Platform", "deploy key 3: Mirror", "@ann"]));
        let wanted = json!([
            {"access_level": 0}, {"user_id": 7}, {"group_id": 9}, {"deploy_key_id": 3}, null
        ]);
        assert_eq!(all, wanted);
    }

    #[test]
    fn an_entry_that_is_not_understood_is_not_passed_over() {
        for unread in [json!([{"role": 35}]), json!([{}]), json!([{"role": 40}, {}]), json!("maintainer")] {
            assert_eq!(read(&unread), None, "{unread}");
        }
    }
}
