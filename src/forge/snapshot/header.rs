//! The line that says of which forge the lines after it are.

use std::fs::File;
use std::io::{BufRead, BufReader, Read};
use std::path::Path;
use std::sync::Arc;

use serde::{Deserialize, Serialize};

use crate::catalog::ForgeKind;

/// No header has more bytes.
const LONGEST: u64 = 4_096;

/// The format's name, by which a file is recognised.
const FORMAT: &str = "ispo-scm-snapshot";

/// The version that this release reads and writes.
const VERSION: u32 = 1;

/// Of which forge the following lines are, and when they were read.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Header {
    format: String,
    version: u32,
    /// The forge's name in addresses.
    pub forge: Arc<str>,
    kind: String,
    /// The day of the reading, where it is known.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub taken: Option<String>,
}

/// Whether a line is about the snapshot rather than a subject.
pub fn is_remark(line: &str) -> bool {
    line.starts_with("{\"format\"") || line.starts_with("{\"unread\"")
}

/// Something that could not be read when the snapshot was taken.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Gap {
    /// Its address.
    #[serde(rename = "unread")]
    pub address: String,
    /// Why it was not read.
    pub why: String,
}

impl Gap {
    /// Reads the line, if it is one.
    pub(super) fn parse(line: &str) -> Option<Result<Self, String>> {
        let read = || serde_json::from_str(line).map_err(|e| format!("this remark cannot be read: {e}"));
        line.starts_with("{\"unread\"").then(read)
    }
}

impl Header {
    /// A header of today's version.
    pub fn new(forge: Arc<str>, kind: ForgeKind, taken: Option<String>) -> Self {
        let kind = if kind == ForgeKind::Gitlab { "gitlab" } else { "github" };
        Self { format: FORMAT.into(), version: VERSION, forge, kind: kind.into(), taken }
    }

    /// Reads the line, if it is a header at all.
    ///
    /// # Errors
    /// What is wrong with a header that is one but cannot be used.
    pub fn parse(line: &str) -> Option<Result<Self, String>> {
        if !line.starts_with("{\"format\"") {
            return None;
        }
        let header: Self = match serde_json::from_str(line) {
            Ok(header) => header,
            Err(error) => return Some(Err(format!("this header cannot be read: {error}"))),
        };
        Some(if header.format != FORMAT {
            Err(format!("this is a file of format `{}`, not `{FORMAT}`", header.format))
        } else if header.version != VERSION {
            Err(format!(
                "this snapshot is of version {}; this release reads version {VERSION}",
                header.version
            ))
        } else if !matches!(header.kind.as_str(), "github" | "gitlab") {
            Err(format!("`{}` is no kind of forge: write github or gitlab", header.kind))
        } else {
            Ok(header)
        })
    }

    /// The header that a file begins with; none where the file cannot be read, or begins otherwise.
    pub fn first_of(path: &Path) -> Option<Self> {
        let mut line = String::new();
        BufReader::new(File::open(path).ok()?).take(LONGEST).read_line(&mut line).ok()?;
        Self::parse(line.trim_end())?.ok()
    }

    /// The sort of forge.
    pub fn forge_kind(&self) -> ForgeKind {
        if self.kind == "gitlab" { ForgeKind::Gitlab } else { ForgeKind::Github }
    }
}
