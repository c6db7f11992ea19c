//! Who is let through a classic protection rule: people, teams and apps.
//!
//! GraphQL gives records such as `{"Team": "acme/core"}`; REST keeps three lists, in whole objects
//! when it answers and by name when it is written. Ours is GraphQL's, in order.

use std::collections::BTreeMap;

use serde_json::{Value as Json, json};

use super::Codec;
use crate::model::Value;

pub(super) const CODEC: Codec = Codec { name: "actors", read, absent: None, write };

fn read(json: &Json) -> Option<Value> {
    let actors: Vec<Value> = match json {
        Json::Array(items) => items.iter().map(Value::from_json).collect::<Option<_>>()?,
        Json::Object(lists) => {
            let mut actors = Vec::new();
            for (list, ty) in [("apps", "App"), ("teams", "Team"), ("users", "User")] {
                for item in lists.get(list).and_then(Json::as_array).into_iter().flatten() {
                    actors.push(actor(ty, name(ty, item)?));
                }
            }
            actors
        }
        _ => return None,
    };
    Some(Value::List(actors).into_set())
}

fn actor(ty: &str, name: String) -> Value {
    Value::Map(BTreeMap::from([(ty.to_owned(), Value::Text(name))]))
}

/// The name in GraphQL's spelling: a team's carries its organization, which REST has in the link only.
fn name(ty: &str, item: &Json) -> Option<String> {
    let field = match ty {
        "User" => "login",
        "Team" => "html_url",
        _ => "slug",
    };
    let text = item.get(field)?.as_str()?;
    if ty != "Team" {
        return Some(text.to_owned());
    }
    let (organization, team) = text.split_once("/orgs/")?.1.split_once("/teams/")?;
    Some(format!("{organization}/{team}"))
}

fn write(value: &Value) -> Json {
    let Value::List(actors) = value else { return Json::Null };
    let of = |ty: &str| -> Vec<&str> {
        let names = actors.iter().filter_map(|a| match a {
            Value::Map(record) => record.get(ty).and_then(Value::as_text),
            _ => None,
        });
        names.map(|name| name.rsplit_once('/').map_or(name, |(_, short)| short)).collect()
    };
    json!({"users": of("User"), "teams": of("Team"), "apps": of("App")})
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn both_answers_give_one_value() {
        let graphql = json!([{"User": "ann"}, {"Team": "acme/core"}]);
        let rest = json!({
            "users": [{"login": "ann"}],
            "teams": [{"slug": "core", "html_url": "https://github.com/orgs/acme/teams/core"}],
        });
        assert!(read(&graphql).is_some());
        assert_eq!(read(&graphql), read(&rest));
    }

    #[test]
    fn written_by_name_in_three_lists() {
        let value = read(&json!([{"Team": "acme/core"}, {"App": "bot"}])).unwrap();
        assert_eq!(write(&value), json!({"users": [], "teams": ["core"], "apps": ["bot"]}));
    }
}
