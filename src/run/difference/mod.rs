//! What changed between two days: two reports, two runs of a history, or two snapshots.

mod findings;
mod settings;

use std::collections::BTreeMap;
use std::io;
use std::path::{Path, PathBuf};

use chrono::Duration;

use super::ReadTime;
use super::history::{History, HistoryError, KnownFinding, PastRun};
use crate::catalog::ForgeKind;
use crate::forge::Between;

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
    /// Between what times it changed, or why that is not known.
    pub between: Result<Between, &'static str>,
    /// Two policies were held against what there was, so that a finding may come from that alone.
    pub policy_changed: bool,
    /// Of which forge the names are, as far as it is told.
    pub forges: BTreeMap<String, ForgeKind>,
}

impl Difference {
    fn new(of: &'static str, changes: Vec<Change>, not_compared: usize) -> Self {
        let between = Err("the two do not say when the forge was read");
        Self { of, changes, not_compared, between, policy_changed: false, forges: BTreeMap::new() }
    }
}

/// How wide of a reading an event is taken to be: the clocks of two computers differ.
const CLOCKS: Duration = Duration::minutes(5);

/// A reading and the policy that it was held against, as far as they are told.
#[derive(Debug, Clone)]
struct Made {
    read: Result<ReadTime, &'static str>,
    policy: Option<String>,
    forges: BTreeMap<String, ForgeKind>,
}

impl Made {
    fn without_time(why: &'static str) -> Self {
        Self { read: Err(why), policy: None, forges: BTreeMap::new() }
    }

    fn of_run(run: &PastRun) -> Self {
        let why =
            "the run does not say when the forge was read: it judged files, or an older release added it";
        Self { read: run.read.ok_or(why), policy: Some(run.policy.clone()), forges: BTreeMap::new() }
    }
}

/// What is known of a thing: its value, or that nobody looked.
type Things = BTreeMap<(String, String), serde_json::Value>;

/// One side of a comparison.
enum What {
    Findings(findings::Findings),
    Settings(settings::Settings),
}

/// Compares an older thing with a newer one.
///
/// # Errors
/// When one cannot be read, or they are of different sorts.
pub fn difference(old: &Path, new: &Path) -> Result<Difference, DifferenceError> {
    let ((old, before), (new, after)) = (side(old)?, side(new)?);
    let mut difference = match (old, new) {
        (What::Findings(old), What::Findings(new)) => {
            if let (Some(a), Some(b)) = (&old.scope, &new.scope)
                && a != b
            {
                let told = |s: &str| if s.is_empty() { "everything".to_owned() } else { format!("`{s}`") };
                return Err(DifferenceError::Scope { old: told(a), new: told(b) });
            }
            findings::compare(&old, &new)
        }
        (What::Settings(old), What::Settings(new)) => settings::compare(&old, &new),
        _ => return Err(DifferenceError::Sorts),
    };
    difference.between = before.read.and_then(|from| {
        let to = after.read?;
        Ok(Between { from: from.began - CLOCKS, to: to.ended + CLOCKS })
    });
    difference.policy_changed =
        before.policy.zip(after.policy).is_some_and(|(before, after)| before != after);
    difference.forges = before.forges.into_iter().chain(after.forges).collect();
    Ok(difference)
}

fn side(path: &Path) -> Result<(What, Made), DifferenceError> {
    let of_run = |found: (PastRun, Vec<KnownFinding>)| {
        let made = Made::of_run(&found.0);
        (What::Findings(findings::of_run(found)), made)
    };
    let name = path.to_string_lossy();
    if let Some((file, number)) = name.rsplit_once('#')
        && let Ok(number) = number.parse()
    {
        let found = History::existing(Path::new(file))?.findings(Some(number))?;
        return Ok(of_run(found));
    }
    let unreadable = |source| DifferenceError::Unreadable { path: path.to_owned(), source };
    let bytes = std::fs::read(path).map_err(unreadable)?;
    if bytes.starts_with(b"SQLite format 3\0") {
        return Ok(of_run(History::existing(path)?.findings(None)?));
    }
    let other = |what: String| DifferenceError::Other { path: path.to_owned(), what };
    let text = String::from_utf8(bytes).map_err(|_| other("this is no text".to_owned()))?;
    if text.starts_with("{\"format\"") {
        let (settings, made) = settings::read(&text).map_err(other)?;
        return Ok((What::Settings(settings), made));
    }
    let why =
        "a report does not say when the forge was read: compare two runs of a history, or two snapshots";
    Ok((What::Findings(findings::read(&text).map_err(other)?), Made::without_time(why)))
}
