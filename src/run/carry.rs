//! How a plan is carried out on whichever forge: look at the pre-images, send what has not moved, look at
//! the outcome. What may not be found here: how a forge is read or written.

use std::collections::{BTreeMap, BTreeSet};

use futures_util::stream::{self, StreamExt};
use indexmap::IndexMap;
use serde_json::Value as Json;

use super::apply::{Applied, ApplyError, shown};
use super::journal::{Journal, JournalError, Past};
use crate::forge::{ForgeError, Stop};
use crate::model::{Action, Change, Plan, Request};

/// Subjects that are written at once.
const AT_ONCE: usize = 8;

/// What is seen of changes, as JSON; `null` is absent, none is unknown.
pub(super) type Seen = BTreeMap<usize, Option<Json>>;

/// A forge that a plan is carried out on.
pub(super) trait Carries {
    /// What is seen now of what each change is about.
    async fn look(&self, changes: &[(usize, &Change)]) -> Result<Seen, ForgeError>;
    /// Carries out one request.
    async fn send(&self, request: &Request) -> Result<(), ForgeError>;
    /// Whether a refusal may mean that what the request would make is there already.
    fn was_taken(&self, error: &ForgeError) -> bool;
}

/// A run: where it writes, and what is kept of it.
struct Run<'a, F> {
    forge: &'a F,
    journal: &'a Journal,
    past: &'a Past,
    stop: &'a Stop,
    plan: &'a Plan,
    /// Requests that are not sent, because one of their changes has moved.
    held: BTreeSet<usize>,
}

/// What came of sending the requests of some changes.
#[derive(Default)]
struct Sent {
    refused: BTreeMap<usize, String>,
    /// Requests that were not sent, because the run was stopped.
    unsent: BTreeSet<usize>,
}

/// Carries changes out. What an earlier run finished is left alone. A run that is stopped ends what is
/// under way; the changes that it did not begin have no outcome.
///
/// # Errors
/// When the forge cannot be read, or the journal not written.
pub(super) async fn carry(
    forge: &impl Carries,
    (journal, past): (&Journal, &Past),
    stop: &Stop,
    plan: &Plan,
    changes: &[(usize, &Change)],
) -> Result<BTreeMap<usize, Applied>, ApplyError> {
    let done = past.done();
    let mut applied: BTreeMap<usize, Applied> = BTreeMap::new();
    let mut left: Vec<(usize, &Change)> = Vec::new();
    for (i, change) in changes {
        match past.outcomes.get(i).filter(|_| done.contains(i)) {
            Some(outcome) => drop(applied.insert(*i, outcome.clone())),
            None => left.push((*i, change)),
        }
    }
    if left.is_empty() {
        return Ok(applied);
    }
    let before = forge.look(&left).await?;
    let mut going: Vec<(usize, &Change)> = Vec::new();
    let mut kept: BTreeMap<usize, Applied> = BTreeMap::new();
    for (i, change) in left {
        let begun = |r: &usize| past.sent.contains(r) || past.doubtful.contains(r);
        match before.get(&i) {
            // What was proposed and not merged is nowhere to be seen, and is still to be withdrawn.
            Some(Some(now)) if withdraws(change) => match *now == change.after {
                true => going.push((i, change)),
                false => drop(kept.insert(i, Applied::Moved { now: "it was merged".into() })),
            },
            Some(Some(now)) if *now == change.before => going.push((i, change)),
            // A run that was killed may have made it, without seeing that it did.
            Some(Some(now)) if *now == change.after => {
                let by_us = change.requests.iter().any(begun);
                kept.insert(i, if by_us { Applied::Done } else { Applied::Already });
            }
            Some(now) => drop(kept.insert(i, Applied::Moved { now: shown(now.as_ref()) })),
            None => drop(kept.insert(i, Applied::Moved { now: "not found".into() })),
        }
    }
    let moved = |i: &usize| matches!(kept.get(i), Some(Applied::Moved { .. }));
    let held: BTreeSet<usize> =
        changes.iter().filter(|(i, _)| moved(i)).flat_map(|(_, c)| c.requests.iter().copied()).collect();
    for (i, outcome) in &kept {
        journal.outcome(*i, outcome)?;
    }
    applied.extend(kept);
    let run = Run { forge, journal, past, stop, plan, held };
    let sent = run.send(&going).await?;
    going.retain(|(_, c)| !c.requests.iter().any(|r| sent.unsent.contains(r)));
    if going.is_empty() {
        return Ok(applied);
    }
    let after = forge.look(&going).await?;
    for (i, change) in going {
        let refusal = change.requests.iter().find_map(|r| sent.refused.get(r));
        let now = after.get(&i).cloned().flatten();
        let outcome = match refusal {
            Some(why) => Applied::Refused { why: why.clone() },
            None if change.requests.iter().any(|r| run.held.contains(r)) => {
                Applied::Moved { now: "another field of the same request has moved".into() }
            }
            None if now.as_ref() == Some(&change.after) => Applied::Done,
            None if change.proposed => Applied::Proposed,
            None => Applied::NotApplied { now: shown(now.as_ref()) },
        };
        journal.outcome(i, &outcome)?;
        applied.insert(i, outcome);
    }
    Ok(applied)
}

/// Whether a change takes back what was only proposed.
fn withdraws(change: &Change) -> bool {
    change.proposed && Action::between(&change.before, &change.after) == Action::Delete
}

impl<F: Carries> Run<'_, F> {
    /// Sends the requests of changes: those of one subject in their order, several subjects at once.
    async fn send(&self, going: &[(usize, &Change)]) -> Result<Sent, JournalError> {
        let mut subjects: IndexMap<&str, Vec<&Change>> = IndexMap::new();
        for (_, change) in going {
            subjects.entry(&change.subject).or_default().push(change);
        }
        let each = subjects.into_values().map(|changes| self.send_of_one(changes));
        let mut under_way = stream::iter(each).buffer_unordered(AT_ONCE);
        let mut all = Sent::default();
        while let Some(one) = under_way.next().await {
            let one = one?;
            all.refused.extend(one.refused);
            all.unsent.extend(one.unsent);
        }
        Ok(all)
    }

    async fn send_of_one(&self, changes: Vec<&Change>) -> Result<Sent, JournalError> {
        let mut of_one = Sent::default();
        let mut begun: BTreeSet<usize> = BTreeSet::new();
        for change in changes {
            let mut broken = change.requests.iter().any(|r| of_one.refused.contains_key(r));
            for request in &change.requests {
                if broken || self.held.contains(request) || !begun.insert(*request) {
                    continue;
                }
                // Of what is only proposed nothing can be seen: what was taken is not sent again.
                if change.proposed && self.past.sent.contains(request) {
                    continue;
                }
                let Some(exact) = self.plan.requests.get(*request) else { continue };
                if self.stop.is_told() {
                    of_one.unsent.insert(*request);
                    continue;
                }
                self.journal.sending(*request)?;
                let refusal = match self.forge.send(exact).await {
                    Ok(()) => None,
                    // A run that was killed had sent it already.
                    Err(error) if self.past.doubtful.contains(request) && self.forge.was_taken(&error) => {
                        None
                    }
                    Err(error) => Some(error.to_string()),
                };
                self.journal.answered(*request, refusal.as_deref())?;
                if let Some(why) = refusal {
                    of_one.refused.insert(*request, why);
                    broken = true;
                }
            }
        }
        Ok(of_one)
    }
}
