//! Workflow commands, by which GitHub marks the policy's lines on the page of a run.

use std::io::{self, Write};

use super::audited::{Audited, count, short};
use super::cause::{Cause, causes};
use super::safe_markup::{workflow_data, workflow_property};
use super::since::since;
use crate::model::{Severity, Verdict};

/// GitHub shows no more of each type from one step.
const MOST: usize = 10;

/// A message longer than this is cut: GitHub shows only a few lines.
const LONGEST: usize = 1000;

/// Writes one command for each cause, the worst first, and no more of a type than GitHub shows.
///
/// # Errors
/// Those of the writer.
pub(super) fn annotations(out: &mut dyn Write, audited: Audited<'_>) -> io::Result<()> {
    let drift = causes(&audited.outcome.findings, Verdict::Drift);
    let unknown = causes(&audited.outcome.findings, Verdict::Unknown);
    let of = |severities: &[Severity]| -> Vec<String> {
        let own = drift.iter().filter(|c| severities.contains(&c.expectation.severity));
        own.map(|cause| one(audited, cause, "drift")).collect()
    };
    let mut errors: Vec<String> = audited.outcome.unread.iter().map(|u| unread(&u.address, &u.why)).collect();
    errors.extend(of(&[Severity::Critical, Severity::High]));
    let title = |text: String| format!("title=ispo-scm::{}", workflow_data(&text));
    let mut notices: Vec<String> = since(audited).map(title).into_iter().collect();
    notices.extend(of(&[Severity::Low]));
    notices.extend(unknown.iter().map(|cause| one(audited, cause, "cannot be judged")));
    for (word, all) in [("error", errors), ("warning", of(&[Severity::Medium])), ("notice", notices)] {
        let room = if all.len() > MOST { MOST - 1 } else { all.len() };
        for command in &all[..room] {
            writeln!(out, "::{word} {command}")?;
        }
        if all.len() > room {
            let more = count(all.len() - room, "more cause");
            let text = workflow_data(&format!("and {more}: {}", audited.elsewhere));
            writeln!(out, "::{word} title=ispo-scm::{text}")?;
        }
    }
    Ok(())
}

fn unread(address: &str, why: &str) -> String {
    format!("title=ispo-scm::{}", workflow_data(&format!("{address} was not read: {why}")))
}

fn one(audited: Audited<'_>, cause: &Cause<'_>, of: &str) -> String {
    let wish = cause.expectation;
    let place = audited.place(&wish.origin);
    let title = format!("{}: {}", wish.severity, audited.name_of_wish(wish));
    let mut names: Vec<String> = cause.findings.iter().map(|f| f.subject.to_string()).collect();
    names.dedup();
    let named = names.iter().take(6).cloned().collect::<Vec<_>>().join(", ");
    let more = match names.len().saturating_sub(6) {
        0 => String::new(),
        more => format!(" and {more} more"),
    };
    let why = wish.why.as_ref().map(|why| format!(", because {why}")).unwrap_or_default();
    let text = format!("wanted {}{why}; {} {of}: {named}{more}", wish.constraint, cause.findings.len());
    format!(
        "file={},line={},col={},title={}::{}",
        workflow_property(&place.file),
        place.line,
        place.column,
        workflow_property(&title),
        workflow_data(&short(&text, LONGEST))
    )
}
