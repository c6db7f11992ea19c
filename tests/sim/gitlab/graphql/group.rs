//! A group.

use apollo_compiler::resolvers::FieldError;
use serde_json::{Value, json};

use super::lists;
use super::names::{gid, snake};
use super::root::Scene;
use crate::sim::gitlab::fields;
use crate::sim::gitlab::world::Holder;
use crate::sim::graphql::{Answer, Ask, Subject};

pub struct GroupNode<'w> {
    pub scene: Scene<'w>,
    pub group: &'w Holder,
    pub level: u64,
}

impl<'w> Subject<'w> for GroupNode<'w> {
    fn type_name(&self) -> &str {
        "Group"
    }

    fn field(&self, ask: &Ask<'_>) -> Result<Answer<'w>, FieldError> {
        let Self { scene, group, level } = *self;
        if let Some(answer) = lists::shared(scene, group, level, ask) {
            return Ok(answer);
        }
        let below =
            |deep: bool| scene.world.groups_of(group, deep).filter_map(move |below| scene.group(below));
        Ok(match ask.field {
            "id" => Answer::Value(gid("Group", &json!(group.id))),
            "fullPath" => Answer::of(group.path.as_str()),
            "fullName" => Answer::of(group.path.replace('/', " / ")),
            "webUrl" => Answer::of(format!("{}/groups/{}", scene.site.web, group.path)),
            "parent" => {
                let parent = scene.world.above(group).next();
                parent.and_then(|parent| scene.group(parent)).unwrap_or_else(Answer::null)
            }
            "projects" => {
                let deep = ask.flag("includeSubgroups").unwrap_or(false);
                let archived = ask.text("includeArchived");
                let shown = |project: &&Holder| archived != Some("EXCLUDE") || !project.is("archived");
                let projects: Vec<&Holder> = scene.world.projects_of(group, deep).filter(shown).collect();
                Answer::page(projects.into_iter().rev().filter_map(|project| scene.project(project)))
            }
            "projectsCount" => Answer::of(scene.world.projects_of(group, true).count()),
            "descendantGroups" => Answer::page(below(ask.flag("includeParentDescendants").unwrap_or(true))),
            "descendantGroupsCount" => Answer::of(scene.world.groups_of(group, true).count()),
            "complianceFrameworks" => {
                lists::connection(Some(group.stated_list("/compliance_frameworks").to_vec()), |framework| {
                    framework.clone()
                })
            }
            "dependencyProxySetting" => Answer::Value(
                group
                    .documents
                    .stated("/dependency_proxy")
                    .cloned()
                    .unwrap_or_else(|| json!({ "enabled": true })),
            ),
            "packageSettings" => {
                Answer::Value(group.documents.stated("/package_settings").cloned().unwrap_or_else(|| {
                    json!({
                        "mavenDuplicatesAllowed": true, "genericDuplicatesAllowed": true,
                        "nugetDuplicatesAllowed": true, "terraformModuleDuplicatesAllowed": false,
                        "mavenPackageRequestsForwarding": true, "npmPackageRequestsForwarding": true,
                        "pypiPackageRequestsForwarding": true,
                    })
                }))
            }
            field => {
                let told = fields::told(scene.world, group, level, &scene.filling(group), false);
                Answer::Value(told.get(&snake(field)).cloned().unwrap_or(Value::Null))
            }
        })
    }
}
