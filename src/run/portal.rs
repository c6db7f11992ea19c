//! What a portal of projects shows of a repository.

use std::sync::Arc;

use crate::catalog::{Catalog, Demand};
use crate::engine::{Want, demand};
use crate::model::{Observation, Observed, SettingId, Subject, SubjectKind};
use crate::policy::Selector;

/// The settings that a portal shows, or puts projects in order by. What a policy's own rows name is used
/// where the catalogue has no such setting.
const SHOWN: [&str; 18] = [
    "repository.id",
    "repository.description",
    "repository.created_at",
    "repository.updated_at",
    "repository.pushed_at",
    "repository.stargazers_count",
    "repository.subscribers_count",
    "repository.forks_count",
    "repository.open_issues_count",
    "repository.language",
    "repository.license",
    "repository.default_branch",
    "repository.topics",
    "repository.visibility",
    "repository.homepage",
    "repository.contributing",
    "repository.archived",
    "repository.html_url",
];

/// A repository that a portal is to show.
#[derive(Debug, Clone, PartialEq)]
pub struct Listed {
    /// The repository.
    pub subject: Arc<Subject>,
    /// What was observed of the settings that a portal shows.
    pub seen: Vec<(SettingId, Observation)>,
}

impl Listed {
    /// What is shown of a repository.
    pub(super) fn of(observed: &Observed, catalog: &Catalog) -> Self {
        let shown = SHOWN.iter().filter_map(|key| catalog.id(key));
        let seen = shown.filter_map(|id| Some((id, observed.readings.get(id)?.clone())));
        Self { subject: Arc::new(observed.subject.clone()), seen: seen.collect() }
    }
}

/// The same, and what a portal shows of the repositories that the selector holds for.
pub fn wanted_for_a_portal(mut all: Demand, portal: &Selector, catalog: &Catalog) -> Demand {
    let mut facts: Vec<SettingId> = SHOWN.iter().filter_map(|key| catalog.id(key)).collect();
    portal.needs(&mut facts);
    let want = |setting: &SettingId| Want { of: SubjectKind::Repository, setting: *setting, key: None };
    all.extend(demand(catalog, facts.iter().map(want)));
    all.facts.extend(facts);
    all
}
