//! Rulesets, kept in the shape REST reads and writes.

use serde::{Deserialize, Serialize};
use serde_json::{Map, Value, json};

use super::MOMENT;

#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Ruleset {
    pub id: u64,
    pub name: String,
    /// `branch`, `tag`, `push` or `repository`.
    pub target: String,
    /// `active`, `evaluate` or `disabled`.
    pub enforcement: String,
    pub conditions: Map<String, Value>,
    pub rules: Vec<Value>,
    pub bypass_actors: Vec<Value>,
    pub created_at: String,
    pub updated_at: String,
}

impl Ruleset {
    /// An active ruleset on branches, without conditions or rules.
    pub fn named(name: &str) -> Self {
        Self {
            id: 0,
            name: name.to_owned(),
            target: "branch".to_owned(),
            enforcement: "active".to_owned(),
            conditions: Map::new(),
            rules: Vec::new(),
            bypass_actors: Vec::new(),
            created_at: MOMENT.to_owned(),
            updated_at: MOMENT.to_owned(),
        }
    }

    #[must_use]
    pub fn target(mut self, target: &str) -> Self {
        target.clone_into(&mut self.target);
        self
    }

    #[must_use]
    pub fn enforcement(mut self, enforcement: &str) -> Self {
        enforcement.clone_into(&mut self.enforcement);
        self
    }

    /// `~DEFAULT_BRANCH`, `~ALL` or `refs/heads/...`.
    #[must_use]
    pub fn refs(self, include: &[&str], exclude: &[&str]) -> Self {
        self.condition("ref_name", json!({ "include": include, "exclude": exclude }))
    }

    #[must_use]
    pub fn condition(mut self, name: &str, value: Value) -> Self {
        self.conditions.insert(name.to_owned(), value);
        self
    }

    /// A rule without parameters.
    #[must_use]
    pub fn rule(mut self, kind: &str) -> Self {
        self.rules.push(json!({ "type": kind }));
        self
    }

    #[must_use]
    pub fn rule_with(mut self, kind: &str, parameters: Value) -> Self {
        self.rules.push(json!({ "type": kind, "parameters": parameters }));
        self
    }

    /// Pull requests with this many approvals, and nothing else asked of them.
    #[must_use]
    pub fn pull_request(self, approvals: u64) -> Self {
        self.rule_with(
            "pull_request",
            json!({
                "required_approving_review_count": approvals,
                "dismiss_stale_reviews_on_push": false,
                "required_reviewers": [],
                "require_code_owner_review": false,
                "require_last_push_approval": false,
                "required_review_thread_resolution": false,
                "allowed_merge_methods": ["merge", "squash", "rebase"],
            }),
        )
    }

    #[must_use]
    pub fn bypass(mut self, actor_type: &str, actor_id: Option<u64>, mode: &str) -> Self {
        self.bypass_actors
            .push(json!({ "actor_id": actor_id, "actor_type": actor_type, "bypass_mode": mode }));
        self
    }
}
