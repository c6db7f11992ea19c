//! Sends the requests of changes, each in the journal before it goes out.

use std::cell::Cell;
use std::collections::{BTreeMap, BTreeSet};

use futures_util::stream::{self, StreamExt};
use indexmap::IndexMap;

use super::{Carries, Run};
use crate::forge::{ForgeError, Written};
use crate::model::{Change, Request};
use crate::run::apply::Step;

/// Subjects that are written at once.
const AT_ONCE: usize = 8;

/// A forge of which so many answers in a row leave in doubt what was done is asked for nothing more.
const DOUBTS: usize = 10;

/// What came of sending the requests of some changes.
#[derive(Default)]
pub(super) struct Sent {
    pub taken: BTreeSet<usize>,
    /// Those of them that the forge will do in its own time.
    pub promised: BTreeSet<usize>,
    /// By request: in which words.
    pub refused: BTreeMap<usize, String>,
    /// By request: why nobody knows what came of it.
    pub doubtful: BTreeMap<usize, String>,
    /// Requests that were not sent, because the run is to end.
    pub unsent: BTreeSet<usize>,
}

impl Sent {
    fn add(&mut self, one: Self) {
        self.taken.extend(one.taken);
        self.promised.extend(one.promised);
        self.refused.extend(one.refused);
        self.doubtful.extend(one.doubtful);
        self.unsent.extend(one.unsent);
    }
}

/// How many requests there are, how many are done, and how many in a row are in doubt.
struct Count {
    of: u64,
    done: Cell<u64>,
    doubts: Cell<usize>,
}

impl<F: Carries> Run<'_, F> {
    /// Sends the requests of changes: those of one subject in their order, several subjects at once.
    pub(super) async fn send(&self, going: &[(usize, &Change)]) -> Sent {
        let mut subjects: IndexMap<&str, Vec<&Change>> = IndexMap::new();
        for (_, change) in going {
            subjects.entry(&change.subject).or_default().push(change);
        }
        let requests: BTreeSet<&usize> = going.iter().flat_map(|(_, c)| &c.requests).collect();
        let of = requests.iter().filter(|r| !self.taken.contains(r)).count() as u64;
        let count = Count { of, done: Cell::new(0), doubts: Cell::new(0) };
        let each = subjects.into_values().map(|changes| self.send_of_one(changes, &count));
        let mut under_way = stream::iter(each).buffer_unordered(AT_ONCE);
        let mut all = Sent::default();
        while let Some(one) = under_way.next().await {
            all.add(one);
        }
        all
    }

    async fn send_of_one(&self, changes: Vec<&Change>, count: &Count) -> Sent {
        let mut of_one = Sent::default();
        let mut begun: BTreeSet<usize> = BTreeSet::new();
        for change in changes {
            for number in &change.requests {
                let broken = |r| of_one.refused.contains_key(r) || of_one.doubtful.contains_key(r);
                if change.requests.iter().any(broken) {
                    break;
                }
                if self.taken.contains(number) || !begun.insert(*number) {
                    continue;
                }
                // Of what is only proposed nothing can be seen, and what is half made is not made twice: what was
                // taken is not sent again.
                let goes_on = change.proposed || self.is_half_made(change);
                if goes_on && self.past.sent.contains(number) {
                    continue;
                }
                if self.past.promised.contains(number) {
                    continue;
                }
                let Some(request) = self.plan.requests.get(*number) else { continue };
                if let Some(written) = self.carry_out(*number, request).await {
                    self.note(*number, written, count, &mut of_one);
                } else {
                    of_one.unsent.insert(*number);
                }
            }
        }
        of_one
    }

    /// Sends one request; nothing if the run is to end before that.
    async fn carry_out(&self, number: usize, request: &Request) -> Option<Written> {
        if self.is_over() {
            return None;
        }
        if let Err(error) = self.forge.turn(request, self.stop).await {
            self.end(error.into());
        }
        if self.is_over() {
            return None;
        }
        // What cannot be written down is not done.
        if let Err(error) = self.journal.sending(number) {
            self.end(error.into());
            return None;
        }
        Some(self.forge.send(request).await)
    }

    fn note(&self, number: usize, written: Written, count: &Count, sent: &mut Sent) {
        count.done.set(count.done.get() + 1);
        (self.watch)(Step { what: "writing", done: count.done.get(), of: count.of });
        let in_doubt = matches!(written, Written::InDoubt(_));
        count.doubts.set(if in_doubt { count.doubts.get() + 1 } else { 0 });
        let kept = match written {
            Written::Taken => {
                sent.taken.insert(number);
                self.journal.answered(number, None)
            }
            Written::Promised => {
                sent.taken.insert(number);
                sent.promised.insert(number);
                self.journal.promised(number)
            }
            // It had been sent before, and nobody knew what came of it.
            Written::Refused(error) if self.doubtful.contains(&number) && self.forge.was_taken(&error) => {
                sent.taken.insert(number);
                self.journal.answered(number, None)
            }
            Written::Refused(error) => {
                let why = error.to_string();
                let kept = self.journal.answered(number, Some(&why));
                sent.refused.insert(number, why);
                // A token that is not valid is valid for nothing else.
                if matches!(error, ForgeError::Refused { status: 401, .. }) {
                    self.end(error.into());
                }
                kept
            }
            Written::InDoubt(error) => {
                sent.doubtful.insert(number, error.to_string());
                if count.doubts.get() >= DOUBTS {
                    self.end(error.into());
                }
                Ok(())
            }
            Written::Unsent(error) => {
                sent.unsent.insert(number);
                self.end(error.into());
                self.journal.unsent(number)
            }
        };
        if let Err(error) = kept {
            self.end(error.into());
        }
    }

    fn is_over(&self) -> bool {
        if let Err(error) = self.stop.check() {
            self.end(ForgeError::Transport(error).into());
        }
        self.ended.get().is_some()
    }
}
