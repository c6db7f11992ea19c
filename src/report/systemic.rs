//! Departures that have one cause for many repositories, each as one.

use std::collections::{BTreeMap, BTreeSet};

use serde_json::{Value as Json, json};

use super::audited::{Audited, count};
use super::json::origin;
use crate::model::{Expectation, Finding, Subject, Systemic, Verdict};
use crate::run::Outcome;

/// Why these findings of one line are in the way of many, in a line; nothing where they are not.
pub(super) fn told(findings: &[&Finding]) -> Option<String> {
    let mut above: BTreeMap<&str, BTreeSet<&Subject>> = BTreeMap::new();
    let mut profile = None;
    for finding in findings {
        match finding.systemic.as_deref() {
            Some(Systemic::Above { what }) => {
                above.entry(what).or_default().insert(&finding.subject);
            }
            Some(Systemic::Profile { name, failing, of }) => profile = Some((name, failing, of)),
            None => {}
        }
    }
    if let Some((what, of)) = above.iter().max_by_key(|(_, of)| of.len()) {
        let repositories = if of.len() == 1 { "repository" } else { "repositories" };
        return Some(format!("systemic: {} {repositories}, because of {}", of.len(), what));
    }
    let (name, failing, of) = profile?;
    Some(format!("systemic: {failing} of the {of} repositories of profile {}", name))
}

/// How much of the drift could be mended once, for many; nothing where none could.
pub(super) fn summary(outcome: &Outcome) -> Option<String> {
    let drift = || outcome.findings.iter().filter(|f| f.verdict == Verdict::Drift);
    let systemic: Vec<&Finding> = drift().filter(|f| f.systemic.is_some()).collect();
    if systemic.is_empty() {
        return None;
    }
    let causes: BTreeSet<_> = systemic.iter().map(|f| line(&f.expectation)).collect();
    let (findings, all) = (systemic.len(), drift().count());
    Some(format!(
        "Systemic: {findings} of {} of drift {} from {}, each of which can be mended once for many.",
        count(all, "finding"),
        if findings == 1 { "comes" } else { "come" },
        count(causes.len(), "common cause")
    ))
}

/// Every cause for machines, in the order of the policy's lines.
pub(super) fn causes(audited: Audited<'_>) -> Vec<Json> {
    let mut all: BTreeMap<_, (&Finding, BTreeSet<&Subject>)> = BTreeMap::new();
    for finding in &audited.outcome.findings {
        let Some(systemic) = finding.systemic.as_deref() else { continue };
        let (above, profile) = match systemic {
            Systemic::Above { what } => (Some(&**what), None),
            Systemic::Profile { name, .. } => (None, Some(&**name)),
        };
        let one = all.entry((line(&finding.expectation), above, profile));
        one.or_insert_with(|| (finding, BTreeSet::new())).1.insert(&finding.subject);
    }
    let json = |(finding, subjects): (&Finding, BTreeSet<&Subject>)| {
        let wish = &finding.expectation;
        let (above, profile, of) = match finding.systemic.as_deref() {
            Some(Systemic::Above { what }) => (Some(what), None, None),
            Some(Systemic::Profile { name, of, .. }) => (None, Some(name), Some(of)),
            None => (None, None, None),
        };
        json!({
            "setting": audited.setting(finding).key,
            "key": wish.key,
            "origin": origin(&wish.origin),
            "affected": subjects.len(),
            "profile": profile,
            "of": of,
            "above": above,
        })
    };
    all.into_values().map(json).collect()
}

/// One line of the policy on one setting.
fn line(wish: &Expectation) -> (&str, usize, u32, Option<&str>) {
    (&wish.origin.file, wish.origin.offset, wish.setting.0, wish.key.as_deref())
}
