//! What changed between two days: two reports, two runs of a history, or two snapshots.

mod findings;
mod settings;

use std::collections::BTreeMap;
use std::io;
use std::path::{Path, PathBuf};

use super::history::{History, HistoryError};

/// Why two things cannot be compared.
#[derive(Debug, thiserror::Error, miette::Diagnostic)]
pub enum DifferenceError {
    /// A file cannot be read.
    #[error("{} cannot be read: {source}", path.display())]
    #[diagnostic(code(diff::file), help("name two snapshots, two JSON reports, or two runs: history.db#3"))]
    Unreadable {
        /// The file.
        path: PathBuf,
        /// What the system says.
        source: io::Error,
    },
    /// A file is of no sort that can be compared.
    #[error("{}: {what}", path.display())]
    #[diagnostic(code(diff::format), help("name two snapshots, two JSON reports, or two runs: history.db#3"))]
    Other {
        /// The file.
        path: PathBuf,
        /// What is wrong with it.
        what: String,
    },
    /// One tells of findings and the other of settings.
    #[error("a snapshot tells what there is, and a report or a run what departs: they cannot be compared")]
    #[diagnostic(
        code(diff::sorts),
        help("audit the snapshot first: `ispo-scm audit POLICY --snapshot FILE --format json`")
    )]
    Sorts,
    /// Two runs of different parts.
    #[error("the one run was of {old}, and the other of {new}")]
    #[diagnostic(
        code(diff::scope),
        help("compare runs of the same: what the other did not look at would seem to be gone")
    )]
    Scope {
        /// What the older was limited to.
        old: String,
        /// What the newer was limited to.
        new: String,
    },
    /// A history cannot be used.
    #[error(transparent)]
    #[diagnostic(transparent)]
    History(#[from] HistoryError),
}

/// What became of one thing.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub enum Became {
    /// It is there now and was not.
    New,
    /// It was there and is not.
    Gone,
    /// It is another.
    Changed,
}

impl Became {
    /// The word used in reports.
    pub fn word(self) -> &'static str {
        match self {
            Self::New => "new",
            Self::Gone => "gone",
            Self::Changed => "changed",
        }
    }
}

/// One thing that is not what it was.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Change {
    /// The subject's address.
    pub subject: String,
    /// The setting with its item: `branch[main].required_approvals`. None: the subject itself.
    pub name: Option<String>,
    /// What became of it.
    pub became: Became,
    /// What it was, as JSON.
    pub before: Option<serde_json::Value>,
    /// What it is.
    pub now: Option<serde_json::Value>,
}

/// What changed between two days.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Difference {
    /// `findings` or `settings`.
    pub of: &'static str,
    /// By subject, then by name.
    pub changes: Vec<Change>,
    /// How many things one of the two did not look at, so that nothing can be said of them.
    pub not_compared: usize,
}

/// What is known of a thing: its value, or that nobody looked.
type Things = BTreeMap<(String, String), serde_json::Value>;

/// One side of a comparison.
enum Side {
    Findings(findings::Findings),
    Settings(settings::Settings),
}

/// Compares an older thing with a newer one.
///
/// # Errors
/// When one cannot be read, or they are of different sorts.
pub fn difference(old: &Path, new: &Path) -> Result<Difference, DifferenceError> {
    match (side(old)?, side(new)?) {
        (Side::Findings(old), Side::Findings(new)) => {
            if let (Some(a), Some(b)) = (&old.scope, &new.scope)
                && a != b
            {
                let told = |s: &str| if s.is_empty() { "everything".to_owned() } else { format!("`{s}`") };
                return Err(DifferenceError::Scope { old: told(a), new: told(b) });
            }
            Ok(findings::compare(&old, &new))
        }
        (Side::Settings(old), Side::Settings(new)) => Ok(settings::compare(&old, &new)),
        _ => Err(DifferenceError::Sorts),
    }
}

fn side(path: &Path) -> Result<Side, DifferenceError> {
    let name = path.to_string_lossy();
    if let Some((file, number)) = name.rsplit_once('#')
        && let Ok(number) = number.parse()
    {
        let found = History::existing(Path::new(file))?.findings(Some(number))?;
        return Ok(Side::Findings(findings::of_run(found)));
    }
    let unreadable = |source| DifferenceError::Unreadable { path: path.to_owned(), source };
    let bytes = std::fs::read(path).map_err(unreadable)?;
    if bytes.starts_with(b"SQLite format 3\0") {
        return Ok(Side::Findings(findings::of_run(History::existing(path)?.findings(None)?)));
    }
    let other = |what: String| DifferenceError::Other { path: path.to_owned(), what };
    let text = String::from_utf8(bytes).map_err(|_| other("this is no text".to_owned()))?;
    if text.starts_with("{\"format\"") {
        return settings::read(&text).map(Side::Settings).map_err(other);
    }
    findings::read(&text).map(Side::Findings).map_err(other)
}
