//! Findings of two runs, compared: what departs now and did not, and the other way round.

use std::collections::BTreeMap;

use serde_json::{Value as Json, json};

use super::{Became, Change, Difference, Things};
use crate::run::history::{KnownFinding, PastRun};

/// The findings of one run.
#[derive(Debug, Default)]
pub(super) struct Findings {
    /// What was found of each item of each subject.
    all: Things,
    /// What was not read: nothing is known of what is in there.
    unread: Vec<String>,
    /// What the run was limited to, where that is known.
    pub(super) scope: Option<String>,
    /// Something was not read, and nobody knows what.
    partly: bool,
}

/// The findings of a JSON report.
///
/// # Errors
/// What is wrong with it.
pub(super) fn read(text: &str) -> Result<Findings, String> {
    let report: Json =
        serde_json::from_str(text).map_err(|e| format!("this is no report, snapshot or history: {e}"))?;
    match (report["format_version"].as_u64(), report["findings"].as_array()) {
        (Some(1), Some(_)) => {}
        (Some(version), Some(_)) => {
            return Err(format!("this report is of version {version}; this release reads version 1"));
        }
        _ => return Err("this is no JSON report of `ispo-scm audit`".to_owned()),
    }
    if report.get("baseline").is_some() {
        return Err(
            "this report was made with --baseline and lacks what was agreed: make one without".to_owned()
        );
    }
    let word = |json: &Json| json.as_str().unwrap_or_default().to_owned();
    let mut findings = Findings::default();
    for finding in report["findings"].as_array().into_iter().flatten() {
        let verdict = word(&finding["verdict"]);
        if matches!(verdict.as_str(), "drift" | "waived" | "unknown") {
            let name = name(&word(&finding["setting"]), finding["key"].as_str());
            findings.add(word(&finding["subject"]), name, &verdict, finding["observed"].clone());
        }
    }
    // Where it was not known what is wanted of a repository, a finding may be missing for that alone.
    let undecided = report["undecided"].as_object().is_some_and(|profiles| !profiles.is_empty());
    findings.partly = undecided || report["owner_unknown"].as_u64().is_some_and(|n| n > 0);
    let unread = report["unread"].as_array().into_iter().flatten();
    findings.unread = unread.map(|unread| word(&unread["address"])).collect();
    Ok(findings)
}

/// The findings of a run of a history.
pub(super) fn of_run((run, all): (PastRun, Vec<KnownFinding>)) -> Findings {
    let mut findings = Findings { partly: run.unread > 0, scope: Some(run.scope), ..Findings::default() };
    for KnownFinding { subject, setting, key, verdict, observed, .. } in all {
        let observed = serde_json::from_str(&observed).unwrap_or(Json::Null);
        findings.add(subject, name(&setting, key.as_deref()), &verdict, observed);
    }
    findings
}

fn name(setting: &str, key: Option<&str>) -> String {
    match (key, setting.split_once('.')) {
        (Some(key), Some((group, name))) => format!("{group}[{key}].{name}"),
        _ => setting.to_owned(),
    }
}

impl Findings {
    fn add(&mut self, subject: String, name: String, verdict: &str, observed: Json) {
        // Why something cannot be seen is said in other words in another place.
        let observed = if verdict == "unknown" { Json::Null } else { observed };
        self.all.insert((subject, name), json!({"verdict": verdict, "observed": observed}));
    }

    /// Whether the run may not have looked at a subject.
    fn may_lack(&self, subject: &str) -> bool {
        self.partly
            || self.unread.iter().any(|unread| {
                let within = subject.strip_prefix(unread.as_str());
                within.is_some_and(|rest| rest.is_empty() || rest.starts_with('/'))
                    // A forge or an enterprise: nobody knows what it has.
                    || !unread.contains(':')
            })
    }
}

/// What changed. What is not among the findings of a run conformed, was not wanted, or was not there, unless the run
/// may not have looked.
pub(super) fn compare(old: &Findings, new: &Findings) -> Difference {
    let (mut changes, mut not_compared) = (BTreeMap::new(), 0);
    for (key, now) in &new.all {
        let before = old.all.get(key);
        let became = match before {
            Some(before) if before == now => continue,
            Some(_) => Became::Changed,
            None if old.may_lack(&key.0) => {
                not_compared += 1;
                continue;
            }
            None => Became::New,
        };
        changes.insert(key.clone(), (became, before.cloned(), Some(now.clone())));
    }
    for (key, before) in old.all.iter().filter(|(key, _)| !new.all.contains_key(*key)) {
        if new.may_lack(&key.0) {
            not_compared += 1;
        } else {
            changes.insert(key.clone(), (Became::Gone, Some(before.clone()), None));
        }
    }
    let changes = changes.into_iter().map(|((subject, name), (became, before, now))| Change {
        subject,
        name: Some(name),
        became,
        before,
        now,
    });
    Difference::new("findings", changes.collect(), not_compared)
}
