//! Judges all that a policy is about, from snapshots and from live forges.

use chrono::Utc;
use miette::Result;

use super::exit::Exit;
use super::manner::{Asks, Manner};
use super::reading::Reading;
use crate::catalog::{Catalog, Demand};
use crate::model::Observed;
use crate::run::{Auditor, Batches, Outcome, Place, ReadTime};

/// Who judges, and what has to be read for it.
pub(super) struct Judging<'a> {
    pub auditor: &'a Auditor<'a>,
    pub catalog: &'a Catalog,
    pub demand: &'a Demand,
}

impl Judging<'_> {
    /// Judges every subject of those places; how the run ends, where somebody or something stopped it.
    ///
    /// # Errors
    /// When a snapshot or the cache cannot be used.
    pub(super) fn all(
        &self,
        places: &[Place],
        manner: &Manner,
        asks: &Asks<'_>,
        outcome: &mut Outcome,
    ) -> Result<Option<Exit>> {
        let Self { auditor, catalog, demand } = *self;
        for place in places {
            if let Place::Snapshot { name, path } = place {
                let batches = Batches { catalog, demand, path, rename: name.as_ref() };
                auditor.snapshot(&batches, outcome)?;
            }
        }
        if places.iter().all(|place| matches!(place, Place::Snapshot { .. })) {
            return Ok(None);
        }
        let began = manner.oldest(Utc::now());
        let reading = Reading::new(manner, asks)?;
        let narrow = |observed: &Observed| auditor.narrow(observed);
        let live = reading.live(catalog, demand, &narrow);
        for place in places {
            let judge = |observed: &Observed, forge, outcome: &mut Outcome| {
                auditor.subject(observed, None, forge, outcome);
            };
            reading.wait(live.read(place, outcome, judge));
        }
        drop(live);
        outcome.resumable = reading.lacks_answers();
        outcome.read = Some(ReadTime { began, ended: Utc::now() });
        Ok(reading.end())
    }
}
