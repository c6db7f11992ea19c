//! Classic branch protection: all that REST and GraphQL together know of a rule.

use serde::{Deserialize, Serialize};

use super::fnmatch::fnmatch;
use super::repository::Repository;

#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[serde(deny_unknown_fields, default)]
pub struct Protection {
    pub id: u64,
    pub pattern: String,
    pub enforce_admins: bool,
    pub allow_force_pushes: bool,
    pub allow_deletions: bool,
    pub block_creations: bool,
    pub lock_branch: bool,
    pub allow_fork_syncing: bool,
    pub required_linear_history: bool,
    pub required_conversation_resolution: bool,
    pub required_signatures: bool,
    pub required_status_checks: Option<StatusChecks>,
    pub required_pull_request_reviews: Option<Reviews>,
    /// Who may push, where that is restricted.
    pub restrictions: Option<Actors>,
    /// Who may force-push although others may not; only GraphQL tells.
    pub force_push_allowances: Actors,
    /// The environments a deployment must have succeeded in; only GraphQL tells.
    pub required_deployments: Option<Vec<String>>,
}

#[derive(Debug, Clone, Default, PartialEq, Serialize, Deserialize)]
#[serde(deny_unknown_fields, default)]
pub struct StatusChecks {
    pub strict: bool,
    pub checks: Vec<StatusCheck>,
}

#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct StatusCheck {
    pub context: String,
    pub app_id: Option<u64>,
}

#[derive(Debug, Clone, Default, PartialEq, Serialize, Deserialize)]
#[serde(deny_unknown_fields, default)]
pub struct Reviews {
    pub required_approving_review_count: u64,
    pub dismiss_stale_reviews: bool,
    pub require_code_owner_reviews: bool,
    pub require_last_push_approval: bool,
    /// Who may dismiss reviews, where that is restricted.
    pub dismissal_restrictions: Option<Actors>,
    pub bypass_pull_request_allowances: Actors,
}

#[derive(Debug, Clone, Default, PartialEq, Serialize, Deserialize)]
#[serde(deny_unknown_fields, default)]
pub struct Actors {
    pub users: Vec<String>,
    /// Slugs.
    pub teams: Vec<String>,
    /// Slugs.
    pub apps: Vec<String>,
}

impl Actors {
    pub fn is_empty(&self) -> bool {
        self.users.is_empty() && self.teams.is_empty() && self.apps.is_empty()
    }
}

impl Default for Protection {
    fn default() -> Self {
        Self::on("main")
    }
}

impl Protection {
    /// A rule as GitHub makes it when nothing is ticked.
    pub fn on(pattern: &str) -> Self {
        Self {
            id: 0,
            pattern: pattern.to_owned(),
            enforce_admins: false,
            allow_force_pushes: false,
            allow_deletions: false,
            block_creations: false,
            lock_branch: false,
            allow_fork_syncing: false,
            required_linear_history: false,
            required_conversation_resolution: false,
            required_signatures: false,
            required_status_checks: None,
            required_pull_request_reviews: None,
            restrictions: None,
            force_push_allowances: Actors::default(),
            required_deployments: None,
        }
    }

    /// Pull requests with this many approvals.
    #[must_use]
    pub fn approvals(mut self, count: u64) -> Self {
        let reviews = self.required_pull_request_reviews.get_or_insert_with(Reviews::default);
        reviews.required_approving_review_count = count;
        self
    }

    /// A status check from any source.
    #[must_use]
    pub fn check(mut self, context: &str) -> Self {
        let checks = &mut self.required_status_checks.get_or_insert_with(StatusChecks::default).checks;
        checks.push(StatusCheck { context: context.to_owned(), app_id: None });
        self
    }

    /// Any other change, in place.
    #[must_use]
    pub fn with(mut self, change: impl FnOnce(&mut Self)) -> Self {
        change(&mut self);
        self
    }

    fn is_wildcard(&self) -> bool {
        self.pattern.contains(['*', '?', '['])
    }
}

impl Repository {
    /// The one classic rule that counts for a branch: its own, else the first wildcard created.
    pub fn protection_of(&self, branch: &str) -> Option<&Protection> {
        let own = self.protections.iter().find(|rule| rule.pattern == branch);
        own.or_else(|| {
            self.protections.iter().find(|rule| rule.is_wildcard() && fnmatch(&rule.pattern, branch))
        })
    }

    /// The branches a rule counts for, which excludes those that another rule wins.
    pub fn branches_under(&self, rule: &Protection) -> impl Iterator<Item = &str> {
        let id = rule.id;
        let branches = self.branches.keys().map(String::as_str);
        branches.filter(move |branch| self.protection_of(branch).is_some_and(|winner| winner.id == id))
    }
}
