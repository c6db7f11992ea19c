//! Who did what, as a forge tells it in a log of its own. It is read only where somebody asks for it by name.

use chrono::{DateTime, Utc};

/// How many pages of a log are read for one question.
pub(in crate::forge) const MOST_PAGES: usize = 5;

/// Between what times something happened.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Between {
    /// Not before.
    pub from: DateTime<Utc>,
    /// Not after.
    pub to: DateTime<Utc>,
}

/// Something that somebody did.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Event {
    /// Whose account did it; none where the log names nobody.
    pub actor: Option<String>,
    /// What was done, in the forge's word: `protected_branch.update`.
    pub action: String,
    /// When.
    pub at: DateTime<Utc>,
    /// The path of the repository in which it was done; none above the repositories.
    pub repository: Option<String>,
}

/// What a log says between two times.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct EventLog {
    /// What was done, in the log's order.
    pub events: Vec<Event>,
    /// Why there may be more.
    pub partly: Option<String>,
}

impl EventLog {
    /// Says that there may be more.
    pub(in crate::forge) fn cut(&mut self) {
        self.partly = Some(format!("more than {} events were not read", self.events.len()));
    }
}
