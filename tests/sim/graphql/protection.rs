//! Classic branch protection rules, as only GraphQL tells them whole.

use apollo_compiler::resolvers::FieldError;
use serde_json::{Value, json};

use super::actors;
use super::answer::{Answer, Ask, Subject};
use super::record::Composite;
use super::references::RefNode;
use super::repository::RepositoryNode;
use super::root::Scene;
use crate::sim::world::{Actors, Organization, Protection, Repository, Reviews, app_slug};

#[derive(Clone, Copy)]
pub struct ProtectionNode<'w> {
    pub scene: Scene<'w>,
    pub organization: &'w Organization,
    pub repository: &'w Repository,
    pub rule: &'w Protection,
}

impl<'w> Subject<'w> for ProtectionNode<'w> {
    fn type_name(&self) -> &str {
        "BranchProtectionRule"
    }

    fn field(&self, ask: &Ask<'_>) -> Result<Answer<'w>, FieldError> {
        let Self { scene, organization, repository, rule } = *self;
        let reviews = rule.required_pull_request_reviews.as_ref();
        let asked = |ask: fn(&Reviews) -> bool| Answer::of(reviews.is_some_and(ask));
        Ok(match ask.field {
            "id" => Answer::of(format!("BPR_{}", rule.id)),
            "databaseId" => Answer::of(rule.id),
            "pattern" => Answer::of(rule.pattern.clone()),
            "repository" => Answer::object(RepositoryNode { scene, organization, repository }),
            "isAdminEnforced" => Answer::of(rule.enforce_admins),
            "allowsForcePushes" => Answer::of(rule.allow_force_pushes),
            "allowsDeletions" => Answer::of(rule.allow_deletions),
            "blocksCreations" => Answer::of(rule.block_creations),
            "lockBranch" => Answer::of(rule.lock_branch),
            "lockAllowsFetchAndMerge" => Answer::of(rule.allow_fork_syncing),
            "requiresLinearHistory" => Answer::of(rule.required_linear_history),
            "requiresConversationResolution" => Answer::of(rule.required_conversation_resolution),
            "requiresCommitSignatures" => Answer::of(rule.required_signatures),
            "requiresApprovingReviews" => Answer::of(reviews.is_some()),
            "requiredApprovingReviewCount" => {
                Answer::of(json!(reviews.map(|reviews| reviews.required_approving_review_count)))
            }
            "dismissesStaleReviews" => asked(|reviews| reviews.dismiss_stale_reviews),
            "requiresCodeOwnerReviews" => asked(|reviews| reviews.require_code_owner_reviews),
            "requireLastPushApproval" => asked(|reviews| reviews.require_last_push_approval),
            "restrictsReviewDismissals" => asked(|reviews| reviews.dismissal_restrictions.is_some()),
            "restrictsPushes" => Answer::of(rule.restrictions.is_some()),
            "requiresDeployments" => Answer::of(rule.required_deployments.is_some()),
            "requiredDeploymentEnvironments" => {
                Answer::of(json!(rule.required_deployments.as_deref().unwrap_or_default()))
            }
            "requiresStatusChecks" => Answer::of(rule.required_status_checks.is_some()),
            "requiresStrictStatusChecks" => {
                Answer::of(rule.required_status_checks.as_ref().is_some_and(|checks| checks.strict))
            }
            "requiredStatusCheckContexts" => Answer::of(self.checks(|check| check["context"].clone())),
            "requiredStatusChecks" => Answer::of(self.checks(|check| check)),
            "matchingRefs" => {
                let refs = repository.branches_under(rule).map(|branch| RefNode {
                    scene,
                    organization,
                    repository,
                    branch,
                });
                Answer::page(refs.map(Answer::object))
            }
            "pushAllowances" => self.allowances("PushAllowance", rule.restrictions.as_ref()),
            "bypassForcePushAllowances" => {
                self.allowances("BypassForcePushAllowance", Some(&rule.force_push_allowances))
            }
            "bypassPullRequestAllowances" => self.allowances(
                "BypassPullRequestAllowance",
                reviews.map(|reviews| &reviews.bypass_pull_request_allowances),
            ),
            "reviewDismissalAllowances" => {
                let allowed = reviews.and_then(|reviews| reviews.dismissal_restrictions.as_ref());
                self.allowances("ReviewDismissalAllowance", allowed)
            }
            _ => return Err(ask.unanswered("BranchProtectionRule")),
        })
    }
}

impl<'w> ProtectionNode<'w> {
    fn checks(&self, told: fn(Value) -> Value) -> Vec<Value> {
        let checks =
            self.rule.required_status_checks.as_ref().map_or(&[] as &[_], |checks| checks.checks.as_slice());
        let record = |app: u64| actors::app_record(self.scene, &app_slug(app));
        checks
            .iter()
            .map(|check| told(json!({ "context": check.context, "app": check.app_id.map(record) })))
            .collect()
    }

    fn allowances(&self, kind: &'static str, allowed: Option<&Actors>) -> Answer<'w> {
        let actors =
            allowed.map(|allowed| actors::listed(self.scene, self.organization, allowed)).unwrap_or_default();
        Answer::page(actors.into_iter().enumerate().map(|(at, actor)| {
            let id = Answer::of(format!("{kind}_{}_{at}", self.rule.id));
            Answer::object(Composite { kind, fields: vec![("id", id), ("actor", actor)] })
        }))
    }
}
