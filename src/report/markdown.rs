//! Markdown, for the summary of a job, a comment on a pull request and the text of an issue.

use std::io::{self, Write};

use super::audited::Audited;
use super::page::Markup;
use super::pages::page;

/// What a job may add of its own to a comment or an issue: by what it finds it again, and the way to its run.
const ROOM: usize = 1_024;

/// What it is written for, which says how long it may be.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Use {
    /// The summary of a job: GitHub takes 1 MiB.
    Summary,
    /// A comment: GitHub takes 65,536 characters.
    Comment,
    /// The text of an issue: as many.
    Issue,
}

impl Use {
    /// No more bytes than this are written; no character has less than one.
    fn limit(self) -> usize {
        match self {
            Self::Summary => 1 << 20,
            Self::Comment | Self::Issue => 65_536 - ROOM,
        }
    }

    /// A line that readers do not see, by which the text is found again to be replaced.
    fn marker(self) -> &'static str {
        match self {
            Self::Summary => "",
            Self::Comment => "<!-- ispo-scm:comment -->\n",
            Self::Issue => "<!-- ispo-scm:issue -->\n",
        }
    }
}

/// Writes findings as Markdown that fits, the worst first.
///
/// # Errors
/// Those of the writer.
pub(super) fn markdown(out: &mut dyn Write, audited: Audited<'_>, to: Use) -> io::Result<()> {
    let marker = to.marker();
    out.write_all(marker.as_bytes())?;
    page(audited).write(out, Markup::Markdown, to.limit() - marker.len())
}
