//! What a policy accepts of a setting: a conjunction of tests on its value.

use std::fmt;

use super::Value;

/// A regular expression, compared by how it is written.
#[derive(Debug, Clone)]
pub struct Matcher(regex::Regex);

impl Matcher {
    /// Compiles a pattern of the `regex` crate's syntax.
    ///
    /// # Errors
    /// When the pattern is not one; the message says where.
    pub fn new(pattern: &str) -> Result<Self, regex::Error> {
        regex::Regex::new(pattern).map(Self)
    }

    /// The pattern as it was written.
    pub fn pattern(&self) -> &str {
        self.0.as_str()
    }
}

impl PartialEq for Matcher {
    fn eq(&self, other: &Self) -> bool {
        self.pattern() == other.pattern()
    }
}
impl Eq for Matcher {}

/// A range whose ends, where given, belong to it.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub struct Bounds {
    /// The smallest accepted.
    pub min: Option<i64>,
    /// The largest accepted.
    pub max: Option<i64>,
}

impl Bounds {
    /// Whether any end is given.
    pub fn is_any(self) -> bool {
        self.min.is_none() && self.max.is_none()
    }

    /// Whether the number lies within.
    pub fn holds(self, n: i64) -> bool {
        self.min.is_none_or(|min| n >= min) && self.max.is_none_or(|max| n <= max)
    }

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
}

/// Two constraints that no value can meet together.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Conflict;

/// What is accepted. Every test that is given must hold; none given accepts everything.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct Constraint {
    /// `equals` or `exactly`: just this value. An empty one accepts an absence too.
    pub exactly: Option<Value>,
    /// `one_of`.
    pub one_of: Option<Vec<Value>>,
    /// `at_least` and `at_most`, of a number.
    pub range: Bounds,
    /// `contains`: items of a list, entries of a map, parts of a text.
    pub contains: Option<Value>,
    /// `absent = true` wants no value, `absent = false` any value.
    pub absent: Option<bool>,
    /// `matches`: patterns that a text must match.
    pub matches: Vec<Matcher>,
    /// `length` of a text, in characters.
    pub length: Bounds,
    /// `count` of the items of a list or map.
    pub count: Bounds,
}

impl Constraint {
    /// Just this value.
    pub fn equals(value: Value) -> Self {
        Self { exactly: Some(value), ..Self::default() }
    }

    /// Whether a value (`None`: the setting is absent) is accepted.
    pub fn accepts(&self, value: Option<&Value>) -> bool {
        let Some(value) = value else { return self.accepts_absence() };
        self.absent != Some(true)
            && self.exactly.as_ref().is_none_or(|want| same(want, value))
            && self.one_of.as_ref().is_none_or(|any| any.iter().any(|want| same(want, value)))
            && (self.range.is_any() || value.as_int().is_some_and(|n| self.range.holds(n)))
            && self.contains.as_ref().is_none_or(|want| contains(value, want))
            && self.matches.iter().all(|m| value.as_text().is_some_and(|t| m.0.is_match(t)))
            && (self.length.is_any() || value.as_text().is_some_and(|t| self.length.holds(characters(t))))
            && (self.count.is_any() || items(value).is_some_and(|n| self.count.holds(n)))
    }

    /// An absence is an empty text, list or map to the tests that can be asked of one, and
    /// nothing to the others.
    fn accepts_absence(&self) -> bool {
        if let Some(absent) = self.absent {
            return absent;
        }
        self.exactly.as_ref().is_none_or(Value::is_empty)
            && self.one_of.as_ref().is_none_or(|any| any.iter().any(Value::is_empty))
            && self.range.is_any()
            && self.contains.as_ref().is_none_or(Value::is_empty)
            && self.matches.iter().all(|m| m.0.is_match(""))
            && (self.length.is_any() || self.length.holds(0))
            && (self.count.is_any() || self.count.holds(0))
    }

    /// What both accept.
    ///
    /// # Errors
    /// When nothing is accepted by both, as far as can be told without trying every value.
    pub fn and(&self, other: &Self) -> Result<Self, Conflict> {
        let mut both = self.clone();
        both.range = self.range.both(other.range);
        both.length = self.length.both(other.length);
        both.count = self.count.both(other.count);
        both.matches.extend(other.matches.iter().filter(|m| !self.matches.contains(m)).cloned());
        both.absent = match (self.absent, other.absent) {
            (Some(a), Some(b)) if a != b => return Err(Conflict),
            (a, b) => a.or(b),
        };
        both.contains = match (&self.contains, &other.contains) {
            (Some(a), Some(b)) => Some(union(a, b)?),
            (a, b) => a.clone().or_else(|| b.clone()),
        };
        both.one_of = match (&self.one_of, &other.one_of) {
            (Some(a), Some(b)) => Some(a.iter().filter(|v| b.contains(v)).cloned().collect()),
            (a, b) => a.clone().or_else(|| b.clone()),
        };
        both.exactly = match (&self.exactly, &other.exactly) {
            (Some(a), Some(b)) if a != b => return Err(Conflict),
            (a, b) => a.clone().or_else(|| b.clone()),
        };
        both.settled()
    }

    /// Drops from `one_of` what the other tests refuse, and finds out whether anything is left.
    fn settled(mut self) -> Result<Self, Conflict> {
        if let Some(any) = self.one_of.take() {
            let rest = self.clone();
            let left: Vec<Value> = any.into_iter().filter(|v| rest.accepts(Some(v))).collect();
            if left.is_empty() {
                return Err(Conflict);
            }
            self.one_of = Some(left);
        }
        let met = match &self.exactly {
            Some(value) if value.is_empty() => self.accepts(Some(value)) || self.accepts(None),
            Some(value) => self.accepts(Some(value)),
            None => {
                let empty_range = self.range.is_empty() || self.length.is_empty() || self.count.is_empty();
                let needs_a_value = self.one_of.is_some() || !self.range.is_any() || self.contains.is_some();
                !empty_range && !(self.absent == Some(true) && needs_a_value)
            }
        };
        if met { Ok(self) } else { Err(Conflict) }
    }

    /// Whether it can be shown that everything accepted here is accepted by `outer` too.
    pub fn is_within(&self, outer: &Self) -> bool {
        if self.absent == Some(true) {
            return outer.accepts(None);
        }
        if let Some(value) = &self.exactly {
            return outer.accepts(Some(value)) && (!value.is_empty() || outer.accepts(None));
        }
        if let Some(any) = &self.one_of {
            return any.iter().all(|value| outer.accepts(Some(value)));
        }
        outer.exactly.is_none()
            && outer.one_of.is_none()
            && self.range.within(outer.range)
            && self.length.within(outer.length)
            && self.count.within(outer.count)
            && outer.matches.iter().all(|m| self.matches.contains(m))
            && outer
                .contains
                .as_ref()
                .is_none_or(|want| self.contains.as_ref().is_some_and(|have| contains(have, want)))
            && match outer.absent {
                None => true,
                Some(true) => false,
                Some(false) => self.absent == Some(false) || !self.accepts(None),
            }
    }

    /// This constraint laid over an earlier layer's: the later wins, except that what only adds
    /// (`contains`) is added to what was asked before.
    #[must_use]
    pub fn over(&self, earlier: &Self) -> Self {
        let only_adds = Self { contains: None, ..self.clone() } == Self::default();
        let (Some(add), true) = (&self.contains, only_adds) else { return self.clone() };
        let mut result = earlier.clone();
        if let Some(list) = &earlier.exactly {
            match union(list, add) {
                Ok(more) => result.exactly = Some(more),
                Err(Conflict) => return self.clone(),
            }
        } else if let Some(before) = &earlier.contains {
            match union(before, add) {
                Ok(more) => result.contains = Some(more),
                Err(Conflict) => return self.clone(),
            }
        } else {
            return self.clone();
        }
        result
    }

    /// The tests in the spelling of a policy, as JSON: `{"at_least": 1}`.
    pub fn to_json(&self) -> serde_json::Value {
        let mut tests = serde_json::Map::new();
        let mut put = |name: &str, json: serde_json::Value| tests.insert(name.to_owned(), json);
        let bounds = |b: Bounds| {
            let ends = [("at_least", b.min), ("at_most", b.max)];
            ends.into_iter()
                .filter_map(|(k, n)| Some((k.to_owned(), n?.into())))
                .collect::<serde_json::Map<_, _>>()
        };
        if let Some(v) = &self.exactly {
            put(if matches!(v, Value::List(_) | Value::Map(_)) { "exactly" } else { "equals" }, v.to_json());
        }
        if let Some(any) = &self.one_of {
            put("one_of", any.iter().map(Value::to_json).collect());
        }
        if let Some(v) = &self.contains {
            put("contains", v.to_json());
        }
        if let Some(absent) = self.absent {
            put("absent", absent.into());
        }
        match self.matches.as_slice() {
            [] => {}
            [one] => drop(put("matches", one.pattern().into())),
            many => drop(put("matches", many.iter().map(|m| m.pattern()).collect())),
        }
        for (name, b) in [("length", self.length), ("count", self.count)] {
            if !b.is_any() {
                put(name, bounds(b).into());
            }
        }
        tests.extend(bounds(self.range));
        tests.into()
    }
}

/// Equality as forges mean it: sets in any order; an empty list is an empty map.
fn same(want: &Value, have: &Value) -> bool {
    want == have || (want.is_empty() && have.is_empty())
}

fn characters(text: &str) -> i64 {
    i64::try_from(text.chars().count()).unwrap_or(i64::MAX)
}

fn items(value: &Value) -> Option<i64> {
    let n = match value {
        Value::List(items) => items.len(),
        Value::Map(fields) => fields.len(),
        Value::Bool(_) | Value::Int(_) | Value::Text(_) => return None,
    };
    i64::try_from(n).ok()
}

/// Whether a list has the items, a map the entries, a text the parts. A map also contains a list
/// of its keys.
fn contains(have: &Value, want: &Value) -> bool {
    match (have, want) {
        (Value::List(have), Value::List(want)) => {
            want.iter().all(|w| have.iter().any(|h| h == w || fits(h, w)))
        }
        (Value::Map(have), Value::Map(want)) => want.iter().all(|(k, w)| have.get(k) == Some(w)),
        (Value::Map(have), Value::List(want)) => {
            want.iter().all(|w| w.as_text().is_some_and(|k| have.contains_key(k)))
        }
        (Value::Text(have), Value::List(want)) => {
            want.iter().all(|w| w.as_text().is_some_and(|part| have.contains(part)))
        }
        (Value::Text(have), Value::Text(part)) => have.contains(part.as_str()),
        (Value::List(have), want) => have.contains(want),
        _ => false,
    }
}

/// A record fits a wish that names some of its fields; it fits a text that is its `context` or
/// `name`, the one word by which people call such a record.
fn fits(have: &Value, want: &Value) -> bool {
    match (have, want) {
        (Value::Map(have), Value::Map(want)) => want.iter().all(|(k, w)| have.get(k) == Some(w)),
        _ => false,
    }
}

fn union(a: &Value, b: &Value) -> Result<Value, Conflict> {
    match (a, b) {
        (Value::List(a), Value::List(b)) => Ok(Value::List(a.iter().chain(b).cloned().collect()).into_set()),
        (Value::Map(a), Value::Map(b)) => {
            let mut all = a.clone();
            for (k, v) in b {
                if all.insert(k.clone(), v.clone()).is_some_and(|old| old != *v) {
                    return Err(Conflict);
                }
            }
            Ok(Value::Map(all))
        }
        (a, b) if a == b => Ok(a.clone()),
        _ => Err(Conflict),
    }
}

impl fmt::Display for Constraint {
    /// As a person says it: `at least 1`, `contains ["ci"]`.
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let range = |b: Bounds| match (b.min, b.max) {
            (Some(min), Some(max)) if min == max => format!("exactly {min}"),
            (Some(min), Some(max)) => format!("{min} to {max}"),
            (Some(min), None) => format!("at least {min}"),
            (None, Some(max)) => format!("at most {max}"),
            (None, None) => String::new(),
        };
        let counted = |b: Bounds, thing: &str| {
            let plural = if b.max.or(b.min) == Some(1) { "" } else { "s" };
            format!("{} {thing}{plural}", range(b))
        };
        let mut parts = Vec::new();
        if let Some(v) = &self.exactly {
            parts.push(if v.is_empty() { "empty".to_owned() } else { v.to_string() });
        }
        if let Some(any) = &self.one_of {
            let any: Vec<String> = any.iter().map(Value::to_string).collect();
            parts.push(format!("one of {}", any.join(", ")));
        }
        if !self.range.is_any() {
            parts.push(range(self.range));
        }
        if let Some(v) = &self.contains {
            parts.push(format!("contains {v}"));
        }
        match self.absent {
            Some(true) => parts.push("absent".to_owned()),
            Some(false) => parts.push("present".to_owned()),
            None => {}
        }
        parts.extend(self.matches.iter().map(|m| format!("matches /{}/", m.pattern())));
        if !self.length.is_any() {
            parts.push(counted(self.length, "character"));
        }
        if !self.count.is_any() {
            parts.push(counted(self.count, "item"));
        }
        f.write_str(if parts.is_empty() { "anything" } else { "" })?;
        f.write_str(&parts.join(" and "))
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
    }

    #[test]
    fn an_absence_is_empty_and_nothing_else() {
        assert!(Constraint::equals(list(&[])).accepts(None));
        assert!(!at_least(0).accepts(None));
        assert!(!Constraint::equals(Value::Bool(false)).accepts(None));
        let described = Constraint { length: Bounds { min: Some(30), max: None }, ..Constraint::default() };
        assert!(!described.accepts(None));
    }

    #[test]
    fn additions_accumulate_and_lists_replace() {
        let exact = Constraint::equals(list(&["a"]));
        assert_eq!(adding(&["b"]).over(&adding(&["a"])), adding(&["a", "b"]));
        assert_eq!(adding(&["b"]).over(&exact), Constraint::equals(list(&["a", "b"])));
        assert_eq!(exact.over(&adding(&["b"])), exact);
    }

    #[test]
    fn one_is_no_plural() {
        let count = |min, max| Constraint { count: Bounds { min, max }, ..Constraint::default() }.to_string();
        assert_eq!(count(Some(1), None), "at least 1 item");
        assert_eq!(count(Some(1), Some(2)), "1 to 2 items");
        assert_eq!(count(None, Some(0)), "at most 0 items");
    }

    #[test]
    fn within_is_shown_never_guessed() {
        assert!(at_least(2).is_within(&at_least(1)));
        assert!(!at_least(1).is_within(&at_least(2)));
        assert!(!Constraint::default().is_within(&at_least(1)));
        assert!(Constraint::equals(Value::Int(3)).is_within(&at_least(1)));
    }
}
