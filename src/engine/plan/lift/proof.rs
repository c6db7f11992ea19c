//! What a ruleset of the organization would do to a repository: judged again, with it in place.

use std::sync::Arc;

use super::member::Member;
use crate::catalog::ForgeKind;
use crate::engine::{Judge, Judged, Tally};
use crate::model::{Finding, Observed, SettingId, Verdict};

/// A setting of a branch, as findings name it.
type Place = (SettingId, Option<Arc<str>>);

/// What would become of a repository.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) struct Outcome {
    /// What departs then, by the keys of the policy.
    pub left: Vec<Place>,
    /// What conforms now and does not then, or cannot be told then.
    pub harmed: Vec<Place>,
}

/// Judges a repository as it would be.
pub(super) fn outcome(judge: &Judge<'_>, member: &Member<'_>, after: &Observed) -> Outcome {
    let then = findings(judge, member, after);
    let ill = |f: &&Finding| matches!(f.verdict, Verdict::Drift | Verdict::Unknown | Verdict::Waived);
    let place = |f: &Finding| (f.expectation.setting, f.key().map(Arc::from));
    let now: Vec<(Place, Verdict)> =
        member.findings.iter().filter(ill).map(|f| (place(f), f.verdict)).collect();
    let later: Vec<(Place, Verdict)> = then.iter().filter(ill).map(|f| (place(f), f.verdict)).collect();
    let left = then.iter().filter(ill).map(|f| (f.expectation.setting, f.expectation.key.clone()));
    // Drift may not take the place of what was unknown, either: it would be ours.
    let harmed = later.iter().filter(|(at, verdict)| match now.iter().find(|(other, _)| other == at) {
        None => true,
        Some((_, was)) => *was != *verdict && *was != Verdict::Drift,
    });
    Outcome { left: left.collect(), harmed: harmed.map(|(at, _)| at.clone()).collect() }
}

/// What would be found of a repository.
pub(super) fn findings(judge: &Judge<'_>, member: &Member<'_>, after: &Observed) -> Vec<Finding> {
    let judged = Judged {
        observed: member.observed,
        organization: Some(after),
        forge: ForgeKind::Github,
        owners: member.owners,
    };
    let mut found = Vec::new();
    judge.judge(member.expectations, judged, &mut Tally::default(), &mut found);
    found
}
