//! One line of a snapshot as what was observed of one subject.

use std::collections::HashMap;
use std::fmt;
use std::sync::Arc;

use serde::de::{DeserializeSeed, Deserializer, Error as _, IgnoredAny, MapAccess, Visitor};
use serde_json::Value as Json;

use super::header::Header;
use crate::catalog::{Catalog, Demand};
use crate::model::{Collection, Item, Observation, Observed, Readings, SettingId, Subject, SubjectKind};

/// Reads lines, keeping what is wanted of them.
#[derive(Debug)]
pub struct LineReader<'c> {
    catalog: &'c Catalog,
    /// Settings by the name that a line gives them, for each group.
    groups: HashMap<&'c str, HashMap<&'c str, SettingId>>,
    wanted: Option<&'c Demand>,
}

impl<'c> LineReader<'c> {
    /// A reader that keeps what the demand names, or everything.
    pub fn new(catalog: &'c Catalog, wanted: Option<&'c Demand>) -> Self {
        let mut groups: HashMap<&str, HashMap<&str, SettingId>> = HashMap::new();
        for setting in catalog.settings() {
            groups.entry(&*setting.group).or_default().insert(setting.name(), setting.id);
        }
        Self { catalog, groups, wanted }
    }

    /// Reads a line of that forge.
    ///
    /// # Errors
    /// What is wrong with it.
    pub fn read(&self, forge: &Arc<str>, line: &str) -> Result<Observed, String> {
        let mut json = serde_json::Deserializer::from_str(line);
        let observed = LineSeed { reader: self, forge }.deserialize(&mut json).map_err(|e| e.to_string())?;
        json.end().map_err(|e| e.to_string())?;
        Ok(observed)
    }

    /// Reads a line that stands below that header, and says what its forge cannot have.
    ///
    /// # Errors
    /// What is wrong with it.
    pub fn read_below(&self, header: &Header, line: &str) -> Result<Observed, String> {
        let mut observed = self.read(&header.forge, line)?;
        if let Some(demand) = self.wanted {
            demand.settle_facts(self.catalog, header.forge_kind(), &mut observed);
        }
        Ok(observed)
    }

    fn wants(&self, of: SubjectKind, kind: Option<&str>, id: SettingId) -> bool {
        self.wanted.is_none_or(|demand| match kind {
            None => demand.settings.contains(&id),
            Some(kind) => {
                demand.kinds.iter().any(|((k, n), d)| *k == of && **n == *kind && d.settings.contains(&id))
            }
        })
    }

    /// Puts the reasons of a line's `unknown` and `unsupported` where their settings are.
    fn mark(&self, observed: &mut Observed, place: &str, observation: Observation) -> Result<(), String> {
        let of = observed.subject.kind;
        let (kind, rest) = match place.split_once('[') {
            Some((kind, rest)) => (Some(kind), rest),
            None => (None, place),
        };
        let Some(kind) = kind else {
            if let Some(id) = self.groups.get(of.word()).and_then(|g| g.get(place)) {
                observed.readings.set(*id, observation);
            } else if self.catalog.kind(of, place).is_some() {
                match observation {
                    Observation::Unknown { needs } => {
                        *observed.kind_mut(place) = Collection::Unknown { needs };
                    }
                    Observation::Unsupported { why } => {
                        *observed.kind_mut(place) = Collection::Unsupported { why };
                    }
                    _ => {}
                }
            }
            return Ok(());
        };
        let (key, name) =
            rest.rsplit_once("].").ok_or_else(|| format!("`{place}` is not `kind[key].setting`"))?;
        let Some(id) = self.groups.get(kind).and_then(|g| g.get(name)) else { return Ok(()) };
        if let Collection::Complete(items) | Collection::Asked(items) = observed.kind_mut(kind) {
            match items.iter_mut().find(|i| i.key == key) {
                Some(item) => item.readings.get_or_insert_default().set(*id, observation),
                None => items.push(Item {
                    key: key.to_owned(),
                    readings: Some(Readings::from_iter([(*id, observation)])),
                }),
            }
        }
        Ok(())
    }
}

struct LineSeed<'a, 'c> {
    reader: &'a LineReader<'c>,
    forge: &'a Arc<str>,
}

impl<'de> DeserializeSeed<'de> for LineSeed<'_, '_> {
    type Value = Observed;
    fn deserialize<D: Deserializer<'de>>(self, deserializer: D) -> Result<Observed, D::Error> {
        deserializer.deserialize_map(self)
    }
}

impl<'de> Visitor<'de> for LineSeed<'_, '_> {
    type Value = Observed;

    fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("a subject: {\"repository\": \"path\", \"settings\": …}")
    }

    fn visit_map<A: MapAccess<'de>>(self, mut map: A) -> Result<Observed, A::Error> {
        let first: Option<(String, String)> = map.next_entry()?;
        let named = first.and_then(|(word, name)| Some((SubjectKind::from_word(&word)?, name)));
        let Some((kind, name)) = named else {
            return Err(A::Error::custom(
                "a line begins with \"organization\" or \"repository\" and its path",
            ));
        };
        let mut observed = Observed::empty(Subject::new(kind, Arc::clone(self.forge), name));
        let mut marks: Vec<(String, Observation)> = Vec::new();
        while let Some(key) = map.next_key::<String>()? {
            match key.as_str() {
                "settings" => {
                    let seed = SettingsSeed { reader: self.reader, of: kind, kind: None };
                    observed.readings = map.next_value_seed(seed)?;
                }
                "kinds" => {
                    observed.kinds = map.next_value_seed(KindsSeed { reader: self.reader, of: kind })?
                }
                "unknown" => {
                    let reasons: HashMap<String, String> = map.next_value()?;
                    marks.extend(reasons.into_iter().map(|(k, needs)| (k, Observation::unknown(needs))));
                }
                "unsupported" => {
                    let reasons: HashMap<String, String> = map.next_value()?;
                    let unsupported = |why: String| Observation::Unsupported { why: why.into() };
                    marks.extend(reasons.into_iter().map(|(k, why)| (k, unsupported(why))));
                }
                // What the repository has itself, while something above it decides.
                "own" => drop(map.next_value::<IgnoredAny>()?),
                other => return Err(A::Error::custom(format!("`{other}` is not part of a subject's line"))),
            }
        }
        for (place, observation) in marks {
            self.reader.mark(&mut observed, &place, observation).map_err(A::Error::custom)?;
        }
        Ok(observed)
    }
}

/// Settings by name, of a subject or of one item.
struct SettingsSeed<'a, 'c> {
    reader: &'a LineReader<'c>,
    of: SubjectKind,
    kind: Option<&'a str>,
}

impl<'de> DeserializeSeed<'de> for SettingsSeed<'_, '_> {
    type Value = Readings;
    fn deserialize<D: Deserializer<'de>>(self, deserializer: D) -> Result<Readings, D::Error> {
        deserializer.deserialize_map(self)
    }
}

impl<'de> Visitor<'de> for SettingsSeed<'_, '_> {
    type Value = Readings;

    fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("settings by name")
    }

    fn visit_map<A: MapAccess<'de>>(self, mut map: A) -> Result<Readings, A::Error> {
        let group = self.reader.groups.get(self.kind.unwrap_or(self.of.word()));
        let mut readings = Vec::with_capacity(map.size_hint().unwrap_or(16));
        while let Some(name) = map.next_key::<std::borrow::Cow<'_, str>>()? {
            // A name that this release does not know was written by another: it is passed over.
            match group.and_then(|g| g.get(&*name)) {
                Some(id) if self.reader.wants(self.of, self.kind, *id) => {
                    let json: Json = map.next_value()?;
                    readings.push((*id, self.reader.catalog.get(*id).decode(&json)));
                }
                _ => drop(map.next_value::<IgnoredAny>()?),
            }
        }
        Ok(readings.into_iter().collect())
    }
}

/// Collections by kind.
struct KindsSeed<'a, 'c> {
    reader: &'a LineReader<'c>,
    of: SubjectKind,
}

impl<'de> DeserializeSeed<'de> for KindsSeed<'_, '_> {
    type Value = Vec<(Arc<str>, Collection)>;
    fn deserialize<D: Deserializer<'de>>(self, deserializer: D) -> Result<Self::Value, D::Error> {
        deserializer.deserialize_map(self)
    }
}

impl<'de> Visitor<'de> for KindsSeed<'_, '_> {
    type Value = Vec<(Arc<str>, Collection)>;

    fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("collections by kind")
    }

    fn visit_map<A: MapAccess<'de>>(self, mut map: A) -> Result<Self::Value, A::Error> {
        let mut kinds = Vec::new();
        while let Some(name) = map.next_key::<std::borrow::Cow<'_, str>>()? {
            let Some(kind) = self.reader.catalog.kind(self.of, &name) else {
                map.next_value::<IgnoredAny>()?;
                continue;
            };
            let items =
                map.next_value_seed(ItemsSeed { reader: self.reader, of: self.of, kind: &kind.name })?;
            let collection =
                if kind.is_asked_by_key() { Collection::Asked(items) } else { Collection::Complete(items) };
            kinds.push((Arc::clone(&kind.name), collection));
        }
        Ok(kinds)
    }
}

/// The items of one collection by key.
struct ItemsSeed<'a, 'c> {
    reader: &'a LineReader<'c>,
    of: SubjectKind,
    kind: &'a str,
}

impl<'de> DeserializeSeed<'de> for ItemsSeed<'_, '_> {
    type Value = Vec<Item>;
    fn deserialize<D: Deserializer<'de>>(self, deserializer: D) -> Result<Vec<Item>, D::Error> {
        deserializer.deserialize_map(self)
    }
}

impl<'de> Visitor<'de> for ItemsSeed<'_, '_> {
    type Value = Vec<Item>;

    fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("items by key, each with its settings or null")
    }

    fn visit_map<A: MapAccess<'de>>(self, mut map: A) -> Result<Vec<Item>, A::Error> {
        let mut items = Vec::new();
        while let Some(key) = map.next_key::<String>()? {
            let seed = SettingsSeed { reader: self.reader, of: self.of, kind: Some(self.kind) };
            items.push(Item { key, readings: map.next_value_seed(Nullable(seed))? });
        }
        Ok(items)
    }
}

/// `null`, or what the seed reads.
struct Nullable<S>(S);

impl<'de, S: DeserializeSeed<'de>> DeserializeSeed<'de> for Nullable<S> {
    type Value = Option<S::Value>;
    fn deserialize<D: Deserializer<'de>>(self, deserializer: D) -> Result<Self::Value, D::Error> {
        deserializer.deserialize_option(self)
    }
}

impl<'de, S: DeserializeSeed<'de>> Visitor<'de> for Nullable<S> {
    type Value = Option<S::Value>;

    fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("settings, or null")
    }

    fn visit_none<E>(self) -> Result<Self::Value, E> {
        Ok(None)
    }

    fn visit_some<D: Deserializer<'de>>(self, deserializer: D) -> Result<Self::Value, D::Error> {
        self.0.deserialize(deserializer).map(Some)
    }
}
