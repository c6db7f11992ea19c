//! People and teams whose word is waited for: `ann` and `acme/core`, as code owners are written
//! but without the `@`.
//!
//! GraphQL says of which type each is, and a team's full name; REST gives a record in which the
//! organization stands only in an address.

use serde_json::Value as Json;

use super::Codec;
use crate::model::Value;

pub(super) const CODEC: Codec =
    Codec { name: "reviewers", read, absent: Some(Value::List(Vec::new())), write: Value::to_json };

fn read(json: &Json) -> Option<Value> {
    let names: Option<Vec<_>> = json.as_array()?.iter().map(|r| name(r).map(Value::Text)).collect();
    names.map(|names| Value::List(names).into_set())
}

/// Of `"acme/core"`, `{"Team": "acme/core"}`, `{"User": "ann"}`, or `{"type": …, "reviewer": …}`.
fn name(json: &Json) -> Option<String> {
    let text = |json: &Json, field: &str| json.get(field).and_then(Json::as_str).map(str::to_owned);
    let Some(reviewer) = json.get("reviewer") else {
        let plain = json.as_str().map(str::to_owned);
        return plain.or_else(|| text(json, "Team")).or_else(|| text(json, "User"));
    };
    match json.get("type")?.as_str()? {
        "User" => text(reviewer, "login"),
        "Team" => {
            let address = text(reviewer, "html_url")?;
            let (_, rest) = address.split_once("/orgs/")?;
            let (organization, _) = rest.split_once("/teams/")?;
            Some(format!("{organization}/{}", text(reviewer, "slug")?))
        }
        _ => None,
    }
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;

    #[test]
    fn both_interfaces_name_the_same_reviewers() {
        let graphql = read(&json!([{"Team": "acme/core"}, {"User": "ann"}]));
        let rest = read(&json!([
            {"type": "User", "reviewer": {"login": "ann"}},
            {"type": "Team", "reviewer": {"slug": "core", "html_url": "https://github.com/orgs/acme/teams/core"}},
        ]));
        assert!(graphql.is_some());
        assert_eq!(graphql, rest);
        assert_eq!(graphql.as_ref().map(CODEC.write).and_then(|json| read(&json)), graphql);
    }

    #[test]
    fn one_reviewer_of_an_unknown_sort_leaves_all_unread() {
        assert_eq!(read(&json!([{"User": "ann"}, {"Robot": true}])), None);
    }
}
