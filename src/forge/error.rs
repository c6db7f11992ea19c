//! Why a forge could not be read, for people.

use std::collections::BTreeSet;

use super::host::HostError;
use super::reading::Lack;
use super::transport::TransportError;

/// Why a forge could not be read.
#[derive(Debug, thiserror::Error)]
pub enum ForgeError {
    /// There is no token, or it must not be sent.
    #[error(transparent)]
    Host(#[from] HostError),
    /// The identity cannot be used.
    #[error("the GitHub App cannot be used: {what}")]
    Identity {
        /// What is wrong.
        what: String,
    },
    /// No answer came.
    #[error(transparent)]
    Transport(TransportError),
    /// The server refused.
    #[error("{what} answered {status}: {message}")]
    Refused {
        /// What was asked.
        what: String,
        /// With which status.
        status: u16,
        /// In its own words.
        message: String,
    },
    /// The server is older than parts of the query.
    #[error("the server does not know {}", lacks.iter().map(ToString::to_string).collect::<Vec<_>>().join(", "))]
    OlderServer {
        /// What it does not know.
        lacks: BTreeSet<Lack>,
    },
    /// What a request depends on is no longer what the plan saw.
    #[error("{what} is no longer as the plan saw it: nothing was sent; make a new plan")]
    Moved {
        /// What was looked at.
        what: String,
    },
    /// A list lacks the item that a request is about.
    #[error("{what}: there is no such item any more")]
    Gone {
        /// What was looked for.
        what: String,
    },
    /// The answer is not what the interface promises.
    #[error("{what} answered something that cannot be read: {why}")]
    Unreadable {
        /// What was asked.
        what: String,
        /// Why not.
        why: String,
    },
}

impl ForgeError {
    /// The same without a value that nobody may see.
    #[must_use]
    pub(super) fn without(self, value: &str) -> Self {
        let hidden = |text: String| if value.is_empty() { text } else { text.replace(value, "…") };
        match self {
            Self::Refused { what, status, message } => {
                Self::Refused { what, status, message: hidden(message) }
            }
            Self::Unreadable { what, why } => Self::Unreadable { what, why: hidden(why) },
            other => other,
        }
    }

    /// Whether the query was too heavy, so that asking for less may do.
    pub(super) fn is_too_heavy(&self) -> bool {
        match self {
            Self::Refused { status: 502..=504, .. } => true,
            // GitLab scores a query before it runs it, and gives up on one that runs for long.
            Self::Refused { status: 200, message, .. } => {
                message.contains("exceeds max complexity") || message.contains("timed out")
            }
            Self::Transport(TransportError::TimedOut { .. }) => true,
            _ => false,
        }
    }

    /// Whether nothing else will be answered either, because the run has to end.
    pub fn ends_the_run(&self) -> bool {
        matches!(self, Self::Transport(TransportError::Deadline { .. } | TransportError::Stopped))
    }
}
