//! What a run says to the shell.

use std::process::ExitCode;

/// The exit codes; an error beats drift, and drift beats what is unknown.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Exit {
    /// 0: everything is as wanted.
    AsWanted,
    /// 1: a bad policy, a forge out of reach, nothing that could be read.
    Error,
    /// 2: drift, changes to be made, or changes not made.
    Drift,
    /// 3: no drift, but something unknown, or an organization unread.
    Unknown,
    /// 130: somebody stopped the run.
    Stopped,
}

impl Exit {
    /// The number.
    pub(super) fn code(self) -> u8 {
        match self {
            Self::AsWanted => 0,
            Self::Error => 1,
            Self::Drift => 2,
            Self::Unknown => 3,
            Self::Stopped => super::signals::STOPPED,
        }
    }
}

impl From<Exit> for ExitCode {
    fn from(exit: Exit) -> Self {
        Self::from(exit.code())
    }
}
