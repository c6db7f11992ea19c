//! A project.

use apollo_compiler::resolvers::FieldError;
use serde_json::{Value, json};

use super::names::{gid, object, snake};
use super::root::Scene;
use super::{branch_rules, lists, repository};
use crate::sim::gitlab::fields;
use crate::sim::gitlab::world::{Holder, Tier};
use crate::sim::graphql::{Answer, Ask, Subject};

pub struct ProjectNode<'w> {
    pub scene: Scene<'w>,
    pub project: &'w Holder,
    pub level: u64,
}

impl ProjectNode<'_> {
    fn document(&self, suffix: &str) -> Option<Value> {
        lists::document(self.scene, self.project, self.level, suffix)
    }

    fn of(&self, suffix: &str, key: &str) -> Value {
        self.document(suffix).and_then(|document| document.get(key).cloned()).unwrap_or(Value::Null)
    }

    fn items(&self, suffix: &str) -> Option<Vec<Value>> {
        lists::items(self.scene, self.project, self.level, suffix)
    }

    /// A field of the project's own document; null where it is not shown.
    fn told(&self, key: &str) -> Value {
        fields::one(self.scene.world, self.project, self.level, &self.scene.filling(self.project), key)
    }

    fn pipelines(&self) -> Value {
        if self.level < 40 {
            return Value::Null;
        }
        let told = |key: &str| self.told(key);
        json!({
            "inboundJobTokenScopeEnabled": self.of("/job_token_scope", "inbound_enabled"),
            "jobTokenScopeEnabled": self.of("/job_token_scope", "outbound_enabled"),
            "keepLatestArtifact": told("keep_latest_artifact"),
            "mergePipelinesEnabled": told("merge_pipelines_enabled"),
            "mergeTrainsEnabled": told("merge_trains_enabled"),
            "mergeTrainsSkipTrainAllowed": told("merge_trains_skip_train_allowed"),
            "mergeTrainEnforcement": told("merge_train_enforcement"),
            "maxPipelinesPerMergeTrain": told("max_pipelines_per_merge_train"),
            "groupRunnersEnabled": told("group_runners_enabled"),
            "pipelineVariablesMinimumOverrideRole": told("ci_pipeline_variables_minimum_override_role"),
            "pushRepositoryForJobTokenAllowed": told("ci_push_repository_for_job_token_allowed"),
            "crossProjectPushForJobTokenAllowed": false,
            "displayPipelineVariables": told("ci_display_pipeline_variables"),
            "resourceGroupDefaultProcessMode": told("resource_group_default_process_mode"),
            "skipBranchPipelinesForMrs": told("ci_skip_branch_pipelines_for_mrs"),
        })
    }

    /// An environment with the protection of its name.
    fn environment(&self, item: &Value) -> Value {
        let mut told = object("Environment", item);
        let protections = self.items("/protected_environments").map(|protections| {
            let of_it = protections.iter().filter(|protection| protection["name"] == item["name"]);
            of_it.map(|protection| json!({ "name": protection["name"] })).collect::<Vec<_>>()
        });
        told.insert("protectedEnvironments".to_owned(), json!(protections));
        Value::Object(told)
    }

    fn languages(&self) -> Value {
        let shares = self.document("/languages").unwrap_or(Value::Null);
        let shares = shares.as_object().into_iter().flatten();
        shares.map(|(name, share)| json!({ "name": name, "share": share, "color": null })).collect()
    }
}

impl<'w> Subject<'w> for ProjectNode<'w> {
    fn type_name(&self) -> &str {
        "Project"
    }

    fn field(&self, ask: &Ask<'_>) -> Result<Answer<'w>, FieldError> {
        let Self { scene, project, level } = *self;
        if let Some(answer) = lists::shared(scene, project, level, ask) {
            return Ok(answer);
        }
        let plain = |kind: &'static str| move |item: &Value| Value::Object(object(kind, item));
        Ok(match ask.field {
            "id" => Answer::Value(gid("Project", &json!(project.id))),
            "fullPath" => Answer::of(project.path.as_str()),
            "nameWithNamespace" => Answer::of(project.path.replace('/', " / ")),
            "group" => scene
                .world
                .above(project)
                .next()
                .and_then(|group| scene.group(group))
                .unwrap_or_else(Answer::null),
            "ciConfigPathOrDefault" => {
                let path = self.told("ci_config_path");
                Answer::of(path.as_str().filter(|path| !path.is_empty()).unwrap_or(".gitlab-ci.yml"))
            }
            "mergeRequestsFfOnlyEnabled" => Answer::of(self.told("merge_method") == "ff"),
            "squashReadOnly" => {
                Answer::of(self.told("squash_option") == "never" || self.told("squash_option") == "always")
            }
            "isForked" => Answer::of(!self.told("forked_from_project").is_null()),
            "pagesForceHttps" => Answer::Value(self.of("/pages", "force_https")),
            "pagesUseUniqueDomain" => Answer::Value(self.of("/pages", "is_unique_domain_enabled")),
            "secretPushProtectionEnabled" | "preReceiveSecretDetectionEnabled" => {
                Answer::Value(self.of("/security_settings", "secret_push_protection_enabled"))
            }
            "containerScanningForRegistryEnabled" => {
                Answer::Value(self.of("/security_settings", "container_scanning_for_registry_enabled"))
            }
            "preventMergeWithoutJiraIssueEnabled" => {
                Answer::Value(self.told("prevent_merge_without_jira_issue"))
            }
            "mergeRequestsDisableCommittersApproval" => {
                Answer::of(self.of("/approvals", "merge_requests_disable_committers_approval") == true)
            }
            "ciCdSettings" => Answer::Value(self.pipelines()),
            "pushRules" => match self.document("/push_rule") {
                Some(rule) if rule.is_object() => Answer::Value(Value::Object(object("PushRule", &rule))),
                _ => Answer::null(),
            },
            "complianceFrameworks" => match self.told("compliance_frameworks") {
                Value::Array(names) => lists::connection(
                    Some(names),
                    |name| json!({ "id": "gid://gitlab/ComplianceManagement::Framework/1", "name": name }),
                ),
                _ => Answer::null(),
            },
            "containerExpirationPolicy" => Answer::Value(Value::Object(object(
                "ContainerExpirationPolicy",
                &self.told("container_expiration_policy"),
            ))),
            "userPermissions" => Answer::Value(json!({
                "adminProject": level >= 40, "pushCode": level >= 30, "readProject": true,
            })),
            "securityPolicyProject" => {
                let linked = project.documents.stated("/security_policy_project").and_then(Value::as_str);
                let linked = linked.filter(|_| level >= 40 && scene.world.tier == Tier::Ultimate);
                let found = linked.and_then(|path| scene.world.project(path));
                found.and_then(|linked| scene.project(linked)).unwrap_or_else(Answer::null)
            }
            "languages" => Answer::Value(self.languages()),
            "branchRules" => branch_rules::listed(scene, project, level),
            "repository" => repository::told(scene, project, level),
            "environments" => lists::connection(self.items("/environments"), |item| self.environment(item)),
            "pipelineSchedules" => {
                lists::connection(self.items("/pipeline_schedules"), plain("Ci::PipelineSchedule"))
            }
            "ciJobTokenScope" => Answer::Value(match self.items("/job_token_scope/allowlist") {
                Some(projects) => {
                    json!({ "inboundAllowlist": projects.iter().map(|project| json!({ "fullPath": project["path_with_namespace"] })).collect::<Vec<_>>() })
                }
                None => Value::Null,
            }),
            field => Answer::Value(self.told(&snake(field))),
        })
    }
}
