//! Branches as refs, and the rules that count for them.

use apollo_compiler::resolvers::FieldError;
use serde_json::{Value, json};

use super::answer::{Answer, Ask, Subject};
use super::protection::ProtectionNode;
use super::repository::RepositoryNode;
use super::root::Scene;
use super::ruleset::RulesetNode;
use crate::sim::world::{MOMENT, Organization, Repository, applies_to_ref};

#[derive(Clone, Copy)]
pub struct RefNode<'w> {
    pub scene: Scene<'w>,
    pub organization: &'w Organization,
    pub repository: &'w Repository,
    pub branch: &'w str,
}

impl<'w> Subject<'w> for RefNode<'w> {
    fn type_name(&self) -> &str {
        "Ref"
    }

    fn field(&self, ask: &Ask<'_>) -> Result<Answer<'w>, FieldError> {
        let Self { scene, organization, repository, branch } = *self;
        Ok(match ask.field {
            "id" => Answer::of(format!("REF_{}_{branch}", repository.id)),
            "name" => Answer::of(branch),
            "prefix" => Answer::of("refs/heads/"),
            "repository" => Answer::object(RepositoryNode { scene, organization, repository }),
            "target" => Answer::of(commit(repository, branch)),
            "branchProtectionRule" => {
                let rule = repository.protection_of(branch);
                Answer::optional(rule.map(|rule| ProtectionNode { scene, organization, repository, rule }))
            }
            "rules" => Answer::of(self.rules()),
            _ => return Err(ask.unanswered("Ref")),
        })
    }
}

impl RefNode<'_> {
    fn rules(&self) -> Vec<Value> {
        let own = self.repository.rulesets.iter();
        let counting = own.chain(self.organization.rulesets_over(self.repository)).filter(|ruleset| {
            let reference = format!("refs/heads/{}", self.branch);
            let on_branches = ruleset.target == "branch" && ruleset.enforcement == "active";
            on_branches && applies_to_ref(ruleset, self.repository, &reference)
        });
        counting.flat_map(RulesetNode::rules_of).collect()
    }
}

/// What reported on a commit; nothing where nothing did.
fn rollup(repository: &Repository, oid: &str) -> Value {
    let checks = repository.reported_checks.iter().enumerate().map(|(number, name)| {
        let app =
            if repository.checks_of_others.contains(name) { "checks-of-others" } else { "github-actions" };
        json!({
            "__typename": "CheckRun",
            "id": format!("CR_{oid}_{number}"),
            "name": name,
            "checkSuite": {
                "__typename": "CheckSuite",
                "id": format!("CS_{oid}_{number}"),
                "app": { "__typename": "App", "id": format!("A_{app}"), "name": app, "slug": app },
            },
        })
    });
    match checks.collect::<Vec<_>>() {
        none if none.is_empty() => Value::Null,
        checks => {
            json!({ "__typename": "StatusCheckRollup", "id": format!("SCR_{oid}"), "contexts": checks })
        }
    }
}

pub fn commit(repository: &Repository, branch: &str) -> Value {
    let Some(oid) = repository.head_of(branch) else { return Value::Null };
    json!({
        "__typename": "Commit",
        "id": format!("C_{oid}"),
        "abbreviatedOid": oid.get(..7),
        "oid": oid,
        "committedDate": MOMENT,
        "message": "Simulated",
        "statusCheckRollup": rollup(repository, &oid),
    })
}
