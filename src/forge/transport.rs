//! The one way to a forge: limits, retries, counts and what is remembered, under whichever client
//! builds the requests.

use std::sync::Arc;
use std::sync::atomic::{AtomicU64, Ordering};
use std::time::Duration;

use bytes::Bytes;
use http::{Method, Request, Response, header};
use tokio::sync::{RwLock, RwLockReadGuard, oneshot};

use super::gate::{After, Gate, Interface, Says};
use super::stop::Stop;
use super::store::{Question, Remembered, Sent};
use super::terms::Terms;

/// How often what failed in passing is tried again, where that is safe.
const RETRIES: u32 = 3;

/// How often one request is held back before it is given up.
const PATIENCE: u32 = 10;

/// How much longer than the deadline a request in flight may take.
const GRACE: Duration = Duration::from_secs(5);

/// What was sent. What a resumed run need not send again is counted as it was when it was sent.
#[derive(Debug, Default)]
pub struct Counts {
    /// REST requests.
    pub rest: AtomicU64,
    /// GraphQL requests.
    pub graphql: AtomicU64,
    /// GraphQL points, as the forge told them.
    pub points: AtomicU64,
    /// Answers that had not changed.
    pub not_modified: AtomicU64,
}

/// Why no answer came.
#[derive(Debug, Clone, thiserror::Error)]
pub enum TransportError {
    /// The host could not be reached, or the connection broke.
    #[error("{url} does not answer: {what}")]
    Unreachable {
        /// Where, without its query.
        url: String,
        /// What the network says.
        what: String,
    },
    /// The connection broke after something was sent, so that nobody knows what became of it.
    #[error("the connection to {url} broke: {what}")]
    Broken {
        /// Where, without its query.
        url: String,
        /// What the network says.
        what: String,
    },
    /// The answer took too long.
    #[error("{url} took too long to answer")]
    TimedOut {
        /// Where, without its query.
        url: String,
    },
    /// The budget is used up for longer than anybody would wait.
    #[error("the budget of requests is used up for another {minutes} minutes")]
    UsedUp {
        /// How long.
        minutes: u64,
    },
    /// Whenever it is asked, it asks to be asked later.
    #[error("{url} asked for patience {PATIENCE} times and never answered")]
    NeverReady {
        /// Where, without its query.
        url: String,
    },
    /// The run may not last longer.
    #[error("{}", deadline(length, back.as_deref()))]
    Deadline {
        /// How long it was allowed to last, as it was written.
        length: String,
        /// When the budget of requests is back, where that would come too late.
        back: Option<String>,
    },
    /// Somebody stopped the run.
    #[error("the run was stopped")]
    Stopped,
}

fn deadline(length: &str, back: Option<&str>) -> String {
    match back {
        None => format!("the deadline of {length} passed"),
        Some(back) => format!("the budget of requests is back at {back}, past the deadline of {length}"),
    }
}

/// Who waits for an answer.
type Asker = oneshot::Sender<Result<Response<Bytes>, TransportError>>;

/// One client for one host and one identity.
#[derive(Clone)]
pub struct Transport {
    http: reqwest::Client,
    gate: Arc<Gate>,
    stop: Arc<Stop>,
    counts: Arc<Counts>,
    terms: Terms,
    remembered: Option<Remembered>,
    /// Read by every request that was sent and whose answer is not yet kept.
    under_way: Arc<RwLock<()>>,
}

impl Transport {
    /// A transport on these terms. It remembers nothing before it is told who asks.
    ///
    /// # Errors
    /// When the machine has no certificates to trust, or no usable TLS settings.
    pub fn new(terms: &Terms) -> Result<Self, TransportError> {
        let client = reqwest::Client::builder()
            .user_agent(concat!("ispo-scm/", env!("CARGO_PKG_VERSION")))
            .connect_timeout(Duration::from_secs(10))
            .timeout(Duration::from_secs(60))
            .redirect(reqwest::redirect::Policy::none())
            .build();
        let http = client.map_err(|error| TransportError::Unreachable {
            url: "the network".into(),
            what: format!("{error}; are certificate authorities installed? SSL_CERT_FILE may name them"),
        })?;
        let stop = Arc::clone(&terms.stop);
        let gate = Gate::new(Arc::clone(&terms.voice), Arc::clone(&stop), terms.a_minute);
        Ok(Self {
            http,
            gate: Arc::new(gate),
            stop,
            counts: Arc::default(),
            terms: terms.clone(),
            remembered: None,
            under_way: Arc::default(),
        })
    }

    /// The same, with what is remembered of that host and what it answered to that identity, which
    /// must not be a credential.
    #[must_use]
    pub(super) fn remembering(mut self, host: &str, identity: &str) -> Self {
        self.remembered = self.terms.memory.as_ref().map(|memory| memory.of(host, identity));
        self
    }

    /// A transport for another identity on the same host: what is sent counts together, but each has
    /// a budget of its own.
    #[must_use]
    pub(super) fn apart(&self) -> Self {
        let gate = Gate::new(Arc::clone(&self.terms.voice), Arc::clone(&self.stop), self.terms.a_minute);
        Self { gate: Arc::new(gate), remembered: None, ..self.clone() }
    }

    /// Whether the server limits anybody, as far as its answers have told.
    pub(super) fn is_limited(&self) -> bool {
        self.gate.is_limited()
    }

    /// What was sent so far.
    pub fn counts(&self) -> &Counts {
        &self.counts
    }

    /// Waits until no answer is under way, so that what was asked for is counted and kept.
    pub async fn settled(&self) {
        drop(self.under_way.write().await);
    }

    /// Sends a request and returns the whole answer. What fails in passing is tried again where nothing is
    /// done twice by that: every read, and the writes that say how a thing is to be. A
    /// GraphQL query that the server gave up on is not, because it must be asked for less. An answer
    /// that has not changed is returned as it was; one that a resumed run has is not asked for.
    ///
    /// # Errors
    /// When no answer comes, or none may be asked for any more.
    pub async fn send(
        &self,
        request: Request<Bytes>,
        graphql: bool,
    ) -> Result<Response<Bytes>, TransportError> {
        let (mut parts, body) = request.into_parts();
        // A write that carries it would be refused, or not be made.
        parts.headers.remove(header::IF_NONE_MATCH);
        let asked = self.remembered.as_ref().and_then(|r| Some((r, r.question(&parts, &body, graphql)?)));
        let Some((remembered, question)) = asked else {
            let answer = self.attempts(&parts, body, graphql, &mut Sent::default(), None).await;
            return answer.map(|(answer, _)| answer);
        };
        if let Some(replay) = remembered.replay(&question) {
            self.count(graphql).fetch_add(replay.sent.times, Ordering::Relaxed);
            self.counts.not_modified.fetch_add(replay.sent.not_modified, Ordering::Relaxed);
            return replay.answer.ok_or_else(|| TransportError::TimedOut { url: place(&parts) });
        }
        // What is under way is finished and kept even if whoever asked has given up meanwhile, as
        // all do at a deadline; what is not yet sent then never is.
        let (asker, answer) = oneshot::channel();
        let (transport, remembered) = (self.clone(), remembered.clone());
        tokio::spawn(async move { transport.ask(&remembered, question, parts, body, asker).await });
        answer.await.unwrap_or(Err(TransportError::Stopped))
    }

    /// Asks, keeps the answer, and gives it to whoever asked.
    async fn ask(
        &self,
        remembered: &Remembered,
        mut question: Question,
        mut parts: http::request::Parts,
        body: Bytes,
        mut asker: Asker,
    ) {
        if let Some(etag) = remembered.etag(&mut question) {
            parts.headers.insert(header::IF_NONE_MATCH, etag);
        }
        let mut sent = Sent::default();
        let graphql = question.is_graphql();
        let answer = match self.attempts(&parts, body, graphql, &mut sent, Some(&mut asker)).await {
            Ok((answer, _under_way)) => {
                let known = if answer.status() == 304 { question.confirmed(answer.headers()) } else { None };
                let answer = known.unwrap_or(answer);
                remembered.keep(&question, &answer, sent);
                Ok(answer)
            }
            Err(error) => {
                match &error {
                    TransportError::TimedOut { .. } => remembered.keep_lateness(&question, sent),
                    // What nobody waits for any more nobody lacks.
                    _ if asker.is_closed() => {}
                    _ => remembered.lacking(&question),
                }
                Err(error)
            }
        };
        // Who has gone does not hear it.
        let _ = asker.send(answer);
    }

    fn count(&self, graphql: bool) -> &AtomicU64 {
        if graphql { &self.counts.graphql } else { &self.counts.rest }
    }

    /// Sends a request until there is an answer to take, and notes what that took. It is under way
    /// until what comes with it is dropped.
    async fn attempts(
        &self,
        parts: &http::request::Parts,
        body: Bytes,
        graphql: bool,
        sent: &mut Sent,
        mut asker: Option<&mut Asker>,
    ) -> Result<(Response<Bytes>, RwLockReadGuard<'_, ()>), TransportError> {
        let reading = matches!(parts.method, Method::GET | Method::HEAD) || graphql;
        // What makes something would make it twice.
        let repeatable = reading || matches!(parts.method, Method::PUT | Method::PATCH | Method::DELETE);
        let interface = if graphql { Interface::Graphql } else { Interface::Rest };
        let url = place(parts);
        let (mut failures, mut held_back) = (0, 0);
        // Whether something was sent of which nobody knows what became of it.
        let mut in_doubt = false;
        loop {
            let turn = match asker.as_deref_mut() {
                None => {
                    let turn = self.gate.turn(interface).await;
                    turn.map_err(|ended| in_doubt_or(ended, in_doubt, &url))?
                }
                Some(asker) => tokio::select! {
                    turn = self.gate.turn(interface) => turn?,
                    () = asker.closed() => return Err(TransportError::Stopped),
                },
            };
            let under_way = self.under_way.read().await;
            self.count(graphql).fetch_add(1, Ordering::Relaxed);
            sent.times += 1;
            let once = self.once(parts, body.clone());
            let answer = match self.stop.left() {
                None => once.await,
                Some(left) => match tokio::time::timeout(left + GRACE, once).await {
                    Ok(answer) => answer,
                    Err(_) if reading => return Err(self.stop.passed(None)),
                    Err(_) => return Err(TransportError::TimedOut { url }),
                },
            };
            drop(turn);
            let answer = match answer {
                Ok(answer) => answer,
                Err(error) if error.is_timeout() && (reading || !error.is_connect()) => {
                    return Err(TransportError::TimedOut { url });
                }
                Err(error) if (repeatable || error.is_connect()) && failures < RETRIES => {
                    failures += 1;
                    in_doubt |= !reading && !error.is_connect();
                    let pause = self.stop.sleep(Duration::from_millis(100 << failures), false).await;
                    pause.map_err(|ended| in_doubt_or(ended, in_doubt, &url))?;
                    continue;
                }
                Err(error) => {
                    let what = deepest(&error);
                    return Err(match reading || (error.is_connect() && !in_doubt) {
                        true => TransportError::Unreachable { url, what },
                        false => TransportError::Broken { url, what },
                    });
                }
            };
            if answer.status() == 304 {
                self.counts.not_modified.fetch_add(1, Ordering::Relaxed);
                sent.not_modified += 1;
            }
            let says = if graphql && is_spent(answer.body()) {
                Says::Spent
            } else if answer.status() == 403 && contains(answer.body(), b"secondary rate limit") {
                Says::TooFast
            } else {
                Says::Nothing
            };
            match self.gate.learn(interface, answer.status(), answer.headers(), says) {
                After::TooLong(seconds) => {
                    let wait = Duration::from_secs(seconds);
                    let ended = match self.stop.left() {
                        Some(left) if left <= wait => self.stop.passed(Some(wait)),
                        _ => TransportError::UsedUp { minutes: seconds.div_ceil(60) },
                    };
                    return Err(in_doubt_or(ended, in_doubt, &url));
                }
                // Whom a limit refuses nothing was done for.
                After::Again if held_back < PATIENCE => {
                    held_back += 1;
                    continue;
                }
                After::Again => {
                    return Err(in_doubt_or(TransportError::NeverReady { url: url.clone() }, in_doubt, &url));
                }
                After::Take => {}
            }
            let failed = match answer.status().as_u16() {
                502..=504 => true,
                500 => !reading,
                _ => false,
            };
            if !graphql && failed && repeatable && failures < RETRIES {
                failures += 1;
                in_doubt |= !reading;
                let pause = self.stop.sleep(Duration::from_millis(100 << failures), false).await;
                pause.map_err(|ended| in_doubt_or(ended, in_doubt, &url))?;
                continue;
            }
            return Ok((answer, under_way));
        }
    }

    /// One attempt: the whole body or an error, never part of it.
    async fn once(
        &self,
        parts: &http::request::Parts,
        body: Bytes,
    ) -> Result<Response<Bytes>, reqwest::Error> {
        let mut request = Request::new(reqwest::Body::from(body));
        *request.method_mut() = parts.method.clone();
        *request.uri_mut() = parts.uri.clone();
        *request.headers_mut() = parts.headers.clone();
        // The length is that of the body that is really sent.
        request.headers_mut().remove(http::header::CONTENT_LENGTH);
        let answer = self.http.execute(request.try_into()?).await?;
        let (status, headers) = (answer.status(), answer.headers().clone());
        let mut whole = Response::new(answer.bytes().await?);
        *whole.status_mut() = status;
        *whole.headers_mut() = headers;
        Ok(whole)
    }
}

/// Why a request was given up; a write that was sent before may have been done all the same.
fn in_doubt_or(ended: TransportError, in_doubt: bool, url: &str) -> TransportError {
    match in_doubt {
        true => TransportError::Broken { url: url.to_owned(), what: ended.to_string() },
        false => ended,
    }
}

/// What the network says, beneath what was made of it.
fn deepest(error: &reqwest::Error) -> String {
    let mut source: &dyn std::error::Error = error;
    while let Some(deeper) = source.source() {
        source = deeper;
    }
    source.to_string()
}

/// Where a request goes, without its query.
fn place(parts: &http::request::Parts) -> String {
    format!("{}{}", parts.uri.authority().map_or("", |a| a.as_str()), parts.uri.path())
}

/// Whether a GraphQL answer says that the budget is spent. That stands in its errors: the same word in
/// what was asked for may be the name of a label.
fn is_spent(body: &[u8]) -> bool {
    #[derive(serde::Deserialize)]
    struct Answer {
        #[serde(default)]
        errors: Option<Vec<serde_json::Value>>,
    }
    let spent = |error: &serde_json::Value| {
        error["type"].as_str().is_some_and(|ty| ty.eq_ignore_ascii_case("RATE_LIMITED"))
    };
    contains(body, b"\"RATE_LIMITED\"")
        && serde_json::from_slice::<Answer>(body)
            .is_ok_and(|answer| answer.errors.iter().flatten().any(spent))
}

fn contains(body: &[u8], part: &[u8]) -> bool {
    body.windows(part.len()).any(|w| w.eq_ignore_ascii_case(part))
}

#[cfg(test)]
mod tests;
