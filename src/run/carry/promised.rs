//! What a forge says that it will do in its own time is looked at again until it is done, for as long as the user
//! is patient.

use std::time::Duration;

use tokio::time::Instant;

use super::{Carries, Run};
use crate::model::Change;
use crate::run::apply::Seen;

/// How long is waited before the first further look; each wait is twice as long as the one before.
const FIRST: Duration = Duration::from_secs(1);

impl<F: Carries> Run<'_, F> {
    /// Whether the forge said of a change that it will make it in its own time.
    pub(super) fn is_promised(&self, change: &Change) -> bool {
        change.requests.iter().any(|r| self.promised.contains(r))
    }

    /// Whether a change takes back what the forge may still do, and was not sent yet.
    pub(super) fn is_coming(&self, i: usize, change: &Change) -> bool {
        let begun = |r: &usize| self.past.sent.contains(r) || self.past.doubtful.contains(r);
        self.coming.contains(&i) && !change.requests.iter().any(begun)
    }

    /// Waits for what is promised and not seen yet. Returns the last that was seen of all, and for how long it was
    /// waited.
    pub(super) async fn made(&self, kept: &[(usize, &Change)], seen: Seen) -> (Seen, Duration) {
        let left = |seen: &Seen, i: usize, change: &Change| {
            let done = seen.get(&i).is_some_and(|now| now.as_ref() == Ok(&change.after));
            self.is_promised(change) && !done
        };
        self.awaited(kept, seen, left).await
    }

    /// Waits for what is to be taken back and has not come yet, as [`made`](Self::made) does.
    pub(super) async fn come(&self, kept: &[(usize, &Change)], seen: Seen) -> (Seen, Duration) {
        let left = |seen: &Seen, i: usize, change: &Change| {
            let gone = seen.get(&i).is_some_and(|now| now.as_ref() == Ok(&change.after));
            self.is_coming(i, change) && gone
        };
        self.awaited(kept, seen, left).await
    }

    /// Looks again at what is left, ever more rarely.
    async fn awaited(
        &self,
        kept: &[(usize, &Change)],
        mut seen: Seen,
        is_left: impl Fn(&Seen, usize, &Change) -> bool,
    ) -> (Seen, Duration) {
        let begun = Instant::now();
        let mut pause = FIRST;
        loop {
            let left: Vec<(usize, &Change)> =
                kept.iter().filter(|(i, change)| is_left(&seen, *i, change)).copied().collect();
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
        (seen, begun.elapsed().min(self.patience))
    }
}
