//! Connections and documents that REST has, too.

use serde_json::{Value, json};

use super::names::{gid, object};
use super::root::Scene;
use crate::sim::gitlab::documents::fill::Filling;
use crate::sim::gitlab::documents::{self, Told};
use crate::sim::gitlab::rest::{SOURCE, direct_members, members_with_source};
use crate::sim::gitlab::world::{Holder, HolderKind};
use crate::sim::graphql::{Answer, Ask};

/// The items that REST lists at this path, where the caller may read them there.
pub fn items(scene: Scene<'_>, holder: &Holder, level: u64, suffix: &str) -> Option<Vec<Value>> {
    let row = row(scene, holder, level, suffix)?;
    Some(documents::items(row, &Filling { world: scene.world, site: scene.site, holder }, suffix, false))
}

/// The document that REST answers at this path, where the caller may read it there.
pub fn document(scene: Scene<'_>, holder: &Holder, level: u64, suffix: &str) -> Option<Value> {
    let row = row(scene, holder, level, suffix)?;
    let filling = Filling { world: scene.world, site: scene.site, holder };
    match documents::answer(row, &filling, suffix, &Default::default()) {
        Told::Document(document) => Some(document),
        _ => None,
    }
}

fn row(scene: Scene<'_>, holder: &Holder, level: u64, suffix: &str) -> Option<&'static documents::Row> {
    let scope = if holder.kind == HolderKind::Project { "projects" } else { "groups" };
    let row = documents::named(&format!("/{scope}/{{id}}{suffix}"))?;
    let open = level >= row.role.0 && scene.world.tier >= row.tier && scene.world.has(row.since.as_deref());
    // What REST refuses for a test's sake GraphQL does not tell either.
    (open && holder.documents.refusal(suffix).is_none()).then_some(row)
}

/// The connection of such items, or null.
pub fn connection<'w>(items: Option<Vec<Value>>, render: impl Fn(&Value) -> Value) -> Answer<'w> {
    match items {
        Some(items) => Answer::page(items.iter().map(|item| Answer::Value(render(item)))),
        None => Answer::null(),
    }
}

/// What groups and projects have in common.
pub fn shared<'w>(scene: Scene<'w>, holder: &Holder, level: u64, ask: &Ask<'_>) -> Option<Answer<'w>> {
    let listed = |suffix: &str| items(scene, holder, level, suffix);
    Some(match ask.field {
        "labels" => connection(listed("/labels"), |item| {
            let of_group = item["is_project_label"] == false;
            let mut label = object(if of_group { "GroupLabel" } else { "ProjectLabel" }, item);
            label.insert("title".to_owned(), item["name"].clone());
            Value::Object(label)
        }),
        "milestones" => connection(listed("/milestones"), |item| Value::Object(object("Milestone", item))),
        "runners" => connection(listed("/runners"), |item| {
            let mut runner = object("Ci::Runner", item);
            runner
                .insert("runnerType".to_owned(), json!(item["runner_type"].as_str().map(str::to_uppercase)));
            Value::Object(runner)
        }),
        "ciVariables" => connection(listed("/variables"), |item| {
            let mut variable = object("Ci::Variable", item);
            variable.insert("id".to_owned(), gid("Ci::Variable", &json!(1)));
            variable.insert("value".to_owned(), Value::Null);
            variable.insert(
                "variableType".to_owned(),
                json!(item["variable_type"].as_str().map(str::to_uppercase)),
            );
            Value::Object(variable)
        }),
        "projectMembers" | "groupMembers" => {
            let filling = Filling { world: scene.world, site: scene.site, holder };
            let direct = ask.texts("relations").is_some_and(|asked| asked == ["DIRECT"]);
            let members = if direct { direct_members(&filling) } else { members_with_source(&filling) };
            connection(Some(members), |item| member(item, holder))
        }
        _ => return None,
    })
}

fn member(item: &Value, holder: &Holder) -> Value {
    let source = item[SOURCE].as_str().unwrap_or(&holder.path);
    let of_project = source == holder.path && holder.kind == HolderKind::Project;
    let kind = if of_project { "ProjectMember" } else { "GroupMember" };
    json!({
        "__typename": kind,
        "id": gid(kind, &item["id"]),
        (if of_project { "project" } else { "group" }): { "fullPath": source },
        "accessLevel": { "integerValue": item["access_level"], "stringValue": word(item["access_level"].as_u64()) },
        "expiresAt": item["expires_at"],
        "user": user(item),
    })
}

pub fn user(item: &Value) -> Value {
    json!({ "id": gid("User", &item["id"]), "username": item["username"], "name": item["name"] })
}

fn word(level: Option<u64>) -> &'static str {
    match level {
        Some(10) => "GUEST",
        Some(15) => "PLANNER",
        Some(20) => "REPORTER",
        Some(30) => "DEVELOPER",
        Some(40) => "MAINTAINER",
        Some(50) => "OWNER",
        _ => "MINIMAL_ACCESS",
    }
}
