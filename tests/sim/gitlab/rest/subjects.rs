//! Documents of one subject each: the server, the caller, a group, a project.

use serde_json::{Map, Value, json};

use super::Request;
use crate::sim::gitlab::documents::fill::Filling;
use crate::sim::gitlab::fields;
use crate::sim::gitlab::world::{Holder, HolderKind, MOMENT, World};
use crate::sim::world::user_id;

/// What the simplest form of a list of projects tells of each.
const SIMPLE: [&str; 20] = [
    "id",
    "description",
    "name",
    "name_with_namespace",
    "path",
    "path_with_namespace",
    "created_at",
    "default_branch",
    "tag_list",
    "topics",
    "ssh_url_to_repo",
    "http_url_to_repo",
    "web_url",
    "readme_url",
    "forks_count",
    "avatar_url",
    "star_count",
    "last_activity_at",
    "visibility",
    "namespace",
];

pub fn version(world: &World, request: &Request) -> Value {
    let mut told = json!({ "version": world.version, "revision": "5a1b2c3d4e5" });
    if request.route.path == "/metadata" {
        told["kas"] =
            json!({ "enabled": true, "externalUrl": null, "externalK8sProxyUrl": null, "version": null });
        told["enterprise"] = json!(world.version.ends_with("-ee"));
    }
    told
}

pub fn viewer(request: &Request) -> Value {
    let caller = &request.caller;
    let mut told = json!({
        "id": user_id(&caller.username),
        "username": caller.username,
        "name": caller.username,
        "state": "active",
        "locked": false,
        "avatar_url": null,
        "web_url": format!("{}/{}", request.site.web, caller.username),
        "created_at": MOMENT,
        "bot": caller.bot,
        "two_factor_enabled": true,
        "external": false,
    });
    if caller.administrator {
        told["is_admin"] = json!(true);
    }
    told
}

pub fn token(request: &Request) -> Value {
    let caller = &request.caller;
    json!({
        "id": user_id(&caller.username) + 1,
        "name": "audit",
        "revoked": false,
        "created_at": MOMENT,
        "description": null,
        "scopes": caller.scopes,
        "user_id": user_id(&caller.username),
        "last_used_at": MOMENT,
        "active": caller.active,
        "expires_at": caller.expires_at,
    })
}

pub fn told(world: &World, filling: &Filling<'_>, level: u64) -> Value {
    Value::Object(fields::told(world, filling.holder, level, filling, false))
}

/// A group or project asked for by itself.
pub fn one(world: &World, request: &Request, filling: &Filling<'_>, level: u64) -> Value {
    let mut told = fields::told(world, filling.holder, level, filling, false);
    match filling.holder.kind {
        HolderKind::Project => {
            told.insert("permissions".to_owned(), permissions(level));
            if request.is_asked("license") {
                told.insert("license".to_owned(), json!(null));
            }
        }
        HolderKind::Group if request.asked("with_projects") != Some("false") => {
            // GitLab tells at most a hundred of them here.
            let projects = world.projects_of(filling.holder, false).take(100);
            let projects = projects.filter_map(|project| item(world, request, project));
            told.insert("projects".to_owned(), projects.collect());
            told.insert("shared_projects".to_owned(), json!([]));
        }
        _ => {}
    }
    Value::Object(told)
}

fn permissions(level: u64) -> Value {
    let access = (level > 0).then(|| json!({ "access_level": level.min(50), "notification_level": 3 }));
    json!({ "project_access": access, "group_access": null })
}

/// A group or project as an item of a list; none where the caller does not see it.
pub fn item(world: &World, request: &Request, holder: &Holder) -> Option<Value> {
    let level = world.level(&request.caller, holder)?;
    let filling = Filling { world, site: &request.site, holder };
    let mut told: Map<String, Value> = fields::told(world, holder, level, &filling, true);
    if holder.kind == HolderKind::Project && request.is_asked("simple") {
        told.retain(|key, _| SIMPLE.contains(&key.as_str()));
    }
    Some(Value::Object(told))
}
