//! Rulesets of an organization and of a repository: the same five requests on two owners.

use serde_json::{Map, Value};

use super::exchange::{Refusal, Request};
use crate::sim::world::{Ruleset, user_id};

pub mod in_organization;
pub mod in_repository;

const TARGETS: [&str; 4] = ["branch", "tag", "push", "repository"];
const ENFORCEMENTS: [&str; 3] = ["active", "evaluate", "disabled"];

/// A new ruleset must have a name and an enforcement.
fn created(request: &Request) -> Result<Ruleset, Refusal> {
    let mut ruleset = Ruleset::named(request.text("name")?);
    request.text("enforcement")?;
    change(&mut ruleset, request.object()?)?;
    Ok(ruleset)
}

/// A PUT changes what it names and leaves the rest, lists as a whole.
fn change(ruleset: &mut Ruleset, body: &Map<String, Value>) -> Result<(), Refusal> {
    for (key, value) in body {
        let wrong = || Refusal::wrong_type(key, value);
        match key.as_str() {
            "name" => value.as_str().ok_or_else(wrong)?.clone_into(&mut ruleset.name),
            "target" => word(value, &TARGETS).ok_or_else(wrong)?.clone_into(&mut ruleset.target),
            "enforcement" => {
                word(value, &ENFORCEMENTS).ok_or_else(wrong)?.clone_into(&mut ruleset.enforcement)
            }
            "conditions" => value.as_object().ok_or_else(wrong)?.clone_into(&mut ruleset.conditions),
            "rules" => ruleset.rules = rules(value).ok_or_else(wrong)?,
            "bypass_actors" => ruleset.bypass_actors = bypass_actors(value).ok_or_else(wrong)?,
            _ => {}
        }
    }
    Ok(())
}

fn word<'v>(value: &'v Value, known: &[&str]) -> Option<&'v str> {
    value.as_str().filter(|word| known.contains(word))
}

fn rules(value: &Value) -> Option<Vec<Value>> {
    let rules = value.as_array()?;
    rules.iter().all(|rule| rule["type"].is_string()).then(|| rules.clone())
}

/// GitHub reads an actor back with all three keys, whatever was sent.
fn bypass_actors(value: &Value) -> Option<Vec<Value>> {
    let told = |actor: &Value| {
        let kind = actor["actor_type"].as_str()?;
        let mode = actor["bypass_mode"].as_str().unwrap_or("always");
        Some(serde_json::json!({ "actor_id": actor["actor_id"], "actor_type": kind, "bypass_mode": mode }))
    };
    value.as_array()?.iter().map(told).collect()
}

fn version(ruleset: &Ruleset) -> Value {
    let actor = serde_json::json!({ "id": user_id("ann"), "type": "User" });
    serde_json::json!({ "version_id": ruleset.id, "actor": actor, "updated_at": ruleset.updated_at })
}

/// The ruleset that the path names.
fn wanted(request: &Request) -> impl Fn(&Ruleset) -> bool + use<> {
    let id = request.number("ruleset_id");
    move |ruleset| Some(ruleset.id) == id
}
