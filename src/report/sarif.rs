//! SARIF 2.1.0, for code scanning: a result for each finding, at the policy's line.

use std::collections::BTreeMap;
use std::io::{self, Write};

use serde_json::{Value as Json, json};

use super::audited::{Audited, count};
use super::place::{fingerprint, uri};
use super::safe_markup::{code, linkless, prose};
use super::safe_text::{safe, safe_json};
use super::since::{gone, since};
use crate::model::{Finding, Lens, Origin, SettingId, Severity, Systemic, Verdict};

/// GitHub refuses a file with more results in a run.
const MOST: usize = 25_000;

/// Where the standard keeps its schema.
const SCHEMA: &str =
    "https://docs.oasis-open.org/sarif/sarif/v2.1.0/errata01/os/schemas/sarif-schema-2.1.0.json";

/// Writes findings as SARIF, the worst first.
///
/// # Errors
/// Those of the writer.
pub(super) fn sarif(out: &mut dyn Write, audited: Audited<'_>) -> io::Result<()> {
    let findings = audited.worst_first();
    let shown = &findings[..findings.len().min(MOST)];
    // A rule is as severe as the worst that the policy makes of it.
    let mut rules: BTreeMap<SettingId, (usize, Severity)> = BTreeMap::new();
    for finding in shown {
        let wish = &finding.expectation;
        let (_, severity) = rules.entry(wish.setting).or_insert((0, wish.severity));
        *severity = wish.severity.max(*severity);
    }
    write!(
        out,
        "{{\n\"$schema\": \"{SCHEMA}\",\n\"version\": \"2.1.0\",\n\"runs\": [{{\n\"tool\": {{\"driver\": {{"
    )?;
    write!(
        out,
        "\"name\": \"ispo-scm\", \"semanticVersion\": \"{}\", \"rules\": [",
        env!("CARGO_PKG_VERSION")
    )?;
    for (i, (id, (index, severity))) in rules.iter_mut().enumerate() {
        *index = i;
        element(out, i, &rule(audited, *id, *severity))?;
    }
    write!(out, "\n]}}}},\n\"columnKind\": \"unicodeCodePoints\",\n\"invocations\": [")?;
    element(out, 0, &invocation(audited, findings.len() - shown.len()))?;
    write!(out, "],\n\"results\": [")?;
    for (i, finding) in shown.iter().enumerate() {
        let index = rules.get(&finding.expectation.setting).map(|(index, _)| *index);
        element(out, i, &result(audited, finding, index.unwrap_or_default()))?;
    }
    writeln!(out, "\n]\n}}]\n}}")
}

fn element(out: &mut dyn Write, index: usize, json: &Json) -> io::Result<()> {
    out.write_all(if index == 0 { b"\n" } else { b",\n" })?;
    out.write_all(safe_json(&serde_json::to_string(json)?).as_bytes())
}

fn rule(audited: Audited<'_>, id: SettingId, severity: Severity) -> Json {
    let setting = audited.catalog.get(id);
    let lenses: Vec<&str> = setting.lenses.iter().map(Lens::word).collect();
    let stage = setting.stage.word();
    let help = format!(
        "{} It bears on {} and on the step \"{stage}\" of a contributor's way. `ispo-scm settings {}` says \
         where it is read and what it takes; `ispo-scm explain SUBJECT {}` who asked for what.",
        setting.doc,
        lenses.join(" and "),
        setting.key,
        setting.key
    );
    let markdown = format!(
        "{}\n\nIt bears on {} and on the step *{stage}* of a contributor's way.\n\n- {} says where it is read and \
         what it takes\n- {} says who asked for what",
        prose(&setting.doc),
        lenses.join(" and "),
        code(&format!("ispo-scm settings {}", setting.key)),
        code(&format!("ispo-scm explain SUBJECT {}", setting.key)),
    );
    let mut properties =
        json!({"tags": lenses.iter().copied().chain([stage]).collect::<Vec<_>>(), "precision": "very-high"});
    // Where it is missing, GitHub shows the level instead, and no weakness.
    if setting.lenses.security {
        properties["security-severity"] = security_severity(severity).into();
    }
    json!({
        "id": setting.key,
        "name": setting.key,
        "shortDescription": {"text": safe(&setting.doc)},
        "fullDescription": {"text": safe(&setting.doc)},
        "help": {"text": safe(&help), "markdown": markdown},
        "defaultConfiguration": {"level": level(severity)},
        "properties": properties,
    })
}

/// What happened to the run rather than to a setting.
fn invocation(audited: Audited<'_>, left_out: usize) -> Json {
    let mut told: Vec<Json> = Vec::new();
    for unread in &audited.outcome.unread {
        let text = format!("{} was not read: {}", unread.address, unread.why);
        told.push(json!({"level": "error", "message": {"text": linkless(&text)}}));
    }
    for text in since(audited).into_iter().chain(gone(audited)) {
        told.push(json!({"level": "note", "message": {"text": linkless(&text)}}));
    }
    if left_out > 0 {
        let more = count(left_out, "more finding");
        let text = format!("and {more}: {}", audited.elsewhere);
        told.push(json!({"level": "warning", "message": {"text": linkless(&text)}}));
    }
    json!({
        "executionSuccessful": audited.outcome.unread.is_empty(),
        "toolExecutionNotifications": told,
    })
}

fn result(audited: Audited<'_>, finding: &Finding, rule: usize) -> Json {
    let wish = &finding.expectation;
    let setting = audited.setting(finding);
    let print = fingerprint(finding, &setting.key);
    let (kind, level) = match finding.verdict {
        Verdict::Drift | Verdict::Waived => ("fail", level(wish.severity)),
        Verdict::Unknown => ("open", "none"),
        Verdict::NotApplicable => ("notApplicable", "none"),
        Verdict::Conforms => ("pass", "none"),
    };
    let mut result = json!({
        "ruleId": setting.key,
        "ruleIndex": rule,
        "kind": kind,
        "level": level,
        "message": {"text": linkless(&audited.message(finding))},
        "locations": [location(audited, &wish.origin, &finding.subject.to_string())],
        // GitHub goes by the first alone; the second says what it is made of.
        "partialFingerprints": {"primaryLocationLineHash": format!("{print}:1"), "subjectSettingItem/v1": print},
        "properties": {
            "subject": safe(&finding.subject.to_string()),
            "item": finding.key().map(safe),
            "verdict": finding.verdict.word(),
            "severity": wish.severity.word(),
        },
    });
    match finding.systemic.as_deref() {
        Some(Systemic::Above { what }) => result["properties"]["systemic"] = json!({"above": safe(what)}),
        Some(Systemic::Profile { name, failing, of }) => {
            result["properties"]["systemic"] = json!({"profile": safe(name), "failing": failing, "of": of});
        }
        None => {}
    }
    if !wish.also.is_empty() {
        let more: Vec<Json> = wish.also.iter().map(|origin| physical(audited, origin)).collect();
        result["relatedLocations"] = more.into();
    }
    if let Some(waiver) = audited.waiver(finding)
        && finding.verdict == Verdict::Waived
    {
        let why = format!("{} until {}: {}", waiver.owner, waiver.expires, waiver.reason);
        let mut suppression = physical(audited, &waiver.origin);
        suppression = json!({
            "kind": "external",
            "status": "accepted",
            "justification": safe(&why),
            "location": suppression,
        });
        result["suppressions"] = json!([suppression]);
    }
    result
}

fn location(audited: Audited<'_>, origin: &Origin, subject: &str) -> Json {
    let mut location = physical(audited, origin);
    location["logicalLocations"] = json!([{"fullyQualifiedName": safe(subject), "kind": "resource"}]);
    location
}

fn physical(audited: Audited<'_>, origin: &Origin) -> Json {
    let place = audited.place(origin);
    json!({
        "physicalLocation": {
            "artifactLocation": {"uri": uri(&place.file)},
            "region": {"startLine": place.line, "startColumn": place.column},
        },
    })
}

fn level(severity: Severity) -> &'static str {
    match severity {
        Severity::Critical | Severity::High => "error",
        Severity::Medium => "warning",
        Severity::Low => "note",
    }
}

/// GitHub reads it as a number from 0.1 to 10: above 9 is critical, from 7 high, from 4 medium.
fn security_severity(severity: Severity) -> &'static str {
    match severity {
        Severity::Critical => "9.5",
        Severity::High => "8.0",
        Severity::Medium => "5.5",
        Severity::Low => "2.0",
    }
}
