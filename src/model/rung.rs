//! What it takes somebody of the company to get to read a repository.

use std::fmt;

/// The rungs, the easiest first.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum Rung {
    /// To reach the server.
    Network,
    /// To be signed in.
    SignedIn,
    /// To be a member of the organization, or of a group that everybody is in.
    Member,
    /// To join a group, which anybody may.
    SelfJoin,
    /// The same, again and again.
    SelfJoinForATime,
    /// To ask, and have somebody approve.
    Approval,
    /// To find out whom to ask.
    Somebody,
}

impl Rung {
    /// Every rung, the easiest first.
    pub const ALL: [Self; 7] = [
        Self::Network,
        Self::SignedIn,
        Self::Member,
        Self::SelfJoin,
        Self::SelfJoinForATime,
        Self::Approval,
        Self::Somebody,
    ];

    /// The word used in policies and reports.
    pub fn word(self) -> &'static str {
        match self {
            Self::Network => "network",
            Self::SignedIn => "signed_in",
            Self::Member => "member",
            Self::SelfJoin => "self_join",
            Self::SelfJoinForATime => "self_join_for_a_time",
            Self::Approval => "approval",
            Self::Somebody => "somebody",
        }
    }

    /// What it takes, as the end of "to read it, one has to …".
    pub fn takes(self) -> &'static str {
        match self {
            Self::Network => "reach the server",
            Self::SignedIn => "sign in",
            Self::Member => "be a member of the organization",
            Self::SelfJoin => "join a group that is open to all",
            Self::SelfJoinForATime => "join a group that is open to all, again and again",
            Self::Approval => "ask, and be let in",
            Self::Somebody => "find out whom to ask, and be let in",
        }
    }

    /// The rung that a word names.
    pub fn from_word(word: &str) -> Option<Self> {
        Self::ALL.into_iter().find(|r| r.word() == word)
    }
}

impl fmt::Display for Rung {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.pad(self.word())
    }
}
