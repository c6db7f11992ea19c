//! Holds what was observed against what is wanted.

use std::borrow::Cow;
use std::sync::Arc;

use chrono::NaiveDate;

use super::bound::{accepts_stricter, refuses_stricter};
use super::gitlab_branch::GitlabBranches;
use super::presence;
use super::protection::{Branches, Protection};
use super::tally::Tally;
use crate::catalog::{Catalog, ForgeKind, Kind, Setting, Support, alternatives};
use crate::model::{
    Collection, Expectation, Finding, Item, Observation, Observed, Readings, Sourced, Subject, Value,
    Verdict, Waiver, means_key,
};

/// Judges subjects, one at a time.
#[derive(Debug)]
pub struct Judge<'a> {
    catalog: &'a Catalog,
    waivers: &'a [Waiver],
    today: NaiveDate,
    protection: Protection,
    gitlab: GitlabBranches<'a>,
    keep_all: bool,
}

/// A subject to be judged, with what surrounds it.
#[derive(Debug, Clone, Copy)]
pub struct Judged<'a> {
    /// What was observed of it.
    pub observed: &'a Observed,
    /// What was observed of its organization, if that came before.
    pub organization: Option<&'a Observed>,
    /// Which sort of forge it is on.
    pub forge: ForgeKind,
    /// The teams that own it.
    pub owners: &'a [Arc<str>],
}

/// An observation of one item, before it is held against anything.
struct Seen {
    item: Option<Arc<str>>,
    observation: Observation,
    sources: Vec<String>,
    not_applicable: Option<Arc<str>>,
}

impl<'a> Judge<'a> {
    /// A judge for that day. With `keep_all`, findings are kept of what conforms too.
    pub fn new(catalog: &'a Catalog, waivers: &'a [Waiver], today: NaiveDate, keep_all: bool) -> Self {
        let (protection, gitlab) = (Protection::new(catalog), GitlabBranches::new(catalog));
        Self { catalog, waivers, today, protection, gitlab, keep_all }
    }

    /// The same, which keeps findings of what conforms too.
    #[must_use]
    pub fn keeping_all(mut self) -> Self {
        self.keep_all = true;
        self
    }

    /// Judges every expectation of one subject: counts all verdicts, and adds the findings that are
    /// kept.
    pub fn judge(
        &self,
        expectations: &[Arc<Expectation>],
        judged: Judged<'_>,
        tally: &mut Tally,
        findings: &mut Vec<Finding>,
    ) {
        let mut subject: Option<Arc<Subject>> = None;
        for expectation in expectations {
            let setting = self.catalog.get(expectation.setting);
            let seen = match (&expectation.key, &expectation.named) {
                (None, Some(named)) if setting.presence => self.look_at_others(setting, named, judged),
                (key, _) => self.look(setting, key.as_deref(), judged),
            };
            for seen in seen {
                let (verdict, reason) = self.verdict(setting, expectation, &seen);
                let mut waiver = None;
                let verdict = if verdict == Verdict::Drift {
                    waiver = self.waiver(setting, expectation, &seen, judged);
                    let holds = waiver.is_some_and(|i| self.waivers[i].holds_on(self.today));
                    if holds { Verdict::Waived } else { verdict }
                } else {
                    verdict
                };
                tally.count(verdict);
                if verdict == Verdict::Conforms && !self.keep_all {
                    continue;
                }
                let subject = subject.get_or_insert_with(|| Arc::new(judged.observed.subject.clone()));
                findings.push(Finding {
                    subject: Arc::clone(subject),
                    expectation: Arc::clone(expectation),
                    item: seen.item,
                    verdict,
                    observed: seen.observation,
                    sources: seen.sources,
                    reason,
                    waiver,
                    points: 0.0,
                    root: None,
                    systemic: None,
                });
            }
        }
    }

    /// What is seen of one setting: once, or once for every branch that a pattern means.
    pub fn observe(
        &self,
        setting: &Setting,
        key: Option<&str>,
        judged: Judged<'_>,
    ) -> Vec<(Option<Arc<str>>, Sourced)> {
        let sourced = |seen: Seen| {
            let observation = match seen.not_applicable {
                Some(why) => Observation::Unsupported { why },
                None => seen.observation,
            };
            (seen.item, Sourced { observation, sources: seen.sources })
        };
        self.look(setting, key, judged).into_iter().map(sourced).collect()
    }

    fn look(&self, setting: &Setting, key: Option<&str>, judged: Judged<'_>) -> Vec<Seen> {
        if let Support::Lacking(why) = setting.on(judged.forge) {
            return vec![Seen::plain(Observation::Unsupported { why: Arc::clone(why) })];
        }
        if let Some(key) = key {
            if setting.effective.is_some() {
                return self.look_at_branches(setting, key, judged);
            }
            return self.look_at_items(setting, key, judged);
        }
        vec![Seen::plain(self.reading(setting, &judged.observed.readings, judged.forge))]
    }

    /// Each item that no line of the policy names; where there is none, that there is none.
    fn look_at_others(&self, setting: &Setting, named: &[Arc<str>], judged: Judged<'_>) -> Vec<Seen> {
        let kind = self.catalog.kind_of(setting, judged.observed.subject.kind);
        let there = |item: &Item| Seen {
            item: Some(item.key.as_str().into()),
            ..Seen::plain(Observation::Known(Value::Bool(true)))
        };
        match presence::unnamed((self.catalog, setting, kind), named, judged.observed, judged.forge) {
            Err(observation) => vec![Seen::plain(observation)],
            Ok(others) if others.is_empty() => vec![Seen::plain(Observation::Known(Value::Bool(false)))],
            Ok(others) => others.into_iter().map(there).collect(),
        }
    }

    fn reading(&self, setting: &Setting, readings: &Readings, forge: ForgeKind) -> Observation {
        if setting.presence {
            return Observation::Known(Value::Bool(true));
        }
        readings.get(setting.id).cloned().unwrap_or_else(|| not_stated(setting, forge))
    }

    /// The item of that key, or each item that a pattern means.
    fn look_at_items(&self, setting: &Setting, key: &str, judged: Judged<'_>) -> Vec<Seen> {
        let collection = judged.observed.kind(&setting.group);
        let kind = self.catalog.kind_of(setting, judged.observed.subject.kind);
        // A kind of two scopes may be of one alone on this forge, where its settings are told all the same.
        if collection.is_none() && kind.is_some_and(|k| k.derived.is_none() && k.on(judged.forge).is_none()) {
            let why = "this forge has no such things at this level".into();
            return vec![Seen::plain(Observation::Unsupported { why })];
        }
        let key = &*folded(kind, key, judged.forge);
        // Only what comes in lists is numbered: elsewhere a number belongs to the name.
        let numbers = kind.is_some_and(|k| k.on(judged.forge).is_none_or(|b| b.graphql.is_none()));
        if let Some(Collection::Complete(items)) = collection {
            // Forges allow some items to be of one name: then none of them stands for the others.
            let is_numbered = |item: &Item| {
                let number = item.key.strip_prefix(key).and_then(|k| k.strip_prefix(" (")?.strip_suffix(')'));
                numbers && number.is_some_and(|n| n.bytes().all(|b| b.is_ascii_digit()))
            };
            let name = |item: &Item| folded(kind, &item.key, judged.forge).into_owned();
            let exact = items.iter().any(|i| name(i) == key);
            let pattern = !exact && key.contains('*');
            let of_key =
                |i: &&Item| if pattern { means_key(key, &name(i)) } else { name(i) == key || is_numbered(i) };
            let meant: Vec<&Item> = items.iter().filter(of_key).collect();
            // Where keys are patterns themselves, one that is not there is missing.
            let own = kind.and_then(|k| k.on(judged.forge)).is_some_and(|b| b.patterns)
                && (key != "*" || setting.presence);
            if pattern && meant.is_empty() && !own {
                let why = format!("it has no {} of such a name", setting.group);
                return vec![Seen { not_applicable: Some(why.into()), ..Seen::plain(Observation::Absent) }];
            }
            if pattern && !meant.is_empty() || meant.len() > 1 {
                let none = Readings::default();
                let seen = |item: &Item| Seen {
                    item: Some(item.key.as_str().into()),
                    ..Seen::plain(self.reading(
                        setting,
                        item.readings.as_ref().unwrap_or(&none),
                        judged.forge,
                    ))
                };
                return meant.into_iter().map(seen).collect();
            }
        }
        vec![Seen::plain(self.look_at_item(setting, (kind, key), collection, judged.forge))]
    }

    /// An item that is not in a complete list is absent; so is one that the forge was asked for and
    /// does not have.
    fn look_at_item(
        &self,
        setting: &Setting,
        (kind, key): (Option<&Kind>, &str),
        collection: Option<&Collection>,
        forge: ForgeKind,
    ) -> Observation {
        let absent = || {
            if setting.presence {
                return Observation::Known(Value::Bool(false));
            }
            let codec = setting.on(forge).binding().and_then(|b| b.codec);
            codec.and_then(|c| c.absent.clone()).map_or(Observation::Absent, Observation::Known)
        };
        let (items, complete) = match collection {
            Some(Collection::Complete(items)) => (items, true),
            Some(Collection::Asked(items)) => (items, false),
            Some(Collection::Unknown { needs }) => return Observation::Unknown { needs: Arc::clone(needs) },
            Some(Collection::Unsupported { why }) => {
                return Observation::Unsupported { why: Arc::clone(why) };
            }
            None => return not_stated(setting, forge),
        };
        let mut known = false;
        // An answer to the key as it was asked comes first; else its alternatives, in their order.
        for name in std::iter::once(key.to_owned()).chain(alternatives(key)) {
            match items.iter().find(|i| folded(kind, &i.key, forge) == name) {
                Some(item) => match &item.readings {
                    Some(readings) => return self.reading(setting, readings, forge),
                    None => known = true,
                },
                None if complete => known = true,
                None if name == key && key.contains('{') => {}
                None => return not_stated(setting, forge),
            }
            if name == key && known && !complete {
                return absent();
            }
        }
        if known { absent() } else { not_stated(setting, forge) }
    }

    fn look_at_branches(&self, setting: &Setting, key: &str, judged: Judged<'_>) -> Vec<Seen> {
        let Some(effective) = &setting.effective else { return Vec::new() };
        match self.protection.branches(judged.observed, key) {
            Branches::None(why) => {
                vec![Seen { not_applicable: Some(why.into()), ..Seen::plain(Observation::Absent) }]
            }
            Branches::Unknown(needs) => vec![Seen::plain(Observation::Unknown { needs })],
            Branches::Named(names) => {
                let several = !(names.len() == 1 && (key == "~default" || *names[0] == *key));
                let one = |name: Arc<str>| {
                    let Sourced { observation, sources } = match judged.forge {
                        ForgeKind::Github => self
                            .protection
                            .rules(judged.observed, judged.organization, &name)
                            .amount_to(setting, effective),
                        ForgeKind::Gitlab => self.gitlab.look(setting, judged.observed, &name),
                    };
                    Seen { item: several.then_some(name), observation, sources, not_applicable: None }
                };
                names.into_iter().map(one).collect()
            }
        }
    }

    fn verdict(
        &self,
        setting: &Setting,
        expectation: &Expectation,
        seen: &Seen,
    ) -> (Verdict, Option<Arc<str>>) {
        if let Some(why) = &seen.not_applicable {
            return (Verdict::NotApplicable, Some(Arc::clone(why)));
        }
        let accepted = |value| match expectation.constraint.accepts_on(value, self.today) {
            Some(true) => (Verdict::Conforms, None),
            Some(false) => (Verdict::Drift, None),
            None => (Verdict::Unknown, Some("needs a time whose age can be told".into())),
        };
        match &seen.observation {
            Observation::Known(value) => accepted(Some(value)),
            Observation::Absent => accepted(None),
            Observation::Unknown { needs } => (Verdict::Unknown, Some(format!("needs {needs}").into())),
            Observation::Unsupported { why } => (Verdict::NotApplicable, Some(Arc::clone(why))),
            Observation::Bound { value, needs } => {
                let combine = setting.effective.as_ref().map(|e| e.combine);
                if combine.is_some_and(|c| accepts_stricter(&expectation.constraint, value, c)) {
                    (Verdict::Conforms, None)
                } else if combine.is_some_and(|c| refuses_stricter(&expectation.constraint, value, c)) {
                    (Verdict::Drift, None)
                } else {
                    (Verdict::Unknown, Some(format!("needs {needs}").into()))
                }
            }
        }
    }

    /// The waiver that covers a departure: one that holds before one that has ended.
    /// What a team was handed to write for itself reaches no lower than the floor.
    fn waiver(
        &self,
        setting: &Setting,
        wish: &Expectation,
        seen: &Seen,
        judged: Judged<'_>,
    ) -> Option<usize> {
        let keeps_floor = wish.floor.as_ref().is_none_or(|floor| match &seen.observation {
            Observation::Known(value) => floor.accepts_on(Some(value), self.today) == Some(true),
            Observation::Absent => floor.accepts(None),
            _ => false,
        });
        let covering = || {
            let all = self.waivers.iter().enumerate();
            let all = all.filter(|(_, w)| w.teams.is_none() || keeps_floor);
            all.filter(|(_, w)| w.covers(&judged.observed.subject, &setting.key, judged.owners))
        };
        covering().find(|(_, w)| w.holds_on(self.today)).or_else(|| covering().next()).map(|(i, _)| i)
    }
}

impl Seen {
    fn plain(observation: Observation) -> Self {
        Self { item: None, observation, sources: Vec::new(), not_applicable: None }
    }
}

/// A name of an item as the forge tells it from others.
fn folded<'n>(kind: Option<&Kind>, name: &'n str, forge: ForgeKind) -> Cow<'n, str> {
    kind.map_or(Cow::Borrowed(name), |kind| kind.folded(name, forge))
}

/// Nothing says what the setting is: not the answer, not the snapshot.
fn not_stated(setting: &Setting, forge: ForgeKind) -> Observation {
    match (setting.lacking_on(forge), setting.on(forge).binding()) {
        (Some(why), _) => Observation::Unsupported { why },
        (None, Some(binding)) => {
            Observation::unknown(format!("{} (not read, or not in the snapshot)", binding.permission))
        }
        (None, None) => Observation::unknown("the rules of the branch"),
    }
}
