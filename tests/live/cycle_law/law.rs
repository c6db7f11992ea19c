//! The law of the cycle, and what a case that breaks it looks like.

use std::collections::{BTreeMap, BTreeSet};
use std::path::Path;

use ispo_scm::engine::Allowed;
use ispo_scm::model::{Change, Finding, Verdict};
use ispo_scm::run::Applied;

use super::road::{Look, Road, back};

/// What a setting is: subject, setting, item.
type Address = (String, String, Option<String>);

/// What it takes to carry anything out.
fn all() -> Allowed {
    Allowed {
        delete: true,
        weaken: true,
        widen: true,
        irreversible: true,
        takes_back: false,
        share: 100.0,
        deletes: 1000,
    }
}

fn about(change: &Change) -> Address {
    (change.subject.clone(), change.setting.clone(), change.key.clone())
}

fn judged(road: &Road<'_>, findings: &[Finding]) -> BTreeMap<Address, (Verdict, String)> {
    let told = |f: &Finding| {
        let setting = road.catalog.get(f.expectation.setting).key.to_string();
        let address = (f.subject.to_string(), setting, f.key().map(str::to_owned));
        (address, (f.verdict, format!("{:?}", f.observed)))
    };
    findings.iter().map(told).collect()
}

fn shown(change: &Change) -> String {
    let key = change.key.as_deref().map(|k| format!("[{k}]")).unwrap_or_default();
    format!("{} {}{key}: {} -> {}", change.subject, change.setting, change.before, change.after)
}

/// How one cycle ended.
#[derive(Default)]
pub struct Ended {
    pub changes: usize,
    pub refused: Vec<String>,
    pub deferred: Vec<String>,
}

/// One cycle there: looked, planned, applied, looked again. Says what it broke.
pub struct Cycle<'a, 'r> {
    pub road: &'a Road<'r>,
    pub folder: &'a Path,
    /// How many requests wrote so far.
    pub writes: &'a dyn Fn() -> u64,
}

impl Cycle<'_, '_> {
    pub fn there(&self) -> Result<(Look, Ended), String> {
        let Self { road, writes, .. } = self;
        let before = writes();
        let first = road.look();
        if writes() != before {
            return Err("planning wrote".to_owned());
        }
        if !first.trouble.is_empty() {
            return Err(format!("trouble: {:#?}", first.trouble));
        }
        self.guarded(&first)?;
        let mut ended = Ended { changes: first.plan.changes.len(), ..Ended::default() };
        ended.deferred = first.plan.deferred.iter().map(|d| format!("{}: {}", d.setting, d.reason)).collect();
        let carried = road.apply(&first.plan, &self.journal());
        if let Some(error) = carried.ended {
            return Err(format!("applying ended early: {error}"));
        }
        let sent = writes() - before;
        if sent > first.plan.requests.len() as u64 {
            return Err(format!("{sent} requests were sent of {}", first.plan.requests.len()));
        }
        for (i, change) in first.plan.changes.iter().enumerate() {
            match carried.applied.get(&i) {
                Some(Applied::Done | Applied::Proposed) => {}
                Some(Applied::Refused { why } | Applied::Held { why }) => {
                    ended.refused.push(format!("{}: {why}", change.setting));
                }
                other => return Err(format!("{}: {other:?}", shown(change))),
            }
        }
        self.settled(&first, &carried.applied)?;
        Ok((first, ended))
    }

    fn journal(&self) -> std::path::PathBuf {
        self.folder.join("journal")
    }

    /// What the guard says of the plan is what its changes say.
    fn guarded(&self, first: &Look) -> Result<(), String> {
        let plan = &first.plan;
        let refused = self.road.refused(plan, &all());
        if !refused.is_empty() {
            return Err(format!("nothing allows the plan: {refused:#?}\n{plan:#?}"));
        }
        // A file that is only proposed does nothing before people merge it.
        let lost = |c: &Change| c.irreversible.is_some() && !c.setting.starts_with("file.");
        let needs = self.road.refused(plan, &Allowed { irreversible: false, ..all() });
        if plan.changes.iter().any(lost) == needs.is_empty() {
            return Err(format!("irreversible changes and their flag differ: {needs:#?}\n{plan:#?}"));
        }
        let removes = |c: &Change| c.action == ispo_scm::model::Action::Delete;
        let needs = self.road.refused(plan, &Allowed { delete: false, ..all() });
        if plan.changes.iter().any(removes) && needs.is_empty() {
            return Err(format!("something is removed without a flag\n{plan:#?}"));
        }
        let locked = self.road.locked_out(plan);
        if !locked.is_empty() {
            return Err(format!("somebody would be locked out: {locked:#?}"));
        }
        Ok(())
    }

    /// Nothing is left to plan, and all that was made conforms.
    fn settled(&self, first: &Look, applied: &BTreeMap<usize, Applied>) -> Result<(), String> {
        let road = self.road;
        let second = road.look();
        let open: BTreeSet<Address> = first
            .plan
            .changes
            .iter()
            .enumerate()
            .filter(|(i, _)| !matches!(applied.get(i), Some(Applied::Done)))
            .map(|(_, c)| about(c))
            .collect();
        let left: Vec<String> =
            second.plan.changes.iter().filter(|c| !open.contains(&about(c))).map(shown).collect();
        if !left.is_empty() {
            return Err(format!("the second plan has changes: {left:#?}\nfirst plan: {:#?}", first.plan));
        }
        let deferred = |look: &Look| -> BTreeSet<Address> {
            let of = look.plan.deferred.iter();
            of.map(|d| (d.subject.clone(), d.setting.clone(), d.key.clone())).collect()
        };
        // A new rule for a branch may be stricter than somebody wants in a thing that it did not come for.
        let of_rule = |address: &Address| {
            let same = |c: &Change| c.subject == address.0 && c.setting.starts_with("branch.");
            address.1.starts_with("branch.") && first.plan.changes.iter().any(same)
        };
        let new = deferred(&second).difference(&deferred(first)).cloned().collect::<Vec<_>>();
        if new.iter().any(|address| !open.contains(address) && !of_rule(address)) {
            return Err(format!("deferred only after the apply: {new:#?}\n{:#?}", second.plan.deferred));
        }
        let verdicts = judged(road, &second.findings);
        for change in first.plan.changes.iter().filter(|c| !open.contains(&about(c))) {
            match verdicts.get(&about(change)) {
                None | Some((Verdict::Conforms, _)) => {}
                Some(other) => return Err(format!("{} was made and is {other:?}", shown(change))),
            }
        }
        Ok(())
    }

    /// Takes it back, and finds what was found at first.
    pub fn back(&self, first: &Look) -> Result<(), String> {
        let road = self.road;
        let lost: BTreeSet<Address> =
            first.plan.changes.iter().filter(|c| c.irreversible.is_some()).map(about).collect();
        let plan = back(&self.journal(), &road.catalog);
        let refused = road.refused(&plan, &Allowed { takes_back: true, ..all() });
        if !refused.is_empty() {
            return Err(format!("nothing allows to take it back: {refused:#?}\n{plan:#?}"));
        }
        let carried = road.apply(&plan, &self.folder.join("journal.undo"));
        if let Some(error) = carried.ended {
            return Err(format!("taking back ended early: {error}"));
        }
        for (i, change) in plan.changes.iter().enumerate() {
            match carried.applied.get(&i) {
                // What a later cycle took away for good is gone already.
                Some(Applied::Done | Applied::Proposed | Applied::Already) => {}
                other => {
                    let requests: Vec<_> = change.requests.iter().map(|r| &plan.requests[*r]).collect();
                    return Err(format!("taken back {}: {other:?}\n{requests:#?}", shown(change)));
                }
            }
        }
        // Whether there is nothing that the policy does not name is told of the whole collection.
        let whole = |l: &Address, address: &Address| {
            address.2.is_none() && address.1.ends_with(".present") && (&l.0, &l.1) == (&address.0, &address.1)
        };
        // Where a rule for a branch stays, so does what it says besides.
        let rules = |l: &Address, address: &Address| {
            [l, address].iter().all(|a| a.1.starts_with("branch.")) && l.0 == address.0
        };
        let is_lost = |address: &Address| {
            lost.contains(address) || lost.iter().any(|l| whole(l, address) || rules(l, address))
        };
        let (before, after) = (judged(road, &first.findings), judged(road, &road.look().findings));
        let keys: BTreeSet<&Address> = before.keys().chain(after.keys()).collect();
        let differing: Vec<String> = keys
            .into_iter()
            .filter(|address| !is_lost(address) && before.get(*address) != after.get(*address))
            .map(|address| format!("{address:?}: {:?} became {:?}", before.get(address), after.get(address)))
            .collect();
        if !differing.is_empty() {
            return Err(format!("not as at the start: {differing:#?}\nplan: {:#?}", first.plan));
        }
        Ok(())
    }
}
