//! Findings on a page: by their causes, or by the repositories that they are about.

use std::collections::BTreeMap;

use super::audited::{Audited, count, is, short};
use super::cause::{Cause, causes};
use super::page::{Entry, Section, Span, line, name, said, strong, words};
use super::systemic;
use crate::model::{Finding, Subject, Verdict, Waiver};

/// How many subjects, and values that were seen, are named of each cause.
const NAMED: usize = 6;

/// The causes of one verdict.
pub(super) fn of_causes_of(audited: Audited<'_>, verdict: Verdict) -> Section<'_> {
    let causes = causes(&audited.outcome.findings, verdict);
    let title = match verdict {
        Verdict::Drift => "Drift",
        Verdict::Waived => "Waived",
        _ => "Unknown",
    };
    Section {
        title: words(title),
        of: "cause",
        count: causes.len(),
        findings: causes.iter().map(|c| c.findings.len()).sum(),
        entries: Box::new(causes.into_iter().map(move |c| cause(audited, &c))),
    }
}

fn cause(audited: Audited<'_>, cause: &Cause<'_>) -> Entry {
    let wish = cause.expectation;
    let mut spans = vec![
        strong(wish.severity.word()),
        words(" "),
        name(audited.name_of_wish(wish)),
        words(format!(": {}, wanted ", count(cause.findings.len(), "finding"))),
        name(short(&wish.constraint.to_string(), 80)),
        words(", by "),
        name(wish.origin.to_string()),
        words(" ("),
        said(wish.layer.to_string()),
        words(")"),
    ];
    if let Some(why) = &wish.why {
        spans.extend([words(", because "), said(why.to_string())]);
    }
    let mut lines = vec![line(1, spans)];
    lines.extend(systemic::told(&cause.findings).map(|why| line(2, vec![said(why)])));
    let mut groups: BTreeMap<String, Vec<&Finding>> = BTreeMap::new();
    cause.findings.iter().for_each(|f| groups.entry(seen_text(audited, f)).or_default().push(f));
    let mut groups: Vec<(String, Vec<&Finding>)> = groups.into_iter().collect();
    groups.sort_by(|a, b| b.1.len().cmp(&a.1.len()).then_with(|| a.0.cmp(&b.0)));
    for (_, findings) in groups.iter().take(NAMED) {
        let mut spans = findings.first().map(|f| seen(audited, f)).unwrap_or_default();
        spans.push(words(": "));
        for (i, finding) in findings.iter().take(NAMED).enumerate() {
            if i > 0 {
                spans.push(words(", "));
            }
            spans.push(name(finding.subject.to_string()));
            if let Some(item) = &finding.item {
                spans.extend([words(" "), name(&**item)]);
            }
        }
        if findings.len() > NAMED {
            spans.push(words(format!(" and {} more", findings.len() - NAMED)));
        }
        lines.push(line(2, spans));
    }
    let rest: usize = groups.iter().skip(NAMED).map(|(_, findings)| findings.len()).sum();
    if rest > 0 {
        lines.push(line(2, vec![words(format!("and {rest} more, of which other things are seen"))]));
    }
    Entry { lines, findings: cause.findings.len() }
}

/// What was seen, and the waiver that covers it.
fn seen(audited: Audited<'_>, finding: &Finding) -> Vec<Span> {
    let mut spans = match is(finding) {
        (words_of_ours, Some(value), None) => vec![words(words_of_ours), words(" "), name(value)],
        (words_of_ours, Some(value), Some(more)) => {
            vec![words("is "), name(value), words(words_of_ours), words(": "), said(more)]
        }
        (words_of_ours, None, Some(more)) => vec![words(words_of_ours), words(": "), said(more)],
        (words_of_ours, None, None) => vec![words(words_of_ours)],
    };
    if let Some(Waiver { owner, expires, reason, .. }) = audited.waiver(finding) {
        let ended = finding.verdict == Verdict::Drift;
        let state = if ended { "EXPIRED on" } else { "until" };
        spans.extend([
            words("; waived by "),
            name(&**owner),
            words(format!(" {state} {expires}: ")),
            said(&**reason),
        ]);
    }
    spans
}

fn seen_text(audited: Audited<'_>, finding: &Finding) -> String {
    seen(audited, finding).iter().map(Span::as_written).collect()
}

/// Each repository by itself, one fix a line: what stands most in the way first.
pub(super) fn of_repositories(audited: Audited<'_>) -> Vec<Section<'_>> {
    let mut subjects: BTreeMap<&Subject, Vec<&Finding>> = BTreeMap::new();
    for finding in audited.findings() {
        subjects.entry(&finding.subject).or_default().push(finding);
    }
    let section = |(subject, mut findings): (&Subject, Vec<&'_ Finding>)| {
        let rank = |f: &Finding| (f.verdict, std::cmp::Reverse(f.expectation.severity));
        findings.sort_by(|a, b| b.points.total_cmp(&a.points).then_with(|| rank(a).cmp(&rank(b))));
        let all = findings.len();
        Section {
            title: name(subject.to_string()),
            of: "finding",
            count: all,
            findings: all,
            entries: Box::new(
                findings.into_iter().map(move |f| fix(audited, f)).collect::<Vec<_>>().into_iter(),
            ),
        }
    };
    subjects.into_iter().map(section).collect()
}

fn fix(audited: Audited<'_>, finding: &Finding) -> Entry {
    let wish = &finding.expectation;
    let mut spans = vec![strong(wish.severity.word()), words(" "), name(audited.name(finding)), words(" ")];
    spans.extend(seen(audited, finding));
    spans.extend([
        words("; wanted "),
        name(short(&wish.constraint.to_string(), 80)),
        words(", by "),
        name(wish.origin.to_string()),
    ]);
    if finding.points >= 0.5 {
        spans.push(words(format!("; friction {:.0}", finding.points)));
    }
    if let Some(why) = &wish.why {
        spans.extend([words(", because "), said(why.to_string())]);
    }
    Entry { lines: vec![line(1, spans)], findings: 1 }
}
