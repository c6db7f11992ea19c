//! Findings put together by what caused them: the same wish of the same line. What a line adds to may
//! differ from one repository to the next, and then so does the wish.

use std::collections::HashMap;
use std::sync::Arc;

use crate::model::{Expectation, Finding, Verdict};

/// One wish, and the findings of one verdict that it led to.
pub(super) struct Cause<'a> {
    pub expectation: &'a Arc<Expectation>,
    pub findings: Vec<&'a Finding>,
}

/// The causes of findings with that verdict: the most severe and the most frequent first.
pub(super) fn causes<'a>(findings: &'a [Finding], verdict: Verdict) -> Vec<Cause<'a>> {
    let mut places: HashMap<(u32, Option<&str>, &str, usize, String), usize> = HashMap::new();
    let mut causes: Vec<Cause<'a>> = Vec::new();
    for finding in findings.iter().filter(|f| f.verdict == verdict) {
        let wish = &finding.expectation;
        let (origin, wanted) = (&wish.origin, wish.constraint.to_string());
        let key = (wish.setting.0, wish.key.as_deref(), &*origin.file, origin.offset, wanted);
        let place = *places.entry(key).or_insert_with(|| {
            causes.push(Cause { expectation: wish, findings: Vec::new() });
            causes.len() - 1
        });
        causes[place].findings.push(finding);
    }
    causes.sort_by(|a, b| {
        let severity = b.expectation.severity.cmp(&a.expectation.severity);
        severity
            .then(b.findings.len().cmp(&a.findings.len()))
            .then(a.expectation.setting.cmp(&b.expectation.setting))
            .then(a.expectation.key.cmp(&b.expectation.key))
            .then(a.expectation.origin.cmp(&b.expectation.origin))
    });
    causes
}
