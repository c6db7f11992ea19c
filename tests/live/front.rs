//! A server before the simulator, for what the simulator itself never does: it answers some
//! requests as it likes, hands on the others, and remembers who asked for what.

use std::sync::{Arc, Mutex};

use axum::Router;
use axum::body::{Body, Bytes};
use axum::extract::State;
use axum::http::{HeaderMap, Method, Response, Uri};
use serde_json::Value;
use tokio::net::TcpListener;
use tokio::runtime::{Handle, Runtime};
use tokio::sync::watch;

use crate::forge::Forge;
use crate::gitlab::Server;

/// A simulator that a front can stand before.
pub trait Behind {
    fn address(&self) -> String;
    fn threads(&self) -> &Runtime;
}

impl Behind for Forge {
    fn address(&self) -> String {
        self.url()
    }

    fn threads(&self) -> &Runtime {
        self.runtime()
    }
}

impl Behind for Server {
    fn address(&self) -> String {
        self.url()
    }

    fn threads(&self) -> &Runtime {
        self.runtime()
    }
}

/// A request as it arrived.
#[derive(Debug, Clone)]
pub struct Arrived {
    pub method: String,
    pub path: String,
    pub authorization: String,
    /// The ETag of the answer that whoever asked knows already.
    pub known: Option<String>,
    pub body: String,
}

/// Its status, further headers, and its body.
pub type Own = (u16, Vec<(&'static str, String)>, Value);

type Rule = dyn Fn(&Arrived) -> Option<Own> + Send + Sync;
type Held = dyn Fn(&Arrived) -> bool + Send + Sync;

/// What is held of a request.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Part {
    /// The request itself: it is not handed on.
    Request,
    /// The answer: what was asked for is done, and nobody hears of it.
    Answer,
}

/// The server; it ends with the runtime of the simulator behind it.
pub struct Front {
    url: String,
    threads: Handle,
    shared: Arc<Shared>,
}

struct Shared {
    behind: String,
    rule: Box<Rule>,
    held: Box<Held>,
    part: Part,
    arrived: Mutex<Vec<Arrived>>,
    /// Whether requests may pass that are to be held.
    open: watch::Sender<bool>,
    /// How many are held.
    waiting: watch::Sender<usize>,
    client: reqwest::Client,
}

impl Front {
    /// Before that simulator: the rule answers what it wants to.
    pub fn before(
        forge: &impl Behind,
        rule: impl Fn(&Arrived) -> Option<Own> + Send + Sync + 'static,
    ) -> Self {
        Self::new(forge, Box::new(rule), Box::new(|_| false), Part::Request)
    }

    /// Before that simulator: some requests are not handed on before they are let pass.
    pub fn holding(forge: &impl Behind, held: impl Fn(&Arrived) -> bool + Send + Sync + 'static) -> Self {
        Self::holding_part(forge, Part::Request, held)
    }

    /// Before that simulator: that part of some requests is held until they are let pass.
    pub fn holding_part(
        forge: &impl Behind,
        part: Part,
        held: impl Fn(&Arrived) -> bool + Send + Sync + 'static,
    ) -> Self {
        Self::new(forge, Box::new(|_| None), Box::new(held), part)
    }

    fn new(forge: &impl Behind, rule: Box<Rule>, held: Box<Held>, part: Part) -> Self {
        let shared = Arc::new(Shared {
            behind: forge.address(),
            rule,
            held,
            part,
            open: watch::Sender::new(false),
            waiting: watch::Sender::new(0),
            arrived: Mutex::default(),
            client: reqwest::Client::builder().no_proxy().build().unwrap(),
        });
        let router = Router::new().fallback(answer).with_state(Arc::clone(&shared));
        let listener = forge.threads().block_on(TcpListener::bind(("127.0.0.1", 0))).unwrap();
        let url = format!("http://{}", listener.local_addr().unwrap());
        forge.threads().spawn(async move { axum::serve(listener, router).await });
        Self { url, threads: forge.threads().handle().clone(), shared }
    }

    pub fn url(&self) -> &str {
        &self.url
    }

    /// Lets pass what was held, and whatever comes.
    pub fn open(&self) {
        self.shared.open.send_replace(true);
    }

    /// Lets pass what comes from now on, once everything that is held was given up by whoever asked: a
    /// program that was killed is not known to be gone before its connections are seen to be closed.
    pub fn open_to_others(&self) {
        let mut waiting = self.shared.waiting.subscribe();
        self.threads.block_on(waiting.wait_for(|waiting| *waiting == 0)).unwrap();
        self.open();
    }

    /// Everything that arrived so far.
    pub fn arrived(&self) -> Vec<Arrived> {
        self.shared.arrived.lock().unwrap().clone()
    }
}

async fn answer(
    State(shared): State<Arc<Shared>>,
    method: Method,
    uri: Uri,
    headers: HeaderMap,
    body: Bytes,
) -> Response<Body> {
    let authorization = headers.get("authorization").map_or("", |value| value.to_str().unwrap()).to_owned();
    let path = uri.path_and_query().unwrap().as_str().to_owned();
    let known = headers.get("if-none-match").map(|value| value.to_str().unwrap().to_owned());
    let body_text = String::from_utf8_lossy(&body).into_owned();
    let arrived = Arrived { method: method.to_string(), path, authorization, known, body: body_text };
    shared.arrived.lock().unwrap().push(arrived.clone());
    let held = (shared.held)(&arrived);
    if held && shared.part == Part::Request {
        until_open(&shared).await;
    }
    if let Some((status, headers, body)) = (shared.rule)(&arrived) {
        let mut response = Response::builder().status(status).header("content-type", "application/json");
        for (name, value) in headers {
            response = response.header(name, value);
        }
        return response.body(Body::from(body.to_string())).unwrap();
    }
    let request = shared.client.request(method, format!("{}{}", shared.behind, arrived.path));
    let answered = request.headers(without_host(headers)).body(body).send().await.unwrap();
    let mut response = Response::builder().status(answered.status());
    for (name, value) in answered.headers() {
        response = response.header(name, value);
    }
    if held && shared.part == Part::Answer {
        until_open(&shared).await;
    }
    response.body(Body::from(answered.bytes().await.unwrap())).unwrap()
}

async fn until_open(shared: &Shared) {
    let _waiting = Waiting::one_more(&shared.waiting);
    shared.open.subscribe().wait_for(|open| *open).await.unwrap();
}

/// A request that is held, until it is let pass or nobody waits for it.
struct Waiting<'a>(&'a watch::Sender<usize>);

impl<'a> Waiting<'a> {
    fn one_more(all: &'a watch::Sender<usize>) -> Self {
        all.send_modify(|waiting| *waiting += 1);
        Self(all)
    }
}

impl Drop for Waiting<'_> {
    fn drop(&mut self) {
        self.0.send_modify(|waiting| *waiting -= 1);
    }
}

fn without_host(mut headers: HeaderMap) -> HeaderMap {
    headers.remove("host");
    headers.remove("accept-encoding");
    headers
}
