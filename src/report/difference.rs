//! What changed between two days, by subject: for people, as Markdown, and for machines.

use std::io::{self, Write};

use serde_json::{Value as Json, json};

use super::audited::short;
use super::page::{Entry, Markup, Page, Section, Span, line, name, strong, words};
use crate::model::Value;
use crate::run::{Became, Change, Difference};

/// How many characters of a value are shown.
const VALUE: usize = 80;

/// How much Markdown fits in the summary of a job.
const MARKDOWN: usize = 1 << 20;

/// Writes a difference for people.
///
/// # Errors
/// Those of the writer.
pub fn difference(out: &mut dyn Write, difference: &Difference, width: usize) -> io::Result<()> {
    page(difference).write(out, Markup::Plain(width), usize::MAX)
}

/// Writes a difference as Markdown.
///
/// # Errors
/// Those of the writer.
pub fn difference_markdown(out: &mut dyn Write, difference: &Difference) -> io::Result<()> {
    page(difference).write(out, Markup::Markdown, MARKDOWN)
}

fn page(difference: &Difference) -> Page<'_> {
    let Difference { of, changes, not_compared } = difference;
    let count = |became: Became| changes.iter().filter(|c| c.became == became).count();
    let (new, gone, changed) = (count(Became::New), count(Became::Gone), count(Became::Changed));
    let title = match changes.len() {
        0 => format!("Nothing changed among the {of}"),
        _ => format!("Of the {of}, {new} new, {gone} gone, {changed} changed"),
    };
    let mut head = Vec::new();
    if *not_compared > 0 {
        let text = format!("{not_compared} could not be compared: one of the two did not look at them.");
        head.push(line(0, vec![words(text)]));
    }
    let sections = changes.chunk_by(|a, b| a.subject == b.subject).map(|of_subject| {
        let subject = of_subject.first().map(|c| c.subject.clone()).unwrap_or_default();
        Section {
            title: name(subject),
            of: "change",
            count: of_subject.len(),
            findings: of_subject.len(),
            entries: Box::new(of_subject.iter().map(entry)),
        }
    });
    Page {
        title: words(title),
        head,
        sections: sections.collect(),
        elsewhere: "--format json has every one".to_owned(),
    }
}

fn entry(change: &Change) -> Entry {
    let mut spans = vec![strong(change.became.word())];
    match &change.name {
        Some(setting) => spans.extend([words(" "), name(setting.clone())]),
        None => spans.push(words(": the whole of it")),
    }
    match (&change.before, &change.now) {
        (Some(before), Some(now)) => {
            spans.push(words(": was "));
            spans.extend(said(before));
            spans.push(words(", is "));
            spans.extend(said(now));
        }
        (Some(before), None) => {
            spans.push(words(": was "));
            spans.extend(said(before));
        }
        (None, Some(now)) => {
            spans.push(words(": is "));
            spans.extend(said(now));
        }
        (None, None) => {}
    }
    Entry { lines: vec![line(1, spans)], findings: 1 }
}

/// A finding with its verdict, or a value.
fn said(json: &Json) -> Vec<Span> {
    let Some(verdict) = json.get("verdict").and_then(Json::as_str).filter(|_| json.get("observed").is_some())
    else {
        return vec![value(json)];
    };
    let observed = &json["observed"];
    match (observed.get("known"), observed.get("at_least_as_strict_as")) {
        (Some(known), _) => vec![words(format!("{verdict} (")), value(known), words(")")],
        (None, Some(least)) => vec![words(format!("{verdict} (")), value(least), words(" or stricter)")],
        (None, None) if observed.get("absent").is_some() => vec![words(format!("{verdict} (absent)"))],
        (None, None) => vec![words(verdict.to_owned())],
    }
}

fn value(json: &Json) -> Span {
    match Value::from_json(json) {
        Some(value) => name(short(&value.to_string(), VALUE)),
        None => words("absent"),
    }
}

/// A difference for machines, format version 1.
pub fn difference_json(difference: &Difference) -> Json {
    let changes = difference.changes.iter().map(|c| {
        let mut json = json!({"subject": c.subject, "name": c.name, "became": c.became.word()});
        for (field, value) in [("before", &c.before), ("now", &c.now)] {
            // Nothing, where a field may be null: of what is absent, the value is null.
            if let Some(value) = value {
                json[field] = value.clone();
            }
        }
        json
    });
    json!({
        "format_version": 1,
        "of": difference.of,
        "changes": changes.collect::<Vec<_>>(),
        "not_compared": difference.not_compared,
    })
}
