//! The file of a baseline: JSON Lines, sorted, one finding a line, so that a review sees what comes and goes.

use std::collections::BTreeMap;
use std::io::{self, Write};
use std::path::{Path, PathBuf};

use chrono::NaiveDate;
use serde::{Deserialize, Serialize};

use super::Baseline;
use super::entry::Seen;

/// The format's name, by which a file is recognised.
const FORMAT: &str = "ispo-scm-baseline";

/// The version that this release reads and writes.
const VERSION: u32 = 1;

/// A baseline that cannot be used.
#[derive(Debug, thiserror::Error, miette::Diagnostic)]
pub enum BaselineError {
    /// The file cannot be opened or read.
    #[error("the baseline {} cannot be read: {source}", path.display())]
    #[diagnostic(code(baseline::file), help("`ispo-scm audit POLICY --write-baseline FILE` writes one"))]
    Unreadable {
        /// The file.
        path: PathBuf,
        /// What the system says.
        source: io::Error,
    },
    /// A line is not what a baseline holds.
    #[error("{}:{line}: {what}", path.display())]
    #[diagnostic(
        code(baseline::line),
        help(
            "mend the line, or write the file again with --write-baseline; its format is in docs/history.md"
        )
    )]
    Malformed {
        /// The file.
        path: PathBuf,
        /// Its line, the first being 1.
        line: usize,
        /// What is wrong and what would be right.
        what: String,
    },
}

/// The first line.
#[derive(Serialize, Deserialize)]
struct Header {
    format: String,
    version: u32,
    agreed: NaiveDate,
}

/// Every other line.
#[derive(Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
struct Line {
    subject: String,
    setting: String,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    key: Option<String>,
    observed: Seen,
}

/// Reads a baseline.
///
/// # Errors
/// When the file cannot be read, or is not a baseline that this release reads.
pub fn read_baseline(path: &Path) -> Result<Baseline, BaselineError> {
    let unreadable = |source| BaselineError::Unreadable { path: path.to_owned(), source };
    let text = std::fs::read_to_string(path).map_err(unreadable)?;
    parse_baseline(&text).map_err(|(line, what)| BaselineError::Malformed {
        path: path.to_owned(),
        line,
        what,
    })
}

/// Reads a baseline from its text.
///
/// # Errors
/// The first line that cannot be used, the first line being 1, and why.
pub fn parse_baseline(text: &str) -> Result<Baseline, (usize, String)> {
    let mut lines = text.lines().enumerate().map(|(i, line)| (i + 1, line.trim()));
    let (_, first) = lines.next().unwrap_or((1, ""));
    let header = header(first).map_err(|what| (1, what))?;
    let mut entries = BTreeMap::new();
    for (number, text) in lines.filter(|(_, line)| !line.is_empty()) {
        if ["<<<<<<<", "=======", ">>>>>>>", "|||||||"].iter().any(|mark| text.starts_with(mark)) {
            let what =
                "two changes of the baseline were not put together: keep the lines of both that still hold";
            return Err((number, what.to_owned()));
        }
        let line: Line =
            serde_json::from_str(text).map_err(|e| (number, format!("this is no finding: {e}")))?;
        let Line { subject, setting, key, observed } = line;
        let name = format!("{setting} of {subject}");
        if entries.insert((subject, setting, key), observed).is_some() {
            return Err((number, format!("{name} stands here a second time: keep one of the two lines")));
        }
    }
    Ok(Baseline { agreed: header.agreed, entries })
}

fn header(line: &str) -> Result<Header, String> {
    let begins =
        "a baseline begins with {\"format\":\"ispo-scm-baseline\",\"version\":1,\"agreed\":\"YYYY-MM-DD\"}";
    let json: serde_json::Value =
        serde_json::from_str(line).map_err(|_| format!("this is no baseline: {begins}"))?;
    match (json["format"].as_str(), json["version"].as_u64()) {
        (Some(FORMAT), Some(version)) if version == u64::from(VERSION) => {}
        (Some(FORMAT), Some(version)) => {
            return Err(format!(
                "this baseline is of version {version}; this release reads version {VERSION}"
            ));
        }
        (Some(format), _) if format != FORMAT => {
            return Err(format!("this is a file of format `{format}`, not `{FORMAT}`"));
        }
        _ => return Err(format!("this is no baseline: {begins}")),
    }
    serde_json::from_value(json).map_err(|e| format!("the first line cannot be read: {e}; {begins}"))
}

/// Writes a baseline: the same findings give the same bytes.
///
/// # Errors
/// Those of the writer.
pub fn write_baseline(out: &mut dyn Write, baseline: &Baseline) -> io::Result<()> {
    let header = Header { format: FORMAT.to_owned(), version: VERSION, agreed: baseline.agreed };
    writeln!(out, "{}", serde_json::to_string(&header)?)?;
    for ((subject, setting, key), observed) in &baseline.entries {
        let line = Line {
            subject: subject.clone(),
            setting: setting.clone(),
            key: key.clone(),
            observed: observed.clone(),
        };
        writeln!(out, "{}", serde_json::to_string(&line)?)?;
    }
    Ok(())
}
