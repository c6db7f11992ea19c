//! The way of one request: counted, delayed, struck by faults, authorised, answered.

use std::sync::Arc;

use axum::body::{Body, Bytes, to_bytes};
use axum::extract::State as Shared;
use axum::http::request::Parts;
use axum::http::{HeaderMap, HeaderValue, Request as HttpRequest, Response, StatusCode, header};
use serde::Serialize;
use serde_json::{Value, json};

use super::answer::{Answer, Caller};
use super::authenticate::authenticate;
use super::faults::Fault;
use super::graphql;
use super::record::Recorded;
use super::rest_call::{Call, answer_rest, rates};
use super::state::State;
use super::write_faults::WriteFaultKind;
use crate::sim::rest::{self, ENTERPRISE_PREFIX, Endpoint, Method, Refusal, Rights, Site};
use crate::sim::world::{Credential, Identity};

/// What a classic token has of which nothing is said.
const SCOPES: &str = "admin:org, repo, workflow";

const LARGEST_BODY: usize = 8 * 1024 * 1024;

pub async fn handle(Shared(state): Shared<Arc<State>>, request: HttpRequest<Body>) -> Response<Body> {
    match request.uri().path() {
        "/__stats" => return told(&state.ledger().stats),
        "/__recorded" => return told(&state.ledger().recorded),
        "/__reset" => {
            state.reset_stats();
            return Response::new(Body::empty());
        }
        _ => {}
    }
    let (parts, body) = request.into_parts();
    let entered = state.enter();
    let number = entered.number;
    if !state.options.latency.is_zero() {
        tokio::time::sleep(state.options.latency).await;
    }
    let body = to_bytes(body, LARGEST_BODY).await.unwrap_or_default();
    let worker = Arc::clone(&state);
    // Executing a query takes milliseconds, which other requests should not wait for.
    let answered = tokio::task::spawn_blocking(move || answer(&worker, &parts, &body, number)).await;
    drop(entered);
    let response = answered.unwrap_or_else(|_| {
        let mut failed = Response::new(Body::from("the simulator panicked; its output says where"));
        *failed.status_mut() = StatusCode::INTERNAL_SERVER_ERROR;
        failed
    });
    match response.extensions().get::<WriteFaultKind>().copied() {
        Some(kind) => kind.handed_over(response).await,
        None => response,
    }
}

fn told(what: &impl Serialize) -> Response<Body> {
    let text = serde_json::to_string(what).unwrap_or_default();
    let mut response = Response::new(Body::from(text));
    response.headers_mut().insert(header::CONTENT_TYPE, HeaderValue::from_static("application/json"));
    response
}

/// What a request asks for, once its prefix is taken off.
enum Target {
    Graphql,
    Rest(String),
}

fn answer(state: &State, parts: &Parts, body: &Bytes, number: u64) -> Response<Body> {
    let path = parts.uri.path();
    let host = header_text(&parts.headers, header::HOST.as_str()).unwrap_or("localhost");
    let enterprise = path == ENTERPRISE_PREFIX || path.starts_with("/api/");
    let site = Site::new(host, enterprise);
    let target = match path {
        "/graphql" | "/api/graphql" => Target::Graphql,
        path => Target::Rest(path.strip_prefix(ENTERPRISE_PREFIX).unwrap_or(path).to_owned()),
    };
    let token = token(&parts.headers);
    let struck = state.options.faults.iter().find(|fault| fault.strikes(number));
    let truncated = matches!(struck, Some(Fault::TruncateEvery(_)));
    let open = matches!(&target, Target::Rest(path) if path == "/meta");

    let is_graphql = matches!(target, Target::Graphql);
    let refused = fault_answer(struck, is_graphql);
    let (identity, unknown) = match authenticate(state, token) {
        Ok(identity) => (identity, None),
        Err(unknown) => (None, Some(Answer::from(unknown)).filter(|_| !open)),
    };
    let machine = identity
        .as_ref()
        .map_or_else(|| token.is_some_and(|token| token.starts_with("ghs_")), Identity::is_machine);
    let writes = matches!(&target, Target::Rest(path) if !path.ends_with("/access_tokens"))
        && !matches!(parts.method.as_str(), "GET" | "HEAD");
    let wrong = writes.then(|| write_fault(state)).flatten();
    let refused = refused.or(unknown).or_else(|| wrong?.instead());
    let mut rights = None;
    let answer = match &target {
        Target::Graphql => {
            count_graphql(state);
            refused.unwrap_or_else(|| graphql::answer(state, &site, identity.as_ref(), body))
        }
        Target::Rest(path) => {
            let found = Method::parse(parts.method.as_str()).and_then(|method| rest::find(method, path));
            let endpoint = found.as_ref().map(|(endpoint, _)| *endpoint);
            count_rest(state, endpoint);
            rights = endpoint.map(Rights::of);
            let call = Call { path: path.clone(), site, identity: identity.clone(), machine };
            refused.unwrap_or_else(|| answer_rest(state, parts, body, found, call))
        }
    };
    record(state, parts, &target, body, answer.status);
    let answer = match wrong {
        Some(wrong) => wrong.afterwards(answer),
        None => answer,
    };
    let (core, graphql) = rates(state);
    let (rate, resource) = if is_graphql { (graphql, "graphql") } else { (core, "core") };
    let rate = if matches!(struck, Some(Fault::RateLimitAfter(_))) { rate.exhausted() } else { rate };
    let caller = Caller {
        rate: Some(rate).filter(|_| state.options.rate_limits),
        resource,
        number,
        scopes: scopes(identity.as_ref()).filter(|_| token.is_some() && !machine),
        tells_permissions: machine || identity.as_ref().is_some_and(|known| known.permissions().is_some()),
        rights,
        api_version: header_text(&parts.headers, "x-github-api-version").map(str::to_owned),
    };
    let mut response = answer.into_response(&caller, truncated);
    if let Some(wrong) = wrong {
        response.extensions_mut().insert(wrong);
    }
    response
}

/// What goes wrong with the write that has come.
fn write_fault(state: &State) -> Option<WriteFaultKind> {
    let mut ledger = state.ledger();
    ledger.writes += 1;
    Fault::of_write(&state.options.faults, ledger.writes)
}

/// The scopes that a classic token has, as a header tells them; tokens of other kinds have none.
fn scopes(identity: Option<&Identity>) -> Option<String> {
    match identity.map(|identity| &identity.credential) {
        None => Some(SCOPES.to_owned()),
        Some(Credential::Classic(scopes)) => Some(scopes.iter().cloned().collect::<Vec<_>>().join(", ")),
        Some(_) => None,
    }
}

fn record(state: &State, parts: &Parts, target: &Target, body: &Bytes, status: u16) {
    if !state.options.record {
        return;
    }
    let path = match target {
        Target::Graphql => "/graphql".to_owned(),
        Target::Rest(path) => path.clone(),
    };
    let text = || Value::String(String::from_utf8_lossy(body).into_owned());
    let body = (!body.is_empty()).then(|| serde_json::from_slice(body).unwrap_or_else(|_| text()));
    let query = url::form_urlencoded::parse(parts.uri.query().unwrap_or_default().as_bytes()).into_owned();
    let token = token(&parts.headers).unwrap_or_default().to_owned();
    let method = parts.method.to_string();
    state.ledger().recorded.push(Recorded { method, path, query: query.collect(), body, token, status });
}

fn count_graphql(state: &State) {
    let mut ledger = state.ledger();
    ledger.stats.graphql += 1;
    ledger.stats.route("POST /graphql");
}

fn count_rest(state: &State, endpoint: Option<Endpoint>) {
    let mut ledger = state.ledger();
    ledger.stats.rest += 1;
    match endpoint {
        Some(endpoint) => {
            ledger.stats.route(&format!("{} {}", endpoint.method().name(), endpoint.path()));
            ledger.stats.mutating += u64::from(endpoint.changes());
        }
        None => ledger.stats.route("unknown"),
    }
}

/// The answer of a fault that keeps the request from being served at all.
fn fault_answer(struck: Option<&Fault>, graphql: bool) -> Option<Answer> {
    match struck? {
        Fault::RateLimitAfter(_) => Some(rate_limited(graphql).with("retry-after", "60")),
        Fault::SecondaryEvery { seconds, .. } => {
            let body = json!({
                "message": "You have exceeded a secondary rate limit. Please wait a few minutes before you try again.",
                "documentation_url": "https://docs.github.com/rest/overview/rate-limits-for-the-rest-api#about-secondary-rate-limits",
            });
            Some(Answer::json(429, &body).with("retry-after", seconds.to_string()))
        }
        Fault::BadGatewayEvery(_) => Some(Answer::bad_gateway()),
        Fault::TruncateEvery(_) | Fault::List(_) | Fault::Write(_) => None,
    }
}

/// GraphQL tells that its points are used up with a status of 200.
pub fn rate_limited(graphql: bool) -> Answer {
    let message = "API rate limit exceeded for user ID 1.";
    if graphql {
        return Answer::json(200, &json!({ "errors": [{ "type": "RATE_LIMITED", "message": message }] }));
    }
    Answer::from(Refusal { status: 403, message: message.to_owned(), errors: None })
}

pub fn header_text<'h>(headers: &'h HeaderMap, name: &str) -> Option<&'h str> {
    headers.get(name)?.to_str().ok()
}

fn token(headers: &HeaderMap) -> Option<&str> {
    let (scheme, token) = header_text(headers, header::AUTHORIZATION.as_str())?.split_once(' ')?;
    let known = scheme.eq_ignore_ascii_case("bearer") || scheme.eq_ignore_ascii_case("token");
    Some(token.trim()).filter(|token| known && !token.is_empty())
}
