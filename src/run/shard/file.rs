//! The file of a shard: a header, what its subjects were seen to have, each with its place in the whole run, and an
//! end without which the file is not whole.

use std::io::{self, Write};
use std::sync::Arc;

use chrono::NaiveDate;
use serde::{Deserialize, Serialize};

use super::Shard;
use crate::catalog::Catalog;
use crate::forge::snapshot::{Header, write_header, write_subject};
use crate::model::{Observed, SubjectKind};
use crate::run::{Outcome, Requests, Unread};

/// The format's name, by which a file is recognised.
pub(super) const FORMAT: &str = "ispo-scm-shard";

/// The version that this release reads and writes.
pub(super) const VERSION: u32 = 1;

/// The first line: which part it is, and all that the parts must have in common.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct ShardHeader {
    pub(super) format: String,
    pub(super) version: u32,
    /// The release that wrote it.
    pub(super) release: String,
    /// Which part.
    #[serde(flatten)]
    pub shard: Shard,
    /// The policy's path, as the user gave it.
    pub policy: String,
    /// Its digest.
    pub policy_digest: String,
    /// The day by which waivers are judged.
    pub today: NaiveDate,
    /// `--all`.
    pub all: bool,
    /// `--only`.
    pub only: Option<String>,
    /// `--team`.
    pub team: Option<String>,
    /// `--portal`.
    pub portal: String,
    /// Other forges were read than those that the policy names.
    pub replaces: bool,
    /// What was read, in order: whether it is live, and a digest of where it is.
    pub places: Vec<(bool, String)>,
    /// The servers whose pages can be linked to, by the names of their forges.
    pub servers: Vec<(Arc<str>, String)>,
}

/// Where in the whole run a line stands: the place that was read, the organization within it, the subject
/// within that.
pub(super) type At = (usize, usize, usize);

/// The last line.
#[derive(Debug, Serialize, Deserialize)]
pub(super) struct End {
    /// How many subjects the file has.
    pub end: u64,
    pub requests: [u64; 4],
    pub unread: Vec<(String, String)>,
}

impl ShardHeader {
    /// The header of a file that this release writes, with nothing but the shard said.
    pub fn new(shard: Shard, policy_digest: String, today: NaiveDate) -> Self {
        Self {
            format: FORMAT.to_owned(),
            version: VERSION,
            release: env!("CARGO_PKG_VERSION").to_owned(),
            shard,
            policy: String::new(),
            policy_digest,
            today,
            all: false,
            only: None,
            team: None,
            portal: String::new(),
            replaces: false,
            places: Vec::new(),
            servers: Vec::new(),
        }
    }
}

/// Writes what a shard reads.
pub struct ShardWriter<'c, W> {
    out: W,
    catalog: &'c Catalog,
    shard: Shard,
    at: At,
    forge: Option<Header>,
    subjects: u64,
    failed: Option<io::Error>,
}

impl<'c, W: Write> ShardWriter<'c, W> {
    /// A writer that has written the header.
    ///
    /// # Errors
    /// Those of the writer.
    pub fn begin(mut out: W, catalog: &'c Catalog, header: &ShardHeader) -> io::Result<Self> {
        serde_json::to_writer(&mut out, header)?;
        out.write_all(b"\n")?;
        let shard = header.shard;
        Ok(Self { out, catalog, shard, at: (0, 0, 0), forge: None, subjects: 0, failed: None })
    }

    /// From here on, subjects are of the next place.
    pub fn next_place(&mut self, place: usize) {
        self.at = (place, 0, 0);
        self.forge = None;
    }

    /// From here on, subjects are of that forge.
    pub fn forge(&mut self, header: &Header) {
        if self.forge.as_ref() != Some(header) {
            self.at.2 += 1;
            self.forge = Some(header.clone());
            let mut line = Vec::new();
            let written = write_header(&mut line, header).and_then(|()| self.line(&line));
            self.failed = self.failed.take().or(written.err());
        }
    }

    /// Writes a subject, if it is of this shard. The first failure is told at the [end](Self::end).
    pub fn subject(&mut self, observed: &Observed) {
        let (place, organization, nth) = self.at;
        self.at = match observed.subject.kind {
            SubjectKind::Repository => (place, organization, nth + 1),
            SubjectKind::Organization | SubjectKind::Enterprise => (place, organization + 1, 0),
        };
        if self.failed.is_some() || !self.shard.owns(&observed.subject) {
            return;
        }
        self.subjects += 1;
        let mut line = Vec::new();
        let written = write_subject(&mut line, self.catalog, observed).and_then(|()| self.line(&line));
        self.failed = written.err();
    }

    /// A line with its place put in front of its fields.
    fn line(&mut self, line: &[u8]) -> io::Result<()> {
        let at = serde_json::to_string(&self.at)?;
        write!(self.out, "{{\"at\":{at},")?;
        self.out.write_all(line.get(1..).unwrap_or_default())
    }

    /// Writes the end, with what the whole of the reading came to.
    ///
    /// # Errors
    /// The first failure of the writer.
    pub fn end(mut self, read: &Outcome) -> io::Result<u64> {
        if let Some(error) = self.failed {
            return Err(error);
        }
        let Requests { rest, graphql, points, not_modified } = read.requests;
        let unread = read.unread.iter().map(|Unread { address, why }| (address.clone(), why.clone()));
        let end = End {
            end: self.subjects,
            requests: [rest, graphql, points, not_modified],
            unread: unread.collect(),
        };
        serde_json::to_writer(&mut self.out, &end)?;
        self.out.write_all(b"\n")?;
        self.out.flush()?;
        Ok(self.subjects)
    }
}
