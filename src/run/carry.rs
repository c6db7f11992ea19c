//! How a plan is carried out on whichever forge: look at the pre-images, send what has not moved, look at
//! the outcome. What may not be found here: how a forge is read or written.

mod promised;
mod sending;
#[cfg(test)]
mod tests;

use std::cell::OnceCell;
use std::collections::{BTreeMap, BTreeSet, HashSet};
use std::sync::Arc;
use std::time::Duration;

use super::apply::{Applied, Applier, ApplyError, Carried, Seen, shown};
use super::journal::{Journal, Past};
use crate::catalog::Catalog;
use crate::engine::{Phase, phase};
use crate::forge::{ForgeError, Stop, Voice, Written};
use crate::model::{Action, Change, Plan, Request};
use sending::Sent;

/// How often what is in doubt is sent again, each time after a look that it was not done.
const ROUNDS: usize = 3;

/// How long a run that was stopped may still look at what it did.
const LAST_LOOK: Duration = Duration::from_secs(60);

/// A forge that a plan is carried out on.
pub(super) trait Carries {
    /// What is seen now of what each change is about; what is not in it was not found.
    async fn look(&self, changes: &[(usize, &Change)], stop: Arc<Stop>) -> Result<Seen, ForgeError>;
    /// Waits until a request may be sent.
    async fn turn(&self, request: &Request, stop: &Stop) -> Result<(), ForgeError>;
    /// Carries out one request.
    async fn send(&self, request: &Request) -> Written;
    /// Whether a refusal may mean that what the request would make is there already.
    fn was_taken(&self, error: &ForgeError) -> bool;
}

/// A run: where it writes, and what is kept of it.
struct Run<'a, F> {
    forge: &'a F,
    catalog: &'a Catalog,
    journal: &'a Journal,
    past: &'a Past,
    stop: &'a Arc<Stop>,
    watch: super::apply::Watch<'a>,
    plan: &'a Plan,
    /// Requests that are not sent, because one of their changes has moved.
    held: BTreeSet<usize>,
    /// Requests that were taken in this run.
    taken: BTreeSet<usize>,
    /// Requests of which nobody knows whether they were taken, from this run and before.
    doubtful: BTreeSet<usize>,
    /// Requests that the forge said it will do in its own time, from this run and before.
    promised: BTreeSet<usize>,
    /// Changes that take back what the forge may still do.
    coming: &'a BTreeSet<usize>,
    /// How long what the forge does in its own time is waited for.
    patience: Duration,
    voice: &'a Voice,
    /// Subjects of which something was not made.
    marred: HashSet<&'a str>,
    /// Why nothing more is sent.
    ended: OnceCell<ApplyError>,
    applied: BTreeMap<usize, Applied>,
}

type Changes<'a> = Vec<(usize, &'a Change)>;

/// Carries changes out. What an earlier run finished is left alone. A run that is stopped ends what is
/// under way; the changes that it did not begin have no outcome.
pub(super) async fn carry<'a>(
    forge: &impl Carries,
    with: &Applier<'a>,
    plan: &'a Plan,
    changes: &[(usize, &'a Change)],
) -> Carried {
    let mut run = Run {
        forge,
        catalog: with.catalog,
        journal: with.journal,
        past: with.past,
        stop: &with.terms.stop,
        watch: with.watch,
        plan,
        held: BTreeSet::new(),
        taken: BTreeSet::new(),
        doubtful: with.past.doubtful.clone(),
        promised: with.past.promised.clone(),
        coming: with.coming,
        patience: with.patience,
        voice: &with.terms.voice,
        marred: HashSet::new(),
        ended: OnceCell::new(),
        applied: BTreeMap::new(),
    };
    if let Err(error) = run.all(changes).await {
        run.end(error);
    }
    Carried { applied: run.applied, ended: run.ended.into_inner() }
}

impl<'a, F: Carries> Run<'a, F> {
    async fn all(&mut self, changes: &[(usize, &'a Change)]) -> Result<(), ApplyError> {
        let done: BTreeSet<usize> = self.past.done().into_iter().collect();
        let mut left: Changes<'a> = Vec::new();
        for (i, change) in changes {
            match self.past.outcomes.get(i).filter(|_| done.contains(i)) {
                Some(outcome) => drop(self.applied.insert(*i, outcome.clone())),
                None => left.push((*i, change)),
            }
        }
        if left.is_empty() {
            return Ok(());
        }
        let before = self.forge.look(&left, Arc::clone(self.stop)).await?;
        let (before, waited) = self.come(&left, before).await;
        let going = self.unmoved(left, &before, waited)?;
        for wave in waves(self.catalog, going) {
            self.wave(wave).await?;
            if self.ended.get().is_some() || self.stop.check().is_err() {
                break;
            }
        }
        Ok(())
    }

    /// The changes whose value is still the one that the plan saw; says of the others what became of them.
    fn unmoved(
        &mut self,
        left: Changes<'a>,
        before: &Seen,
        waited: Duration,
    ) -> Result<Changes<'a>, ApplyError> {
        let mut going: Changes<'a> = Vec::new();
        for (i, change) in left {
            let begun = |r: &usize| self.past.sent.contains(r) || self.past.doubtful.contains(r);
            let outcome = match before.get(&i) {
                // What was proposed and not merged is nowhere to be seen, and is still to be withdrawn.
                Some(Ok(now)) if withdraws(change) => {
                    if *now == change.after {
                        going.push((i, change));
                        continue;
                    }
                    Applied::Moved { now: "it was merged".into() }
                }
                Some(Ok(now)) if *now == change.before => {
                    going.push((i, change));
                    continue;
                }
                // A run that was killed may have made it, without seeing that it did.
                Some(Ok(now)) if *now == change.after => {
                    if self.is_coming(i, change) {
                        Applied::Awaited { seconds: waited.as_secs() }
                    } else if change.requests.iter().any(begun) {
                        Applied::Done
                    } else {
                        Applied::Already
                    }
                }
                // It may be on its way, or half made by a run that was killed: removed, and not yet made anew.
                Some(Ok(_)) if self.is_promised(change) || self.is_half_made(change) => {
                    going.push((i, change));
                    continue;
                }
                Some(Ok(now)) => Applied::Moved { now: shown(Some(now)) },
                Some(Err(why)) => Applied::Unread { why: why.clone() },
                None => Applied::Moved { now: "not found".into() },
            };
            if !outcome.is_made() {
                self.held.extend(&change.requests);
            }
            self.became(i, change, outcome)?;
        }
        Ok(going)
    }

    /// Whether an earlier run sent some of what makes a change, and not all of it.
    fn is_half_made(&self, change: &Change) -> bool {
        let sent = |r: &usize| self.past.sent.contains(r);
        let begun = |r: &usize| sent(r) || self.past.doubtful.contains(r);
        change.requests.iter().any(begun) && !change.requests.iter().all(sent)
    }

    /// Sends some changes, and what is in doubt of them again; looks what came of it.
    async fn wave(&mut self, mut going: Changes<'a>) -> Result<(), ApplyError> {
        for round in 1.. {
            let mut kept = Vec::new();
            for (i, change) in going {
                match self.holds_back(change) {
                    Some(why) => self.became(i, change, Applied::Held { why: why.to_owned() })?,
                    None => kept.push((i, change)),
                }
            }
            let sent = self.send(&kept).await;
            self.taken.extend(&sent.taken);
            self.promised.extend(&sent.promised);
            self.doubtful.retain(|r| !sent.taken.contains(r) && !sent.refused.contains_key(r));
            self.doubtful.extend(sent.doubtful.keys());
            kept.retain(|(_, c)| !c.requests.iter().any(|r| sent.unsent.contains(r)));
            if kept.is_empty() {
                return Ok(());
            }
            let seen = self.look_back(&kept).await;
            let (seen, waited) = match seen {
                Ok(seen) => {
                    let (seen, waited) = self.made(&kept, seen).await;
                    (Ok(seen), waited)
                }
                Err(error) => (Err(error), Duration::ZERO),
            };
            let again = round < ROUNDS && self.ended.get().is_none() && self.stop.check().is_ok();
            going = self.settle(kept, &sent, (seen, waited), again)?;
            if going.is_empty() {
                return Ok(());
            }
        }
        Ok(())
    }

    /// Why a change is not sent, because of what became of others.
    fn holds_back(&self, change: &Change) -> Option<&'static str> {
        if change.requests.iter().any(|r| self.held.contains(r)) {
            return Some("another field of the same request has moved since the plan");
        }
        let takes_away = matches!(phase(self.catalog, change), Phase::Remove | Phase::Archive);
        let matters = takes_away && change.risk != "routine" && self.marred.contains(change.subject.as_str());
        matters.then_some("what comes before it was not made, and nothing is to guard less on the way")
    }

    /// Looks at what was sent, also when the run is to end.
    async fn look_back(&self, kept: &[(usize, &Change)]) -> Result<Seen, ForgeError> {
        if self.stop.check().is_ok() {
            match self.forge.look(kept, Arc::clone(self.stop)).await {
                Err(error) if error.ends_the_run() => {}
                seen => return seen,
            }
        }
        self.forge.look(kept, Arc::new(Stop::after(LAST_LOOK, "1m"))).await
    }

    /// Says of each change what became of it; returns those that are to be sent again.
    fn settle(
        &mut self,
        kept: Changes<'a>,
        sent: &Sent,
        (seen, waited): (Result<Seen, ForgeError>, Duration),
        again: bool,
    ) -> Result<Changes<'a>, ApplyError> {
        let mut left: Changes<'a> = Vec::new();
        let (seen, unseen) = match seen {
            Ok(seen) => (seen, None),
            Err(error) => (Seen::new(), Some(error.to_string())),
        };
        for (i, change) in kept {
            let of = |all: &BTreeMap<usize, String>| change.requests.iter().find_map(|r| all.get(r)).cloned();
            let (refusal, doubt) = (of(&sent.refused), of(&sent.doubtful));
            let now = seen.get(&i);
            let outcome = match (now, refusal, doubt) {
                (_, Some(why), _) => Applied::Refused { why },
                (Some(Ok(now)), ..) if *now == change.after => Applied::Done,
                // Of what is only proposed nothing can be seen; the forge takes no second of its name.
                (_, None, Some(_)) if change.proposed && again => {
                    left.push((i, change));
                    continue;
                }
                (_, None, None) if change.proposed => Applied::Proposed,
                (Some(Ok(now)), None, Some(_)) if *now == change.before && again => {
                    left.push((i, change));
                    continue;
                }
                (Some(Ok(now)), None, Some(why)) if *now == change.before => Applied::Refused { why },
                (Some(Ok(now)), ..) if self.is_promised(change) => {
                    Applied::UnderWay { now: shown(Some(now)), seconds: waited.as_secs() }
                }
                (Some(Ok(now)), ..) => Applied::NotApplied { now: shown(Some(now)) },
                (Some(Err(why)), ..) => Applied::Unseen { why: why.clone() },
                (None, ..) => Applied::Unseen { why: unseen.clone().unwrap_or("it is not found".into()) },
            };
            self.became(i, change, outcome)?;
        }
        Ok(left)
    }

    fn became(&mut self, i: usize, change: &'a Change, outcome: Applied) -> Result<(), ApplyError> {
        if !outcome.is_made() {
            self.marred.insert(&change.subject);
        }
        // Where it can no longer be kept, it can still be said.
        let kept = self.journal.outcome(i, &outcome);
        self.applied.insert(i, outcome);
        if let Err(error) = kept {
            self.end(error.into());
        }
        Ok(())
    }

    /// Nothing more is sent. The first reason stands.
    fn end(&self, why: ApplyError) {
        // Whoever comes later has nothing to add.
        let _ = self.ended.set(why);
    }
}

/// Whether a change takes back what was only proposed.
fn withdraws(change: &Change) -> bool {
    change.proposed && Action::between(&change.before, &change.after) == Action::Delete
}

/// The changes in steps of which each is done and seen before the next begins: an organization before its
/// repositories, what is added before what is taken away.
fn waves<'a>(catalog: &Catalog, going: Changes<'a>) -> Vec<Changes<'a>> {
    let mut waves: Vec<Changes<'a>> = Vec::new();
    let mut last = None;
    for (i, change) in going {
        let of_repository = !change.setting.starts_with("organization.") && change.subject.contains('/');
        let this = Some((phase(catalog, change), of_repository));
        if this != last {
            waves.push(Vec::new());
            last = this;
        }
        if let Some(wave) = waves.last_mut() {
            wave.push((i, change));
        }
    }
    waves
}
