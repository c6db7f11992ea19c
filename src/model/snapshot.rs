//! Everything that was observed of one subject.

use std::sync::Arc;

use super::{Observation, SettingId, Subject};

/// Observations by setting. What is not in it was not read, or the answer did not carry it: unknown.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Readings(Vec<(SettingId, Observation)>);

impl Readings {
    /// The observation, if the setting was read.
    pub fn get(&self, id: SettingId) -> Option<&Observation> {
        self.0.binary_search_by_key(&id, |(k, _)| *k).ok().map(|i| &self.0[i].1)
    }

    /// Sets one reading; a later one replaces an earlier one.
    pub fn set(&mut self, id: SettingId, observation: Observation) {
        match self.0.binary_search_by_key(&id, |(k, _)| *k) {
            Ok(i) => self.0[i].1 = observation,
            Err(i) => self.0.insert(i, (id, observation)),
        }
    }

    /// All readings in the order of the catalogue.
    pub fn iter(&self) -> impl Iterator<Item = (SettingId, &Observation)> {
        self.0.iter().map(|(id, o)| (*id, o))
    }
}

impl FromIterator<(SettingId, Observation)> for Readings {
    fn from_iter<I: IntoIterator<Item = (SettingId, Observation)>>(readings: I) -> Self {
        let mut all: Vec<_> = readings.into_iter().collect();
        all.sort_by_key(|(id, _)| *id);
        all.dedup_by_key(|(id, _)| *id);
        Self(all)
    }
}

/// One item of a keyed collection: a label, a ruleset, a file.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Item {
    /// The identity, as an address writes it between brackets.
    pub key: String,
    /// Its settings. `None` says that the forge was asked for this very item and has none.
    pub readings: Option<Readings>,
}

/// A collection of one kind, as far as it was seen.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Collection {
    /// Every item that there is: what is not listed is absent.
    Complete(Vec<Item>),
    /// Only the items that were asked for: what is not listed is unknown.
    Asked(Vec<Item>),
    /// It could not be read.
    Unknown {
        /// What would make it readable.
        needs: Arc<str>,
    },
    /// This forge, version or tier has no such things.
    Unsupported {
        /// What is lacking.
        why: Arc<str>,
    },
}

impl Collection {
    /// The items that were seen.
    pub fn items(&self) -> &[Item] {
        match self {
            Self::Complete(items) | Self::Asked(items) => items,
            Self::Unknown { .. } | Self::Unsupported { .. } => &[],
        }
    }
}

/// One subject and all that was observed of it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Observed {
    /// Whom the readings are of.
    pub subject: Subject,
    /// The subject's own settings.
    pub readings: Readings,
    /// Its collections, by the kind's name.
    pub kinds: Vec<(Arc<str>, Collection)>,
}

impl Observed {
    /// Nothing read yet.
    pub fn empty(subject: Subject) -> Self {
        Self { subject, readings: Readings::default(), kinds: Vec::new() }
    }

    /// The collection of that kind, if it was read.
    pub fn kind(&self, name: &str) -> Option<&Collection> {
        self.kinds.iter().find(|(k, _)| &**k == name).map(|(_, c)| c)
    }

    /// The collection of that kind, to be added to; begun as `Asked` when there is none.
    pub fn kind_mut(&mut self, name: &str) -> &mut Collection {
        let at = match self.kinds.iter().position(|(k, _)| &**k == name) {
            Some(at) => at,
            None => {
                self.kinds.push((name.into(), Collection::Asked(Vec::new())));
                self.kinds.len() - 1
            }
        };
        &mut self.kinds[at].1
    }
}
