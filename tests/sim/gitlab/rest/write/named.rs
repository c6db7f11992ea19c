//! People, groups, projects and branches that a write names by number, and what reads of them.

use serde_json::{Value, json};

use super::Write;
use crate::sim::gitlab::documents::fill::Filling;
use crate::sim::gitlab::documents::{items, named};
use crate::sim::gitlab::rest::Refusal;
use crate::sim::gitlab::rest::lists::all_members;
use crate::sim::world::user_id;

/// Lays what a key names into the item; what it does not know it takes in silence.
pub fn named_by_number(write: &Write<'_>, key: &str, value: &Value, item: &mut Value) -> Result<(), Refusal> {
    match key {
        "usernames" => item["users"] = members(write, |member| holds(value, &member["username"])),
        "user_ids" => item["users"] = members(write, |member| holds(value, &member["id"])),
        "group_ids" => item["groups"] = groups(write, value),
        "protected_branch_ids" => item["protected_branches"] = branches(write, value),
        "shared_secret" => item["hmac"] = json!(value.as_str().is_some_and(|secret| !secret.is_empty())),
        "user_id" => {
            let known = username(write, value).ok_or_else(|| Refusal::missing("User"))?;
            item["username"] = json!(known);
            item["id"] = json!(user_id(&known));
        }
        "target_project_id" => {
            let found = value.as_u64().and_then(|id| write.world.project(&id.to_string()));
            let found = found.ok_or_else(|| Refusal::missing("Project"))?;
            item["id"] = json!(found.id);
            item["path_with_namespace"] = json!(found.path);
        }
        "target_group_id" => {
            let found = value.as_u64().and_then(|id| write.world.group(&id.to_string()));
            let found = found.ok_or_else(|| Refusal::missing("Group"))?;
            item["id"] = json!(found.id);
            item["name"] = json!(found.name());
            item["web_url"] = json!(format!("{}/groups/{}", write.request.site.web, found.path));
        }
        _ => {}
    }
    Ok(())
}

fn holds(list: &Value, one: &Value) -> bool {
    list.as_array().is_some_and(|list| list.contains(one))
}

/// Those of the named who are members; the others are dropped without a word.
fn members(write: &Write<'_>, is_named: impl Fn(&Value) -> bool) -> Value {
    let filling = Filling { world: write.world, site: &write.request.site, holder: write.holder() };
    all_members(&filling).into_iter().filter(|member| is_named(member)).collect()
}

/// Those of the named that have a role here; the others are dropped without a word.
fn groups(write: &Write<'_>, ids: &Value) -> Value {
    let holder = write.holder();
    let shares = holder.told("shared_with_groups");
    let shared = |path: &str| {
        let mut shares = shares.as_array().into_iter().flatten();
        shares.any(|share| share["group_full_path"] == path)
    };
    let found = write.world.groups.values().filter(|group| {
        holds(ids, &json!(group.id)) && (holder.is_below(&group.path, true) || shared(&group.path))
    });
    found.map(|group| json!({ "id": group.id, "name": group.name(), "full_path": group.path })).collect()
}

fn branches(write: &Write<'_>, ids: &Value) -> Value {
    let filling = Filling { world: write.world, site: &write.request.site, holder: write.holder() };
    let all = named("/projects/{id}/protected_branches")
        .map(|row| items(row, &filling, "/protected_branches", false))
        .unwrap_or_default();
    all.into_iter().filter(|branch| holds(ids, &branch["id"])).collect()
}

/// Whose number that is.
fn username(write: &Write<'_>, id: &Value) -> Option<String> {
    let holders = write.world.groups.values().chain(write.world.projects.values());
    let members = holders.flat_map(|holder| holder.stated_list("/members"));
    let stated = members.filter_map(|member| member["username"].as_str());
    let known = write.world.identities.values().map(|identity| identity.username.as_str());
    let mut all = stated.chain(known);
    all.find(|name| id.as_u64() == Some(user_id(name))).map(str::to_owned)
}
