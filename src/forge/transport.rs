//! The one way to a forge: limits, retries and counts, under whichever client builds the requests.

use std::sync::Arc;
use std::sync::atomic::{AtomicU64, Ordering};
use std::time::Duration;

use bytes::Bytes;
use http::{Method, Request, Response};

use super::gate::{After, Gate, Says, Voice};

/// How often a read that failed in passing is tried again.
const RETRIES: u32 = 3;

/// How often one request is held back before it is given up.
const PATIENCE: u32 = 10;

/// What was sent.
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
}

/// One client for one host and one identity.
#[derive(Clone)]
pub struct Transport {
    http: reqwest::Client,
    gate: Arc<Gate>,
    counts: Arc<Counts>,
}

impl Transport {
    /// A transport that says aloud what it waits for.
    ///
    /// # Errors
    /// When the machine has no certificates to trust, or no usable TLS settings.
    pub fn new(voice: Voice) -> Result<Self, TransportError> {
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
        Ok(Self { http, gate: Arc::new(Gate::new(voice)), counts: Arc::default() })
    }

    /// What was sent so far.
    pub fn counts(&self) -> &Counts {
        &self.counts
    }

    /// Sends a request and returns the whole answer. Reads that fail in passing are tried again; a
    /// GraphQL query that the server gave up on is not, because it must be asked for less.
    ///
    /// # Errors
    /// When no answer comes.
    pub async fn send(
        &self,
        request: Request<Bytes>,
        graphql: bool,
    ) -> Result<Response<Bytes>, TransportError> {
        let (parts, body) = request.into_parts();
        let reading = matches!(parts.method, Method::GET | Method::HEAD) || graphql;
        let url = format!("{}{}", parts.uri.authority().map_or("", |a| a.as_str()), parts.uri.path());
        let (mut failures, mut held_back) = (0, 0);
        loop {
            let turn = self.gate.turn().await;
            let count = if graphql { &self.counts.graphql } else { &self.counts.rest };
            count.fetch_add(1, Ordering::Relaxed);
            let answer = self.once(&parts, body.clone()).await;
            drop(turn);
            let answer = match answer {
                Ok(answer) => answer,
                Err(error) if error.is_timeout() => return Err(TransportError::TimedOut { url }),
                Err(_) if reading && failures < RETRIES => {
                    failures += 1;
                    tokio::time::sleep(Duration::from_millis(100 << failures)).await;
                    continue;
                }
                Err(error) => {
                    let mut source: &dyn std::error::Error = &error;
                    while let Some(deeper) = source.source() {
                        source = deeper;
                    }
                    return Err(TransportError::Unreachable { url, what: source.to_string() });
                }
            };
            if answer.status() == 304 {
                self.counts.not_modified.fetch_add(1, Ordering::Relaxed);
            }
            let says = if graphql && contains(answer.body(), b"\"RATE_LIMITED\"") {
                Says::Spent
            } else if answer.status() == 403 && contains(answer.body(), b"secondary rate limit") {
                Says::TooFast
            } else {
                Says::Nothing
            };
            match self.gate.learn(answer.status(), answer.headers(), says) {
                After::TooLong(seconds) => {
                    return Err(TransportError::UsedUp { minutes: seconds.div_ceil(60) });
                }
                After::Again if reading && held_back < PATIENCE => {
                    held_back += 1;
                    continue;
                }
                After::Again if reading => return Err(TransportError::NeverReady { url }),
                After::Again | After::Take => {}
            }
            if !graphql && reading && matches!(answer.status().as_u16(), 502..=504) && failures < RETRIES {
                failures += 1;
                tokio::time::sleep(Duration::from_millis(100 << failures)).await;
                continue;
            }
            return Ok(answer);
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

fn contains(body: &[u8], part: &[u8]) -> bool {
    body.windows(part.len()).any(|w| w.eq_ignore_ascii_case(part))
}
