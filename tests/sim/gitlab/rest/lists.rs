//! Lists of groups, projects and members.

use serde_json::{Value, json};

use super::page::{keyset, page};
use super::{Reply, Request, subjects};
use crate::sim::gitlab::documents::fill::Filling;
use crate::sim::gitlab::documents::{items, named};
use crate::sim::gitlab::world::{Holder, HolderKind, World, merged};
use crate::sim::world::user_id;

pub fn groups(world: &World, request: &Request) -> Reply {
    let top = request.is_asked("top_level_only");
    let groups = world.groups.values().filter(|group| !top || group.parent().is_none());
    listed(world, request, groups.collect(), request.asked("pagination") == Some("keyset"))
}

pub fn below(world: &World, request: &Request, group: &Holder, deep: bool) -> Reply {
    listed(world, request, world.groups_of(group, deep).collect(), false)
}

/// By number only: a keyset is not to be had here.
pub fn of_group(world: &World, request: &Request, group: &Holder) -> Reply {
    let deep = request.is_asked("include_subgroups");
    let mut projects: Vec<&Holder> = world.projects_of(group, deep).collect();
    if request.asked("with_shared") != Some("false") {
        let shared = world.projects.values().filter(|project| is_shared_with(project, group));
        projects.extend(shared.filter(|project| !project.is_below(&group.path, deep)));
    }
    listed(world, request, wanted(request, projects), false)
}

pub fn projects(world: &World, request: &Request) -> Reply {
    let projects = wanted(request, world.projects.values().collect());
    listed(world, request, projects, request.asked("pagination") == Some("keyset"))
}

fn wanted<'w>(request: &Request, mut projects: Vec<&'w Holder>) -> Vec<&'w Holder> {
    let flag = |key: &str| request.asked(key).map(|word| word == "true");
    let archived = flag("archived");
    let visibility = request.asked("visibility");
    let topics: Vec<&str> =
        request.asked("topic").map(|topics| topics.split(',').collect()).unwrap_or_default();
    projects.retain(|project| {
        let has = |topic: &&str| {
            project.told("topics").as_array().is_some_and(|topics| topics.contains(&Value::from(*topic)))
        };
        archived.is_none_or(|archived| project.is("archived") == archived)
            && visibility.is_none_or(|wanted| project.told("visibility") == wanted)
            && topics.iter().all(has)
    });
    projects
}

fn is_shared_with(project: &Holder, group: &Holder) -> bool {
    let shares = project.told("shared_with_groups");
    shares.as_array().is_some_and(|shares| shares.iter().any(|share| share["group_id"] == group.id))
}

fn listed(world: &World, request: &Request, mut found: Vec<&Holder>, by_key: bool) -> Reply {
    found.retain(|holder| world.level(&request.caller, holder).is_some());
    order(request, &mut found);
    let render = |holder: &&Holder| subjects::item(world, request, holder).unwrap_or(Value::Null);
    if by_key { keyset(request, &found, |holder| holder.id, render) } else { page(request, &found, render) }
}

/// Projects come newest first, groups by name, unless asked otherwise.
fn order(request: &Request, found: &mut [&Holder]) {
    let projects = found.first().is_some_and(|holder| holder.kind == HolderKind::Project);
    let by = request.asked("order_by").unwrap_or(if projects { "created_at" } else { "name" });
    match by {
        "name" | "path" => found.sort_by_key(|holder| (holder.name().to_lowercase(), holder.id)),
        _ => found.sort_by_key(|holder| holder.id),
    }
    if request.asked("sort").unwrap_or(if projects { "desc" } else { "asc" }) == "desc" {
        found.reverse();
    }
}

/// Direct and inherited members, and those of invited groups, each once.
pub fn members(request: &Request, filling: &Filling<'_>) -> Reply {
    let all = all_members(filling);
    page(request, &all, Clone::clone)
}

/// One who is a member or became one above; the caller by the role it has.
pub fn member(request: &Request, filling: &Filling<'_>, level: u64) -> Option<Reply> {
    let number = request.route.suffix.rsplit('/').next()?.parse::<u64>().ok()?;
    let caller = &request.caller;
    if number == user_id(&caller.username) && !caller.administrator && level > 0 {
        return Some(Reply::of(json!({
            "id": number, "username": caller.username, "access_level": level, "state": "active",
        })));
    }
    let found = all_members(filling).into_iter().find(|member| member["id"] == number)?;
    Some(Reply::of(found))
}

/// Those who are members of it itself.
pub fn direct_members(filling: &Filling<'_>) -> Vec<Value> {
    let row = named("/groups/{id}/members");
    row.map(|row| items(row, filling, "/members", true)).unwrap_or_default()
}

pub fn all_members(filling: &Filling<'_>) -> Vec<Value> {
    let mut members = members_with_source(filling);
    members.iter_mut().filter_map(Value::as_object_mut).for_each(|member| drop(member.remove(SOURCE)));
    members
}

/// Where a member comes from, as GraphQL alone tells it.
pub const SOURCE: &str = "__source";

/// The same, each with the path of what made it a member, as `__source`.
pub fn members_with_source(filling: &Filling<'_>) -> Vec<Value> {
    let world = filling.world;
    let own = |holder: &Holder| {
        let mut members = direct_members(&Filling { holder, ..*filling });
        members.iter_mut().for_each(|member| member[SOURCE] = holder.path.as_str().into());
        members
    };
    let line = std::iter::once(filling.holder).chain(world.above(filling.holder));
    let mut members = Vec::new();
    for at in line {
        members.extend(own(at));
        for share in at.told("shared_with_groups").as_array().into_iter().flatten() {
            let most = share["group_access_level"].as_u64().unwrap_or(0);
            let invited = share["group_full_path"].as_str().and_then(|path| world.groups.get(path));
            members.extend(invited.into_iter().flat_map(own).map(|mut member| {
                let level = member["access_level"].as_u64().unwrap_or(0).min(most);
                member["access_level"] = level.into();
                member
            }));
        }
    }
    merged(members.iter())
}
