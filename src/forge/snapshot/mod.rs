//! A forge kept in a file: JSON Lines, one subject a line, read as a stream.
//!
//! ```text
//! {"format":"ispo-scm-snapshot","version":1,"forge":"ghec","kind":"github","taken":"2026-11-20"}
//! {"organization":"acme","settings":{"default_repository_permission":"read"},"kinds":{…}}
//! {"repository":"acme/widgets","settings":{"description":"…","homepage":null},
//!  "kinds":{"label":{"bug":{"color":"d73a4a"}},"file":{"README.md":null}},
//!  "unknown":{"collaborators":"administration:read","ruleset[base].bypass_actors":"…"}}
//! {"unread":"ghec:acme","why":"only 100 of its 250 repositories were listed"}
//! ```
//!
//! The last line is there when something could not be read: whoever judges the file later must hear
//! of it.
//!
//! A setting that is `null` is absent; one that is not there is unknown. A collection lists all that
//! there is, except of kinds that are asked for by key (files): there `null` says that the forge has
//! none, and what is not listed is unknown. An organization stands before its repositories.

mod header;
mod line;
mod stream;
mod write;

use std::path::PathBuf;

pub use header::{Gap, Header, is_remark};
pub use line::LineReader;
pub use stream::{Context, for_each};
pub use write::{write_gap, write_header, write_subject};

/// A snapshot that cannot be used.
#[derive(Debug, thiserror::Error)]
pub enum SnapshotError {
    /// The file cannot be opened or read.
    #[error("the snapshot {} cannot be read: {source}", path.display())]
    Unreadable {
        /// The file.
        path: PathBuf,
        /// What the system says.
        source: std::io::Error,
    },
    /// A line is not what a snapshot holds.
    #[error("{}:{line}: {what}", path.display())]
    Malformed {
        /// The file.
        path: PathBuf,
        /// Its line, the first being 1.
        line: usize,
        /// What is wrong and what would be right.
        what: String,
    },
}
