//! The fields of an instance's settings, a group and a project, by tables beside this file.
//!
//! A `[[fields]]` has JSON `values` and says from which tier, role and version on they are told.

use std::sync::OnceLock;

use serde::Deserialize;
use serde_json::{Map, Value};

use super::documents::fill::Filling;
use super::world::{Holder, HolderKind, Tier, World, level_named};

#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
struct File {
    fields: Vec<Stated>,
}

#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
struct Stated {
    #[serde(default)]
    tier: Tier,
    role: Option<String>,
    since: Option<String>,
    values: String,
}

struct Fields {
    tier: Tier,
    level: u64,
    since: Option<String>,
    values: Map<String, Value>,
}

impl Fields {
    fn is_shown(&self, world: &World, level: u64) -> bool {
        self.tier <= world.tier && self.level <= level && world.has(self.since.as_deref())
    }
}

/// How a field follows from its twin.
enum How {
    Same,
    Opposite,
    Enabled,
    Level,
}

/// Fields that say the same as others: the field, its twin, and how it follows.
const TWINS: [(&str, &str, How); 20] = [
    ("issues_enabled", "issues_access_level", How::Enabled),
    ("merge_requests_enabled", "merge_requests_access_level", How::Enabled),
    ("wiki_enabled", "wiki_access_level", How::Enabled),
    ("jobs_enabled", "builds_access_level", How::Enabled),
    ("snippets_enabled", "snippets_access_level", How::Enabled),
    ("container_registry_enabled", "container_registry_access_level", How::Enabled),
    ("packages_enabled", "package_registry_access_level", How::Enabled),
    ("issues_access_level", "issues_enabled", How::Level),
    ("merge_requests_access_level", "merge_requests_enabled", How::Level),
    ("wiki_access_level", "wiki_enabled", How::Level),
    ("builds_access_level", "jobs_enabled", How::Level),
    ("snippets_access_level", "snippets_enabled", How::Level),
    ("container_registry_access_level", "container_registry_enabled", How::Level),
    ("package_registry_access_level", "packages_enabled", How::Level),
    ("emails_disabled", "emails_enabled", How::Opposite),
    ("emails_enabled", "emails_disabled", How::Opposite),
    ("public_builds", "public_jobs", How::Same),
    ("public_jobs", "public_builds", How::Same),
    ("tag_list", "topics", How::Same),
    ("topics", "tag_list", How::Same),
];

/// Fields that a document beneath the holder tells, too: the field, the document and its key.
const OF_DOCUMENTS: [(&str, &str, &str); 2] = [
    ("pre_receive_secret_detection_enabled", "/security_settings", "secret_push_protection_enabled"),
    ("secret_push_protection_enabled", "/security_settings", "secret_push_protection_enabled"),
];

/// What follows from something else: writing it changes nothing.
const TOLD_ONLY: [&str; 16] = [
    "id",
    "name_with_namespace",
    "path_with_namespace",
    "full_path",
    "full_name",
    "created_at",
    "updated_at",
    "web_url",
    "archived",
    "empty_repo",
    "forks_count",
    "star_count",
    "namespace",
    "creator_id",
    "license",
    "pre_receive_secret_detection_enabled",
];

/// What only a project tells that was copied from another.
const OF_FORKS: [&str; 2] = ["forked_from_project", "mr_default_target_self"];

/// What a project or group tells of itself alone, and no list of them.
const DETAILS: [&str; 12] = [
    "prevent_sharing_groups_outside_hierarchy",
    "prevent_forking_outside_group",
    "ip_restriction_ranges",
    "allowed_email_domains_list",
    "unique_project_download_limit",
    "unique_project_download_limit_interval_in_seconds",
    "unique_project_download_limit_allowlist",
    "unique_project_download_limit_alertlist",
    "auto_ban_user_on_excessive_projects_download",
    "membership_lock",
    "shared_with_groups",
    "runners_token",
];

pub fn is_known(kind: HolderKind, key: &str) -> bool {
    default(kind, key).is_some()
}

/// Whether a server of that plan keeps what is written to the field; it takes the others in silence.
pub fn is_kept(world: &World, kind: HolderKind, key: &str) -> bool {
    !TOLD_ONLY.contains(&key)
        && !world.deaf_to.iter().any(|deaf| deaf == key)
        && table(kind).iter().any(|fields| {
            fields.values.contains_key(key) && fields.tier <= world.tier && world.has(fields.since.as_deref())
        })
}

/// The field that says the same in other words.
pub fn twins(key: &str) -> impl Iterator<Item = &'static str> {
    TWINS.iter().filter(move |(one, _, _)| *one == key).map(|(_, twin, _)| *twin)
}

pub fn default(kind: HolderKind, key: &str) -> Option<&'static Value> {
    table(kind).iter().find_map(|fields| fields.values.get(key))
}

/// One field of that document; null where it is not told.
pub fn one(world: &World, holder: &Holder, level: u64, filling: &Filling<'_>, key: &str) -> Value {
    let Some(fields) = table(holder.kind).iter().find(|fields| fields.values.contains_key(key)) else {
        return Value::Null;
    };
    if !fields.is_shown(world, level) || holder.without.contains(key) {
        return Value::Null;
    }
    value(holder, key).unwrap_or_else(|| filling.filled(&fields.values[key]))
}

/// What is stated of a field, also by another that says the same in other words.
pub fn value(holder: &Holder, key: &str) -> Option<Value> {
    let stated = |key: &str| holder.settings.get(key);
    if let Some(value) = stated(key) {
        return Some(value.clone());
    }
    if let Some((_, suffix, of)) = OF_DOCUMENTS.iter().find(|(one, _, _)| *one == key) {
        return holder.documents.stated(suffix)?.get(of).cloned();
    }
    let (_, twin, how) = TWINS.iter().find(|(one, _, _)| *one == key)?;
    let twin = stated(twin)?;
    Some(match how {
        How::Same => twin.clone(),
        How::Opposite => Value::Bool(twin != true),
        How::Enabled => Value::Bool(twin != "disabled"),
        How::Level => Value::from(if twin == true { "enabled" } else { "disabled" }),
    })
}

/// The document of a holder as a caller of that level sees it, by itself or as an item of a list.
pub fn told(
    world: &World,
    holder: &Holder,
    level: u64,
    filling: &Filling<'_>,
    listed: bool,
) -> Map<String, Value> {
    let mut told = Map::new();
    let forked = value(holder, "forked_from_project").is_some_and(|origin| !origin.is_null());
    let absent = |key: &str| {
        holder.without.contains(key)
            || listed && holder.kind == HolderKind::Group && DETAILS.contains(&key)
            || !forked && OF_FORKS.contains(&key)
    };
    for fields in table(holder.kind).iter().filter(|fields| fields.is_shown(world, level)) {
        for (key, default) in fields.values.iter().filter(|(key, _)| !absent(key)) {
            let value = value(holder, key).unwrap_or_else(|| filling.filled(default));
            told.insert(key.clone(), value);
        }
    }
    told
}

#[allow(clippy::panic, reason = "a broken table should stop whatever uses it at once")]
fn table(kind: HolderKind) -> &'static [Fields] {
    static TABLES: OnceLock<[Vec<Fields>; 3]> = OnceLock::new();
    let tables = TABLES.get_or_init(|| {
        [include_str!("application.toml"), include_str!("group.toml"), include_str!("project.toml")].map(
            |text| match toml::from_str::<File>(text) {
                Ok(file) => file.fields.into_iter().map(read).collect(),
                Err(error) => panic!("fields: {error}"),
            },
        )
    });
    match kind {
        HolderKind::Instance => &tables[0],
        HolderKind::Group => &tables[1],
        HolderKind::Project => &tables[2],
    }
}

#[allow(clippy::panic, reason = "a broken table should stop whatever uses it at once")]
fn read(stated: Stated) -> Fields {
    let role = stated.role.as_deref().unwrap_or("any");
    let role = if role == "guest" { "any" } else { role };
    let Some(level) = level_named(role) else { panic!("fields: no role {role}") };
    match serde_json::from_str(&stated.values) {
        Ok(values) => Fields { tier: stated.tier, level, since: stated.since, values },
        Err(error) => panic!("fields: {error} in {}", stated.values),
    }
}
