//! How alike the repositories of a profile are, setting by setting.
//!
//! What is compared is what the policy asks of them: of a switch, a number or a choice the value itself; of
//! texts, times and lists, which each repository has of its own, whether they are as wanted.

use std::collections::BTreeMap;
use std::hash::{DefaultHasher, Hash, Hasher};
use std::sync::Arc;

use super::summary::FEWEST;
use crate::catalog::{Catalog, Type};
use crate::model::{Finding, Observation, SettingId, Stage, Verdict};

/// A setting, of which item.
type Place = (SettingId, Option<Arc<str>>);

/// What the repositories of each profile have, counted as they come.
#[derive(Debug, Clone, Default)]
pub struct Held {
    profiles: BTreeMap<Arc<str>, OfProfile>,
}

#[derive(Debug, Clone, Default)]
struct OfProfile {
    repositories: usize,
    settings: BTreeMap<Place, Counts>,
}

#[derive(Debug, Clone)]
struct Counts {
    stage: Stage,
    values: BTreeMap<String, usize>,
    unknown: usize,
}

/// How alike the repositories of one profile are.
#[derive(Debug, Clone, PartialEq)]
pub struct Consistency {
    /// The profile.
    pub profile: Arc<str>,
    /// How many repositories it has.
    pub repositories: usize,
    /// The mean of its settings' shares, 0 to 1.
    pub alike: f64,
    /// Its settings, the one first in which they differ most.
    pub settings: Vec<Agreement>,
}

/// How alike they are in one setting.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Agreement {
    /// The setting.
    pub setting: SettingId,
    /// Of which item of a collection, as the policy wrote it.
    pub key: Option<Arc<str>>,
    /// The step that it bears on.
    pub stage: Stage,
    /// What most of them have.
    pub most: String,
    /// How many have that.
    pub alike: usize,
    /// Of how many, whose value is known.
    pub known: usize,
    /// Of how many it could not be seen.
    pub unknown: usize,
    /// How many values there are, that of most included.
    pub values: usize,
}

impl Agreement {
    /// The share of those that have what most have, 0 to 1.
    #[allow(clippy::cast_precision_loss, reason = "numbers of repositories")]
    pub fn share(&self) -> f64 {
        self.alike as f64 / self.known.max(1) as f64
    }
}

/// What one repository has of one setting, item by item; none where not all of it could be seen.
type Has = Option<Vec<String>>;

impl Held {
    /// Counts a repository of these profiles, from all that was found about it, what conforms too.
    pub fn count(&mut self, catalog: &Catalog, profiles: &[Arc<str>], findings: &[Finding]) {
        if profiles.is_empty() {
            return;
        }
        let mut held: BTreeMap<Place, (Stage, Has)> = BTreeMap::new();
        for finding in findings {
            let wish = &finding.expectation;
            let Some(has) = has(catalog, finding) else { continue };
            let first = || (wish.stage, Some(Vec::new()));
            let (_, all) = held.entry((wish.setting, wish.key.clone())).or_insert_with(first);
            match (all.as_mut(), has) {
                (Some(values), Some(value)) => values.push(value),
                _ => *all = None,
            }
        }
        let held: Vec<(Place, Stage, Option<String>)> = held
            .into_iter()
            .map(|(place, (stage, values))| {
                // Several items that one line means are one value together, in whichever order they came.
                let joined = |mut values: Vec<String>| {
                    values.sort();
                    kept(values.join(", "))
                };
                (place, stage, values.map(joined))
            })
            .collect();
        for profile in profiles {
            let of = self.profiles.entry(Arc::clone(profile)).or_default();
            of.repositories += 1;
            for (place, stage, value) in &held {
                let counts = || Counts { stage: *stage, values: BTreeMap::new(), unknown: 0 };
                let counts = of.settings.entry(place.clone()).or_insert_with(counts);
                match value {
                    Some(value) => *counts.values.entry(value.clone()).or_default() += 1,
                    None => counts.unknown += 1,
                }
            }
        }
    }

    /// Adds what was counted elsewhere.
    pub fn add(&mut self, other: Self) {
        for (name, more) in other.profiles {
            let of = self.profiles.entry(name).or_default();
            of.repositories += more.repositories;
            for (place, more) in more.settings {
                let counts = || Counts { stage: more.stage, values: BTreeMap::new(), unknown: 0 };
                let counts = of.settings.entry(place).or_insert_with(counts);
                counts.unknown += more.unknown;
                for (value, n) in more.values {
                    *counts.values.entry(value).or_default() += n;
                }
            }
        }
    }

    /// How alike the repositories of each profile are in what bears on these steps, in the order of the profiles'
    /// names; and how many profiles have too few repositories to say so.
    #[allow(clippy::cast_precision_loss, reason = "numbers of settings")]
    pub fn consistency(&self, stages: &[Stage]) -> (Vec<Consistency>, usize) {
        let mut all = Vec::new();
        for (profile, of) in self.profiles.iter().filter(|(_, of)| of.repositories >= FEWEST) {
            let counted = of.settings.iter().filter(|(_, counts)| stages.contains(&counts.stage));
            let mut settings: Vec<Agreement> =
                counted.filter_map(|(place, counts)| agreement(place, counts)).collect();
            if settings.is_empty() {
                continue;
            }
            settings.sort_by(|a, b| a.share().total_cmp(&b.share()));
            let alike = settings.iter().map(Agreement::share).sum::<f64>() / settings.len() as f64;
            let (profile, repositories) = (Arc::clone(profile), of.repositories);
            all.push(Consistency { profile, repositories, alike, settings });
        }
        (all, self.profiles.values().filter(|of| of.repositories < FEWEST).count())
    }
}

/// None where too few are known.
fn agreement((setting, key): &Place, counts: &Counts) -> Option<Agreement> {
    let known: usize = counts.values.values().sum();
    // Of values that are as frequent the first in their order is named, so that a report does not vary.
    let (most, alike) = counts.values.iter().rev().max_by_key(|(_, n)| **n)?;
    (known >= FEWEST).then(|| Agreement {
        setting: *setting,
        key: key.clone(),
        stage: counts.stage,
        most: most.clone(),
        alike: *alike,
        known,
        unknown: counts.unknown,
        values: counts.values.len(),
    })
}

/// How many characters of a value are kept.
const LONGEST: usize = 80;

/// What a finding says that the repository has, none within where it could not be seen; none at all where it can have
/// no such thing.
fn has(catalog: &Catalog, finding: &Finding) -> Option<Option<String>> {
    let ty = catalog.get(finding.expectation.setting).ty;
    let value = match (&finding.observed, finding.verdict) {
        (_, Verdict::NotApplicable) | (Observation::Unsupported { .. }, _) => return None,
        (_, Verdict::Unknown) | (Observation::Unknown { .. } | Observation::Bound { .. }, _) => {
            return Some(None);
        }
        (Observation::Known(value), _) if is_shared(ty) => value.to_string(),
        (Observation::Absent, _) if is_shared(ty) => "absent".to_owned(),
        (_, Verdict::Conforms) => "as wanted".to_owned(),
        (Observation::Absent, _) => "absent".to_owned(),
        _ => "not as wanted".to_owned(),
    };
    Some(Some(match &finding.item {
        Some(item) => format!("{item}: {value}"),
        None => value,
    }))
}

/// Whether repositories that are alike have the same: two descriptions differ wherever they are right.
fn is_shared(ty: Type) -> bool {
    matches!(ty, Type::Boolean | Type::Integer | Type::Choice)
}

/// A value that is told apart from others by its beginning and a digest, however long it is.
fn kept(value: String) -> String {
    if value.chars().count() <= LONGEST {
        return value;
    }
    let mut digest = DefaultHasher::new();
    value.hash(&mut digest);
    let begin: String = value.chars().take(LONGEST).collect();
    format!("{begin}… ({:08x})", digest.finish() >> 32)
}
