//! The GraphQL endpoint: limits first, then the query.

use serde_json::{Map, Value, json};

use super::answer::Answer;
use super::dispatch::rate_limited;
use super::state::State;
use crate::sim::graphql::{self, Cost, Prepared, Query};
use crate::sim::rest::{Refusal, Site};
use crate::sim::world::{Credential, Identity};

const MOST_NODES: u64 = 500_000;

pub fn answer(state: &State, site: &Site, identity: Option<&Identity>, body: &[u8]) -> Answer {
    if identity.is_some_and(|identity| identity.credential == Credential::AppKey) {
        return Refusal::bad_credentials().into();
    }
    let Ok(Value::Object(body)) = serde_json::from_slice::<Value>(body) else {
        return Refusal::malformed().into();
    };
    let Some(text) = body.get("query").and_then(Value::as_str) else {
        return errors(&json!([{ "message": "A query attribute must be specified and must be a string." }]));
    };
    let prepared = state.engine.prepare(text);
    let document = match prepared.as_ref() {
        Prepared::Valid(document) => document,
        Prepared::Invalid(told) => return errors(told),
    };
    let variables = body.get("variables").and_then(Value::as_object).cloned().unwrap_or_else(Map::new);
    let operation = body.get("operationName").and_then(Value::as_str);
    let query = match Query::new(&state.engine, document, operation, &variables) {
        Ok(query) => query,
        Err(told) => return errors(&told),
    };
    let cost = query.cost();
    if let Some(refused) = too_large(state, &cost) {
        return refused;
    }
    let mut ledger = state.ledger();
    if !ledger.graphql.charge(cost.points()) {
        return rate_limited(true);
    }
    ledger.stats.points += cost.points();
    let rate = ledger.graphql;
    drop(ledger);
    let world = state.seen(identity);
    let rate = Some(rate).filter(|_| state.options.rate_limits);
    let scene = graphql::Scene { world: &world, site, rate, cost: cost.points(), nodes: cost.nodes };
    Answer::bytes(200, query.execute(scene))
}

fn too_large(state: &State, cost: &Cost) -> Option<Answer> {
    if cost.nodes > MOST_NODES {
        let message = format!(
            "This query requests up to {} possible nodes which exceeds the maximum limit of {MOST_NODES}.",
            cost.nodes
        );
        return Some(errors(&json!([{ "type": "MAX_NODE_LIMIT_EXCEEDED", "message": message }])));
    }
    let body = json!({
        "data": null,
        "errors": [{ "message": "Something went wrong while executing your query. This may be the result of a timeout." }],
    });
    (cost.nodes > state.options.max_weight).then(|| Answer::json(502, &body))
}

/// GitHub's status is 200 also when nothing could be answered.
fn errors(errors: &Value) -> Answer {
    Answer::json(200, &json!({ "errors": errors }))
}
