//! Single values that are no setting of their own.

use serde_json::{Value, json};

use super::super::answer::Answer;
use super::super::organization::{OrganizationNode, interaction};
use super::super::references::RefNode;
use super::RepositoryNode;
use crate::sim::world::Role;

impl<'w> RepositoryNode<'w> {
    pub(super) fn fact(&self, field: &str) -> Option<Answer<'w>> {
        let Self { scene, organization, repository } = *self;
        let full_name = || format!("{}/{}", organization.login, repository.name);
        Some(match field {
            "id" => Answer::of(format!("R_{}", repository.id)),
            "databaseId" => Answer::of(repository.id),
            "name" => Answer::of(repository.name.clone()),
            "nameWithOwner" => Answer::of(full_name()),
            "resourcePath" => Answer::of(format!("/{}", full_name())),
            "url" => Answer::of(format!("{}/{}", scene.site.web, full_name())),
            "sshUrl" => Answer::of(format!(
                "git@{}:{}.git",
                scene.site.web.trim_start_matches("http://"),
                full_name()
            )),
            "owner" => Answer::object(OrganizationNode { scene, organization }),
            "isInOrganization" | "isBlankIssuesEnabled" => Answer::of(true),
            "viewerCanAdminister" => Answer::of(repository.denials.may_administer),
            "isLocked" | "hasSponsorshipsEnabled" => Answer::of(false),
            "lockReason" => Answer::null(),
            "viewerPermission" => Answer::of(viewer_permission(repository.denials.role)),
            "isPrivate" => Answer::of(repository.visibility() != "public"),
            "isMirror" => Answer::of(repository.settings.text("mirror_url").is_some()),
            "isEmpty" => Answer::of(repository.branches.is_empty()),
            "archivedAt" => Answer::of(repository.archived_at()),
            "hasVulnerabilityAlertsEnabled" => Answer::of(repository.vulnerability_alerts),
            "issueCreationPolicy" => Answer::of("ALL"),
            "interactionAbility" => match &repository.interaction_limit {
                Some(limit) => interaction(Some(limit), "REPOSITORY"),
                None => interaction(organization.interaction_limit.as_ref(), "ORGANIZATION"),
            },
            "planFeatures" => Answer::of(json!({
                "codeowners": true, "draftPullRequests": true, "teamReviewRequests": true,
                "maximumAssignees": 10, "maximumManualReviewRequests": 15,
            })),
            "parent" => self.relative(repository.parent.as_ref()),
            "templateRepository" => self.relative(repository.template.as_ref()),
            "primaryLanguage" => {
                Answer::of(repository.settings.text("language").map_or(Value::Null, language))
            }
            "licenseInfo" => Answer::of(self.license()),
            "defaultBranchRef" => {
                let branch = repository.default_branch();
                let exists = repository.branches.contains_key(branch);
                Answer::optional(exists.then_some(RefNode { scene, organization, repository, branch }))
            }
            _ => return None,
        })
    }

    fn license(&self) -> Value {
        let Some(license) = self.repository.settings.get("license").filter(|license| license.is_object())
        else {
            return Value::Null;
        };
        json!({
            "id": format!("L_{}", license["key"].as_str().unwrap_or_default()),
            "key": license["key"],
            "name": license["name"],
            "spdxId": license["spdx_id"],
        })
    }
}

pub(super) fn language(name: &str) -> Value {
    json!({ "id": format!("LA_{name}"), "name": name, "color": null })
}

fn viewer_permission(role: Role) -> String {
    role.role_name().to_uppercase()
}
