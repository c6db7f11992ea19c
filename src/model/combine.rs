//! How constraints combine: both at once, one laid over another, one held within another.

use super::constraint::{Bounds, Constraint, contains, items, same};
use super::{Value, constraint::characters};

/// Two constraints that no value can meet together.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Conflict;

impl Bounds {
    fn both(self, other: Self) -> Self {
        let pick = |a: Option<i64>, b: Option<i64>, choose: fn(i64, i64) -> i64| match (a, b) {
            (Some(a), Some(b)) => Some(choose(a, b)),
            (a, b) => a.or(b),
        };
        Self { min: pick(self.min, other.min, i64::max), max: pick(self.max, other.max, i64::min) }
    }

    fn within(self, outer: Self) -> bool {
        let min = outer.min.is_none_or(|o| self.min.is_some_and(|s| s >= o));
        let max = outer.max.is_none_or(|o| self.max.is_some_and(|s| s <= o));
        min && max
    }

    fn is_empty(self) -> bool {
        matches!((self.min, self.max), (Some(min), Some(max)) if min > max)
    }

    /// Whether no count of anything lies within: counts begin at nought.
    fn is_no_count(self) -> bool {
        self.is_empty() || self.max.is_some_and(|max| max < 0)
    }
}

impl Constraint {
    /// What both accept.
    ///
    /// # Errors
    /// When nothing is accepted by both, as far as can be told without trying every value.
    pub fn and(&self, other: &Self) -> Result<Self, Conflict> {
        let mut both = self.clone();
        both.range = self.range.both(other.range);
        both.length = self.length.both(other.length);
        both.count = self.count.both(other.count);
        both.age = self.age.both(other.age);
        both.matches.extend(other.matches.iter().filter(|m| !self.matches.contains(m)).cloned());
        both.absent = match (self.absent, other.absent) {
            (Some(a), Some(b)) if a != b => return Err(Conflict),
            (a, b) => a.or(b),
        };
        both.contains = match (&self.contains, &other.contains) {
            (Some(a), Some(b)) => Some(parts_of_both(a, b)?),
            (a, b) => a.clone().or_else(|| b.clone()),
        };
        both.one_of = match (&self.one_of, &other.one_of) {
            (Some(a), Some(b)) => {
                Some(a.iter().filter(|v| b.iter().any(|other| same(v, other))).cloned().collect())
            }
            (a, b) => a.clone().or_else(|| b.clone()),
        };
        both.exactly = match (&self.exactly, &other.exactly) {
            (Some(a), Some(b)) if !same(a, b) => return Err(Conflict),
            (a, b) => a.clone().or_else(|| b.clone()),
        };
        both.settled()
    }

    /// Drops from `one_of` what the other tests refuse, and finds out whether anything is left.
    fn settled(mut self) -> Result<Self, Conflict> {
        if let Some(any) = self.one_of.take() {
            let left: Vec<Value> = any.into_iter().filter(|v| self.accepts_like(v)).collect();
            if left.is_empty() {
                return Err(Conflict);
            }
            self.one_of = Some(left);
        }
        let met = match &self.exactly {
            Some(value) => self.accepts_like(value),
            None if self.absent == Some(true) => self.accepts(None),
            None => {
                let parts = self.contains.as_ref().and_then(items);
                let too_many = matches!((parts, self.count.max), (Some(parts), Some(max)) if parts > max);
                let part = self.contains.as_ref().and_then(Value::as_text).map(characters);
                let too_long = matches!((part, self.length.max), (Some(part), Some(max)) if part > max);
                let impossible = self.range.is_empty()
                    || self.length.is_no_count()
                    || self.count.is_no_count()
                    || self.age.is_empty();
                !(impossible || too_many || too_long)
            }
        };
        if met { Ok(self) } else { Err(Conflict) }
    }

    /// Whether the value is accepted, or, being empty, the absence that stands for it.
    fn accepts_like(&self, value: &Value) -> bool {
        self.accepts(Some(value)) || value.is_empty() && self.accepts(None)
    }

    /// Whether it can be shown that everything accepted here is accepted by `outer` too.
    pub fn is_within(&self, outer: &Self) -> bool {
        if self.accepts(None) && !outer.accepts(None) {
            return false;
        }
        if self.absent == Some(true) {
            return true;
        }
        // How old a given value is depends on the day, which is not known here.
        if !self.age.within(outer.age) {
            return false;
        }
        if let Some(value) = &self.exactly {
            return outer.accepts(Some(value));
        }
        if let Some(any) = &self.one_of {
            return any.iter().all(|value| outer.accepts(Some(value)));
        }
        outer.exactly.is_none()
            && outer.one_of.is_none()
            && outer.absent != Some(true)
            && self.range.within(outer.range)
            && self.length.within(outer.length)
            && self.count.within(outer.count)
            && outer.matches.iter().all(|m| self.matches.contains(m))
            && outer
                .contains
                .as_ref()
                .is_none_or(|want| self.contains.as_ref().is_some_and(|have| contains(have, want)))
    }

    /// This constraint laid over an earlier layer's: the later wins, except that what only adds
    /// (`contains`) is added to all that was asked before. However the layers are grouped, the
    /// outcome is the same.
    ///
    /// # Errors
    /// When what is added cannot be had together with what was asked before.
    pub fn over(&self, earlier: &Self) -> Result<Self, Conflict> {
        let only_adds = Self { contains: None, ..self.clone() } == Self::default();
        let (Some(add), true) = (&self.contains, only_adds) else { return Ok(self.clone()) };
        match &earlier.exactly {
            Some(all @ (Value::List(_) | Value::Map(_))) => {
                let exactly = Some(with_added(all, add)?);
                Self { exactly, ..earlier.clone() }.settled()
            }
            _ => earlier.and(self),
        }
    }
}

/// One collection with all of another in it.
fn with_added(all: &Value, add: &Value) -> Result<Value, Conflict> {
    match (all, add) {
        (Value::List(have), Value::List(add)) => {
            // A list in rising order is a set, and stays one.
            let is_set = have.is_sorted();
            let new: Vec<Value> = add.iter().filter(|a| !have.contains(a)).cloned().collect();
            let list = Value::List(have.iter().cloned().chain(new).collect());
            Ok(if is_set { list.into_set() } else { list })
        }
        (Value::Map(have), Value::Map(add)) => {
            let mut all = have.clone();
            for (key, value) in add {
                if all.insert(key.clone(), value.clone()).is_some_and(|old| old != *value) {
                    return Err(Conflict);
                }
            }
            Ok(Value::Map(all))
        }
        // An empty map may be written as an empty list.
        (Value::List(have), Value::Map(_)) if have.is_empty() => Ok(add.clone()),
        _ if contains(all, add) => Ok(all.clone()),
        _ => Err(Conflict),
    }
}

/// What `contains` has to name for both to hold.
fn parts_of_both(a: &Value, b: &Value) -> Result<Value, Conflict> {
    match (a, b) {
        (a, b) if a == b => Ok(a.clone()),
        (Value::Text(_) | Value::List(_), Value::Text(_) | Value::List(_)) => {
            let parts = |v: &Value| if let Value::List(parts) = v { parts.clone() } else { vec![v.clone()] };
            Ok(Value::List(parts(a).into_iter().chain(parts(b)).collect()).into_set())
        }
        (Value::Map(map), Value::List(keys)) | (Value::List(keys), Value::Map(map)) => {
            let named = |key: &Value| key.as_text().is_some_and(|key| map.contains_key(key));
            if keys.iter().all(named) { Ok(Value::Map(map.clone())) } else { Err(Conflict) }
        }
        _ => with_added(a, b),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn at_least(n: i64) -> Constraint {
        Constraint { range: Bounds { min: Some(n), max: None }, ..Constraint::default() }
    }
    fn list(items: &[&str]) -> Value {
        Value::List(items.iter().map(|s| Value::text(*s)).collect())
    }
    fn adding(items: &[&str]) -> Constraint {
        Constraint { contains: Some(list(items)), ..Constraint::default() }
    }
    fn few(max: i64) -> Constraint {
        Constraint { count: Bounds { min: None, max: Some(max) }, ..Constraint::default() }
    }

    #[test]
    fn one_review_and_two_reviews_are_two() {
        let both = at_least(1).and(&at_least(2));
        assert_eq!(both, Ok(at_least(2)));
    }

    #[test]
    fn what_no_value_meets_is_a_conflict() {
        let on = Constraint::equals(Value::Bool(true));
        assert_eq!(on.and(&Constraint::equals(Value::Bool(false))), Err(Conflict));
        let few = Constraint { range: Bounds { min: None, max: Some(1) }, ..Constraint::default() };
        assert_eq!(few.and(&at_least(2)), Err(Conflict));
        let gone = Constraint { absent: Some(true), ..Constraint::default() };
        let long = Constraint { length: Bounds { min: Some(30), max: None }, ..Constraint::default() };
        assert_eq!(gone.and(&long), Err(Conflict));
    }

    #[test]
    fn additions_accumulate_and_lists_replace() {
        let exact = Constraint::equals(list(&["a"]));
        assert_eq!(adding(&["b"]).over(&adding(&["a"])), Ok(adding(&["a", "b"])));
        assert_eq!(adding(&["b"]).over(&exact), Ok(Constraint::equals(list(&["a", "b"]))));
        assert_eq!(exact.over(&adding(&["b"])), Ok(exact));
    }

    #[test]
    fn an_addition_keeps_the_other_tests() {
        let both = Constraint { contains: Some(list(&["a"])), ..few(3) };
        assert_eq!(adding(&["a"]).over(&few(3)), Ok(both));
        assert_eq!(adding(&["a", "b"]).over(&few(1)), Err(Conflict));
    }

    #[test]
    fn an_order_that_was_given_is_kept() {
        let ordered = Constraint::equals(list(&["b", "a"]));
        assert_eq!(adding(&["c"]).over(&ordered), Ok(Constraint::equals(list(&["b", "a", "c"]))));
    }

    #[test]
    fn within_is_shown_never_guessed() {
        assert!(at_least(2).is_within(&at_least(1)));
        assert!(!at_least(1).is_within(&at_least(2)));
        assert!(!Constraint::default().is_within(&at_least(1)));
        assert!(Constraint::equals(Value::Int(3)).is_within(&at_least(1)));
        let present = Constraint { absent: Some(false), ..Constraint::default() };
        assert!(!Constraint::equals(list(&[])).is_within(&present));
    }
}
