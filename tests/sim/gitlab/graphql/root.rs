//! The query type.

use apollo_compiler::resolvers::FieldError;
use serde_json::{Value, json};

use super::group::GroupNode;
use super::project::ProjectNode;
use crate::sim::gitlab::documents::fill::Filling;
use crate::sim::gitlab::site::Site;
use crate::sim::gitlab::world::{Holder, Identity, World};
use crate::sim::graphql::{Answer, Ask, Subject};
use crate::sim::world::user_id;

/// What every object needs besides itself.
#[derive(Clone, Copy)]
pub struct Scene<'w> {
    pub world: &'w World,
    pub site: &'w Site,
    pub caller: &'w Identity,
    pub complexity: u64,
    pub limit: u64,
}

impl<'w> Scene<'w> {
    pub fn filling(self, holder: &'w Holder) -> Filling<'w> {
        Filling { world: self.world, site: self.site, holder }
    }

    pub fn level(self, holder: &Holder) -> Option<u64> {
        self.world.level(self.caller, holder)
    }

    pub fn project(self, project: &'w Holder) -> Option<Answer<'w>> {
        let level = self.level(project)?;
        Some(Answer::object(ProjectNode { scene: self, project, level }))
    }

    pub fn group(self, group: &'w Holder) -> Option<Answer<'w>> {
        let level = self.level(group)?;
        Some(Answer::object(GroupNode { scene: self, group, level }))
    }
}

pub struct Root<'w>(pub Scene<'w>);

impl<'w> Subject<'w> for Root<'w> {
    fn type_name(&self) -> &str {
        "Query"
    }

    fn field(&self, ask: &Ask<'_>) -> Result<Answer<'w>, FieldError> {
        let scene = self.0;
        let path = || ask.text("fullPath").unwrap_or_default();
        Ok(match ask.field {
            "queryComplexity" => Answer::of(json!({ "score": scene.complexity, "limit": scene.limit })),
            "metadata" => Answer::of(json!({
                "version": scene.world.version,
                "revision": "5a1b2c3d4e5",
                "enterprise": scene.world.version.ends_with("-ee"),
            })),
            "currentUser" => Answer::of(json!({
                "id": format!("gid://gitlab/User/{}", user_id(&scene.caller.username)),
                "username": scene.caller.username,
                "name": scene.caller.username,
            })),
            "group" => scene
                .world
                .groups
                .get(path())
                .and_then(|group| scene.group(group))
                .unwrap_or_else(Answer::null),
            "project" => {
                let found = scene.world.projects.get(path());
                found.and_then(|project| scene.project(project)).unwrap_or_else(Answer::null)
            }
            "projects" => Answer::page(projects(scene, ask)),
            "groups" => {
                let ids = ask.texts("ids");
                let asked = |group: &&Holder| ids.as_ref().is_none_or(|ids| named(ids, "Group", group));
                Answer::page(scene.world.groups.values().filter(asked).filter_map(|group| scene.group(group)))
            }
            _ => return Err(ask.unanswered("Query")),
        })
    }
}

fn projects<'w>(scene: Scene<'w>, ask: &Ask<'_>) -> Vec<Answer<'w>> {
    let (ids, paths) = (ask.texts("ids"), ask.texts("fullPaths"));
    let asked = |project: &&Holder| {
        ids.as_ref().is_none_or(|ids| named(ids, "Project", project))
            && paths.as_ref().is_none_or(|paths| paths.contains(&project.path.as_str()))
    };
    // Newest first, as GitLab has it.
    scene.world.projects.values().rev().filter(asked).filter_map(|project| scene.project(project)).collect()
}

fn named(ids: &[&str], kind: &str, holder: &Holder) -> bool {
    let gid = super::names::gid(kind, &Value::from(holder.id));
    ids.iter().any(|id| gid == *id)
}
