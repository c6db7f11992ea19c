//! What has to be read: the settings, and the collections with the keys that are asked for.

use std::collections::{BTreeMap, BTreeSet};
use std::sync::Arc;

use super::load::Catalog;
use super::setting::ForgeKind;
use crate::model::{Observation, Observed, SettingId, SubjectKind};

/// The settings to read of every subject of a scope.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Demand {
    /// Settings of the subjects themselves.
    pub settings: BTreeSet<SettingId>,
    /// Of those, what has to be known before it can be told what else a subject needs.
    pub facts: BTreeSet<SettingId>,
    /// Settings of their collections' items.
    pub kinds: BTreeMap<(SubjectKind, Arc<str>), KindDemand>,
}

/// What to read of a collection.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct KindDemand {
    /// The settings of each item.
    pub settings: BTreeSet<SettingId>,
    /// The keys that the policy names.
    pub keys: BTreeSet<Arc<str>>,
    /// Whether every item is of interest, not only those.
    pub every: bool,
}

impl Demand {
    /// Adds what another demand wants.
    pub fn extend(&mut self, other: Self) {
        self.settings.extend(other.settings);
        self.facts.extend(other.facts);
        for (kind, wanted) in other.kinds {
            let all = self.kinds.entry(kind).or_default();
            all.settings.extend(wanted.settings);
            all.keys.extend(wanted.keys);
            all.every |= wanted.every;
        }
    }

    /// Says of the facts that a forge of that sort does not have, and that nothing was observed of, that
    /// they do not apply: what it cannot have decides a selector as an absence does.
    pub fn settle_facts(&self, catalog: &Catalog, forge: ForgeKind, observed: &mut Observed) {
        for setting in self.facts.iter().map(|id| catalog.get(*id)) {
            if &*setting.group == observed.subject.kind.word()
                && observed.readings.get(setting.id).is_none()
                && let Some(why) = setting.lacking_on(forge)
            {
                observed.readings.set(setting.id, Observation::Unsupported { why });
            }
        }
    }

    /// Whether anything of such subjects is to be read.
    pub fn wants(&self, of: SubjectKind, settings: impl Iterator<Item = (SettingId, bool)>) -> bool {
        self.kinds.keys().any(|(k, _)| *k == of)
            || settings.into_iter().any(|(id, own)| own && self.settings.contains(&id))
    }
}
