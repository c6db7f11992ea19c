//! Reading all places of a run to keep what is read, as `snapshot` and `audit --shard` do.

use std::sync::Arc;

use miette::{IntoDiagnostic, Result};

use super::reading::Reading;
use crate::catalog::{Demand, ForgeKind};
use crate::forge::snapshot::{Header, LineReader, for_each};
use crate::model::Observed;
use crate::run::{Live, Outcome, Place, Unread};

/// What keeps what is read. That it cannot be written is for it to remember, and to tell in the end.
pub(super) trait Keeper {
    /// From here on, subjects are of the place with that number, and of no forge yet.
    fn next_place(&mut self, place: usize);

    /// From here on, subjects are of that forge, which may be the same as before.
    fn forge(&mut self, header: &Header);

    /// A subject, after the organization or group that it is in.
    fn subject(&mut self, observed: &Observed);
}

/// What is read to be kept.
pub(super) struct Keeping<'a> {
    /// Everything that is read, in this order.
    pub places: &'a [Place],
    /// What is kept of snapshots.
    pub of_snapshots: &'a Demand,
    /// How live forges are read.
    pub live: &'a Live<'a>,
    /// The day that is noted of live forges, in the form 2026-11-20.
    pub taken: Option<String>,
}

impl Keeping<'_> {
    /// Reads it. What a live forge did not tell is put to what was unread.
    ///
    /// # Errors
    /// When a snapshot cannot be read.
    pub(super) fn by(self, keeper: &mut impl Keeper, reading: &Reading, outcome: &mut Outcome) -> Result<()> {
        for (i, place) in self.places.iter().enumerate() {
            keeper.next_place(i);
            let (name, kind) = match place {
                Place::Snapshot { name, path } => {
                    let reader = LineReader::new(self.live.catalog, Some(self.of_snapshots));
                    let gaps = for_each(
                        path,
                        &reader,
                        name.as_ref(),
                        |context, subjects| (Arc::clone(&context.header), subjects),
                        |(header, subjects)| {
                            keeper.forge(&header);
                            subjects.iter().for_each(|observed| keeper.subject(observed));
                        },
                    )
                    .into_diagnostic()?;
                    outcome.unread.extend(gaps.into_iter().map(Unread::from));
                    continue;
                }
                Place::Github { name, .. } => (name, ForgeKind::Github),
                Place::Gitlab { name, .. } => (name, ForgeKind::Gitlab),
            };
            keeper.forge(&Header::new(Arc::clone(name), kind, self.taken.clone()));
            reading.wait(self.live.read(place, outcome, |observed, _, _| keeper.subject(observed)));
        }
        Ok(())
    }
}
