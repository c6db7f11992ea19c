//! What of an answer is not kept: secrets that a forge sends along and that no row reads.
//!
//! GitLab lists the variables of jobs with what they say, and triggers with what starts them; and who may
//! maintain a project is told what lets a runner join it.

use bytes::Bytes;
use serde_json::Value as Json;

/// The end of a path, and the field that is withheld from answers to it.
const OF_LISTS: [(&str, &str); 2] = [("variables", "value"), ("triggers", "token")];
/// What is withheld wherever it stands.
const ANYWHERE: &str = "runners_token";

/// The body as it is kept: without what nobody should find in a file.
pub(super) fn without_secrets(path: &str, body: &Bytes) -> Bytes {
    let last = path.split('?').next().and_then(|path| path.rsplit('/').next());
    let field = OF_LISTS.iter().find(|(end, _)| last == Some(*end)).map(|(_, field)| *field);
    let quoted = format!("\"{ANYWHERE}\"");
    let holds = field.is_some() || body.windows(quoted.len()).any(|part| part == quoted.as_bytes());
    let Some(mut json) = holds.then(|| serde_json::from_slice::<Json>(body).ok()).flatten() else {
        return body.clone();
    };
    withhold(&mut json, field);
    serde_json::to_vec(&json).map_or_else(|_| Bytes::new(), Bytes::from)
}

fn withhold(json: &mut Json, field: Option<&str>) {
    match json {
        Json::Array(items) => items.iter_mut().for_each(|item| withhold(item, field)),
        // What is missing is unknown to a row of somebody's own that wants it; a null would be absent.
        Json::Object(fields) => {
            fields.retain(|name, _| name != ANYWHERE && field.is_none_or(|field| field != name));
            fields.values_mut().for_each(|value| withhold(value, field));
        }
        _ => {}
    }
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;

    fn kept(path: &str, body: &Json) -> Json {
        let body = Bytes::from(body.to_string());
        serde_json::from_slice(&without_secrets(path, &body)).unwrap()
    }

    #[test]
    fn what_variables_say_is_not_kept_and_the_rest_is() {
        let listed = json!([{"key": "TOKEN", "value": "hunter2", "masked": true}]);
        let without = json!([{"key": "TOKEN", "masked": true}]);
        assert_eq!(kept("/api/v4/projects/acme%2Ftools/variables?per_page=100", &listed), without);
        let wrapped = json!({"total_count": 1, "variables": listed});
        let path = "/repos/acme/tools/actions/variables?per_page=100";
        assert_eq!(kept(path, &wrapped)["variables"], without);
        assert_eq!(kept("/repos/acme/tools/properties/values", &listed), listed);
    }

    #[test]
    fn what_lets_machines_in_is_not_kept() {
        let trigger = json!([{"description": "nightly", "token": "abcd"}]);
        assert_eq!(kept("/api/v4/projects/1/triggers", &trigger), json!([{"description": "nightly"}]));
        let projects = json!([{"name": "tools", "runners_token": "GR1348"}]);
        let without = json!([{"name": "tools"}]);
        assert_eq!(kept("/api/v4/groups/acme/projects?page=2", &projects), without);
    }

    #[test]
    fn what_is_no_json_is_kept_as_it_came() {
        let body = Bytes::from_static(b"no variables here");
        assert_eq!(without_secrets("/api/v4/projects/1/variables", &body), body);
    }
}
