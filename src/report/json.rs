//! The machines' view. Its format has a version and does not change within one.

use std::io::{self, Write};

use serde_json::{Map, Value as Json, json};

use super::audited::Audited;
use super::coverage::Coverage;
use super::decided::{Decided, decided};
use super::safe_text::safe_json;
use super::since::since_json;
use super::systemic;
use crate::catalog::Catalog;
use crate::model::{Control, Finding, Label, Observation, Waiver};
use crate::run::Outcome;

/// The version of the format.
const FORMAT_VERSION: u32 = 1;

/// The JSON Schema of the format.
pub const SCHEMA: &str = include_str!("../../docs/report.schema.json");

/// Writes an outcome as one JSON document. Conforming findings are in it when the run kept them.
///
/// # Errors
/// Those of the writer.
pub(super) fn json(out: &mut dyn Write, audited: Audited<'_>) -> io::Result<()> {
    let Audited { outcome, catalog, waivers, .. } = audited;
    let tally = outcome.tally;
    let coverage = Coverage::of(outcome, catalog);
    let mut head = json!({
        "format_version": FORMAT_VERSION,
        "tool": format!("ispo-scm {}", env!("CARGO_PKG_VERSION")),
        "summary": {
            "subjects": tally.subjects,
            "archived_left_out": tally.left_out,
            "expectations": tally.expectations(),
            "conforms": tally.conforms,
            "drift": tally.drift,
            "waived": tally.waived,
            "unknown": tally.unknown,
            "not_applicable": tally.not_applicable,
            "controls_by_hand": outcome.by_hand,
        },
        "coverage": {
            "judged": coverage.judged,
            "applicable": coverage.applicable,
            "needs": coverage.needs.iter().map(|(needs, n)| json!({"needs": needs, "findings": n})).collect::<Vec<_>>(),
        },
        "requests": {
            "rest": outcome.requests.rest,
            "graphql": outcome.requests.graphql,
            "points": outcome.requests.points,
            "not_modified": outcome.requests.not_modified,
        },
        "decisions": decided(audited).iter().map(decision).collect::<Vec<_>>(),
        "profiles": outcome.profiles,
        "unprofiled": outcome.unprofiled.iter().map(|s| s.to_string()).collect::<Vec<_>>(),
        "undecided": outcome.undecided,
        "owner_unknown": outcome.owner_unknown,
        "unread": outcome.unread.iter().map(|u| json!({"address": u.address, "why": u.why})).collect::<Vec<_>>(),
        "waivers": waivers.iter().enumerate().map(|(i, w)| waiver(outcome, i, w)).collect::<Vec<_>>(),
    });
    if let (Json::Object(fields), Some(since)) = (&mut head, since_json(audited)) {
        fields.insert("baseline".to_owned(), since);
    }
    let systemic = systemic::causes(audited);
    if let (Json::Object(fields), false) = (&mut head, systemic.is_empty()) {
        fields.insert("systemic".to_owned(), systemic.into());
    }
    // The findings may be many: they are written one by one behind a head that is small.
    let head = serde_json::to_string_pretty(&head)?;
    let head = safe_json(&head);
    out.write_all(head.trim_end_matches('}').trim_end().as_bytes())?;
    out.write_all(b",\n  \"findings\": [")?;
    for (i, one) in outcome.findings.iter().enumerate() {
        out.write_all(if i == 0 { b"\n    " } else { b",\n    " })?;
        let one = serde_json::to_string(&finding(one, catalog, waivers))?;
        out.write_all(safe_json(&one).as_bytes())?;
    }
    out.write_all(if outcome.findings.is_empty() { b"]\n}\n" } else { b"\n  ]\n}\n" })
}

fn waiver(outcome: &Outcome, index: usize, waiver: &Waiver) -> Json {
    json!({
        "subject": waiver.subject.text(),
        "owner": waiver.owner,
        "reason": waiver.reason,
        "expires": waiver.expires.to_string(),
        "origin": {"file": waiver.origin.file, "line": waiver.origin.line, "column": waiver.origin.column},
        "used": outcome.waivers_used.get(index),
        "subject_seen": outcome.waivers_named.get(index),
    })
}

fn finding(finding: &Finding, catalog: &Catalog, waivers: &[Waiver]) -> Json {
    let wish = &finding.expectation;
    let mut json = json!({
        "subject": finding.subject.to_string(),
        "setting": catalog.get(wish.setting).key,
        "key": finding.key(),
        "verdict": finding.verdict.word(),
        "constraint": wish.constraint.to_json(),
        "observed": observed(&finding.observed),
        "severity": wish.severity.word(),
        "lenses": wish.lenses.iter().map(|l| l.word()).collect::<Vec<_>>(),
        "stage": wish.stage.word(),
        "origin": origin(&wish.origin),
        "overridden": wish.overridden.iter().map(|o| json!({
            "layer": o.layer.to_string(),
            "constraint": o.constraint.as_ref().map(crate::model::Constraint::to_json),
            "origin": origin(&o.origin),
        })).collect::<Vec<_>>(),
        "layer": wish.layer.to_string(),
        "also": wish.also.iter().map(origin).collect::<Vec<_>>(),
        "why": wish.why,
        "reason": finding.reason,
    });
    if let Json::Object(fields) = &mut json {
        if !wish.controls.is_empty() {
            fields.insert("controls".into(), wish.controls.iter().map(|c| control(c)).collect());
        }
        if let Some(label) = Label::of(finding) {
            fields.insert("label".into(), label.word().into());
        }
        if !finding.sources.is_empty() {
            fields.insert("sources".into(), finding.sources.clone().into());
        }
        if let Some(waiver) = finding.waiver.and_then(|i| waivers.get(i)) {
            fields.insert("waiver".into(), waived(waiver));
        }
    }
    json
}

fn decision(decided: &Decided<'_>) -> Json {
    let Decided { label, wish, name, subjects } = decided;
    json!({
        "label": label.word(),
        "setting": name,
        "constraint": wish.constraint.to_json(),
        "origin": origin(&wish.origin),
        "owner": wish.standing.owner,
        "why": wish.why,
        "subjects": subjects,
        "given_up": decided.given_up().map(|o| json!({
            "constraint": o.constraint.as_ref().map(crate::model::Constraint::to_json),
            "origin": origin(&o.origin),
            "controls": o.controls.iter().map(|c| control(c)).collect::<Vec<_>>(),
        })).collect::<Vec<_>>(),
    })
}

fn control(control: &Control) -> Json {
    let pattern = control.pattern.as_ref().map(|p| json!({"name": p.name, "link": p.link}));
    json!({"id": control.name, "title": control.title, "remedy": control.remedy, "pattern": pattern})
}

fn waived(waiver: &Waiver) -> Json {
    json!({"owner": waiver.owner, "reason": waiver.reason, "expires": waiver.expires.to_string(), "origin": origin(&waiver.origin)})
}

pub(super) fn origin(origin: &crate::model::Origin) -> Json {
    json!({"file": origin.file, "line": origin.line, "column": origin.column})
}

/// An observation with its outcome said, so that `null` is never mistaken for one.
fn observed(observation: &Observation) -> Json {
    let mut fields = Map::new();
    let mut put = |name: &str, value: Json| drop(fields.insert(name.to_owned(), value));
    match observation {
        Observation::Known(value) => put("known", value.to_json()),
        Observation::Absent => put("absent", true.into()),
        Observation::Unknown { needs } => put("unknown", json!({"needs": needs})),
        Observation::Unsupported { why } => put("unsupported", json!({"why": why})),
        Observation::Bound { value, needs } => {
            put("at_least_as_strict_as", value.to_json());
            put("unknown", json!({"needs": needs}));
        }
    }
    fields.into()
}
