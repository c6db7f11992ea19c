//! What an apply did, line by line, so that it can be gone on with after any end, and taken back.
//!
//! JSON Lines beside the plan. The first line holds the plan itself; every other line one step, and each
//! is on the disk before the next is taken.

use std::collections::{BTreeMap, BTreeSet};
use std::fs::{File, OpenOptions};
use std::io::{BufRead, BufReader, ErrorKind, Write};
use std::path::{Path, PathBuf};
use std::sync::{Mutex, PoisonError};

use serde::{Deserialize, Serialize};

use super::apply::Applied;
use crate::model::Plan;

/// The version of the journal's format.
const JOURNAL_VERSION: u32 = 1;

/// One line.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
enum Line {
    /// The beginning: the format's version, and the plan that is carried out.
    Plan { journal: u32, plan: Box<Plan> },
    /// A request is about to be sent.
    Sending(usize),
    /// The forge took it.
    Sent(usize),
    /// The forge said that it will do it, in its own time.
    Promised(usize),
    /// The forge refused it, in its words.
    Refused { request: usize, why: String },
    /// It was not sent after all.
    Unsent(usize),
    /// What became of a change, as far as can be seen.
    Outcome { change: usize, outcome: Applied },
}

/// What earlier runs of the same plan did.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Past {
    /// Requests that were taken.
    pub sent: BTreeSet<usize>,
    /// Those of them that the forge said it will do in its own time.
    pub promised: BTreeSet<usize>,
    /// Requests of which nobody knows whether they were taken.
    pub doubtful: BTreeSet<usize>,
    /// What became of changes, the last word of each.
    pub outcomes: BTreeMap<usize, Applied>,
}

impl Past {
    /// The changes that were made, and seen to be made.
    pub fn done(&self) -> Vec<usize> {
        let done = self.outcomes.iter().filter(|(_, o)| matches!(o, Applied::Done | Applied::Proposed));
        done.map(|(change, _)| *change).collect()
    }

    /// The changes that `undo` takes back: those that were made, and those that the forge may still make.
    pub fn to_take_back(&self) -> Vec<usize> {
        let made = |o: &Applied| matches!(o, Applied::Done | Applied::Proposed | Applied::UnderWay { .. });
        self.outcomes.iter().filter(|(_, o)| made(o)).map(|(change, _)| *change).collect()
    }

    /// Of those that `undo` takes back by such a plan, by their numbers there, the ones that the forge may still make.
    pub fn coming(&self, plan: &Plan) -> BTreeSet<usize> {
        let back = self.to_take_back().into_iter().rev();
        let back = back.filter(|i| plan.changes.get(*i).is_some_and(|change| change.irreversible.is_none()));
        let coming = |i: &usize| matches!(self.outcomes.get(i), Some(Applied::UnderWay { .. }));
        back.enumerate().filter(|(_, i)| coming(i)).map(|(number, _)| number).collect()
    }

    fn add(&mut self, line: Line) {
        match line {
            Line::Plan { .. } => {}
            Line::Sending(request) => drop(self.doubtful.insert(request)),
            Line::Sent(request) => {
                self.doubtful.remove(&request);
                self.sent.insert(request);
            }
            Line::Promised(request) => {
                self.add(Line::Sent(request));
                self.promised.insert(request);
            }
            Line::Refused { request, .. } | Line::Unsent(request) => drop(self.doubtful.remove(&request)),
            Line::Outcome { change, outcome } => drop(self.outcomes.insert(change, outcome)),
        }
    }
}

/// A journal that steps are written to.
#[derive(Debug)]
pub struct Journal {
    file: Mutex<Kept>,
    path: PathBuf,
}

/// The file, and whether it could be written so far.
#[derive(Debug)]
struct Kept {
    file: File,
    /// After half a line nothing must follow.
    broken: bool,
}

/// Why a journal cannot be used.
#[derive(Debug, thiserror::Error, miette::Diagnostic)]
pub enum JournalError {
    /// It cannot be read or written.
    #[error("the journal {} cannot be used: {source}", path.display())]
    #[diagnostic(
        code(apply::journal),
        help("`apply` writes it beside its plan, as PLAN.journal: nothing is changed without one")
    )]
    Unusable {
        /// The file.
        path: PathBuf,
        /// Why not.
        source: std::io::Error,
    },
    /// It is not one, or was damaged.
    #[error("{}:{line} is no line of a journal: {what}", path.display())]
    #[diagnostic(
        code(apply::journal),
        help("`apply` writes one beside its plan; what follows that line is not known")
    )]
    Malformed {
        /// The file.
        path: PathBuf,
        /// The line.
        line: usize,
        /// Why not.
        what: String,
    },
    /// It tells of another plan.
    #[error("the journal {} is of another plan", path.display())]
    #[diagnostic(
        code(apply::journal),
        help("keep it to undo that plan, under another name; then apply this one again")
    )]
    OfAnother {
        /// The file.
        path: PathBuf,
    },
    /// Another run writes to it.
    #[error("the journal {} is being written by another run", path.display())]
    #[diagnostic(code(apply::journal), help("wait until it has ended"))]
    InUse {
        /// The file.
        path: PathBuf,
    },
}

/// Where the journal of a plan is kept: beside it.
pub fn journal_of(plan: &Path) -> PathBuf {
    let mut name = plan.as_os_str().to_owned();
    name.push(".journal");
    name.into()
}

impl Journal {
    /// Opens the journal of a plan, with what it says of earlier runs; begins it where there is none.
    ///
    /// # Errors
    /// When it cannot be written, or is of another plan, or another run's.
    pub fn open(path: &Path, plan: &Plan) -> Result<(Self, Past), JournalError> {
        let unusable = |source| JournalError::Unusable { path: path.to_owned(), source };
        let mut file =
            OpenOptions::new().read(true).append(true).create(true).open(path).map_err(unusable)?;
        match file.try_lock() {
            Ok(()) => {}
            Err(std::fs::TryLockError::WouldBlock) => {
                return Err(JournalError::InUse { path: path.to_owned() });
            }
            // Where files cannot be locked, nobody can tell.
            Err(std::fs::TryLockError::Error(_)) => {}
        }
        let begun = match read(path) {
            Ok((held, past, whole)) if held.digest == plan.digest => {
                // A line that a killed run left unfinished is ended, so that the next stands by itself.
                if !whole {
                    file.write_all(b"\n").map_err(unusable)?;
                }
                Some(past)
            }
            Ok(_) => return Err(JournalError::OfAnother { path: path.to_owned() }),
            Err(JournalError::Unusable { source, .. }) if source.kind() == ErrorKind::UnexpectedEof => None,
            Err(error) => return Err(error),
        };
        if begun.is_none() {
            file.set_len(0).map_err(unusable)?;
        }
        let journal = Self { file: Mutex::new(Kept { file, broken: false }), path: path.to_owned() };
        if let Some(past) = begun {
            return Ok((journal, past));
        }
        journal.write(&Line::Plan { journal: JOURNAL_VERSION, plan: Box::new(plan.clone()) })?;
        Ok((journal, Past::default()))
    }

    /// A request is about to be sent.
    ///
    /// # Errors
    /// When that cannot be kept: then it must not be sent.
    pub fn sending(&self, request: usize) -> Result<(), JournalError> {
        self.write(&Line::Sending(request))
    }

    /// The forge answered to a request: it took it, or refused it in these words.
    ///
    /// # Errors
    /// When that cannot be kept.
    pub fn answered(&self, request: usize, refusal: Option<&str>) -> Result<(), JournalError> {
        self.write(&match refusal {
            None => Line::Sent(request),
            Some(why) => Line::Refused { request, why: why.to_owned() },
        })
    }

    /// The forge said that it will do what a request asks, in its own time.
    ///
    /// # Errors
    /// When that cannot be kept.
    pub fn promised(&self, request: usize) -> Result<(), JournalError> {
        self.write(&Line::Promised(request))
    }

    /// A request was not sent after all.
    ///
    /// # Errors
    /// When that cannot be kept.
    pub fn unsent(&self, request: usize) -> Result<(), JournalError> {
        self.write(&Line::Unsent(request))
    }

    /// What became of a change.
    ///
    /// # Errors
    /// When that cannot be kept.
    pub fn outcome(&self, change: usize, outcome: &Applied) -> Result<(), JournalError> {
        self.write(&Line::Outcome { change, outcome: outcome.clone() })
    }

    fn write(&self, line: &Line) -> Result<(), JournalError> {
        let unusable = |source| JournalError::Unusable { path: self.path.clone(), source };
        let mut text = serde_json::to_string(line).map_err(|e| unusable(e.into()))?;
        text.push('\n');
        let mut kept = self.file.lock().unwrap_or_else(PoisonError::into_inner);
        if kept.broken {
            return Err(unusable(std::io::Error::other("it could not be written before")));
        }
        let written = kept.file.write_all(text.as_bytes()).and_then(|()| kept.file.sync_data());
        kept.broken = written.is_err();
        written.map_err(unusable)
    }
}

/// The plan of a journal, what was done of it, and whether its last line is whole.
///
/// # Errors
/// When it cannot be read, or holds no plan.
pub fn read_journal(path: &Path) -> Result<(Plan, Past), JournalError> {
    read(path).map(|(plan, past, _)| (plan, past))
}

fn read(path: &Path) -> Result<(Plan, Past, bool), JournalError> {
    let unusable = |source| JournalError::Unusable { path: path.to_owned(), source };
    let malformed = |line, what: String| JournalError::Malformed { path: path.to_owned(), line, what };
    let mut lines = BufReader::new(File::open(path).map_err(unusable)?);
    let (mut number, mut text, mut whole) = (0, Vec::new(), true);
    let mut next = |text: &mut Vec<u8>| {
        text.clear();
        lines.read_until(b'\n', text).map_err(unusable).map(|read| read > 0)
    };
    let mut plan: Option<Plan> = None;
    let mut past = Past::default();
    while next(&mut text)? {
        number += 1;
        whole = text.ends_with(b"\n");
        if text.trim_ascii().is_empty() {
            continue;
        }
        match serde_json::from_slice::<Line>(&text) {
            Ok(Line::Plan { journal, .. }) if journal != JOURNAL_VERSION => {
                return Err(malformed(
                    number,
                    format!("a journal of version {journal}, not {JOURNAL_VERSION}"),
                ));
            }
            Ok(Line::Plan { plan: held, .. }) if plan.is_none() => plan = Some(*held),
            Ok(line) => past.add(line),
            // A run that was killed while it wrote leaves half a line, which says nothing.
            Err(_) if plan.is_some() && text.trim_ascii_end().last() != Some(&b'}') => {}
            Err(error) if whole => return Err(malformed(number, error.to_string())),
            Err(_) => {}
        }
    }
    match plan {
        Some(plan) => Ok((plan, past, whole)),
        None => Err(unusable(ErrorKind::UnexpectedEof.into())),
    }
}
