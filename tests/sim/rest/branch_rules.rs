//! The rules that count for a branch, of all active rulesets together.

use serde_json::{Value, json};

use super::exchange::{Refusal, Reply, Request};
use super::page::page;
use crate::sim::world::{World, applies_to_ref};

/// The branch need not exist: rules can count for one that is yet to come.
pub fn list(world: &World, request: &Request) -> Result<Reply, Refusal> {
    let (organization, repository) = request.repository(world)?;
    let reference = format!("refs/heads/{}", request.capture("branch"));
    let own = repository.rulesets.iter();
    let own =
        own.map(|ruleset| (ruleset, "Repository", format!("{}/{}", organization.login, repository.name)));
    let inherited = organization.rulesets_over(repository);
    let inherited = inherited.map(|ruleset| (ruleset, "Organization", organization.login.clone()));
    let mut rules: Vec<Value> = Vec::new();
    for (ruleset, kind, source) in own.chain(inherited) {
        let counts = ruleset.enforcement == "active" && ruleset.target == "branch";
        if !counts || !applies_to_ref(ruleset, repository, &reference) {
            continue;
        }
        for rule in &ruleset.rules {
            let mut rule = rule.clone();
            rule["ruleset_source_type"] = json!(kind);
            rule["ruleset_source"] = json!(source);
            rule["ruleset_id"] = json!(ruleset.id);
            rules.push(rule);
        }
    }
    Ok(page(request, &rules, Value::clone))
}
