//! A history: one SQLite file to which each run is added, and what the runs come to over time.

mod append;
mod schema;
mod trend;

use std::path::{Path, PathBuf};

use rusqlite::Connection;

pub use append::{Added, RunNumbers};
pub use trend::{KnownFinding, PastRun, Repeat, Trend};

/// A history that cannot be used.
#[derive(Debug, thiserror::Error, miette::Diagnostic)]
pub enum HistoryError {
    /// The file is not there.
    #[error("there is no history {}", path.display())]
    #[diagnostic(code(history::file), help("`ispo-scm audit POLICY --history FILE` begins one"))]
    Missing {
        /// The file.
        path: PathBuf,
    },
    /// The file is something else.
    #[error("{} is no history", path.display())]
    #[diagnostic(code(history::format), help("name another file; one that is not there is made"))]
    Other {
        /// The file.
        path: PathBuf,
    },
    /// A later release wrote it.
    #[error("the history {} is of version {version}; this release knows versions up to {known}", path.display())]
    #[diagnostic(code(history::version), help("use the release that wrote it, or a later one"))]
    Newer {
        /// The file.
        path: PathBuf,
        /// Its version.
        version: i64,
        /// The newest that is known.
        known: i64,
    },
    /// There is no such run in it.
    #[error("the history {} has no run {number}", path.display())]
    #[diagnostic(code(history::run), help("`ispo-scm trend FILE --format json` lists its runs"))]
    NoRun {
        /// The file.
        path: PathBuf,
        /// What was asked for.
        number: i64,
    },
    /// SQLite failed.
    #[error("the history {} cannot be used: {source}", path.display())]
    #[diagnostic(
        code(history::sqlite),
        help("see that the file and its folder can be written, and the disk is not full")
    )]
    Sqlite {
        /// The file.
        path: PathBuf,
        /// What it says.
        source: rusqlite::Error,
    },
}

/// An open history.
#[derive(Debug)]
pub struct History {
    path: PathBuf,
    connection: Connection,
}

impl History {
    /// Opens a history, which is begun where the file is not there.
    ///
    /// # Errors
    /// When the file is something else, of a later release, or cannot be used.
    pub fn open(path: &Path) -> Result<Self, HistoryError> {
        let connection = schema::open(path)?;
        Ok(Self { path: path.to_owned(), connection })
    }

    /// Opens a history that is there.
    ///
    /// # Errors
    /// The same, and when it is not there.
    pub fn existing(path: &Path) -> Result<Self, HistoryError> {
        if path.is_file() { Self::open(path) } else { Err(HistoryError::Missing { path: path.to_owned() }) }
    }

    fn failed(&self, source: rusqlite::Error) -> HistoryError {
        HistoryError::Sqlite { path: self.path.clone(), source }
    }
}
