//! One line for each finding, for spreadsheets.

use std::io::{self, Write};

use super::audited::Audited;
use super::safe_markup::cell;
use crate::model::{Finding, Observation};

/// The columns.
const COLUMNS: [&str; 21] = [
    "subject",
    "level",
    "organization",
    "setting",
    "item",
    "verdict",
    "severity",
    "lenses",
    "stage",
    "wanted",
    "observed",
    "reason",
    "sources",
    "layer",
    "file",
    "line",
    "why",
    "waiver_owner",
    "waiver_expires",
    "waiver_reason",
    "waiver_holds",
];

/// Writes findings as comma-separated values below a line of headings; last, what could not be read at all.
///
/// # Errors
/// Those of the writer.
pub(super) fn csv(out: &mut dyn Write, audited: Audited<'_>) -> io::Result<()> {
    let mut csv = csv::WriterBuilder::new().terminator(csv::Terminator::CRLF).from_writer(out);
    csv.write_record(COLUMNS)?;
    for finding in audited.findings() {
        csv.write_record(row(audited, finding).iter().map(|text| cell(text)))?;
    }
    for unread in &audited.outcome.unread {
        let mut row: [String; COLUMNS.len()] = Default::default();
        row[0] = cell(&unread.address);
        row[5] = "unread".to_owned();
        row[11] = cell(&unread.why);
        csv.write_record(row)?;
    }
    csv.flush()
}

fn row(audited: Audited<'_>, finding: &Finding) -> [String; COLUMNS.len()] {
    let wish = &finding.expectation;
    let observed = match &finding.observed {
        Observation::Known(value) => value.to_string(),
        Observation::Bound { value, .. } => format!("{value} or stricter"),
        Observation::Absent => "absent".to_owned(),
        Observation::Unknown { .. } => "unknown".to_owned(),
        Observation::Unsupported { .. } => "unsupported".to_owned(),
    };
    let reason = match (&finding.reason, &finding.observed) {
        (Some(reason), _) => reason.to_string(),
        (None, Observation::Unknown { needs } | Observation::Bound { needs, .. }) => format!("needs {needs}"),
        (None, Observation::Unsupported { why }) => why.to_string(),
        (None, _) => String::new(),
    };
    let waiver = audited.waiver(finding);
    [
        finding.subject.to_string(),
        finding.subject.kind.word().to_owned(),
        finding.subject.organization().to_owned(),
        audited.setting(finding).key.to_string(),
        finding.key().unwrap_or_default().to_owned(),
        finding.verdict.word().to_owned(),
        wish.severity.word().to_owned(),
        wish.lenses.iter().map(|l| l.word()).collect::<Vec<_>>().join(" "),
        wish.stage.word().to_owned(),
        wish.constraint.to_string(),
        observed,
        reason,
        finding.sources.join("; "),
        wish.layer.to_string(),
        wish.origin.file.to_string(),
        wish.origin.line.to_string(),
        wish.why.as_deref().unwrap_or_default().to_owned(),
        waiver.map(|w| w.owner.clone()).unwrap_or_default(),
        waiver.map(|w| w.expires.to_string()).unwrap_or_default(),
        waiver.map(|w| w.reason.clone()).unwrap_or_default(),
        waiver.map(|w| w.holds_on(audited.style.today).to_string()).unwrap_or_default(),
    ]
}
