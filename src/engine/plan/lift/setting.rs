//! A setting of an organization or group in place of one in each of its repositories: which there are, and the
//! proof that nobody is worse off for one.

use std::collections::HashSet;
use std::sync::Arc;

use super::item::levers_of_items;
use super::member::Member;
use super::proof::{Place, World, compared, findings};
use crate::catalog::{Catalog, Decision, ForgeKind, Setting, Then};
use crate::engine::Judge;
use crate::model::{Brings, Collection, Expectation, Finding, Observation, Observed, Value, Verdict};

/// Of how many repositories one change is worth more than one in each.
const FEWEST: usize = 2;

/// A value of a setting above repositories that decides some of theirs.
#[derive(Debug, Clone)]
pub struct Lever<'c> {
    /// The setting above.
    pub setting: &'c Setting,
    /// Of which item it is a setting.
    pub key: Option<Arc<str>>,
    /// The value that decides.
    pub when: Value,
    pub(super) decisions: Vec<&'c Decision>,
    /// For which repositories it decides, in small letters; all where none are named.
    pub(super) among: Option<HashSet<String>>,
}

/// What a setting above does for the repositories beneath it, by their places in the list of members.
#[derive(Debug, Clone, PartialEq)]
pub struct Served {
    /// Those that have then what they lacked.
    pub mended: Vec<usize>,
    /// How many changes of theirs it takes the place of.
    pub changes: usize,
    /// Those that it changes besides, of which the policy does not ask that.
    pub others: Vec<usize>,
    /// What of the policy is met by it, once for each line.
    pub wishes: Vec<Arc<Expectation>>,
    /// The points of friction that it removes from all of them.
    pub points: f64,
}

/// The settings of an organization or group, and of its items, that would decide something for its repositories and do
/// not yet. What of it cannot be seen, or not be written, is none.
pub fn levers<'c>(catalog: &'c Catalog, forge: ForgeKind, above: &Observed) -> Vec<Lever<'c>> {
    let outermost = !above.subject.name.contains('/');
    let mut levers: Vec<Lever<'c>> = Vec::new();
    for setting in catalog.settings().filter(|setting| !setting.decides.is_empty()) {
        let written = setting.on(forge).binding().is_some_and(|binding| binding.write.is_some());
        let Some(Observation::Known(now)) = above.readings.get(setting.id) else { continue };
        let deciding = setting.decides.iter().filter(|d| !d.follows && (outermost || !d.outermost));
        for decision in deciding.filter(|decision| written && decision.when != *now) {
            let same = |l: &&mut Lever<'c>| l.setting.id == setting.id && l.when == decision.when;
            match levers.iter_mut().find(same) {
                Some(lever) => lever.decisions.push(decision),
                None => {
                    let (when, decisions) = (decision.when.clone(), vec![decision]);
                    levers.push(Lever { setting, key: None, when, decisions, among: None });
                }
            }
        }
    }
    levers.extend(levers_of_items(catalog, forge, above));
    levers
}

impl Lever<'_> {
    /// What would be observed of a repository beneath it; none where nothing of it changes. What was not read may
    /// change, where nothing else tells.
    pub fn after(&self, observed: &Observed) -> Option<Observed> {
        let name = || observed.subject.name.to_lowercase();
        if self.among.as_ref().is_some_and(|among| !among.contains(&name())) {
            return None;
        }
        let mut after: Option<Observed> = None;
        let seen = |decision: &Decision| observed.readings.get(decision.of);
        let told =
            self.decisions.iter().any(|decision| seen(decision).and_then(Observation::value).is_some());
        let unread = Observation::unknown("not read");
        for decision in &self.decisions {
            let brought = seen(decision).or_else(|| (!told).then_some(&unread));
            let brought = brought.and_then(|seen| decision.brings(seen));
            if let Some(brought) = brought {
                after.get_or_insert_with(|| observed.clone()).readings.set(decision.of, brought);
            }
        }
        after
    }

    /// What would be observed of the organization or group itself.
    pub fn above(&self, observed: &Observed) -> Observed {
        let mut after = observed.clone();
        let readings = match &self.key {
            None => Some(&mut after.readings),
            Some(key) => match after.kind_mut(&self.setting.group) {
                Collection::Complete(items) | Collection::Asked(items) => {
                    let item = items.iter_mut().find(|item| item.key == **key);
                    item.and_then(|item| item.readings.as_mut())
                }
                Collection::Unknown { .. } | Collection::Unsupported { .. } => None,
            },
        };
        if let Some(readings) = readings {
            readings.set(self.setting.id, Observation::Known(self.when.clone()));
        }
        after
    }

    /// What is seen of it in the organization or group.
    pub fn seen<'o>(&self, observed: &'o Observed) -> Option<&'o Observation> {
        let readings = match &self.key {
            None => &observed.readings,
            Some(key) => {
                let mut items = observed.kind(&self.setting.group)?.items().iter();
                items.find(|item| item.key == **key)?.readings.as_ref()?
            }
        };
        readings.get(self.setting.id)
    }

    /// Whether it reaches nobody but these, by their full names in small letters.
    pub fn reaches_only(&self, these: &HashSet<String>) -> bool {
        self.among.as_ref().is_none_or(|among| among.is_subset(these))
    }

    /// Which repositories it reaches, in words.
    pub fn reaches(&self) -> &'static str {
        match self.key {
            None => "all that is in it, and what comes to be",
            Some(_) => "all that follow it, and those that will",
        }
    }

    /// The settings of repositories that it decides.
    pub fn decided<'k>(&'k self, catalog: &'k Catalog) -> impl Iterator<Item = &'k str> {
        self.decisions.iter().map(|decision| &*catalog.get(decision.of).key)
    }

    /// What it brings about.
    pub fn brings(&self, catalog: &Catalog) -> Vec<Brings> {
        let brings = |decision: &&Decision| {
            let (Then::Is(value) | Then::Has(value)) = &decision.then;
            Brings { setting: catalog.get(decision.of).key.to_string(), key: None, value: value.to_json() }
        };
        self.decisions.iter().map(brings).collect()
    }

    /// What it does for those beneath it, the organization being as that; none where somebody would be worse off for it,
    /// wants it otherwise, or is left as they are by a plan of their own, and where it serves too few.
    pub fn served(
        &self,
        (catalog, judge): (&Catalog, &Judge<'_>),
        (organization, forge): (&Observed, ForgeKind),
        members: &[Member<'_>],
    ) -> Option<Served> {
        let mut served =
            Served { mended: Vec::new(), changes: 0, others: Vec::new(), wishes: Vec::new(), points: 0.0 };
        for (i, member) in members.iter().enumerate() {
            let Some(after) = self.after(member.observed) else { continue };
            let world = World { observed: &after, organization, forge };
            let outcome = compared(member, &findings(judge, member, world));
            // What is waived, or what a plan for it alone leaves, somebody wants as it is.
            let against = |(place, verdict): &(Place, Verdict)| match verdict {
                Verdict::Drift => !member.plans(catalog, place),
                verdict => *verdict == Verdict::Waived,
            };
            if !outcome.harmed.is_empty() || outcome.mended.iter().any(against) {
                return None;
            }
            let of = |f: &&Finding, (place, was): &(Place, Verdict)| {
                *was == Verdict::Drift && f.expectation.setting == place.0 && f.key() == place.1.as_deref()
            };
            let met = member.findings.iter().filter(|f| outcome.mended.iter().any(|mended| of(f, mended)));
            let met: Vec<&Finding> = met.collect();
            if met.is_empty() {
                served.others.push(i);
                continue;
            }
            served.mended.push(i);
            served.changes += met.len();
            for finding in met {
                served.points += finding.points;
                let wish = &finding.expectation;
                if !served.wishes.iter().any(|other| other.origin == wish.origin) {
                    served.wishes.push(Arc::clone(wish));
                }
            }
        }
        (served.mended.len() >= FEWEST).then_some(served)
    }
}
