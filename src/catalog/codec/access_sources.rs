//! Who has which role through what: `{"login": "ann", "role": "write", "source": {"Team": "acme/core"}}`.
//!
//! GitHub lists the sources of each person's access beneath the person. A person of whom no source is
//! shown has one all the same, so such a list is not read.

use serde_json::{Value as Json, json};

use super::Codec;
use super::grants::role;
use crate::model::Value;

pub(super) const CODEC: Codec = Codec { name: "access_sources", read, absent: None, write: Value::to_json };

/// From `[{"login": …, "sources": [{"role": …, "permission": …, "source": …}]}]`, or from what was
/// read before.
fn read(json: &Json) -> Option<Value> {
    let mut all = Vec::new();
    for person in json.as_array()? {
        let login = person.get("login")?.as_str()?;
        let Some(sources) = person.get("sources") else {
            all.push(grant(login, person.get("role")?.as_str()?, person.get("source")?));
            continue;
        };
        let sources = sources.as_array().filter(|sources| !sources.is_empty())?;
        for source in sources {
            let permission = source.get("permission")?.as_str()?;
            let name = source.get("role").and_then(Json::as_str).unwrap_or(permission);
            // The organization is a source even where it grants its members nothing.
            if !permission.eq_ignore_ascii_case("none") {
                all.push(grant(login, name, source.get("source")?));
            }
        }
    }
    Value::from_json(&Json::Array(all)).map(Value::into_set)
}

fn grant(login: &str, name: &str, source: &Json) -> Json {
    json!({"login": login, "role": role(name), "source": source})
}

#[cfg(test)]
mod tests {
    use super::*;

    fn ann(sources: &Json) -> Json {
        json!([{"login": "ann", "sources": sources}])
    }

    #[test]
    fn each_source_is_told_apart() {
        let sources = json!([
            {"permission": "WRITE", "role": "maintain", "source": {"Team": "acme/core"}},
            {"permission": "READ", "source": {"Organization": "acme"}},
            {"permission": "NONE", "source": {"Organization": "acme"}},
            {"permission": "ADMIN", "role": "admin", "source": {"Repository": "acme/widgets"}},
        ]);
        let told = read(&ann(&sources)).unwrap();
        let expected = json!([
            {"login": "ann", "role": "maintain", "source": {"Team": "acme/core"}},
            {"login": "ann", "role": "read", "source": {"Organization": "acme"}},
            {"login": "ann", "role": "admin", "source": {"Repository": "acme/widgets"}},
        ]);
        assert_eq!(Some(&told), Value::from_json(&expected).map(Value::into_set).as_ref());
        assert_eq!(read(&(CODEC.write)(&told)), Some(told));
    }

    #[test]
    fn a_person_without_a_source_leaves_all_unread() {
        assert_eq!(read(&ann(&json!([]))), None);
        assert_eq!(read(&ann(&Json::Null)), None);
        assert_eq!(read(&json!([{"login": "ann"}])), None);
        assert_eq!(read(&json!([{"sources": []}])), None);
        assert_eq!(read(&json!([])), Some(Value::List(Vec::new())));
    }
}
