//! Carries a plan out: looks again, writes, looks once more.

use std::collections::{BTreeMap, BTreeSet};
use std::sync::Arc;

use serde_json::Value as Json;

use super::live::{GithubPlace, Live};
use super::outcome::Outcome;
use crate::catalog::{Catalog, Demand, ForgeKind};
use crate::engine::{Judge, Judged, Want, demand};
use crate::forge::ForgeError;
use crate::forge::github::{Reader, Server, Writer};
use crate::forge::{Terms, Transport, Voice};
use crate::model::{Change, Observation, Observed, Plan, Subject, SubjectKind, Value};

/// What became of one change.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Applied {
    /// It is as planned, and was seen to be.
    Done,
    /// It is proposed, and waits for somebody to merge it.
    Proposed,
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

/// Applies changes to a GitHub server.
pub struct Github<'a> {
    /// The rows.
    pub catalog: &'a Catalog,
    /// Looks up a variable of the environment.
    pub environment: &'a dyn Fn(&str) -> Option<String>,
    /// Hears what is waited for.
    pub voice: Voice,
    /// The server's address.
    pub url: String,
    /// The forge's name in addresses.
    pub forge: Arc<str>,
}

impl Github<'_> {
    /// Looks at every pre-image again, carries out what has not moved, and looks at the outcome.
    ///
    /// # Errors
    /// When the server or identity cannot be used, or an organization cannot be read.
    pub async fn apply(
        &self,
        plan: &Plan,
        changes: &[(usize, &Change)],
    ) -> Result<BTreeMap<usize, Applied>, ForgeError> {
        let judge = Judge::new(self.catalog, &[], chrono::NaiveDate::MIN, false);
        let before = self.look(changes, &judge).await?;
        let mut applied: BTreeMap<usize, Applied> = BTreeMap::new();
        let mut going: Vec<(usize, &Change)> = Vec::new();
        for (i, change) in changes {
            match before.get(i) {
                Some(Some(now)) if *now == change.before => going.push((*i, change)),
                Some(now) => drop(applied.insert(*i, Applied::Moved { now: shown(now.as_ref()) })),
                None => drop(applied.insert(*i, Applied::Moved { now: "not found".into() })),
            }
        }
        let server = Server::at(Some(&self.url))?;
        let transport =
            Transport::new(&Terms::plain(Arc::clone(&self.voice))).map_err(ForgeError::Transport)?;
        let writer = Writer::new(Reader::new(&server, transport, self.environment).await?);
        // A request carries several changes: it is sent only when none of them has moved.
        let held: BTreeSet<usize> = changes
            .iter()
            .filter(|(i, _)| applied.contains_key(i))
            .flat_map(|(_, c)| c.requests.iter().copied())
            .collect();
        let mut failed: BTreeMap<usize, String> = BTreeMap::new();
        let mut sent: BTreeSet<usize> = BTreeSet::new();
        for (_, change) in &going {
            let mut broken = change.requests.iter().find_map(|r| failed.get(r).cloned());
            for request in &change.requests {
                if broken.is_some() || held.contains(request) || !sent.insert(*request) {
                    continue;
                }
                let Some(request_to_send) = plan.requests.get(*request) else { continue };
                if let Err(error) = writer.send(request_to_send).await {
                    failed.insert(*request, error.to_string());
                    broken = Some(error.to_string());
                }
            }
        }
        let after = self.look(&going, &judge).await?;
        for (i, change) in going {
            let refusal = change.requests.iter().find_map(|r| failed.get(r));
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
            applied.insert(i, outcome);
        }
        Ok(applied)
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
            terms: Terms::plain(Arc::clone(&self.voice)),
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

fn shown(json: Option<&Json>) -> String {
    match json {
        None => "unknown".to_owned(),
        Some(json) => Value::from_json(json).map_or("absent".to_owned(), |v| v.to_string()),
    }
}
