//! What the journey needs to know of a repository besides what the policy asks.

use std::sync::Arc;

use crate::catalog::{Catalog, ForgeKind};
use crate::engine::Want;
use crate::model::{Observation, Observed, SettingId, SubjectKind, Value};

/// The branch that changes go to.
pub(super) const DEFAULT_BRANCH: &str = "~default";

/// A fact: known, known to be hidden, or not asked for.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) enum Fact<T> {
    Known(T),
    Unknown,
    NotAsked,
}

impl<T> Fact<T> {
    pub(super) fn map<U>(self, f: impl FnOnce(T) -> U) -> Fact<U> {
        match self {
            Self::Known(value) => Fact::Known(f(value)),
            Self::Unknown => Fact::Unknown,
            Self::NotAsked => Fact::NotAsked,
        }
    }
}

/// A repository, and what it is in.
#[derive(Debug, Clone, Copy)]
pub(super) struct Around<'o> {
    pub repository: &'o Observed,
    pub organization: Option<&'o Observed>,
    pub forge: ForgeKind,
}

/// Where the facts are in the catalogue.
#[derive(Debug, Clone)]
pub(super) struct Facts {
    pub visibility: Option<SettingId>,
    pub forking: Option<SettingId>,
    pub access: Option<SettingId>,
    pub request_access: Option<SettingId>,
    pub merge_methods: Vec<SettingId>,
    pub base_permission: Option<SettingId>,
    pub approvals: Option<SettingId>,
    pub archived: Option<SettingId>,
    pub checks: Option<SettingId>,
    pub reported: Option<SettingId>,
    /// Those of them that GitHub Actions reported.
    pub by_actions: Option<SettingId>,
    /// Whether Actions run for changes from forks. It is not asked for the sake of the journey: it takes a request
    /// for each repository.
    pub fork_workflows: Option<SettingId>,
    /// Whether the organization lets them.
    pub fork_workflows_above: Option<SettingId>,
    /// Of these, what a forge has no such thing of.
    lacking: Vec<(ForgeKind, SettingId)>,
}

impl Facts {
    pub(super) fn new(catalog: &Catalog) -> Self {
        let methods = ["allow_merge_commit", "allow_rebase_merge", "allow_squash_merge"];
        let mut facts = Self {
            visibility: catalog.id("repository.visibility"),
            forking: catalog.id("repository.allow_forking"),
            access: catalog.id("repository.access"),
            request_access: catalog.id("repository.request_access_enabled"),
            merge_methods: methods.iter().filter_map(|m| catalog.id(&format!("repository.{m}"))).collect(),
            base_permission: catalog.id("organization.default_repository_permission"),
            approvals: catalog.id("branch.required_approvals"),
            archived: catalog.id("repository.archived"),
            checks: catalog.id("branch.required_checks"),
            reported: catalog.id("repository.reported_checks"),
            by_actions: catalog.id("repository.checks_by_actions"),
            fork_workflows: catalog
                .id("repository.actions.fork_pr_private.run_workflows_from_fork_pull_requests"),
            fork_workflows_above: catalog
                .id("organization.actions.fork_pr_private.run_workflows_from_fork_pull_requests"),
            lacking: Vec::new(),
        };
        let ids: Vec<SettingId> = facts.wants().into_iter().map(|want| want.setting).collect();
        let forges = [ForgeKind::Github, ForgeKind::Gitlab];
        let lacks = |forge: ForgeKind, id: SettingId| catalog.get(id).lacking_on(forge).is_some();
        let of = |forge| ids.iter().filter(move |id| lacks(forge, **id)).map(move |id| (forge, *id));
        facts.lacking = forges.into_iter().flat_map(of).collect();
        facts
    }

    /// All of it, as wishes to be read.
    pub(super) fn wants(&self) -> Vec<Want> {
        let want = |of, setting, key: Option<&str>| Want { of, setting, key: key.map(Arc::from) };
        let own = [
            self.visibility,
            self.forking,
            self.access,
            self.request_access,
            self.archived,
            self.reported,
            self.by_actions,
        ];
        let own = own.into_iter().flatten().chain(self.merge_methods.iter().copied());
        let mut wants: Vec<Want> = own.map(|id| want(SubjectKind::Repository, id, None)).collect();
        wants.extend(self.base_permission.map(|id| want(SubjectKind::Organization, id, None)));
        wants.extend(self.checks.map(|id| want(SubjectKind::Repository, id, Some(DEFAULT_BRANCH))));
        wants.extend(self.approvals.map(|id| want(SubjectKind::Repository, id, Some(DEFAULT_BRANCH))));
        wants
    }

    /// What was seen of a setting of the repository's own, or of its organization's.
    pub(super) fn own<'o>(&self, around: Around<'o>, id: Option<SettingId>) -> Fact<Option<&'o Value>> {
        let above = id.is_some() && [self.base_permission, self.fork_workflows_above].contains(&id);
        let observed = if above { around.organization } else { Some(around.repository) };
        let reading = observed.zip(id).and_then(|(observed, id)| observed.readings.get(id));
        match reading {
            Some(Observation::Known(value)) => Fact::Known(Some(value)),
            Some(Observation::Absent | Observation::Unsupported { .. }) => Fact::Known(None),
            Some(Observation::Unknown { .. } | Observation::Bound { .. }) => Fact::Unknown,
            None if id.is_some_and(|id| self.lacking.contains(&(around.forge, id))) => Fact::Known(None),
            None => Fact::NotAsked,
        }
    }

    /// What was seen of a switch; one that the forge does not have is off.
    pub(super) fn switch(&self, around: Around<'_>, id: Option<SettingId>) -> Fact<bool> {
        self.own(around, id).map(|value| value == Some(&Value::Bool(true)))
    }

    /// What was seen of a word.
    pub(super) fn word<'o>(&self, around: Around<'o>, id: Option<SettingId>) -> Fact<Option<&'o str>> {
        self.own(around, id).map(|value| value.and_then(Value::as_text))
    }
}
