//! Answers of a forge that a plan needs beside what was observed: whole documents that a request
//! replaces, and proposals that are open already. What may not be found here: how they are read.

use std::collections::{BTreeMap, BTreeSet};

use serde_json::Value as Json;

use super::draft::{Draft, Subject};
use crate::catalog::ForgeKind;
use crate::model::{Finding, Observed};

/// What a forge answers to the question for one document.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Document {
    /// It says this.
    Known(Json),
    /// There is none.
    Absent,
    /// It was not shown.
    Unknown {
        /// In the forge's words, with the status.
        why: String,
    },
}

/// Documents by their path, with its query.
pub type Documents = BTreeMap<String, Document>;

/// A subject whose plan waits for documents.
#[derive(Debug, Clone)]
pub struct Waiting {
    /// What was observed of it.
    pub observed: Observed,
    /// What was found about it.
    pub findings: Vec<Finding>,
    /// Which sort of forge it is on.
    pub forge: ForgeKind,
    /// The paths that are still to be asked.
    pub missing: BTreeSet<String>,
    /// What was answered so far.
    pub documents: Documents,
}

impl PartialEq for Waiting {
    fn eq(&self, other: &Self) -> bool {
        self.observed.subject == other.observed.subject
            && self.missing == other.missing
            && self.documents == other.documents
    }
}

impl Eq for Waiting {}

/// What can be told of a document while planning.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Asked<'a> {
    /// This was answered.
    Answered(&'a Document),
    /// It is being asked for: whatever is planned now is thrown away.
    Later,
    /// There is nobody to ask: the forge is a snapshot.
    Nobody,
}

impl Draft {
    /// A document of a subject, asked for where it was not yet.
    pub(super) fn document<'a>(&mut self, subject: Subject<'a>, path: &str) -> Asked<'a> {
        let Some(documents) = subject.documents else { return Asked::Nobody };
        match documents.get(path) {
            Some(document) => Asked::Answered(document),
            None => {
                self.missing.insert(path.to_owned());
                Asked::Later
            }
        }
    }
}
