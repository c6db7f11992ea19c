//! Keeps one issue, and one comment on a pull request, up to date: each is found again by a mark in its first
//! line and by who wrote it, so that there is never a second, and nobody else's text is written over.

use crate::forge::ForgeError;
use crate::forge::github::{Conversation, Said};

/// A text that is kept in place.
#[derive(Debug, Clone, Copy)]
pub struct Standing<'a> {
    /// The line that it begins with, which readers do not see.
    pub mark: &'a str,
    /// The rest of it.
    pub text: &'a str,
}

/// What became of it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Kept {
    /// There is none, and none is needed.
    Nothing,
    /// It was made; its page.
    Made(String),
    /// It has the new text; its page.
    Updated(String),
    /// The issue was closed; its page.
    Closed(String),
    /// The issue was opened again; its page.
    Reopened(String),
    /// It is closed and stays so; its page.
    StaysClosed(String),
}

impl Kept {
    /// Its page; none where there is none.
    pub fn page(&self) -> Option<&str> {
        match self {
            Self::Nothing => None,
            Self::Made(page)
            | Self::Updated(page)
            | Self::Closed(page)
            | Self::Reopened(page)
            | Self::StaysClosed(page) => Some(page),
        }
    }

    /// What became of it, as the end of a sentence.
    pub fn word(&self) -> &'static str {
        match self {
            Self::Nothing => "is not needed",
            Self::Made(_) => "was made",
            Self::Updated(_) => "was brought up to date",
            Self::Closed(_) => "was brought up to date and closed",
            Self::Reopened(_) => "was brought up to date and opened again",
            Self::StaysClosed(_) => "stays closed",
        }
    }
}

impl Standing<'_> {
    fn body(self) -> String {
        format!("{}\n{}", self.mark, self.text)
    }

    /// Whether it is this text of an earlier day.
    fn is(self, said: &Said, own: &str) -> bool {
        said.author == own && said.body.lines().next() == Some(self.mark)
    }
}

/// Keeps the issue: made when something is to be done, brought up to date in place, closed when nothing is left
/// to do, opened again when something is.
///
/// # Errors
/// When the forge does not answer or refuses. What could not be looked for is not made.
pub async fn keep_issue(
    conversation: &Conversation,
    standing: Standing<'_>,
    (title, labels): (&str, &[String]),
    clean: bool,
) -> Result<Kept, ForgeError> {
    let own = conversation.login().await?;
    let found = conversation.issue(&|said| standing.is(said, &own)).await?;
    let body = standing.body();
    Ok(match (found, clean) {
        (None, true) => Kept::Nothing,
        (None, false) => Kept::Made(conversation.open(title, &body, labels).await?.page),
        (Some(said), true) if !said.open => Kept::StaysClosed(said.page),
        (Some(said), true) => Kept::Closed(conversation.change(said.number, &body, false).await?.page),
        (Some(said), false) => {
            let page = conversation.change(said.number, &body, true).await?.page;
            if said.open { Kept::Updated(page) } else { Kept::Reopened(page) }
        }
    })
}

/// Keeps the comment on a pull request: made once, brought up to date in place afterwards.
///
/// # Errors
/// When the forge does not answer or refuses. What could not be looked for is not made.
pub async fn keep_comment(
    conversation: &Conversation,
    standing: Standing<'_>,
    on: u64,
) -> Result<Kept, ForgeError> {
    let own = conversation.login().await?;
    let found = conversation.comment(on, &|said| standing.is(said, &own)).await?;
    let body = standing.body();
    Ok(match found {
        None => Kept::Made(conversation.say(on, &body).await?.page),
        Some(said) => Kept::Updated(conversation.reword(said.number, &body).await?.page),
    })
}
