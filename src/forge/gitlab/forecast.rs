//! What reading a group will cost, worked out before it is read.

use super::client::Reader;
use crate::catalog::{Catalog, Clash, Demand, ForgeKind};
use crate::forge::reading::{Objects, ScopePlan, ServerAge, Without};
use crate::model::SubjectKind;

/// Requests that reading a group takes at the most, documents of single items not counted.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub struct Cost {
    /// Lists of projects, and the documents of which each project needs its own.
    pub rest: u64,
    /// Queries.
    pub graphql: u64,
    /// Of the REST requests, those of which each project needs its own.
    pub each: u64,
}

impl Reader {
    /// What reading so many projects takes at the most; the groups themselves not counted.
    ///
    /// # Errors
    /// When two rows read one field in ways that exclude each other.
    pub fn cost(
        &self,
        catalog: &Catalog,
        demand: &Demand,
        age: &ServerAge,
        projects: u64,
    ) -> Result<Cost, Clash> {
        let without = Without::of(ForgeKind::Gitlab, age.clone());
        let plan = ScopePlan::new(catalog, demand, SubjectKind::Repository, &without)?;
        let pages = projects.div_ceil(100).max(1);
        let queries = |most: usize| 100_u64.div_ceil(most.max(1) as u64).min(projects.max(1));
        let parts = match plan.selection.is_empty() {
            true => 0,
            false => self.parts(&plan.selection).into_iter().map(|(_, most)| queries(most)).sum(),
        };
        let each = plan.documents_each();
        Ok(Cost { rest: pages + each * projects, graphql: parts * pages, each })
    }
}
