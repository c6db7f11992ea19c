//! GitLab's code quality, which shows findings beside the lines of a merge request.

use std::io::{self, Write};

use serde_json::{Value as Json, json};

use super::audited::Audited;
use super::place::{Place, fingerprint};
use super::safe_text::{safe, safe_json};
use crate::model::{Severity, Verdict};

/// Writes findings as an array of issues, the worst first. What is waived is not among them: the format has
/// no word for it.
///
/// # Errors
/// Those of the writer.
pub(super) fn code_quality(out: &mut dyn Write, audited: Audited<'_>) -> io::Result<()> {
    let mut first = true;
    let mut put = |out: &mut dyn Write, json: &Json| -> io::Result<()> {
        out.write_all(if std::mem::take(&mut first) { b"[\n" } else { b",\n" })?;
        out.write_all(safe_json(&serde_json::to_string(json)?).as_bytes())
    };
    for unread in &audited.outcome.unread {
        let text = format!("{} was not read: {}", unread.address, unread.why);
        let place = audited.place_of_policy();
        put(out, &issue(&text, "unread", &format!("unread:{}", unread.address), "major", &place))?;
    }
    for finding in audited.worst_first() {
        let severity = match (finding.verdict, finding.expectation.severity) {
            (Verdict::Drift, Severity::Critical) => "blocker",
            (Verdict::Drift, Severity::High) => "critical",
            (Verdict::Drift, Severity::Medium) => "major",
            (Verdict::Drift, Severity::Low) => "minor",
            (Verdict::Unknown, _) => "info",
            _ => continue,
        };
        let setting = audited.setting(finding);
        let place = audited.place(&finding.expectation.origin);
        let print = fingerprint(finding, &setting.key);
        put(out, &issue(&audited.message(finding), &setting.key, &print, severity, &place))?;
    }
    out.write_all(if first { b"[]\n" } else { b"\n]\n" })
}

fn issue(text: &str, check: &str, fingerprint: &str, severity: &str, place: &Place) -> Json {
    json!({
        "description": safe(text),
        "check_name": check,
        "fingerprint": fingerprint,
        "severity": severity,
        "location": {"path": place.file, "lines": {"begin": place.line}},
    })
}
