//! Owners whom CODEOWNERS names and who cannot approve: gone, never there, or without the right to write.
//!
//! GitHub says so itself. On GitLab they are held against the members, and the groups that these come from.

use serde_json::Value as Json;

use super::Codec;
use super::people_of_owners::owners;
use super::people_or_groups::file;
use crate::model::Value;

pub(super) const CODEC: Codec = Codec {
    name: "owners_without_access",
    read,
    absent: Some(Value::List(Vec::new())),
    write: Value::to_json,
};

/// The kind of error by which GitHub tells of an owner that it does not find among those who may write.
const UNKNOWN_OWNER: &str = "unknown owner";

/// Whose changes and approvals GitLab takes.
const DEVELOPER: u64 = 30;

fn read(json: &Json) -> Option<Value> {
    let names = match json {
        Json::Array(errors) => told_by_github(errors)?,
        Json::Object(_) => missing_on_gitlab(json)?,
        _ => return None,
    };
    Some(Value::List(names.into_iter().map(Value::text).collect()).into_set())
}

/// From `[{"kind": …, "suggestion": …, "source": …}]`.
fn told_by_github(errors: &[Json]) -> Option<Vec<String>> {
    let mut names = Vec::new();
    for error in errors {
        if !error.get("kind")?.as_str()?.eq_ignore_ascii_case(UNKNOWN_OWNER) {
            continue;
        }
        // What is wrong is named in the advice; where it is not, the line is, which begins with its pattern.
        let advice = error.get("suggestion").and_then(Json::as_str).unwrap_or_default();
        let named = advice.split_whitespace().find(|word| word.len() > 1 && word.contains('@'));
        let source = || error.get("source").and_then(Json::as_str).map(str::trim);
        names.push(named.map(|name| name.trim_end_matches([',', '.', ';'])).or_else(source)?.to_owned());
    }
    Some(names)
}

/// From `{"path": …, "files": [{"path", "text"}], "members": [{"name", "level", "group", "project"}]}`. Nothing where
/// nobody is known to be missing, and of somebody it cannot be told.
fn missing_on_gitlab(json: &Json) -> Option<Vec<String>> {
    let files = json.get("files").and_then(Json::as_array);
    let Some(file) = file(files.map_or(&[], Vec::as_slice)) else { return Some(Vec::new()) };
    let (path, members) = (json.get("path")?.as_str()?, json.get("members")?.as_array()?);
    let (mut missing, mut doubtful) = (Vec::new(), false);
    for owner in owners(file.get("text")?.as_str()?) {
        match owner.strip_prefix('@') {
            Some(role) if role.starts_with('@') => {}
            Some(name) => match may_approve(name, path, members) {
                Some(true) => {}
                Some(false) => missing.push(owner.to_owned()),
                None => doubtful = true,
            },
            // Addresses of members are not shown.
            None => doubtful = true,
        }
    }
    (!doubtful || !missing.is_empty()).then_some(missing)
}

/// Whether somebody of that name, or of the group of that name, may approve; nothing where that cannot be told.
fn may_approve(name: &str, project: &str, members: &[Json]) -> Option<bool> {
    let text =
        |member: &'_ Json, field: &str| member.get(field).and_then(Json::as_str).map(str::to_lowercase);
    let (name, project) = (name.to_lowercase(), project.to_lowercase());
    if project.strip_prefix(&name).is_some_and(|rest| rest.starts_with('/')) {
        return Some(true);
    }
    let level = |member: &Json| member.get("level").and_then(Json::as_u64);
    let mut own = members.iter().filter(|m| text(m, "name").as_ref() == Some(&name)).peekable();
    if own.peek().is_some() {
        let levels: Option<Vec<u64>> = own.map(level).collect();
        return Some(levels?.into_iter().any(|level| level >= DEVELOPER));
    }
    // Where a member comes from may be hidden; and a group may have no members but those of the group above it.
    let hidden = members.iter().any(|m| text(m, "group").is_none() && text(m, "project").is_none());
    let mut groups = members.iter().filter_map(|m| Some((text(m, "group")?, level(m))));
    if groups.clone().any(|(group, level)| group == name && level.is_none_or(|l| l >= DEVELOPER)) {
        return Some(true);
    }
    let above = groups.any(|(group, _)| name == group || name.starts_with(&format!("{group}/")));
    (!hidden && !above).then_some(false)
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;

    fn names(json: &Json) -> Option<Vec<String>> {
        read(json).map(|v| v.texts().map(str::to_owned).collect())
    }

    #[test]
    fn github_names_them() {
        let advice = "make sure the team @acme/old exists, is publicly visible, and has write access to the repository";
        let of = |kind: &str, suggestion: Json| json!([{"kind": kind, "suggestion": suggestion, "source": "*  @acme/old"}]);
        assert_eq!(names(&of("Unknown owner", json!(advice))), Some(vec!["@acme/old".into()]));
        assert_eq!(
            names(&of("Unknown owner", json!("make sure @ann, who is gone, exists"))),
            Some(vec!["@ann".into()])
        );
        assert_eq!(names(&of("Unknown owner", Json::Null)), Some(vec!["*  @acme/old".into()]));
        assert_eq!(names(&of("Invalid pattern", json!(advice))), Some(vec![]));
        assert_eq!(names(&json!([{"suggestion": advice}])), None, "of which kind is not known");
        assert_eq!(names(&json!([])), Some(vec![]));
    }

    fn on_gitlab(owners: &str, more: Json) -> Option<Vec<String>> {
        let mut members = json!([
            {"name": "ann", "level": 30, "project": "acme/team/widgets"},
            {"name": "rob", "level": 20, "project": "acme/team/widgets"},
            {"name": "eve", "level": 40, "group": "guests"},
        ]);
        members.as_array_mut().unwrap().extend(more.as_array().unwrap().iter().cloned());
        let files = json!([{"path": "CODEOWNERS", "text": format!("* {owners}\n")}]);
        names(&json!({"path": "acme/team/widgets", "files": files, "members": members}))
    }

    #[test]
    fn on_gitlab_whoever_is_no_developer_cannot_approve() {
        let none = || Some(Vec::new());
        assert_eq!(on_gitlab("@ann @acme @Acme/Team @guests @eve @@maintainer", json!([])), none());
        assert_eq!(on_gitlab("@ann @gone", json!([])), Some(vec!["@gone".into()]));
        assert_eq!(on_gitlab("@rob", json!([])), Some(vec!["@rob".into()]), "a reporter");
        assert_eq!(on_gitlab("@other/team", json!([])), Some(vec!["@other/team".into()]));
    }

    #[test]
    fn on_gitlab_what_cannot_be_told_is_unknown() {
        assert_eq!(on_gitlab("@guests/inner", json!([])), None, "its members may be those of guests");
        assert_eq!(
            on_gitlab("@gone", json!([{"name": "zoe", "level": 30}])),
            None,
            "of a group that is hidden"
        );
        assert_eq!(on_gitlab("ann@acme.example", json!([])), None);
        assert_eq!(on_gitlab("ann@acme.example @gone", json!([])), Some(vec!["@gone".into()]));
    }

    #[test]
    fn without_a_file_nobody_is_named() {
        assert_eq!(names(&json!({"path": "acme/x", "files": [], "members": []})), Some(vec![]));
        assert_eq!(
            names(&json!({"path": "acme/x", "files": [{"path": "CODEOWNERS", "text": "* @a"}]})),
            None
        );
    }
}
