//! The transport before a server that answers as it is told to.

use std::sync::{Mutex, PoisonError};

use axum::Router;
use axum::body::Body;
use axum::extract::State;
use http::{HeaderMap, Uri};

use super::*;
use crate::forge::store::Memory;

/// A request as it arrived: its method, path, and the ETag that it carried.
type Arrived = (String, String, Option<String>);

#[derive(Default)]
struct Server {
    arrived: Mutex<Vec<Arrived>>,
    said: Mutex<Vec<String>>,
}

fn locked<T>(mutex: &Mutex<T>) -> std::sync::MutexGuard<'_, T> {
    mutex.lock().unwrap_or_else(PoisonError::into_inner)
}

#[test]
fn a_label_that_is_called_like_a_limit_is_none() {
    assert!(is_spent(br#"{"errors":[{"type":"RATE_LIMITED","message":"API rate limit exceeded"}]}"#));
    assert!(!is_spent(br#"{"data":{"labels":{"nodes":[{"name":"rate_limited"}]}}}"#));
    assert!(!is_spent(br#"{"data":{"name":"RATE_LIMITED"},"errors":[{"type":"FORBIDDEN"}]}"#));
}

struct Bench {
    url: String,
    server: Arc<Server>,
    folder: tempfile::TempDir,
}

impl Bench {
    async fn new() -> Self {
        let server = Arc::new(Server::default());
        let router = Router::new().fallback(answer).with_state(Arc::clone(&server));
        let listener = tokio::net::TcpListener::bind(("127.0.0.1", 0)).await.unwrap();
        let url = format!("http://{}", listener.local_addr().unwrap());
        tokio::spawn(async move { axum::serve(listener, router).await });
        Self { url, server, folder: tempfile::tempdir().unwrap() }
    }

    fn memory(&self, resume: bool) -> Arc<Memory> {
        let quiet = Arc::new(|_: &str| {});
        Arc::new(Memory::new(self.folder.path().to_owned(), 1 << 20, "digest", resume, quiet))
    }

    fn transport(&self, memory: &Arc<Memory>, identity: &str) -> Transport {
        let server = Arc::clone(&self.server);
        let voice = Arc::new(move |text: &str| locked(&server.said).push(text.to_owned()));
        let terms = Terms { memory: Some(Arc::clone(memory)), ..Terms::plain(voice) };
        Transport::new(&terms).unwrap().remembering("h", identity)
    }

    async fn ask(&self, transport: &Transport, method: &str, path: &str) -> Result<u16, TransportError> {
        let request = Request::builder()
            .method(method)
            .uri(format!("{}{path}", self.url))
            .header("if-none-match", "\"the caller's own\"");
        let answer = transport.send(request.body(Bytes::new()).unwrap(), path == "/graphql").await?;
        Ok(answer.status().as_u16())
    }

    fn arrived(&self) -> Vec<Arrived> {
        locked(&self.server.arrived).clone()
    }
}

/// `/once/401` is answered 401 the first time. `/404` is answered 404. What has no number is answered 200, or 304 when its ETag is known.
async fn answer(
    State(server): State<Arc<Server>>,
    method: Method,
    uri: Uri,
    headers: HeaderMap,
) -> Response<Body> {
    let known = headers.get("if-none-match").map(|v| v.to_str().unwrap().to_owned());
    let path = uri.path().to_owned();
    locked(&server.arrived).push((method.to_string(), path.clone(), known.clone()));
    let status = path.trim_start_matches('/').split('/').next().and_then(|n| n.parse().ok());
    let status = status.unwrap_or(if known.as_deref() == Some("\"e\"") { 304 } else { 200 });
    let seen = locked(&server.arrived).iter().filter(|(_, p, _)| *p == path).count();
    let status = if path == "/once/401" && seen == 1 { 401 } else { status };
    let body = if status == 304 { String::new() } else { format!("{{\"token\":\"ghs_secret of {path}\"}}") };
    let answer =
        Response::builder().status(status).header("etag", "\"e\"").header("link", "<n>; rel=\"next\"");
    let answer = match path.as_str() {
        "/scarce" => answer
            .header("x-ratelimit-limit", "5000")
            .header("x-ratelimit-remaining", "7")
            .header("x-ratelimit-reset", "99999999999"),
        _ => answer,
    };
    answer.body(Body::from(body)).unwrap()
}

fn known(arrived: &[Arrived]) -> Vec<Option<&str>> {
    arrived.iter().map(|(_, _, known)| known.as_deref()).collect()
}

#[tokio::test]
async fn only_what_was_asked_by_get_is_asked_under_a_condition() {
    let bench = Bench::new().await;
    let memory = bench.memory(false);
    let transport = bench.transport(&memory, "a");
    for (method, path) in
        [("GET", "/x"), ("GET", "/x"), ("PATCH", "/x"), ("POST", "/graphql"), ("HEAD", "/x")]
    {
        assert_eq!(bench.ask(&transport, method, path).await.unwrap(), 200);
    }
    assert_eq!(known(&bench.arrived()), [None, Some("\"e\""), None, None, None]);
    assert_eq!(transport.counts().not_modified.load(Ordering::Relaxed), 1);
    let other = bench.transport(&memory, "b");
    assert_eq!(bench.ask(&other, "GET", "/x").await.unwrap(), 200);
    assert_eq!(known(&bench.arrived()).last(), Some(&None));
}

#[tokio::test]
async fn a_confirmed_answer_is_whole_and_what_it_says_of_the_budget_is_heard() {
    let bench = Bench::new().await;
    let transport = bench.transport(&bench.memory(false), "a");
    let request = || Request::get(format!("{}/scarce", bench.url)).body(Bytes::new()).unwrap();
    let first = transport.send(request(), false).await.unwrap();
    locked(&bench.server.said).clear();
    let again = bench.transport(&bench.memory(false), "a");
    let second = again.send(request(), false).await.unwrap();
    assert_eq!(again.counts().not_modified.load(Ordering::Relaxed), 1);
    assert_eq!((first.body(), first.status()), (second.body(), second.status()));
    assert_eq!(first.headers()["link"], second.headers()["link"]);
    assert!(locked(&bench.server.said)[0].contains("less than a tenth of the REST budget is left"));
}

#[tokio::test]
async fn a_resumed_run_is_answered_from_what_is_kept_and_counts_the_same() {
    let bench = Bench::new().await;
    let asked = [
        ("GET", "/x"),
        ("GET", "/404"),
        ("POST", "/graphql"),
        ("GET", "/x"),
        ("GET", "/401"),
        ("POST", "/app/installations/1"),
    ];
    let interrupted = bench.transport(&bench.memory(false), "a");
    for (method, path) in asked {
        bench.ask(&interrupted, method, path).await.unwrap();
    }
    let counts = |t: &Transport| {
        let Counts { rest, graphql, not_modified, .. } = t.counts();
        [rest, graphql, not_modified].map(|n| n.load(Ordering::Relaxed))
    };
    let (before, first) = (bench.arrived().len(), counts(&interrupted));
    drop(interrupted);
    let resumed = bench.transport(&bench.memory(true), "a");
    for (method, path) in asked {
        bench.ask(&resumed, method, path).await.unwrap();
    }
    assert_eq!(counts(&resumed), first);
    // What was no answer, and what is no question, is sent again.
    let sent: Vec<String> = bench.arrived().split_off(before).into_iter().map(|(_, path, _)| path).collect();
    assert_eq!(sent, ["/401", "/app/installations/1"]);
    // A third asking of the same was not among the answers.
    bench.ask(&resumed, "GET", "/x").await.unwrap();
    assert_eq!(bench.arrived().len(), before + 3);
}

#[tokio::test]
async fn a_token_that_is_made_is_never_written_down() {
    let bench = Bench::new().await;
    let transport = bench.transport(&bench.memory(false), "a");
    bench.ask(&transport, "POST", "/app/installations/1/access_tokens").await.unwrap();
    bench.ask(&transport, "GET", "/x").await.unwrap();
    let mut written = Vec::new();
    for entry in std::fs::read_dir(bench.folder.path()).unwrap() {
        written.extend(std::fs::read(entry.unwrap().path()).unwrap());
    }
    let holds = |text: &str| written.windows(text.len()).any(|window| window == text.as_bytes());
    assert!(holds("ghs_secret of /x") && !holds("ghs_secret of /app"));
}

#[tokio::test]
async fn a_run_that_lacks_an_answer_is_kept_and_another_is_not() {
    let bench = Bench::new().await;
    for (path, left) in [("/404", false), ("/401", true), ("/500", true)] {
        let memory = bench.memory(false);
        let transport = bench.transport(&memory, "a");
        bench.ask(&transport, "GET", "/x").await.unwrap();
        bench.ask(&transport, "GET", path).await.unwrap();
        drop(transport);
        memory.ended();
        drop(memory);
        let before = bench.arrived().len();
        let resumed = bench.transport(&bench.memory(true), "a");
        bench.ask(&resumed, "GET", "/x").await.unwrap();
        assert_eq!(bench.arrived().len() == before, left, "{path}");
    }
}

#[tokio::test]
async fn a_refusal_of_the_token_that_a_new_one_mends_leaves_no_trace() {
    let bench = Bench::new().await;
    let memory = bench.memory(false);
    let transport = bench.transport(&memory, "a");
    assert_eq!(bench.ask(&transport, "GET", "/once/401").await.unwrap(), 401);
    assert_eq!(bench.ask(&transport, "GET", "/once/401").await.unwrap(), 200);
    drop((transport, memory));
    // Killed here, it is resumed with the answer at once.
    let memory = bench.memory(true);
    let resumed = bench.transport(&memory, "a");
    assert_eq!(bench.ask(&resumed, "GET", "/once/401").await.unwrap(), 200);
    assert_eq!(bench.arrived().len(), 2);
    drop(resumed);
    memory.ended();
    drop(memory);
    let again = bench.transport(&bench.memory(true), "a");
    bench.ask(&again, "GET", "/once/401").await.unwrap();
    assert_eq!(bench.arrived().len(), 3, "it had ended");
}

#[tokio::test]
async fn a_server_that_tells_of_no_limits_is_not_paced() {
    let bench = Bench::new().await;
    let transport = bench.transport(&bench.memory(false), "a");
    for i in 0..300 {
        bench.ask(&transport, "GET", &format!("/x/{i}")).await.unwrap();
    }
    assert_eq!(locked(&bench.server.said).as_slice(), <&[String]>::default());
}

#[tokio::test]
async fn nothing_is_sent_once_the_run_was_stopped() {
    let bench = Bench::new().await;
    let transport = bench.transport(&bench.memory(false), "a");
    transport.stop.tell();
    for (method, path) in [("GET", "/x"), ("POST", "/graphql"), ("PATCH", "/x")] {
        assert!(matches!(bench.ask(&transport, method, path).await, Err(TransportError::Stopped)));
    }
    assert!(bench.arrived().is_empty());
}
