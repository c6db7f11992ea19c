//! What to ask GitHub for, worked out before anything is asked: one composed query for a page of
//! repositories, and the lists that carry what the query cannot.

use crate::forge::reading::{ScopePlan, ServerAge, Way, Without};
use std::collections::BTreeSet;

use super::pages::LARGEST;
use crate::catalog::{Catalog, Clash, Cost, Demand, ForgeKind};
use crate::model::SubjectKind;

/// GitHub refuses a query that could return more nodes.
/// Source: docs.github.com, "Rate limits and query limits for the GraphQL API".
pub(super) const MOST_NODES: u64 = 500_000;

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
    /// Works out how to read what is demanded, leaving out what the server is too old for.
    ///
    /// # Errors
    /// When two rows read one field in ways that exclude each other.
    pub fn new(catalog: &'c Catalog, demand: &Demand, age: &ServerAge) -> Result<Self, Clash> {
        let without = Without::of(ForgeKind::Github, age.clone());
        Ok(Self {
            organization: ScopePlan::new(catalog, demand, SubjectKind::Organization, &without)?,
            repository: ScopePlan::new(catalog, demand, SubjectKind::Repository, &without)?,
            without,
        })
    }

    /// Whether the list of repositories is needed.
    pub(super) fn wants_list(&self) -> bool {
        self.repository.has(Way::List)
    }

    /// Whether the teams' grants are needed.
    pub(super) fn wants_grants(&self) -> bool {
        self.repository.has(Way::Via)
    }

    /// What one page of so many repositories costs in the query.
    pub fn page_cost(&self, repositories: u64) -> Cost {
        let below = self.repository.selection.cost(repositories);
        Cost { requests: below.requests + 1, nodes: below.nodes + repositories }
    }

    /// How many repositories one page may have, so that the server accepts the query.
    pub fn largest_page(&self) -> u64 {
        (MOST_NODES / self.page_cost(1).nodes.max(1)).clamp(1, LARGEST)
    }

    /// The kinds whose items have documents of their own: how many there are is known only once they
    /// are listed.
    pub fn kinds_with_documents(&self) -> Vec<&str> {
        let kinds = self.organization.kinds.iter().chain(&self.repository.kinds);
        let mut names: Vec<&str> = kinds.filter(|k| k.has_documents()).map(|k| &*k.kind.name).collect();
        names.sort_unstable();
        names.dedup();
        names
    }

    /// What reading so many repositories of one organization will cost at the most.
    pub fn forecast(&self, repositories: u64, page: u64) -> Forecast {
        let pages = repositories.div_ceil(page.max(1)).max(1);
        let points = |cost: Cost| (cost.requests + 50) / 100;
        let mut all =
            Forecast { rest: 0, graphql: pages, points: pages * points(self.page_cost(page)).max(1) };
        if self.wants_list() {
            all.rest += repositories.div_ceil(100).max(1);
        }
        // At the most: a document is asked for only where an expectation needs it.
        all.rest += self.organization.documents_each() + repositories * self.repository.documents_each();
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
