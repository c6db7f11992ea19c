//! What a change above repositories would do to one of them: judged again, with it in place.

use std::sync::Arc;

use super::member::Member;
use crate::catalog::ForgeKind;
use crate::engine::{Judge, Judged, Tally};
use crate::model::{Finding, Observed, SettingId, Verdict};

/// A setting of a repository, as findings name it.
pub(super) type Place = (SettingId, Option<Arc<str>>);

/// A repository, and the organization around it, as they would be.
#[derive(Debug, Clone, Copy)]
pub(super) struct World<'a> {
    pub observed: &'a Observed,
    pub organization: &'a Observed,
    pub forge: ForgeKind,
}

/// What would become of a repository.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) struct Outcome {
    /// What departs then, by the keys of the policy.
    pub left: Vec<Place>,
    /// What departs or cannot be told now, and is as it is wanted then.
    pub mended: Vec<(Place, Verdict)>,
    /// What conforms now and does not then, or cannot be told then.
    pub harmed: Vec<Place>,
}

/// Holds what would be found of a repository against what was.
pub(super) fn compared(member: &Member<'_>, then: &[Finding]) -> Outcome {
    let ill = |f: &&Finding| matches!(f.verdict, Verdict::Drift | Verdict::Unknown | Verdict::Waived);
    let place = |f: &Finding| (f.expectation.setting, f.key().map(Arc::from));
    let places = |findings: &[Finding]| -> Vec<(Place, Verdict)> {
        findings.iter().filter(ill).map(|f| (place(f), f.verdict)).collect()
    };
    let (now, later) = (places(member.findings), places(then));
    let left = then.iter().filter(ill).map(|f| (f.expectation.setting, f.expectation.key.clone()));
    // Drift may not take the place of what was unknown, either: it would be ours.
    let harmed = later.iter().filter(|(at, verdict)| match now.iter().find(|(other, _)| other == at) {
        None => true,
        Some((_, was)) => *was != *verdict && *was != Verdict::Drift,
    });
    let mended = now.iter().filter(|(at, _)| !later.iter().any(|(other, _)| other == at));
    Outcome {
        left: left.collect(),
        mended: mended.cloned().collect(),
        harmed: harmed.map(|(at, _)| at.clone()).collect(),
    }
}

/// What would be found of a repository.
pub(super) fn findings(judge: &Judge<'_>, member: &Member<'_>, world: World<'_>) -> Vec<Finding> {
    let World { observed, organization, forge } = world;
    let judged = Judged { observed, organization: Some(organization), forge, owners: member.owners };
    let mut found = Vec::new();
    judge.judge(member.expectations, judged, &mut Tally::default(), &mut found);
    found
}
