//! Rulesets, translated from the shape REST keeps them in.

use apollo_compiler::resolvers::FieldError;
use serde_json::{Value, json};

use super::actors;
use super::answer::{Answer, Ask, Subject};
use super::organization::OrganizationNode;
use super::record::Composite;
use super::repository::RepositoryNode;
use super::root::Scene;
use super::rule_parameters;
use super::team::TeamNode;
use crate::sim::world::{Denials, Organization, Repository, Ruleset, app_slug, user_id};

#[derive(Clone, Copy)]
pub struct RulesetNode<'w> {
    pub scene: Scene<'w>,
    pub organization: &'w Organization,
    /// The owner; none for an organization's ruleset.
    pub repository: Option<&'w Repository>,
    pub ruleset: &'w Ruleset,
    /// Those of whatever the ruleset was reached through.
    pub denials: &'w Denials,
}

impl<'w> Subject<'w> for RulesetNode<'w> {
    fn type_name(&self) -> &str {
        "RepositoryRuleset"
    }

    fn field(&self, ask: &Ask<'_>) -> Result<Answer<'w>, FieldError> {
        let Self { scene, organization, repository, ruleset, denials } = *self;
        Ok(match ask.field {
            "id" => Answer::of(format!("RRS_{}", ruleset.id)),
            "databaseId" => Answer::of(ruleset.id),
            "name" => Answer::of(ruleset.name.clone()),
            "target" => Answer::of(ruleset.target.to_uppercase()),
            "enforcement" => Answer::of(ruleset.enforcement.to_uppercase()),
            "createdAt" => Answer::of(ruleset.created_at.clone()),
            "updatedAt" => Answer::of(ruleset.updated_at.clone()),
            "source" => match repository {
                Some(repository) => Answer::object(RepositoryNode { scene, organization, repository }),
                None => Answer::object(OrganizationNode { scene, organization }),
            },
            "conditions" => Answer::of(conditions(ruleset)),
            "rules" => {
                let mut rules = Self::rules_of(ruleset);
                rules.retain(|rule| ask.text("type").is_none_or(|kind| rule["type"] == kind));
                Answer::of(rules)
            }
            "bypassActors" if denials.may_see_bypass => Answer::page(
                ruleset.bypass_actors.iter().enumerate().map(|(at, actor)| self.bypass(at, actor)),
            ),
            "bypassActors" => Answer::null(),
            _ => return Err(ask.unanswered("RepositoryRuleset")),
        })
    }
}

impl<'w> RulesetNode<'w> {
    /// Whether the ruleset has one of the targets that were asked for.
    pub fn targeted(ruleset: &Ruleset, ask: &Ask<'_>) -> bool {
        ask.texts("targets").is_none_or(|targets| targets.contains(&ruleset.target.to_uppercase().as_str()))
    }

    pub fn rules_of(ruleset: &Ruleset) -> Vec<Value> {
        let told = |(at, rule): (usize, &Value)| {
            let kind = rule["type"].as_str().unwrap_or_default();
            json!({
                "id": format!("RRU_{}_{at}", ruleset.id),
                "type": kind.to_uppercase(),
                "parameters": rule_parameters::told(kind, &rule["parameters"]),
            })
        };
        ruleset.rules.iter().enumerate().map(told).collect()
    }

    fn bypass(&self, at: usize, actor: &Value) -> Answer<'w> {
        let kind = actor["actor_type"].as_str().unwrap_or_default();
        let id = actor["actor_id"].as_u64();
        let role = (kind == "RepositoryRole").then_some(id).flatten();
        let mode = actor["bypass_mode"].as_str().unwrap_or("always").to_uppercase();
        Answer::object(Composite {
            kind: "RepositoryRulesetBypassActor",
            fields: vec![
                ("id", Answer::of(format!("RRB_{}_{at}", self.ruleset.id))),
                ("bypassMode", Answer::of(mode)),
                ("deployKey", Answer::of(kind == "DeployKey")),
                ("organizationAdmin", Answer::of(kind == "OrganizationAdmin")),
                ("enterpriseOwner", Answer::of(kind == "EnterpriseOwner")),
                ("enterpriseRole", Answer::of(false)),
                ("repositoryRoleDatabaseId", Answer::of(role)),
                ("repositoryRoleName", Answer::of(role.and_then(role_name))),
                ("actor", id.map_or_else(Answer::null, |id| self.actor(kind, id))),
            ],
        })
    }

    fn actor(&self, kind: &str, id: u64) -> Answer<'w> {
        let Self { scene, organization, .. } = *self;
        match kind {
            "Team" => {
                let team = organization.teams.values().find(|team| team.id == id);
                Answer::optional(team.map(|team| TeamNode { scene, organization, team }))
            }
            "User" => {
                let login = organization.members.keys().find(|login| user_id(login) == id);
                login.map_or_else(Answer::null, |login| actors::user(scene, login))
            }
            "Integration" => Answer::of(actors::app_record(scene, &app_slug(id))),
            _ => Answer::null(),
        }
    }
}

/// GitHub's own repository roles have these ids; others are custom roles, which have no name here.
fn role_name(id: u64) -> Option<&'static str> {
    match id {
        1 => Some("read"),
        2 => Some("maintain"),
        3 => Some("triage"),
        4 => Some("write"),
        5 => Some("admin"),
        _ => None,
    }
}

fn conditions(ruleset: &Ruleset) -> Value {
    let condition = |name: &str| ruleset.conditions.get(name);
    let property = |target: &Value| json!({ "name": target["name"], "propertyValues": target["property_values"], "source": target["source"] });
    let properties = |condition: &Value, key: &str| -> Value {
        condition[key].as_array().map_or(&[] as &[_], Vec::as_slice).iter().map(property).collect()
    };
    let node_id = |id: &Value| json!(format!("R_{id}"));
    json!({
        "refName": condition("ref_name"),
        "repositoryName": condition("repository_name"),
        "repositoryId": condition("repository_id").map(|condition| {
            let ids = condition["repository_ids"].as_array().map_or(&[] as &[_], Vec::as_slice);
            json!({ "repositoryIds": ids.iter().map(node_id).collect::<Vec<_>>() })
        }),
        "repositoryProperty": condition("repository_property").map(|condition| {
            json!({ "include": properties(condition, "include"), "exclude": properties(condition, "exclude") })
        }),
    })
}
