//! Whether there is a template for issues or changes where the forge looks for one.
//!
//! Sources: docs.github.com, "About issue and pull request templates", "Creating a pull request template for your
//! repository"; docs.gitlab.com, "Description templates".

use serde_json::Value as Json;

use super::Codec;
use crate::model::Value;

pub(super) const CODEC: Codec =
    Codec { name: "templates", read, absent: Some(Value::Bool(false)), write: Value::to_json };

/// From a record of GitHub: `forms` and `outlines…` are the files of a folder, `…_folder` that there is one, any other
/// field a single file; `visibility` is that of the organization's repository of defaults. Or from the names of files
/// in GitLab's folder.
fn read(json: &Json) -> Option<Value> {
    let found = match json {
        Json::Array(names) => any(names, |name| ends(name, &["md"]))?,
        Json::Object(fields) => {
            // What only some may see is no default for all.
            let public = |seen: &Json| seen.as_str().is_some_and(|s| s.eq_ignore_ascii_case("public"));
            if fields.get("visibility").is_some_and(|seen| !public(seen)) {
                return Some(Value::Bool(false));
            }
            let mut found = false;
            let mut unseen = false;
            for (field, value) in fields.iter().filter(|(field, _)| *field != "visibility") {
                if let Some(folder) = field.strip_suffix("_folder") {
                    // The folder goes by another spelling than the one whose files were asked for.
                    unseen |= !fields.contains_key(folder);
                } else if field.starts_with("forms") {
                    found |= any(value.as_array()?, is_form)?;
                } else if field.starts_with("outlines") {
                    found |= any(value.as_array()?, |name| ends(name, &["md", "txt"]))?;
                } else {
                    found = true;
                }
            }
            if unseen && !found {
                return None;
            }
            found
        }
        _ => return None,
    };
    Some(Value::Bool(found))
}

fn any(names: &[Json], is: impl Fn(&str) -> bool) -> Option<bool> {
    let names: Option<Vec<&str>> = names.iter().map(Json::as_str).collect();
    Some(names?.into_iter().any(is))
}

/// What is chosen from when an issue is opened; `config.yml` says what else is shown there.
fn is_form(name: &str) -> bool {
    ends(name, &["md", "yml", "yaml"]) && !["config.yml", "config.yaml"].contains(&&*name.to_lowercase())
}

fn ends(name: &str, endings: &[&str]) -> bool {
    name.rsplit_once('.').is_some_and(|(before, ending)| {
        !before.is_empty() && endings.iter().any(|e| ending.eq_ignore_ascii_case(e))
    })
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;

    fn is(json: Json) -> Option<bool> {
        read(&json).and_then(|value| value.as_bool())
    }

    #[test]
    fn a_file_where_it_is_looked_for_is_a_template() {
        assert_eq!(is(json!({})), Some(false));
        assert_eq!(is(json!({"top": "issue_template.md"})), Some(true));
        assert_eq!(is(json!({"forms_folder": "ISSUE_TEMPLATE", "forms": ["bug.yml"]})), Some(true));
        assert_eq!(
            is(json!({"forms_folder": "ISSUE_TEMPLATE", "forms": ["config.yml", "note.txt"]})),
            Some(false)
        );
        assert_eq!(is(json!({"outlines_top_folder": "x", "outlines_top": ["change.md"]})), Some(true));
        assert_eq!(is(json!({"outlines_top_folder": "x", "outlines_top": ["change.yml"]})), Some(false));
    }

    #[test]
    fn a_folder_that_was_not_looked_into_may_hold_one() {
        assert_eq!(is(json!({"forms_folder": "issue_template"})), None);
        assert_eq!(is(json!({"forms_folder": "issue_template", "top": "ISSUE_TEMPLATE.md"})), Some(true));
    }

    #[test]
    fn defaults_are_those_of_a_public_repository() {
        assert_eq!(is(json!({"visibility": "PUBLIC", "top": "ISSUE_TEMPLATE.md"})), Some(true));
        assert_eq!(is(json!({"visibility": "INTERNAL", "top": "ISSUE_TEMPLATE.md"})), Some(false));
        assert_eq!(is(json!({"visibility": "PUBLIC"})), Some(false));
    }

    #[test]
    fn on_gitlab_templates_are_markdown() {
        assert_eq!(is(json!(["Bug.md"])), Some(true));
        assert_eq!(is(json!([".gitkeep", "bug.txt", ".md"])), Some(false));
        assert_eq!(is(json!([])), Some(false));
        assert_eq!(is(json!([7])), None);
    }
}
