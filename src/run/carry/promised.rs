//! What a forge says that it will do in its own time is looked at again until it is done, for as long as the user
//! is patient.

use std::time::Duration;

use tokio::time::Instant;

use super::{Carries, Run};
use crate::forge::ForgeError;
use crate::model::Change;
use crate::run::apply::Seen;

/// How long is waited before the first further look; each wait is twice as long as the one before.
const FIRST: Duration = Duration::from_secs(1);

impl<F: Carries> Run<'_, F> {
    /// Whether the forge said of a change that it will make it in its own time.
    pub(super) fn is_promised(&self, change: &Change) -> bool {
        change.requests.iter().any(|r| self.promised.contains(r))
    }

    /// Looks again at what is promised and not seen yet. Returns the last that was seen of all, and for how long it
    /// was waited.
    pub(super) async fn awaited(
        &self,
        kept: &[(usize, &Change)],
        seen: Result<Seen, ForgeError>,
    ) -> (Result<Seen, ForgeError>, Duration) {
        let mut seen = match seen {
            Ok(seen) => seen,
            Err(error) => return (Err(error), Duration::ZERO),
        };
        let begun = Instant::now();
        let mut pause = FIRST;
        loop {
            let is_done = |i: &usize, c: &Change| seen.get(i).is_some_and(|now| now.as_ref() == Ok(&c.after));
            let left: Vec<(usize, &Change)> = kept
                .iter()
                .filter(|(i, change)| self.is_promised(change) && !is_done(i, change))
                .copied()
                .collect();
            let more = self.patience.saturating_sub(begun.elapsed());
            if left.is_empty() || more.is_zero() || self.ended.get().is_some() {
                break;
            }
            if pause == FIRST {
                let seconds = self.patience.as_secs();
                (self.voice)(&format!(
                    "the forge does it in its own time: waiting for it, up to {seconds} s"
                ));
            }
            if self.stop.sleep(pause.min(more), false).await.is_err() {
                break;
            }
            pause = pause.saturating_mul(2);
            // One look that fails says nothing of the next.
            if let Ok(now) = self.look_back(&left).await {
                seen.extend(now);
            }
        }
        (Ok(seen), begun.elapsed().min(self.patience))
    }
}
