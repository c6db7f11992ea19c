//! The way of one request: counted, delayed, struck by faults, authorised, answered.

use std::sync::Arc;

use axum::body::{Body, Bytes, to_bytes};
use axum::extract::State as Shared;
use axum::http::request::Parts;
use axum::http::{HeaderMap, HeaderName, HeaderValue, Request as HttpRequest, Response, StatusCode, header};
use serde::Serialize;
use serde_json::{Value, json};

use super::graphql;
use super::state::State;
use crate::sim::gitlab::rest::{self, Refusal, Request, Route};
use crate::sim::gitlab::site::Site;
use crate::sim::gitlab::world::Identity;
use crate::sim::server::{Answer, Fault, Recorded, WriteFaultKind};

const REST: &str = "/api/v4";
const GRAPHQL: &str = "/api/graphql";
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
    // Rendering a page takes milliseconds, which other requests should not wait for.
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
    let mut response = Response::new(Body::from(serde_json::to_string(what).unwrap_or_default()));
    response.headers_mut().insert(header::CONTENT_TYPE, HeaderValue::from_static("application/json"));
    response
}

fn answer(state: &State, parts: &Parts, body: &Bytes, number: u64) -> Response<Body> {
    let asked = parts.uri.path();
    let site = Site::new(text(&parts.headers, "host").unwrap_or("localhost"));
    let path = asked.strip_prefix(REST).filter(|rest| rest.starts_with('/')).unwrap_or(asked);
    let is_graphql = asked == GRAPHQL;
    let route = (!is_graphql && path.len() < asked.len()).then(|| rest::route(path)).flatten();
    count(state, parts, is_graphql, route.as_ref());
    let struck = state.options.faults.iter().find(|fault| fault.strikes(number));
    let writes = !is_graphql && parts.method != "GET" && parts.method != "HEAD";
    let wrong = writes.then(|| write_fault(state)).flatten();
    let instead = fault_answer(struck).or_else(|| wrong?.instead());
    let answer = instead.unwrap_or_else(|| match caller(state, &parts.headers) {
        Err(refusal) => refused(refusal),
        Ok(caller) if is_graphql => graphql::answer(state, &site, &caller, body),
        Ok(caller) => rest_answer(state, (parts, body), path, route, site, caller),
    });
    record(state, parts, if is_graphql { asked } else { path }, body, answer.status);
    let answer = match wrong {
        Some(wrong) => wrong.afterwards(answer),
        None => answer,
    };
    let request = format!("01SIM{number:08}");
    let meta = json!({ "version": "1", "correlation_id": request }).to_string();
    let headers = vec![
        (HeaderName::from_static("x-request-id"), request),
        (HeaderName::from_static("x-gitlab-meta"), meta),
    ];
    let mut response = answer.respond(headers, matches!(struck, Some(Fault::TruncateEvery(_))));
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

fn rest_answer(
    state: &State,
    (parts, body): (&Parts, &Bytes),
    path: &str,
    route: Option<Route>,
    site: Site,
    caller: Identity,
) -> Answer {
    let Some(route) = route else { return refused(Refusal::unknown()) };
    let writes = parts.method != "GET" && parts.method != "HEAD";
    let Ok(body) = (if body.is_empty() { Ok(json!({})) } else { serde_json::from_slice(body) }) else {
        return Answer::json(400, &json!({ "error": "Problems parsing JSON" }));
    };
    let query = url::form_urlencoded::parse(parts.uri.query().unwrap_or_default().as_bytes()).into_owned();
    let quirks = state.options.faults.iter().filter_map(|fault| match fault {
        Fault::List(quirk) if quirk.path == route.path => Some(quirk.kind),
        _ => None,
    });
    let quirks = quirks.collect();
    let template = route.path;
    let (method, query, url) = (parts.method.to_string(), query.collect(), path.to_owned());
    let request = Request { method, route, query, url, site, caller, quirks, body };
    let answered = if writes {
        rest::write(&mut state.world_mut(), &request)
    } else {
        rest::answer(&state.world(), &request)
    };
    let reply = match answered {
        Ok(reply) => reply,
        Err(refusal) => return refused(refusal),
    };
    let mut answer = match reply.text {
        Some(text) => Answer::bytes(reply.status, text),
        None => Answer::json(reply.status, &reply.body),
    };
    for (name, value) in reply.headers {
        answer = answer.with(name, value);
    }
    if writes {
        return answer;
    }
    let etag = answer.etag("");
    let known = text(&parts.headers, "if-none-match");
    if known.is_some_and(|known| known.split(',').any(|known| known.trim() == etag)) {
        let mut ledger = state.ledger();
        ledger.stats.not_modified += 1;
        *ledger.stats.not_modified_by_route.entry(format!("GET {template}")).or_default() += 1;
        return Answer::empty(304).with("etag", etag);
    }
    answer.with("etag", etag)
}

fn refused(refusal: Refusal) -> Answer {
    Answer::json(refusal.status, &refusal.body)
}

/// Whose token it is, by either header.
fn caller(state: &State, headers: &HeaderMap) -> Result<Identity, Refusal> {
    let private = text(headers, "private-token");
    let bearer = text(headers, "authorization").and_then(|value| value.split_once(' '));
    let bearer =
        bearer.filter(|(scheme, _)| scheme.eq_ignore_ascii_case("bearer")).map(|(_, token)| token.trim());
    let token = private.or(bearer).filter(|token| !token.is_empty()).ok_or_else(Refusal::unauthorized)?;
    let known = state.world().caller(token).filter(|caller| caller.active);
    known.ok_or_else(|| if private.is_some() { Refusal::unauthorized() } else { Refusal::invalid_token() })
}

fn count(state: &State, parts: &Parts, is_graphql: bool, route: Option<&Route>) {
    let mut ledger = state.ledger();
    if is_graphql {
        ledger.stats.graphql += 1;
        ledger.stats.route("POST /api/graphql");
        return;
    }
    ledger.stats.rest += 1;
    ledger.stats.mutating += u64::from(parts.method != "GET" && parts.method != "HEAD");
    match route {
        Some(route) => ledger.stats.route(&format!("{} {}", parts.method, route.path)),
        None => ledger.stats.route("unknown"),
    }
}

fn record(state: &State, parts: &Parts, path: &str, body: &Bytes, status: u16) {
    if !state.options.record {
        return;
    }
    let as_text = || Value::String(String::from_utf8_lossy(body).into_owned());
    let body = (!body.is_empty()).then(|| serde_json::from_slice(body).unwrap_or_else(|_| as_text()));
    let query = url::form_urlencoded::parse(parts.uri.query().unwrap_or_default().as_bytes()).into_owned();
    let bearer =
        text(&parts.headers, "authorization").and_then(|value| value.split_once(' ')).map(|(_, token)| token);
    let token = text(&parts.headers, "private-token").or(bearer).unwrap_or_default().to_owned();
    let (method, path) = (parts.method.to_string(), path.to_owned());
    state.ledger().recorded.push(Recorded { method, path, query: query.collect(), body, token, status });
}

/// The answer of a fault that keeps the request from being served at all.
fn fault_answer(struck: Option<&Fault>) -> Option<Answer> {
    let seconds = match struck? {
        Fault::RateLimitAfter(_) => 60,
        Fault::SecondaryEvery { seconds, .. } => *seconds,
        Fault::BadGatewayEvery(_) => return Some(Answer::bad_gateway()),
        Fault::TruncateEvery(_) | Fault::List(_) | Fault::Write(_) => return None,
    };
    Some(Answer::bytes(429, "Retry later\n").with("retry-after", seconds.to_string()))
}

fn text<'h>(headers: &'h HeaderMap, name: &str) -> Option<&'h str> {
    headers.get(name)?.to_str().ok()
}
