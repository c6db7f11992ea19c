//! What changed between two days, by subject: for people, as Markdown, and for machines.

use std::io::{self, Write};

use serde_json::{Value as Json, json};

use super::audited::short;
use super::page::{
    Entry, Line, Markup, Page, Section, Span, line, name, said as said_by_others, strong, words,
};
use crate::model::Value;
use crate::run::{Actor, Became, Change, Difference, Who};

/// How many characters of a value are shown.
const VALUE: usize = 80;

/// How many things that somebody did are named.
const EVENTS: usize = 3;

/// How much Markdown fits in the summary of a job.
const MARKDOWN: usize = 1 << 20;

/// Writes a difference for people.
///
/// # Errors
/// Those of the writer.
pub fn difference(
    out: &mut dyn Write,
    difference: &Difference,
    who: Option<&[Who]>,
    width: usize,
) -> io::Result<()> {
    page(difference, who).write(out, Markup::Plain(width), usize::MAX)
}

/// Writes a difference as Markdown.
///
/// # Errors
/// Those of the writer.
pub fn difference_markdown(
    out: &mut dyn Write,
    difference: &Difference,
    who: Option<&[Who]>,
) -> io::Result<()> {
    page(difference, who).write(out, Markup::Markdown, MARKDOWN)
}

fn page<'a>(difference: &'a Difference, who: Option<&'a [Who]>) -> Page<'a> {
    let Difference { of, changes, not_compared, policy_changed, .. } = difference;
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
    if who.is_some() && *policy_changed {
        let text =
            "The policy changed between the two, too: a finding that is new or gone may come from that.";
        head.push(line(0, vec![words(text)]));
    }
    // What is unknown of all for one reason is said once.
    let same = who.and_then(|who| match who.split_first() {
        Some((Who::Unknown(why), rest)) if rest.iter().all(|w| *w == Who::Unknown(why.clone())) => Some(why),
        _ => None,
    });
    if let Some(why) = same {
        head.push(line(0, vec![words("Who changed it is unknown: "), said_by_others(why), words(".")]));
    }
    let who = who.filter(|_| same.is_none());
    let mut begin = 0;
    let sections = changes.chunk_by(|a, b| a.subject == b.subject).map(|of_subject| {
        let first = begin;
        begin += of_subject.len();
        let subject = of_subject.first().map(|c| c.subject.clone()).unwrap_or_default();
        Section {
            title: name(subject),
            of: "change",
            count: of_subject.len(),
            findings: of_subject.len(),
            entries: Box::new(
                of_subject
                    .iter()
                    .enumerate()
                    .map(move |(i, change)| entry(change, who.and_then(|who| who.get(first + i)))),
            ),
        }
    });
    Page {
        title: words(title),
        head,
        sections: sections.collect(),
        elsewhere: "--format json has every one".to_owned(),
    }
}

fn entry(change: &Change, who: Option<&Who>) -> Entry {
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
    let mut lines = vec![line(1, spans)];
    lines.extend(who.into_iter().flat_map(by_whom));
    Entry { lines, findings: 1 }
}

/// Who did it, a line each.
fn by_whom(who: &Who) -> Vec<Line> {
    let (actors, partly) = match who {
        Who::Unknown(why) => {
            return vec![line(2, vec![words("by whom is unknown: "), said_by_others(why)])];
        }
        Who::Nobody(why) => return vec![line(2, vec![words(*why)])],
        Who::Told { actors, partly } => (actors, partly),
    };
    let by = |actor: &Actor| {
        let mut spans = vec![words("by ")];
        match &actor.name {
            Some(account) => spans.push(name(account.clone())),
            None => spans.push(words("somebody whom the log does not name")),
        }
        for (i, (action, at)) in actor.events.iter().take(EVENTS).enumerate() {
            spans.push(words(if i == 0 { ": " } else { "; " }));
            spans.push(name(action.clone()));
            spans.push(words(format!(" on {}", at.format("%Y-%m-%d at %H:%M UTC"))));
        }
        if actor.events.len() > EVENTS {
            spans.push(words(format!("; and {} more", actor.events.len() - EVENTS)));
        }
        line(2, spans)
    };
    let mut lines: Vec<Line> = actors.iter().map(by).collect();
    if let Some(why) = partly {
        lines.push(line(2, vec![words("or by somebody else: "), said_by_others(why)]));
    }
    lines
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
pub fn difference_json(difference: &Difference, who: Option<&[Who]>) -> Json {
    let changes = difference.changes.iter().enumerate().map(|(i, c)| {
        let mut json = json!({"subject": c.subject, "name": c.name, "became": c.became.word()});
        for (field, value) in [("before", &c.before), ("now", &c.now)] {
            // Nothing, where a field may be null: of what is absent, the value is null.
            if let Some(value) = value {
                json[field] = value.clone();
            }
        }
        if let Some(who) = who.and_then(|who| who.get(i)) {
            json["who"] = who_json(who);
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

fn who_json(who: &Who) -> Json {
    let (actors, partly) = match who {
        Who::Unknown(why) => return json!({"unknown": why}),
        Who::Nobody(why) => return json!({"nobody": why}),
        Who::Told { actors, partly } => (actors, partly),
    };
    let actors = actors.iter().map(|actor| {
        let events = actor.events.iter();
        let events = events.map(|(action, at)| json!({"action": action, "at": at.to_rfc3339()}));
        json!({"name": actor.name, "events": events.collect::<Vec<_>>()})
    });
    let mut json = json!({"actors": actors.collect::<Vec<_>>()});
    if let Some(why) = partly {
        json["partly"] = why.clone().into();
    }
    json
}
