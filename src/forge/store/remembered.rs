//! What is remembered of one host and one identity, as the transport asks for it.

use std::sync::Arc;

use bytes::Bytes;
use http::{HeaderMap, HeaderValue, Method, Response, header};
use rusqlite::TransactionBehavior;

use super::answer::Kept;
use super::cache::{self, Key, Known};
use super::checkpoint::{self, Answered, Asked};
use super::memory::{Memory, Run, digest};

/// What is remembered of one host and one identity.
#[derive(Clone)]
pub(in crate::forge) struct Remembered {
    pub(super) memory: Arc<Memory>,
    pub(super) host: String,
    pub(super) identity: String,
    pub(super) run: Option<Arc<Run>>,
}

/// What getting an answer took.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub(in crate::forge) struct Sent {
    /// How often the request was sent.
    pub times: u64,
    /// How often the answer had not changed.
    pub not_modified: u64,
}

/// One reading request, on its way.
pub(in crate::forge) struct Question {
    asked: Asked,
    graphql: bool,
    key: Option<Key>,
    known: Option<Known>,
}

/// An answer that this run was given before it was interrupted; none where it took too long.
pub(in crate::forge) struct Replay {
    pub answer: Option<Response<Bytes>>,
    pub sent: Sent,
}

/// What becomes of an answer.
enum Worth {
    /// It is kept.
    Kept,
    /// It is not kept, and would be the same again.
    Passing,
    /// It is no answer: the run lacks one.
    Lacking,
}

impl Remembered {
    /// A request that reads; none where it does not. To be made once for each time that the caller
    /// asks, because repetitions are told apart by their number.
    pub(in crate::forge) fn question(
        &self,
        parts: &http::request::Parts,
        body: &Bytes,
        graphql: bool,
    ) -> Option<Question> {
        let get = parts.method == Method::GET;
        if !(get || graphql) {
            return None;
        }
        let url = parts.uri.to_string();
        let key = digest([parts.method.as_str().as_bytes(), url.as_bytes(), body]);
        let nth = self.run.as_ref().map_or(0, |run| run.made(key));
        let text = |name| parts.headers.get(name).and_then(|v| v.to_str().ok()).unwrap_or_default();
        let key_of_cache = || Key {
            host: self.host.clone(),
            identity: self.identity.clone(),
            path: parts.uri.path_and_query().map_or("/", |p| p.as_str()).to_owned(),
            accept: format!("{}; {}", text("accept"), text("x-github-api-version")),
        };
        let key_of_cache = (get && !graphql).then(key_of_cache);
        Some(Question { asked: Asked { key, nth }, graphql, key: key_of_cache, known: None })
    }

    /// What the run that is being resumed was answered.
    pub(in crate::forge) fn replay(&self, question: &Question) -> Option<Replay> {
        let run = self.run.as_ref().filter(|run| run.begun.answers > 0)?;
        let found = self.memory.file()?.with(|c| checkpoint::find(c, &run.begun.id, question.asked));
        let Answered { kept, sent, not_modified } = found.flatten()?;
        Some(Replay { answer: kept.response(), sent: Sent { times: sent, not_modified } })
    }

    /// The ETag of the answer that is known; the question holds it until the server confirms it.
    pub(in crate::forge) fn etag(&self, question: &mut Question) -> Option<HeaderValue> {
        let key = question.key.as_ref()?;
        question.known = self.memory.file()?.with(|c| cache::find(c, key)).flatten();
        HeaderValue::from_str(&question.known.as_ref()?.etag).ok()
    }

    /// Keeps an answer: for this run, should it be resumed, and for later ones, if it has an ETag.
    pub(in crate::forge) fn keep(&self, question: &Question, answer: &Response<Bytes>, sent: Sent) {
        match worth(answer.status().as_u16(), question.graphql) {
            Worth::Kept => {
                let path = question.key.as_ref().map_or("", |key| &key.path);
                self.write(question, &Kept::of(path, answer), sent, etag_to_keep(answer));
            }
            Worth::Passing => {}
            Worth::Lacking => self.lacking(question),
        }
    }

    /// Keeps that the server took too long: a query will be asked for less, in a resumed run too.
    pub(in crate::forge) fn keep_lateness(&self, question: &Question, sent: Sent) {
        if question.graphql {
            self.write(question, &Kept::too_late(), sent, None);
        } else {
            self.lacking(question);
        }
    }

    /// Notes that a request has no answer.
    pub(in crate::forge) fn lacking(&self, question: &Question) {
        if let Some(run) = &self.run {
            run.answered(question.asked.key, false);
        }
    }

    /// All that an answer changes is written at once, so that a run that is killed either has it or
    /// does not.
    fn write(&self, question: &Question, kept: &Kept, sent: Sent, etag: Option<String>) {
        if let Some(run) = &self.run {
            run.answered(question.asked.key, true);
        }
        let Some(file) = self.memory.file() else { return };
        let now = chrono::Utc::now().timestamp();
        let size = kept.body.len() as u64;
        let fresh = etag.filter(|_| sent.not_modified == 0 && self.memory.has_room_for(size));
        let fresh = question.key.as_ref().zip(fresh);
        let written = file.with(|connection| {
            let transaction = connection.transaction_with_behavior(TransactionBehavior::Immediate)?;
            if let Some((key, etag)) = &fresh {
                let known = Known { etag: etag.clone(), kept: kept.clone() };
                cache::keep(&transaction, key, &known, now)?;
            } else if let (Some(key), 1..) = (&question.key, sent.not_modified) {
                cache::touch(&transaction, key, now)?;
            }
            if let Some(run) = &self.run {
                let answered =
                    Answered { kept: kept.clone(), sent: sent.times, not_modified: sent.not_modified };
                checkpoint::keep(&transaction, &run.begun.id, question.asked, &answered)?;
            }
            transaction.commit()
        });
        if written.is_some() && fresh.is_some() {
            self.memory.holds_more(size);
        }
    }
}

impl Question {
    /// Whether it is a query of GraphQL.
    pub(in crate::forge) fn is_graphql(&self) -> bool {
        self.graphql
    }

    /// The known answer, once the server confirmed it with these headers.
    pub(in crate::forge) fn confirmed(&self, headers: &HeaderMap) -> Option<Response<Bytes>> {
        self.known.clone()?.kept.confirmed(headers)
    }
}

fn worth(status: u16, graphql: bool) -> Worth {
    match status {
        // What a query is too heavy for makes the caller ask for less.
        502..=504 if graphql => Worth::Kept,
        401 | 408 | 429 | 500.. => Worth::Lacking,
        200 => Worth::Kept,
        _ if graphql => Worth::Passing,
        _ => Worth::Kept,
    }
}

/// By what the answer can be recognised later, if it may be kept for that.
fn etag_to_keep(answer: &Response<Bytes>) -> Option<String> {
    let text = |name| answer.headers().get(name).and_then(|v: &HeaderValue| v.to_str().ok());
    let forbidden = text(header::CACHE_CONTROL).is_some_and(|c| c.contains("no-store"));
    text(header::ETAG).filter(|_| answer.status() == 200 && !forbidden).map(str::to_owned)
}
