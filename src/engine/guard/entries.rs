//! Requests for single entries of a map: the one that a path or a body names gets what its change says.

use serde_json::{Map, Value as Json};

use super::steps::Step;
use crate::catalog::segment;
use crate::model::Request;

/// What stands for an entry in a path.
const NAMES: [&str; 2] = ["{username}", "{team_slug}"];

/// Whether a row writes a map by its entries.
pub(super) fn is_by_entry(template: &str) -> bool {
    // A team itself is an item of its organization.
    NAMES.iter().any(|name| template.contains(name)) && !template.starts_with("/orgs/{org}/teams/{team_slug}")
        || template.starts_with("/orgs/{org}/teams/{team_slug}/repos/")
}

/// Whether a request gives an entry the role that the change does, or takes away one that it does.
pub(super) fn carries_out(step: &Step<'_>, request: &Request, template: &str) -> bool {
    let (from, to) = (fields(step.from), fields(step.to));
    let entries = from.keys().chain(to.keys());
    let named = template.split('/').zip(request.path.split('/')).find(|(t, _)| NAMES.contains(t));
    let Some((_, name)) = named else { return false };
    let Some(entry) = entries.into_iter().find(|entry| segment(entry) == name) else { return false };
    match &*request.method {
        "DELETE" => !to.contains_key(entry),
        "PUT" => {
            let said = request.body.get("permission").and_then(Json::as_str);
            let wanted = to.get(entry).and_then(Json::as_str).map(|role| match role {
                "read" => "pull",
                "write" => "push",
                other => other,
            });
            said.is_some() && said == wanted
        }
        _ => false,
    }
}

/// Whether a list of pairs makes the one map of the other.
pub(super) fn are_pairs(step: &Step<'_>, json: &Json) -> bool {
    let to = fields(step.to);
    let pair = |pair: &Json| {
        let name = pair["property_name"].as_str().unwrap_or_default();
        super::bodies::same(to.get(name).unwrap_or(&Json::Null), &pair["value"])
    };
    step.setting.name() == "custom_properties" && json.as_array().is_some_and(|all| all.iter().all(pair))
}

fn fields(json: &Json) -> Map<String, Json> {
    json.as_object().cloned().unwrap_or_default()
}
