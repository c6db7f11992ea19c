//! What the simulated GitLab holds. Knows nothing of HTTP or GraphQL.

mod access;
mod holder;
mod identity;
mod tier;

use indexmap::IndexMap;
use serde::{Deserialize, Serialize};

pub use access::{ADMINISTRATOR, OWNER, level_named, merged};
pub use holder::{Holder, HolderKind};
pub use identity::Identity;
pub use tier::{Tier, at_least};

pub const MOMENT: &str = "2026-01-05T09:00:00.000Z";

/// Stands for all tokens that no other identity names.
pub const ANY_TOKEN: &str = "*";

#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct World {
    /// What `GET /metadata` answers, such as `18.6.1-ee`.
    pub version: String,
    pub tier: Tier,
    /// Whether this is gitlab.com, where nobody administers the instance and `internal` does not exist.
    pub gitlab_com: bool,
    /// The username of whoever asks without an identity.
    pub viewer: String,
    pub instance: Holder,
    /// By full path, parents before children.
    pub groups: IndexMap<String, Holder>,
    pub projects: IndexMap<String, Holder>,
    /// Who asks with which token; without any, every token is an administrator's.
    #[serde(default)]
    pub identities: IndexMap<String, Identity>,
    /// Fields that are taken in silence and not kept, as those of a plan that lapsed are.
    #[serde(default)]
    pub deaf_to: Vec<String>,
}

impl World {
    pub fn empty() -> Self {
        Self {
            version: "18.6.1-ee".to_owned(),
            tier: Tier::Ultimate,
            gitlab_com: false,
            viewer: "root".to_owned(),
            instance: Holder::new(HolderKind::Instance, 1, ""),
            groups: IndexMap::new(),
            projects: IndexMap::new(),
            identities: IndexMap::new(),
            deaf_to: Vec::new(),
        }
    }

    /// The same on gitlab.com, where what was internal can only be private.
    #[must_use]
    pub fn on_gitlab_com(mut self) -> Self {
        self.gitlab_com = true;
        for holder in self.groups.values_mut().chain(self.projects.values_mut()) {
            if holder.told("visibility") == "internal" {
                holder.set("visibility", "private");
            }
        }
        self
    }

    /// The group of that full path, made with those above it where it is missing.
    pub fn add_group(&mut self, path: &str) -> &mut Holder {
        if let Some((parent, _)) =
            path.rsplit_once('/').filter(|(parent, _)| !self.groups.contains_key(*parent))
        {
            self.add_group(parent);
        }
        let id = 100 + self.groups.len() as u64;
        self.groups.entry(path.to_owned()).or_insert_with(|| Holder::new(HolderKind::Group, id, path))
    }

    /// The project of that full path, made with the groups above it where it is missing.
    pub fn add_project(&mut self, path: &str) -> &mut Holder {
        if let Some((group, _)) = path.rsplit_once('/') {
            self.add_group(group);
        }
        let id = 10_000 + self.projects.len() as u64;
        self.projects.entry(path.to_owned()).or_insert_with(|| Holder::new(HolderKind::Project, id, path))
    }

    /// By number or full path.
    pub fn group(&self, key: &str) -> Option<&Holder> {
        find(&self.groups, key)
    }

    /// By number or full path.
    pub fn project(&self, key: &str) -> Option<&Holder> {
        find(&self.projects, key)
    }

    /// The group of that full path, for a test that is about to change it.
    ///
    /// # Panics
    /// When the world has no such group: the test itself is wrong then.
    #[allow(clippy::panic, reason = "a test that names nothing should stop at once")]
    pub fn group_mut(&mut self, path: &str) -> &mut Holder {
        match self.groups.get_mut(path) {
            Some(group) => group,
            None => panic!("this world has no group {path}"),
        }
    }

    /// The project of that full path, or the only one of that name.
    ///
    /// # Panics
    /// When the world has no such project: the test itself is wrong then.
    #[allow(clippy::panic, reason = "a test that names nothing should stop at once")]
    pub fn project_mut(&mut self, path: &str) -> &mut Holder {
        let named = |project: &&mut Holder| project.path == path || project.name() == path;
        match self.projects.values_mut().find(named) {
            Some(project) => project,
            None => panic!("this world has no project {path}"),
        }
    }

    pub fn instance_mut(&mut self) -> &mut Holder {
        &mut self.instance
    }

    /// Invites a group to a group or project, its members then having at most that access level.
    pub fn share(&mut self, path: &str, with: &str, access_level: u64) -> &mut Self {
        let (id, name) = (self.group_mut(with).id, self.group_mut(with).name().to_owned());
        let share = serde_json::json!({
            "group_id": id, "group_name": name, "group_full_path": with, "group_access_level": access_level,
            "expires_at": null, "member_role_id": null,
        });
        let holder =
            if self.groups.contains_key(path) { self.group_mut(path) } else { self.project_mut(path) };
        let mut shares = holder.told("shared_with_groups").as_array().cloned().unwrap_or_default();
        shares.push(share);
        holder.set("shared_with_groups", shares);
        self
    }

    /// The groups above, the nearest first.
    pub fn above<'w>(&'w self, holder: &'w Holder) -> impl Iterator<Item = &'w Holder> {
        std::iter::successors(holder.parent(), |path| path.rsplit_once('/').map(|(parent, _)| parent))
            .filter_map(|path| self.groups.get(path))
    }

    /// The projects of a group, and with `deep` those of its subgroups.
    pub fn projects_of<'w>(&'w self, group: &'w Holder, deep: bool) -> impl Iterator<Item = &'w Holder> {
        self.projects.values().filter(move |project| project.is_below(&group.path, deep))
    }

    /// The groups right below a group, and with `deep` all below it.
    pub fn groups_of<'w>(&'w self, group: &'w Holder, deep: bool) -> impl Iterator<Item = &'w Holder> {
        self.groups.values().filter(move |below| below.is_below(&group.path, deep))
    }

    /// Whoever asks with that token is this identity; [`ANY_TOKEN`] stands for all others.
    pub fn identity(&mut self, token: &str, identity: Identity) -> &mut Self {
        self.identities.insert(token.to_owned(), identity);
        self
    }

    /// Whoever asks is this identity, whatever the token.
    pub fn everybody(&mut self, identity: Identity) -> &mut Self {
        self.identity(ANY_TOKEN, identity)
    }

    /// Who asks with this token; none where tokens have identities and this has not.
    pub fn caller(&self, token: &str) -> Option<Identity> {
        if self.identities.is_empty() {
            return Some(Identity::administrator(&self.viewer, &["api", "read_repository"]));
        }
        self.identities.get(token).or_else(|| self.identities.get(ANY_TOKEN)).cloned()
    }

    /// Whether the server has what came with that version.
    pub fn has(&self, since: Option<&str>) -> bool {
        since.is_none_or(|since| at_least(&self.version, since))
    }
}

fn find<'h>(holders: &'h IndexMap<String, Holder>, key: &str) -> Option<&'h Holder> {
    if let Ok(id) = key.parse::<u64>() {
        return holders.values().find(|holder| holder.id == id);
    }
    holders.get(key).or_else(|| holders.values().find(|holder| holder.path.eq_ignore_ascii_case(key)))
}
