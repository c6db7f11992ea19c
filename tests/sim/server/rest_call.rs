//! Answering a REST request from the world that its caller sees.

use std::collections::BTreeMap;

use axum::body::Bytes;
use axum::http::header;
use axum::http::request::Parts;
use serde_json::json;

use super::answer::Answer;
use super::budget::Rate;
use super::dispatch::{header_text, rate_limited};
use super::faults::Fault;
use super::state::State;
use crate::sim::rest::{self, Captures, Endpoint, Handler, Method, Refusal, Reply, Request, Route, Site};
use crate::sim::world::Identity;

/// What is known of a request before anybody looks at what it asks.
pub struct Call {
    /// Without the prefix of an Enterprise Server.
    pub path: String,
    pub site: Site,
    pub identity: Option<Identity>,
    /// Whether no person asks.
    pub machine: bool,
}

pub fn answer_rest(
    state: &State,
    parts: &Parts,
    body: &Bytes,
    found: Option<(Endpoint, Captures)>,
    call: Call,
) -> Answer {
    let Some((endpoint, captures)) = found else { return Refusal::not_found().into() };
    if !state.options.rate_limits && endpoint.path() == "/rate_limit" {
        return Refusal::missing("Rate limiting is not enabled.").into();
    }
    let (core, graphql) = rates(state);
    let body = if body.is_empty() { Ok(json!({})) } else { serde_json::from_slice(body) };
    let Ok(body) = body else { return Refusal::malformed().into() };
    let query = url::form_urlencoded::parse(parts.uri.query().unwrap_or_default().as_bytes()).into_owned();
    let query: BTreeMap<String, String> = query.collect();
    let quirks = state.options.faults.iter().filter_map(|fault| match fault {
        Fault::List(quirk) if quirk.path == endpoint.path() => Some(quirk.clone()),
        _ => None,
    });
    let Call { path, site, identity, machine } = call;
    let request = Request {
        captures,
        query,
        body,
        url: path,
        site,
        core,
        graphql,
        installation: machine,
        identity,
        token_expires_at: state.options.token_expires_at.clone(),
        quirks: quirks.collect(),
    };
    if core.remaining() == 0 {
        return rate_limited(false);
    }
    let answer = reply(state, endpoint, &request).map_or_else(Answer::from, told);
    revalidate(state, parts, endpoint, answer)
}

fn reply(state: &State, endpoint: Endpoint, request: &Request) -> Result<Reply, Refusal> {
    if let Endpoint::Route(Route { handler: Handler::Write(write), .. }) = endpoint {
        let mut world = state.world_mut();
        rest::check(endpoint, &world, request)?;
        return write(&mut world, request);
    }
    if let Endpoint::Change(row) = endpoint {
        let mut world = state.world_mut();
        rest::check(endpoint, &world, request)?;
        if row.write.is_some_and(|write| write.status == 202) && state.options.looks > 0 {
            let mut then = world.clone();
            drop(world);
            let reply = rest::documents::change(&mut then, request, row)?;
            state.put_off(request.clone(), row);
            return Ok(reply);
        }
        return rest::documents::change(&mut world, request, row);
    }
    if let Endpoint::Item(collection, method) = endpoint {
        let mut world = state.world_mut();
        rest::check(endpoint, &world, request)?;
        return rest::documents::write(&mut world, request, collection, method);
    }
    state.looked_at(&request.url);
    let world = state.seen(request.identity.as_ref());
    rest::check(endpoint, &world, request)?;
    match endpoint {
        Endpoint::Route(Route { handler: Handler::Read(read), .. }) => read(&world, request),
        Endpoint::Document(row) => rest::documents::answer(&world, request, row),
        Endpoint::Route(_) | Endpoint::Change(_) | Endpoint::Item(..) => Err(Refusal::not_found()),
    }
}

pub fn rates(state: &State) -> (Rate, Rate) {
    let ledger = state.ledger();
    (ledger.core, ledger.graphql)
}

fn told(reply: Reply) -> Answer {
    let answer = match &reply.body {
        Some(body) => Answer::json(reply.status, body),
        None => Answer::empty(reply.status),
    };
    match reply.link {
        Some(link) => answer.with("link", link),
        None => answer,
    }
}

/// A GET whose answer the caller already has costs nothing. Another token's validator is another's.
fn revalidate(state: &State, parts: &Parts, endpoint: Endpoint, answer: Answer) -> Answer {
    let mut ledger = state.ledger();
    if endpoint.method() == Method::Get && answer.status == 200 {
        let etag =
            answer.etag(header_text(&parts.headers, header::AUTHORIZATION.as_str()).unwrap_or_default());
        let known = header_text(&parts.headers, header::IF_NONE_MATCH.as_str());
        if known.is_some_and(|known| known.split(',').any(|known| known.trim() == etag)) {
            ledger.stats.not_modified += 1;
            let route = format!("GET {}", endpoint.path());
            *ledger.stats.not_modified_by_route.entry(route).or_default() += 1;
            return Answer::empty(304).with("etag", etag);
        }
        ledger.core.charge(1);
        return answer.with("etag", etag);
    }
    ledger.core.charge(1);
    answer
}
