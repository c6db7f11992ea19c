//! What is new since the agreed day, and what of that day is gone.

use std::collections::{BTreeSet, HashSet};

use chrono::NaiveDate;

use super::Baseline;
use super::entry::{Entry, Key, Seen, key_of};
use crate::catalog::Catalog;
use crate::model::{Bounds, Constraint, Finding, Value, Verdict};
use crate::run::Outcome;
use crate::run::looked::Looked;

/// What a run came to, held against a baseline.
#[derive(Debug)]
pub struct Agreed {
    /// The agreed day.
    pub day: NaiveDate,
    /// What is still as it was then. Reports count it; it is not among the findings.
    pub still: Vec<Finding>,
    /// What was agreed and is no departure any more.
    pub gone: Vec<Entry>,
    /// How many findings are in the baseline, and have become worse or other than they were.
    pub changed: usize,
    /// How many findings of the baseline this run did not look at, or could not see.
    pub not_seen: usize,
}

/// The baseline of what a run found: what drifts, and what could not be seen.
pub fn baseline_of(outcome: &Outcome, catalog: &Catalog, agreed: NaiveDate) -> Baseline {
    let found = outcome.findings.iter().filter_map(|f| Some((key_of(f, catalog), Seen::of(f)?)));
    Baseline { agreed, entries: found.collect() }
}

impl Baseline {
    /// Takes from an outcome what was agreed and is no worse; the counts keep it apart. `limited`: only part
    /// of the repositories were judged, on the user's word.
    pub fn apply(&self, outcome: &mut Outcome, catalog: &Catalog, limited: bool) {
        let mut found: HashSet<Key> = HashSet::new();
        let (mut still, mut changed) = (Vec::new(), 0);
        let mut new = Vec::with_capacity(outcome.findings.len());
        for finding in std::mem::take(&mut outcome.findings) {
            let key = key_of(&finding, catalog);
            let agreed = self.entries.get(&key);
            let departs = matches!(finding.verdict, Verdict::Drift | Verdict::Unknown | Verdict::Waived);
            if let (Some(agreed), true) = (agreed, departs) {
                found.insert(key);
                if agreed.covers(&finding) {
                    still.push(finding);
                    continue;
                }
                changed += usize::from(finding.verdict == Verdict::Drift);
            }
            new.push(finding);
        }
        outcome.findings = new;
        for finding in &still {
            outcome.tally.agree(finding.verdict);
        }
        let looked = Looked::of(outcome, !limited);
        let missing = self.entries.keys().filter(|key| !found.contains(*key));
        let (gone, not_seen): (Vec<&Key>, Vec<&Key>) =
            missing.partition(|(subject, ..)| looked.tells_of(subject));
        outcome.agreed = Some(Agreed {
            day: self.agreed,
            still,
            gone: gone.into_iter().map(Entry::from).collect(),
            changed,
            not_seen: not_seen.len(),
        });
    }
}

impl Seen {
    /// Whether a finding is the departure that was agreed, or less of it.
    fn covers(&self, finding: &Finding) -> bool {
        match (Self::of(finding), self.known()) {
            (None, _) => false,
            (Some(now), _) if now == *self => true,
            (Some(now), Some(agreed)) => now
                .known()
                .is_some_and(|now| is_nearer(&finding.expectation.constraint, agreed.as_ref(), now.as_ref())),
            (Some(_), None) => false,
        }
    }
}

/// Whether of two values that are not accepted the second departs in the same way, and no further. It takes a
/// wish of which every test says how far a value is from it.
fn is_nearer(wish: &Constraint, agreed: Option<&Value>, now: Option<&Value>) -> bool {
    let Constraint { exactly, one_of, range, contains, absent, matches, length, count, age } = wish;
    if one_of.is_some() || absent.is_some() || !matches.is_empty() || !age.is_any() {
        return false;
    }
    let number = |value: Option<&Value>| value.and_then(Value::as_int);
    let (sizes, numbers) = ((Some(size(agreed)), Some(size(now))), (number(agreed), number(now)));
    let within = |bounds: Bounds, (agreed, now): (Option<i64>, Option<i64>)| {
        bounds.is_any() || now.is_some_and(|n| bounds.holds(n)) || nearer(bounds, agreed, now)
    };
    let has = |wanted: &Value, exact: bool| {
        let (Some(wanted), Some(agreed), Some(now)) = (parts(Some(wanted)), parts(agreed), parts(now)) else {
            return false;
        };
        let no_more_lacks = wanted.difference(&now).all(|part| !agreed.contains(part));
        let no_more_besides = now.difference(&wanted).all(|part| agreed.contains(part));
        no_more_lacks && (!exact || no_more_besides)
    };
    within(*range, numbers)
        && within(*length, sizes)
        && within(*count, sizes)
        && exactly.as_ref().is_none_or(|wanted| has(wanted, true))
        && contains.as_ref().is_none_or(|wanted| has(wanted, false))
}

/// Whether the second number is on the same side of a range, and no further from it.
fn nearer(range: Bounds, agreed: Option<i64>, now: Option<i64>) -> bool {
    let (Some(agreed), Some(now)) = (agreed, now) else { return false };
    let below = |n: i64| range.min.is_some_and(|min| n < min);
    let above = |n: i64| range.max.is_some_and(|max| n > max);
    (below(agreed) && below(now) && now >= agreed) || (above(agreed) && above(now) && now <= agreed)
}

/// How many items, entries or characters there are.
fn size(value: Option<&Value>) -> i64 {
    let size = match value {
        Some(Value::List(items)) => items.len(),
        Some(Value::Map(entries)) => entries.len(),
        Some(Value::Text(text)) => text.chars().count(),
        Some(Value::Bool(_) | Value::Int(_)) | None => 0,
    };
    i64::try_from(size).unwrap_or(i64::MAX)
}

/// The items of a list, or the entries of a map; of what is absent none. Nothing of what has no parts.
fn parts(value: Option<&Value>) -> Option<BTreeSet<(Option<String>, Value)>> {
    match value {
        None => Some(BTreeSet::new()),
        Some(Value::List(items)) => Some(items.iter().map(|item| (None, item.clone())).collect()),
        Some(Value::Map(entries)) => {
            Some(entries.iter().map(|(key, value)| (Some(key.clone()), value.clone())).collect())
        }
        Some(Value::Text(_) | Value::Bool(_) | Value::Int(_)) => None,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn value(json: serde_json::Value) -> Option<Value> {
        Value::from_json(&json)
    }

    #[test]
    fn less_of_the_same_departure_is_no_news() {
        use serde_json::json;
        let at_least = Constraint { range: Bounds { min: Some(3), max: None }, ..Constraint::default() };
        let empty = Constraint::equals(Value::List(Vec::new()));
        let has = Constraint { contains: value(json!(["a", "b"])), ..Constraint::default() };
        let text = Constraint::equals(Value::text("internal"));
        for (wish, agreed, now, nearer) in [
            (&at_least, json!(1), json!(2), true),
            (&at_least, json!(1), json!(0), false),
            (&at_least, json!(null), json!(0), false),
            (&empty, json!(["x", "y"]), json!(["y"]), true),
            (&empty, json!(["x", "y"]), json!(["x", "z"]), false),
            (&empty, json!({"x": "write"}), json!({"x": "admin"}), false),
            (&has, json!(["c"]), json!(["a"]), true),
            (&has, json!(["a"]), json!(["b"]), false),
            (&text, json!("private"), json!("public"), false),
        ] {
            assert_eq!(
                is_nearer(wish, value(agreed.clone()).as_ref(), value(now.clone()).as_ref()),
                nearer,
                "{agreed} {now}"
            );
        }
    }
}
