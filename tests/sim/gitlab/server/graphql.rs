//! The GraphQL endpoint: limits first, then the query.

use serde_json::{Map, Value, json};

use super::state::State;
use crate::sim::gitlab::graphql::{MOST_CHARACTERS, MOST_DEPTH, Root, Scene, Score};
use crate::sim::gitlab::site::Site;
use crate::sim::gitlab::world::Identity;
use crate::sim::graphql::{Bounds, Prepared, Query, Resolver};
use crate::sim::server::Answer;

pub fn answer(state: &State, site: &Site, caller: &Identity, body: &[u8]) -> Answer {
    if !caller.may_read() {
        // A token without the scope is as good as none.
        return Answer::json(401, &json!({ "errors": [{ "message": "Invalid token" }] }));
    }
    let Ok(Value::Object(body)) = serde_json::from_slice::<Value>(body) else {
        return errors(&json!([{ "message": "Unexpected end of document" }]));
    };
    let text = body.get("query").and_then(Value::as_str).unwrap_or_default();
    if text.len() > MOST_CHARACTERS {
        return errors(&json!([{ "message": "Query too large" }]));
    }
    let prepared = state.engine.prepare(text);
    let document = match prepared.as_ref() {
        Prepared::Valid(document) => document,
        Prepared::Invalid(told) => return errors(told),
    };
    let variables = body.get("variables").and_then(Value::as_object).cloned().unwrap_or_else(Map::new);
    let query = match Query::new(
        &state.engine,
        document,
        body.get("operationName").and_then(Value::as_str),
        &variables,
    ) {
        Ok(query) => query,
        Err(told) => return errors(&told),
    };
    let (document, operation, variables) = query.parts();
    let score = Score::of(document, operation, variables);
    let limit = state.options.max_complexity;
    let mut refused = Vec::new();
    if score.complexity > limit {
        let message =
            format!("Query has complexity of {}, which exceeds max complexity of {limit}", score.complexity);
        refused.push(json!({ "message": message }));
    }
    if score.depth > MOST_DEPTH && !introspects(text) {
        let message = format!("Query has depth of {}, which exceeds max depth of {MOST_DEPTH}", score.depth);
        refused.push(json!({ "message": message }));
    }
    if !refused.is_empty() {
        return errors(&Value::Array(refused));
    }
    state.ledger().stats.points += score.complexity;
    let world = state.world();
    let scene = Scene { world: &world, site, caller, complexity: score.complexity, limit };
    Answer::bytes(200, query.execute_from(&Resolver::bounded(Root(scene), Bounds::Assumed)))
}

fn introspects(query: &str) -> bool {
    query.contains("__schema") || query.contains("__type")
}

/// GitLab's status is 200 also when nothing could be answered.
fn errors(errors: &Value) -> Answer {
    Answer::json(200, &json!({ "errors": errors }))
}
