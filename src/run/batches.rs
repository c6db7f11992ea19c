//! A snapshot file as a source: what is wanted of it, batch by batch, and what it lacks.

use std::path::Path;
use std::sync::Arc;

use super::audit::RunError;
use super::outcome::Unread;
use super::wants::wanted_of_snapshot;
use crate::catalog::{Catalog, Demand};
use crate::forge::snapshot::{Context, LineReader, for_each};
use crate::model::Observed;

/// A snapshot file and what is wanted of it.
pub struct Batches<'a> {
    /// The rows.
    pub catalog: &'a Catalog,
    /// What to read.
    pub demand: &'a Demand,
    /// The file.
    pub path: &'a Path,
    /// The name that its forge goes by, where the policy gives it one.
    pub rename: Option<&'a Arc<str>>,
}

impl Batches<'_> {
    /// Calls `work` with every subject of a batch and its organization, on several threads, and
    /// `take` with what came of each batch, in the order of the file. Returns what the file lacks.
    ///
    /// # Errors
    /// When the file cannot be used.
    pub(super) fn each<R: Send>(
        &self,
        begin: impl Fn(&Context) -> R + Sync,
        work: impl Fn(&mut R, &Context, &Observed, Option<&Observed>) + Sync,
        take: impl FnMut(R),
    ) -> Result<Vec<Unread>, RunError> {
        let demand = wanted_of_snapshot(self.demand, self.catalog);
        let reader = LineReader::new(self.catalog, Some(&demand));
        let batch = |context: &Context, subjects: Vec<Observed>| {
            let mut part = begin(context);
            for observed in &subjects {
                work(&mut part, context, observed, context.organization_of(observed));
            }
            part
        };
        let gaps = for_each(self.path, &reader, self.rename, batch, take)?;
        Ok(gaps.into_iter().map(Unread::from).collect())
    }
}
