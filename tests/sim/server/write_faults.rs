//! What goes wrong with requests that write: refused, broken off before or after it is done, or not done.

use std::str::FromStr;
use std::time::{SystemTime, UNIX_EPOCH};

use axum::body::Body;
use axum::http::Response;
use serde_json::json;

use super::answer::Answer;

/// What happens to the writes of these numbers, counted from one.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct WriteFault {
    pub from: u64,
    pub to: u64,
    pub kind: WriteFaultKind,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum WriteFaultKind {
    /// It is answered with this status and not done.
    Status(u16),
    /// It is done, and answered with this status.
    DoneStatus(u16),
    /// The connection breaks, and it is not done.
    Reset,
    /// It is done, and the connection breaks before the answer.
    DoneReset,
    /// It is done, and no answer comes.
    DoneHang,
    /// It is answered with yes, and not done.
    Ignored,
    /// The secondary limit asks to wait so many seconds.
    Patience(u64),
    /// The primary limit is reached, for so many seconds.
    Spent(u64),
}

impl WriteFault {
    /// `FROM-TO=KIND`, or `NUMBER=KIND`.
    pub(super) fn parse(text: &str) -> Option<Self> {
        let (numbers, kind) = text.split_once('=')?;
        let (from, to) = numbers.split_once('-').unwrap_or((numbers, numbers));
        Some(Self { from: from.parse().ok()?, to: to.parse().ok()?, kind: kind.parse().ok()? })
    }

    pub fn strikes(&self, number: u64) -> bool {
        (self.from..=self.to).contains(&number)
    }
}

impl FromStr for WriteFaultKind {
    type Err = ();

    fn from_str(text: &str) -> Result<Self, ()> {
        let number = |text: &str| text.parse().map_err(|_| ());
        Ok(match text.split_once(':').unwrap_or((text, "")) {
            ("reset", "") => Self::Reset,
            ("reset-done", "") => Self::DoneReset,
            ("hang-done", "") => Self::DoneHang,
            ("ignored", "") => Self::Ignored,
            ("patience", seconds) => Self::Patience(number(seconds)?),
            ("spent", seconds) => Self::Spent(number(seconds)?),
            (status, _) => match status.strip_suffix("-done") {
                Some(status) => Self::DoneStatus(status.parse().map_err(|_| ())?),
                None => Self::Status(status.parse().map_err(|_| ())?),
            },
        })
    }
}

impl WriteFaultKind {
    /// The answer in place of doing it; none where it is done.
    pub fn instead(self) -> Option<Answer> {
        let told = |status, message: &str| Answer::json(status, &json!({ "message": message }));
        match self {
            Self::Status(502) => Some(Answer::bad_gateway()),
            Self::Status(status) => Some(told(status, words(status))),
            Self::Reset => Some(Answer::empty(204)),
            Self::Ignored => Some(Answer::json(200, &json!({}))),
            Self::Patience(seconds) => {
                let limited =
                    told(403, "You have exceeded a secondary rate limit. Please wait a few minutes.");
                Some(limited.with("retry-after", seconds.to_string()))
            }
            Self::Spent(seconds) => {
                let now = SystemTime::now().duration_since(UNIX_EPOCH).unwrap_or_default().as_secs();
                let spent = told(403, "API rate limit exceeded for user ID 1.");
                let spent = spent.with("x-ratelimit-remaining", "0");
                Some(spent.with("x-ratelimit-reset", (now + seconds).to_string()))
            }
            Self::DoneStatus(_) | Self::DoneReset | Self::DoneHang => None,
        }
    }

    /// What is answered after it was done.
    pub fn afterwards(self, answer: Answer) -> Answer {
        match self {
            Self::DoneStatus(status) => Answer::json(status, &json!({ "message": words(status) })),
            _ => answer,
        }
    }

    /// What the client gets of that: breaks off whoever serves the connection, or never returns.
    pub async fn handed_over(self, response: Response<Body>) -> Response<Body> {
        match self {
            Self::Reset | Self::DoneReset => std::panic::resume_unwind(Box::new("the connection breaks")),
            Self::DoneHang => std::future::pending().await,
            _ => response,
        }
    }
}

fn words(status: u16) -> &'static str {
    match status {
        401 => "Bad credentials",
        403 => "Resource not accessible by personal access token",
        409 => "Conflict",
        422 => "Validation Failed",
        500 => "Server Error",
        503 => "Service Unavailable",
        _ => "It went wrong",
    }
}
