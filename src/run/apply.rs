//! Carries a plan out: looks again, writes, looks once more.

use std::collections::{BTreeMap, BTreeSet};
use std::sync::Arc;

use futures_util::stream::{self, StreamExt};
use indexmap::IndexMap;
use serde::{Deserialize, Serialize};
use serde_json::Value as Json;

use super::journal::{Journal, JournalError, Past};
use super::live::{GithubPlace, Live};
use super::outcome::Outcome;
use crate::catalog::{Catalog, Demand, ForgeKind};
use crate::engine::{Judge, Judged, Want, demand};
use crate::forge::ForgeError;
use crate::forge::github::{Reader, Server, Writer};
use crate::forge::{Terms, Transport};
use crate::model::{Change, Observation, Observed, Plan, Subject, SubjectKind, Value};

/// What became of one change.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Applied {
    /// It is as planned, and was seen to be.
    Done,
    /// It is proposed, and waits for somebody to merge it.
    Proposed,
    /// Somebody else had made it so before.
    Already,
    /// It was not made: the value is no longer the one that the plan saw.
    Moved {
        /// What it is now.
        now: String,
    },
    /// The forge refused.
    Refused {
        /// In its words.
        why: String,
    },
    /// The forge said yes, and did it not: 200 is no proof.
    NotApplied {
        /// What it is still.
        now: String,
    },
}

/// Why a plan could not be carried out to its end.
#[derive(Debug, thiserror::Error)]
pub enum ApplyError {
    /// The forge cannot be read or written.
    #[error(transparent)]
    Forge(#[from] ForgeError),
    /// Its steps cannot be kept.
    #[error(transparent)]
    Journal(#[from] JournalError),
}

/// The settings that a plan's changes are about.
pub(super) fn demand_of(changes: &[&Change], catalog: &Catalog) -> Demand {
    let wants = changes.iter().filter_map(|change| {
        let setting = catalog.id(&change.setting)?;
        let of = scope(change);
        Some(Want { of, setting, key: change.key.as_deref().map(Arc::from) })
    });
    demand(catalog, wants)
}

/// Of which scope a change's subject is: an organization's name has no slash.
fn scope(change: &Change) -> SubjectKind {
    let path = change.subject.split_once(':').map_or(change.subject.as_str(), |(_, p)| p);
    if path.contains('/') { SubjectKind::Repository } else { SubjectKind::Organization }
}

/// What is seen now of what each change is about, as JSON; `null` is absent, none is unknown.
pub(super) fn look(
    changes: &[(usize, &Change)],
    catalog: &Catalog,
    judge: &Judge<'_>,
    observed: &Observed,
    above: Option<&Observed>,
    forge: ForgeKind,
) -> Vec<(usize, Option<Json>)> {
    let judged = Judged { observed, organization: above, forge, owners: &[] };
    let name = observed.subject.to_string();
    let about = changes.iter().filter(|(_, c)| c.subject == name);
    about
        .filter_map(|(i, change)| {
            let setting = catalog.find(&change.setting)?;
            let seen =
                judge.observe(setting, change.key.as_deref(), judged).into_iter().next()?.1.observation;
            let json = match seen {
                Observation::Known(value) => Some(value.to_json()),
                Observation::Absent => Some(Json::Null),
                _ => None,
            };
            Some((*i, json))
        })
        .collect()
}

/// Repositories that are written at once.
const AT_ONCE: usize = 8;

/// Applies changes to a GitHub server.
pub struct Github<'a> {
    /// The rows.
    pub catalog: &'a Catalog,
    /// Looks up a variable of the environment.
    pub environment: &'a dyn Fn(&str) -> Option<String>,
    /// What is waited for is said there, and whether somebody stopped the run.
    pub terms: Terms,
    /// The server's address.
    pub url: String,
    /// The forge's name in addresses.
    pub forge: Arc<str>,
    /// Where each step is kept.
    pub journal: &'a Journal,
    /// What earlier runs of the same plan did.
    pub past: &'a Past,
}

/// What came of sending the requests of some changes.
#[derive(Default)]
struct Sent {
    refused: BTreeMap<usize, String>,
    /// Requests that were not sent, because the run was stopped.
    unsent: BTreeSet<usize>,
}

impl Github<'_> {
    /// Looks at every pre-image again, carries out what has not moved, and looks at the outcome. What an
    /// earlier run finished is left alone. A run that is stopped ends what is under way; the changes that
    /// it did not begin have no outcome.
    ///
    /// # Errors
    /// When the server or identity cannot be used, an organization cannot be read, or the journal not
    /// written.
    pub async fn apply(
        &self,
        plan: &Plan,
        changes: &[(usize, &Change)],
    ) -> Result<BTreeMap<usize, Applied>, ApplyError> {
        let judge = Judge::new(self.catalog, &[], chrono::NaiveDate::MIN, false);
        let done = self.past.done();
        let mut applied: BTreeMap<usize, Applied> = BTreeMap::new();
        let mut left: Vec<(usize, &Change)> = Vec::new();
        for (i, change) in changes {
            match self.past.outcomes.get(i).filter(|_| done.contains(i)) {
                Some(outcome) => drop(applied.insert(*i, outcome.clone())),
                None => left.push((*i, change)),
            }
        }
        if left.is_empty() {
            return Ok(applied);
        }
        let before = self.look(&left, &judge).await?;
        let mut going: Vec<(usize, &Change)> = Vec::new();
        let mut kept: BTreeMap<usize, Applied> = BTreeMap::new();
        for (i, change) in left {
            let begun = |r: &usize| self.past.sent.contains(r) || self.past.doubtful.contains(r);
            match before.get(&i) {
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
        // A request carries several changes: it is sent only when none of them has moved.
        let moved = |i: &usize| matches!(kept.get(i), Some(Applied::Moved { .. }));
        let held: BTreeSet<usize> =
            changes.iter().filter(|(i, _)| moved(i)).flat_map(|(_, c)| c.requests.iter().copied()).collect();
        for (i, outcome) in &kept {
            self.journal.outcome(*i, outcome)?;
        }
        applied.extend(kept);
        let sent = self.send(plan, &going, &held).await?;
        going.retain(|(_, c)| !c.requests.iter().any(|r| sent.unsent.contains(r)));
        if going.is_empty() {
            return Ok(applied);
        }
        let after = self.look(&going, &judge).await?;
        for (i, change) in going {
            let refusal = change.requests.iter().find_map(|r| sent.refused.get(r));
            let was_held = change.requests.iter().any(|r| held.contains(r));
            let now = after.get(&i).cloned().flatten();
            let outcome = match refusal {
                Some(why) => Applied::Refused { why: why.clone() },
                None if was_held => {
                    Applied::Moved { now: "another field of the same request has moved".into() }
                }
                None if now.as_ref() == Some(&change.after) => Applied::Done,
                None if change.proposed => Applied::Proposed,
                None => Applied::NotApplied { now: shown(now.as_ref()) },
            };
            self.journal.outcome(i, &outcome)?;
            applied.insert(i, outcome);
        }
        Ok(applied)
    }

    /// Sends the requests of changes: those of one subject in their order, several subjects at once.
    async fn send(
        &self,
        plan: &Plan,
        going: &[(usize, &Change)],
        held: &BTreeSet<usize>,
    ) -> Result<Sent, ApplyError> {
        let server = Server::at(Some(&self.url)).map_err(ForgeError::Host)?;
        // A run that is stopped finishes the request that is under way: the client knows of no stop.
        let quiet = Terms::plain(Arc::clone(&self.terms.voice));
        let transport = Transport::new(&quiet).map_err(ForgeError::Transport)?;
        let writer = Writer::new(Reader::new(&server, transport, self.environment).await?);
        let mut subjects: IndexMap<&str, Vec<&Change>> = IndexMap::new();
        for (_, change) in going {
            subjects.entry(&change.subject).or_default().push(change);
        }
        let each = subjects.into_values().map(|changes| self.send_of_one(&writer, plan, changes, held));
        let mut under_way = stream::iter(each).buffer_unordered(AT_ONCE);
        let mut all = Sent::default();
        while let Some(one) = under_way.next().await {
            let one = one?;
            all.refused.extend(one.refused);
            all.unsent.extend(one.unsent);
        }
        Ok(all)
    }

    async fn send_of_one(
        &self,
        writer: &Writer,
        plan: &Plan,
        changes: Vec<&Change>,
        held: &BTreeSet<usize>,
    ) -> Result<Sent, ApplyError> {
        let mut of_one = Sent::default();
        let mut begun: BTreeSet<usize> = BTreeSet::new();
        for change in changes {
            let mut broken = change.requests.iter().any(|r| of_one.refused.contains_key(r));
            for request in &change.requests {
                if broken || held.contains(request) || !begun.insert(*request) {
                    continue;
                }
                // Of what is only proposed nothing can be seen: what was taken is not sent again.
                if change.proposed && self.past.sent.contains(request) {
                    continue;
                }
                let Some(exact) = plan.requests.get(*request) else { continue };
                if self.terms.stop.is_told() {
                    of_one.unsent.insert(*request);
                    continue;
                }
                self.journal.sending(*request)?;
                let refusal = match writer.send(exact).await {
                    Ok(()) => None,
                    Err(error) if self.was_taken_before(*request, &error) => None,
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

    /// Whether the forge refuses a request because a run that was killed had sent it already: what it
    /// would make is there.
    fn was_taken_before(&self, request: usize, error: &ForgeError) -> bool {
        self.past.doubtful.contains(&request)
            && matches!(error, ForgeError::Refused { status: 409 | 422, .. })
    }

    async fn look(
        &self,
        changes: &[(usize, &Change)],
        judge: &Judge<'_>,
    ) -> Result<BTreeMap<usize, Option<Json>>, ForgeError> {
        let all: Vec<&Change> = changes.iter().map(|(_, c)| *c).collect();
        let demand = demand_of(&all, self.catalog);
        let organizations: BTreeSet<String> = all
            .iter()
            .map(|c| {
                let path = c.subject.split_once(':').map_or(c.subject.as_str(), |(_, p)| p);
                Subject::new(scope(c), Arc::clone(&self.forge), path).organization().to_owned()
            })
            .collect();
        let organizations: Vec<String> = organizations.into_iter().collect();
        let whole = Arc::new(demand.clone());
        let narrow = |observed: &Observed| {
            let address = observed.subject.to_string();
            if all.iter().any(|c| c.subject == address) { Arc::clone(&whole) } else { Arc::default() }
        };
        let live = Live {
            narrow: &narrow,
            catalog: self.catalog,
            demand: &demand,
            environment: self.environment,
            terms: Terms::plain(Arc::clone(&self.terms.voice)),
            progress: Box::new(|_, _| {}),
        };
        let mut seen = BTreeMap::new();
        let mut outcome = Outcome::default();
        let place = GithubPlace {
            name: &self.forge,
            url: Some(self.url.as_str()),
            organizations: &organizations,
            enterprise: None,
        };
        live.github(&place, &mut outcome, |observed, _| {
            seen.extend(look(changes, self.catalog, judge, observed, None, ForgeKind::Github));
        })
        .await?;
        match outcome.unread.into_iter().next() {
            Some(unread) => Err(ForgeError::Unreadable { what: unread.address, why: unread.why }),
            None => Ok(seen),
        }
    }
}

/// A value for people.
pub(super) fn shown(json: Option<&Json>) -> String {
    match json {
        None => "unknown".to_owned(),
        Some(json) => Value::from_json(json).map_or("absent".to_owned(), |v| v.to_string()),
    }
}
