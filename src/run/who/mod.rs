//! Who changed what differs, where the forge's own log can tell: whoever did something of that kind, in that place,
//! between the two readings. Where several did, all are named; where it cannot be told, it is said why.

mod kinds;
mod logs;

use std::collections::BTreeMap;
use std::sync::Arc;

use chrono::{DateTime, Utc};
use serde_json::Value as Json;

use super::difference::{Became, Change, Difference};
use crate::catalog::ForgeKind;
use crate::forge::{Event, Terms};

/// A server whose log can be asked.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct LogServer {
    /// Of which forge it is.
    pub kind: ForgeKind,
    /// Where it is, unless it is the forge's own.
    pub url: Option<String>,
}

/// Somebody who may have changed something.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Actor {
    /// The account; none where the log names nobody.
    pub name: Option<String>,
    /// What was done, and when, the earliest first.
    pub events: Vec<(String, DateTime<Utc>)>,
}

/// Who changed something.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Who {
    /// One of these.
    Told {
        /// In the order of their names.
        actors: Vec<Actor>,
        /// Why there may be others.
        partly: Option<String>,
    },
    /// That is not known.
    Unknown(String),
    /// Nothing changed on the forge: it is another policy, another day, or a waiver.
    Nobody(&'static str),
}

/// What is needed to ask.
pub struct WhoAsked<'a> {
    /// The server of a forge's name.
    pub server: &'a dyn Fn(&str) -> Option<LogServer>,
    /// On which terms it is asked.
    pub terms: Terms,
    /// Looks up a variable of the environment.
    pub environment: &'a dyn Fn(&str) -> Option<String>,
    /// The time.
    pub now: DateTime<Utc>,
}

impl WhoAsked<'_> {
    /// Who made each of the changes, in their order.
    pub async fn of(&self, difference: &Difference) -> Vec<Who> {
        let between = match &difference.between {
            Ok(between) => *between,
            Err(why) => return vec![Who::Unknown((*why).to_owned()); difference.changes.len()],
        };
        let mut logs = logs::Logs::new(self, between, difference.of == "settings");
        let mut all = Vec::with_capacity(difference.changes.len());
        for change in &difference.changes {
            all.push(match unasked(change, difference) {
                Some(who) => who,
                None => logs.who(change).await,
            });
        }
        all
    }
}

/// What is known without asking.
fn unasked(change: &Change, difference: &Difference) -> Option<Who> {
    let verdict = |side: &Option<Json>| side.as_ref().and_then(|s| s["verdict"].as_str()).map(str::to_owned);
    if difference.of != "findings" {
        return None;
    }
    let (before, now) = (verdict(&change.before), verdict(&change.now));
    if before.as_deref() == Some("unknown") || now.as_deref() == Some("unknown") {
        return Some(Who::Unknown("one of the two could not see the setting".to_owned()));
    }
    let observed = |side: &Option<Json>| side.as_ref().map(|s| s["observed"].clone());
    if change.became == Became::Changed && observed(&change.before) == observed(&change.now) {
        return Some(Who::Nobody("the setting has the same value: the policy, a waiver or the day changed"));
    }
    None
}

/// Those who did something of that kind, by name.
fn actors<'e>(events: impl Iterator<Item = &'e Event>) -> Vec<Actor> {
    let mut by_name: BTreeMap<Option<&str>, Vec<(String, DateTime<Utc>)>> = BTreeMap::new();
    for event in events {
        by_name.entry(event.actor.as_deref()).or_default().push((event.action.clone(), event.at));
    }
    let actor = |(name, mut events): (Option<&str>, Vec<(String, DateTime<Utc>)>)| {
        events.sort_by(|a, b| (a.1, &a.0).cmp(&(b.1, &b.0)));
        events.dedup();
        Actor { name: name.map(str::to_owned), events }
    };
    by_name.into_iter().map(actor).collect()
}

/// What came of a question, which several changes may share.
type Answer = Result<Arc<crate::forge::EventLog>, String>;
