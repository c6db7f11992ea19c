//! What to ask GitHub for, worked out before anything is asked: one composed query for a page of
//! repositories, and the lists that carry what the query cannot.

use std::collections::BTreeSet;
use std::sync::Arc;

use crate::catalog::{Binding, Catalog, Clash, Cost, Demand, Kind, Path, Selection, Setting, alternatives};
use crate::model::{SettingId, SubjectKind};

/// The list of an organization's repositories, as rows name it.
const REPOSITORY_LIST: &str = "/orgs/{org}/repos";
/// The organization's own document.
const ORGANIZATION: &str = "/orgs/{org}";

/// Where one setting is read.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Way {
    /// In the composed query.
    Query,
    /// In the list of repositories, or the organization's document.
    Document,
    /// Through the teams of the organization.
    TeamGrants,
    /// In a document of each subject, for which this release makes no request.
    Elsewhere,
    /// Nowhere: the server is older than the field.
    Newer,
}

/// The items of one kind to read.
pub(super) struct KindPlan<'c> {
    pub kind: &'c Kind,
    /// The collection, or with `{key}` one item.
    pub path: Path,
    pub identity: Option<Path>,
    pub settings: Vec<(&'c Setting, &'c Binding)>,
    /// Settings that the server is too old for.
    pub newer: Vec<(&'c Setting, &'c Binding)>,
    /// Whether the server is too old for the kind as a whole.
    pub too_new: bool,
    /// For kinds asked by key: each key, and the keys that it stands for.
    pub keys: Vec<(Arc<str>, Vec<String>)>,
}

/// What to read of the subjects of one scope.
pub(super) struct ScopePlan<'c> {
    pub settings: Vec<(&'c Setting, &'c Binding, Way)>,
    pub kinds: Vec<KindPlan<'c>>,
    pub selection: Selection,
}

/// Fields that a query had better not ask for.
#[derive(Debug, Clone, Default)]
pub(super) struct Without {
    /// Answer keys of a repository's fields whose refusal would hide the repository.
    pub refused: BTreeSet<String>,
    /// Names of fields that the server does not know.
    pub unknown: BTreeSet<String>,
}

impl Without {
    fn allows(&self, path: &Path) -> bool {
        !path.first_key().is_some_and(|key| self.refused.contains(&key)) && self.knows(path)
    }

    fn knows(&self, path: &Path) -> bool {
        !self.unknown.iter().any(|field| path.goes_through(field))
    }
}

/// What to read of an organization and its repositories.
pub struct ReadPlan<'c> {
    pub(super) organization: ScopePlan<'c>,
    pub(super) repository: ScopePlan<'c>,
    without: Without,
}

/// What a run will cost, as far as can be told before it.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub struct Forecast {
    /// REST requests.
    pub rest: u64,
    /// GraphQL requests.
    pub graphql: u64,
    /// GraphQL points.
    pub points: u64,
}

impl<'c> ReadPlan<'c> {
    /// Works out how to read what is demanded, leaving out the fields that the server does not know.
    ///
    /// # Errors
    /// When two rows read one field in ways that exclude each other.
    pub fn new(catalog: &'c Catalog, demand: &Demand, unknown: &BTreeSet<String>) -> Result<Self, Clash> {
        let without = Without { unknown: unknown.clone(), ..Without::default() };
        Ok(Self {
            organization: ScopePlan::new(catalog, demand, SubjectKind::Organization, &without)?,
            repository: ScopePlan::new(catalog, demand, SubjectKind::Repository, &without)?,
            without,
        })
    }

    /// Whether the list of repositories is needed.
    pub(super) fn wants_list(&self) -> bool {
        self.repository.has(Way::Document)
    }

    /// Whether the teams' grants are needed.
    pub(super) fn wants_grants(&self) -> bool {
        self.repository.has(Way::TeamGrants)
    }

    /// Whether the organization's document is needed.
    pub(super) fn wants_document(&self) -> bool {
        self.organization.has(Way::Document)
    }

    /// What one page of so many repositories costs in the query.
    pub fn page_cost(&self, repositories: u64) -> Cost {
        let below = self.repository.selection.cost(repositories);
        Cost { requests: below.requests + 1, nodes: below.nodes + repositories }
    }

    /// What reading so many repositories of one organization will cost.
    pub fn forecast(&self, repositories: u64, page: u64) -> Forecast {
        let pages = repositories.div_ceil(page.max(1)).max(1);
        let points = |cost: Cost| (cost.requests + 50) / 100;
        let mut all =
            Forecast { rest: 0, graphql: pages, points: pages * points(self.page_cost(page)).max(1) };
        if self.wants_list() {
            all.rest += repositories.div_ceil(100).max(1);
        }
        if self.wants_document() {
            all.rest += 1;
        }
        if !self.organization.selection.is_empty() {
            all.graphql += 1;
            all.points += 1;
        }
        if self.wants_grants() {
            // A team that reaches every repository is read from both ends, a hundred at a time.
            let queries = 1 + repositories.saturating_sub(100).div_ceil(200);
            all.graphql += queries;
            all.points += queries;
        }
        all
    }

    /// How to read a repository without what was refused: fields by their answer keys.
    ///
    /// # Errors
    /// As [`ReadPlan::new`].
    pub(super) fn repository_without(
        &self,
        catalog: &'c Catalog,
        demand: &Demand,
        refused: BTreeSet<String>,
    ) -> Result<ScopePlan<'c>, Clash> {
        let without = Without { refused, ..self.without.clone() };
        ScopePlan::new(catalog, demand, SubjectKind::Repository, &without)
    }
}

impl<'c> ScopePlan<'c> {
    fn new(catalog: &'c Catalog, demand: &Demand, of: SubjectKind, without: &Without) -> Result<Self, Clash> {
        let mut plan = Self { settings: Vec::new(), kinds: Vec::new(), selection: Selection::default() };
        for id in &demand.settings {
            let setting = catalog.get(*id);
            if &*setting.group != of.word() {
                continue;
            }
            let Some(binding) = setting.github.binding() else { continue };
            let way = match &binding.graphql {
                Some(path) if way(binding, of) == Way::Query && !without.knows(path) => Way::Newer,
                _ => way(binding, of),
            };
            if let (Way::Query, Some(path)) = (way, &binding.graphql)
                && without.allows(path)
            {
                plan.selection.add(path)?;
            }
            plan.settings.push((setting, binding, way));
        }
        for ((scope, name), wanted) in &demand.kinds {
            let Some(kind) = catalog.kind(*scope, name).filter(|_| *scope == of) else { continue };
            let Some(bound) = &kind.github else { continue };
            let Some(path) = &bound.graphql else { continue };
            let bound_settings = wanted.settings.iter().filter_map(|id| bound_setting(catalog, *id));
            let known = |(_, b): &(&Setting, &Binding)| b.graphql.as_ref().is_none_or(|p| without.knows(p));
            let (settings, newer): (Vec<_>, Vec<_>) = bound_settings.partition(known);
            let keys: Vec<_> = wanted.keys.iter().map(|k| (Arc::clone(k), alternatives(k))).collect();
            if without.allows(path) {
                if kind.is_asked_by_key() {
                    for key in keys.iter().flat_map(|(_, all)| all) {
                        add_item(&mut plan.selection, &path.with_key(key), &settings)?;
                    }
                } else {
                    if let Some(identity) = &bound.identity {
                        plan.selection.add(&path.then(identity))?;
                    }
                    if let Some(flag) = &bound.complete_for {
                        plan.selection.add(flag)?;
                    }
                    add_item(&mut plan.selection, path, &settings)?;
                }
            }
            plan.kinds.push(KindPlan {
                kind,
                path: path.clone(),
                identity: bound.identity.clone(),
                settings,
                newer,
                too_new: !without.knows(path),
                keys,
            });
        }
        Ok(plan)
    }

    fn has(&self, way: Way) -> bool {
        self.settings.iter().any(|(_, _, w)| *w == way)
    }
}

fn bound_setting(catalog: &Catalog, id: SettingId) -> Option<(&Setting, &Binding)> {
    let setting = catalog.get(id);
    Some((setting, setting.github.binding()?))
}

fn add_item(selection: &mut Selection, at: &Path, settings: &[(&Setting, &Binding)]) -> Result<(), Clash> {
    settings.iter().filter_map(|(_, b)| b.graphql.as_ref()).try_for_each(|path| selection.add(&at.then(path)))
}

fn way(binding: &Binding, of: SubjectKind) -> Way {
    let document = |path: &str| match of {
        SubjectKind::Repository => path == REPOSITORY_LIST,
        _ => path == ORGANIZATION,
    };
    let bulk = if of == SubjectKind::Repository { &binding.list } else { &binding.rest };
    if binding.via.as_deref() == Some("team_grants") {
        Way::TeamGrants
    } else if binding.graphql.is_some() {
        Way::Query
    } else if bulk.as_ref().is_some_and(|e| document(&e.path)) {
        Way::Document
    } else {
        Way::Elsewhere
    }
}
