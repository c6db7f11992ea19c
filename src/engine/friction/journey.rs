//! The journey of a contributor through one repository: what is in the way at which step.

use std::sync::Arc;

use super::facts::{Around, Fact, Facts};
use super::index::{Check, Index, State, index};
use super::obstacle::{Obstacle, Scene};
use super::root::Roots;
use crate::catalog::{Catalog, Demand};
use crate::engine::{Judge, Judged, Want};
use crate::model::{
    Constraint, Finding, Observed, Rung, SettingId, Stage, Subject, SubjectKind, Value, Verdict, Weights,
};

/// Works journeys out.
#[derive(Debug)]
pub struct Journeys<'a> {
    catalog: &'a Catalog,
    weights: Weights,
    facts: Facts,
}

/// One repository's journey.
#[derive(Debug, Clone, PartialEq)]
pub struct Journey {
    /// The repository.
    pub subject: Arc<Subject>,
    /// The profiles that it is of.
    pub profiles: Vec<Arc<str>>,
    /// The teams that own it.
    pub owners: Vec<Arc<str>>,
    /// The steps that its profiles have no part in.
    pub left_out: Vec<Stage>,
    /// Its numbers. The points of its findings are with them.
    pub index: Index,
    /// What is in the way that no line of the policy speaks of, and the points it would remove.
    pub obstacles: Vec<(Obstacle, f64)>,
    /// What it takes to get to read it; none where that was not asked or could not be seen.
    pub rung: Option<Rung>,
}

/// What surrounds a repository in the policy.
#[derive(Debug, Clone, Copy)]
pub struct Standing<'p> {
    /// The profiles that it is of.
    pub profiles: &'p [Arc<str>],
    /// The steps that these leave out.
    pub left_out: &'p [Stage],
    /// What was seen of its organization or group.
    pub organization: Option<&'p Observed>,
}

impl<'a> Journeys<'a> {
    /// Journeys by these weights.
    pub fn new(catalog: &'a Catalog, weights: Weights) -> Self {
        Self { catalog, weights, facts: Facts::new(catalog) }
    }

    /// What has to be read so that nothing of a journey is left out for want of asking, where this is asked anyway.
    pub fn wants(catalog: &Catalog, asked: &Demand) -> Vec<Want> {
        let of = SubjectKind::Organization;
        let facts = Facts::new(catalog);
        let mut wants = facts.wants();
        let about_forks = [facts.fork_workflows, facts.fork_workflows_above];
        if !about_forks.iter().flatten().any(|id| asked.settings.contains(id)) {
            // Nothing follows from it then.
            wants.retain(|want| Some(want.setting) != facts.by_actions);
        }
        let roots = Roots::new(catalog);
        let read: Vec<SettingId> = wants.iter().map(|want| want.setting).collect();
        let above = roots.wants(|decided| asked.settings.contains(&decided) || read.contains(&decided));
        wants.extend(above.map(|setting| Want { of, setting, key: None }));
        wants
    }

    /// The weights in use.
    pub fn weights(&self) -> &Weights {
        &self.weights
    }

    /// One repository's journey, from all that was found about it, what conforms too. Each finding gets the
    /// points that the index falls by when it is mended. None of one that is archived.
    pub fn journey(
        &self,
        judge: &Judge<'_>,
        judged: Judged<'_>,
        standing: Standing<'_>,
        findings: &mut [Finding],
    ) -> Option<Journey> {
        let around =
            Around { repository: judged.observed, organization: standing.organization, forge: judged.forge };
        // Nobody travels to what is put away.
        if self.facts.switch(around, self.facts.archived) == Fact::Known(true) {
            return None;
        }
        let scene = Scene { facts: &self.facts, catalog: self.catalog, judge, judged, around };
        let mut of_findings: Vec<(usize, Check)> = Vec::new();
        for (i, finding) in findings.iter().enumerate() {
            of_findings.extend(self.check(&scene, finding).map(|check| (i, check)));
        }
        let told = |obstacle: Obstacle| {
            let setting = match obstacle {
                Obstacle::NoWayToPropose => self.facts.forking,
                _ => None,
            };
            let by = |i: &usize| Some(findings[*i].expectation.setting) == setting;
            of_findings.iter().any(|(i, check)| check.gate && by(i))
        };
        let obstacles: Vec<(Obstacle, Check)> =
            scene.checks().into_iter().filter(|(obstacle, _)| !told(*obstacle)).collect();
        let checks: Vec<Check> =
            of_findings.iter().map(|(_, c)| *c).chain(obstacles.iter().map(|(_, c)| *c)).collect();
        let index = index(&checks, scene.toil(&self.weights), standing.left_out, &self.weights);
        let (for_findings, for_obstacles) = index.points.split_at(of_findings.len());
        for ((i, _), points) in of_findings.iter().zip(for_findings) {
            findings[*i].points = *points;
        }
        let in_the_way = obstacles.iter().zip(for_obstacles);
        let in_the_way = in_the_way.filter(|((_, check), _)| {
            check.state == State::Failed && !standing.left_out.contains(&check.stage)
        });
        Some(Journey {
            subject: Arc::new(judged.observed.subject.clone()),
            profiles: standing.profiles.to_vec(),
            owners: judged.owners.to_vec(),
            left_out: standing.left_out.to_vec(),
            obstacles: in_the_way.map(|((obstacle, _), points)| (*obstacle, *points)).collect(),
            rung: scene.rungs().and_then(|(easiest, hardest)| (easiest == hardest).then_some(easiest)),
            index,
        })
    }

    /// What a finding says to somebody who comes from outside; nothing where it is no matter of theirs.
    fn check(&self, scene: &Scene<'_>, finding: &Finding) -> Option<Check> {
        let wish = &finding.expectation;
        let state = match finding.verdict {
            _ if !wish.lenses.openness => return None,
            Verdict::NotApplicable => return None,
            Verdict::Conforms => State::Met,
            // A waiver says that somebody answers for it, not that it is out of the way.
            Verdict::Drift | Verdict::Waived => State::Failed,
            Verdict::Unknown => State::Unknown,
        };
        let id = Some(wish.setting);
        let gate = if id == self.facts.visibility {
            is_too_closed(finding.observed.value(), &wish.constraint)
        } else if id == self.facts.forking {
            wish.constraint.accepts(Some(&Value::Bool(true)))
                && scene.no_way_to_propose() == Fact::Known(true)
        } else {
            false
        };
        Some(Check {
            stage: wish.stage,
            severity: wish.severity,
            state,
            gate: gate && state == State::Failed,
        })
    }
}

/// Whether fewer can see something than are meant to.
fn is_too_closed(seen: Option<&Value>, wanted: &Constraint) -> bool {
    let open = ["public", "internal", "private"];
    let Some(at) = seen.and_then(Value::as_text).and_then(|s| open.iter().position(|o| *o == s)) else {
        return false;
    };
    open[..at].iter().any(|more| wanted.accepts(Some(&Value::text(*more))))
}
