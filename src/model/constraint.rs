//! What a policy accepts of a setting: a conjunction of tests on its value.

use std::fmt;

use chrono::NaiveDate;

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
}

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
    /// `age` of a time, in days before the day of the run. [`accepts`](Self::accepts) does not know
    /// the day and leaves it to [`accepts_on`](Self::accepts_on).
    pub age: Bounds,
}

impl Constraint {
    /// Just this value.
    pub fn equals(value: Value) -> Self {
        Self { exactly: Some(value), ..Self::default() }
    }

    /// Whether a value (`None`: the setting is absent) is accepted on that day. Nothing where its age
    /// is asked and it is no time.
    pub fn accepts_on(&self, value: Option<&Value>, today: NaiveDate) -> Option<bool> {
        match value {
            Some(time) if !self.age.is_any() => {
                let day = day_of(time.as_text()?)?;
                Some(self.accepts(value) && self.age.holds((today - day).num_days()))
            }
            _ => Some(self.accepts(value)),
        }
    }

    /// Whether a value (`None`: the setting is absent) is accepted, whatever its age.
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
        self.absent != Some(false)
            && self.exactly.as_ref().is_none_or(Value::is_empty)
            && self.one_of.as_ref().is_none_or(|any| any.iter().any(Value::is_empty))
            && self.range.is_any()
            && self.contains.as_ref().is_none_or(Value::is_empty)
            && self.matches.iter().all(|m| m.0.is_match(""))
            && (self.length.is_any() || self.length.holds(0))
            && (self.count.is_any() || self.count.holds(0))
            && self.age.is_any()
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
        for (name, b) in [("length", self.length), ("count", self.count), ("age", self.age)] {
            if !b.is_any() {
                put(name, bounds(b).into());
            }
        }
        tests.extend(bounds(self.range));
        tests.into()
    }
}

/// Equality as forges mean it: sets in any order; an empty list is an empty map.
pub(super) fn same(want: &Value, have: &Value) -> bool {
    want == have || (want.is_empty() && have.is_empty())
}

/// The day of a time as forges write it: `2026-03-31T07:00:00Z`, or the day alone.
pub fn day_of(time: &str) -> Option<NaiveDate> {
    let day = NaiveDate::parse_from_str(time.get(..10)?, "%Y-%m-%d").ok()?;
    let rest = time.get(10..)?;
    (rest.is_empty() || rest.starts_with(['T', ' '])).then_some(day)
}

pub(super) fn characters(text: &str) -> i64 {
    i64::try_from(text.chars().count()).unwrap_or(i64::MAX)
}

pub(super) fn items(value: &Value) -> Option<i64> {
    let n = match value {
        Value::List(items) => items.len(),
        Value::Map(fields) => fields.len(),
        Value::Bool(_) | Value::Int(_) | Value::Text(_) => return None,
    };
    i64::try_from(n).ok()
}

/// Whether a list has the items, a map the entries, a text the parts. A map also contains a list
/// of its keys.
pub(super) fn contains(have: &Value, want: &Value) -> bool {
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

/// A record fits a wish that names some of its fields.
fn fits(have: &Value, want: &Value) -> bool {
    match (have, want) {
        (Value::Map(have), Value::Map(want)) => want.iter().all(|(k, w)| have.get(k) == Some(w)),
        _ => false,
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
        if !self.age.is_any() {
            parts.push(format!("{} old", counted(self.age, "day")));
        }
        f.write_str(if parts.is_empty() { "anything" } else { "" })?;
        f.write_str(&parts.join(" and "))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn an_absence_is_empty_and_nothing_else() {
        assert!(Constraint::equals(Value::List(Vec::new())).accepts(None));
        let at_least = Constraint { range: Bounds { min: Some(0), max: None }, ..Constraint::default() };
        assert!(!at_least.accepts(None));
        assert!(!Constraint::equals(Value::Bool(false)).accepts(None));
        let described = Constraint { length: Bounds { min: Some(30), max: None }, ..Constraint::default() };
        assert!(!described.accepts(None));
    }

    #[test]
    fn what_must_be_absent_must_pass_the_other_tests_too() {
        let gone = Constraint { absent: Some(true), ..Constraint::default() };
        assert!(gone.accepts(None));
        let long = Constraint { length: Bounds { min: Some(30), max: None }, ..gone };
        assert!(!long.accepts(None));
    }

    #[test]
    fn an_age_counts_the_years_too() {
        let young = Constraint { age: Bounds { min: None, max: Some(90) }, ..Constraint::default() };
        let today = NaiveDate::from_ymd_opt(2026, 11, 21).unwrap();
        let on = |time: &str| young.accepts_on(Some(&Value::text(time)), today);
        assert_eq!(on("2026-10-21T10:00:00Z"), Some(true));
        // Thirteen months ago, which a comparison of months alone takes for one.
        assert_eq!(on("2025-10-21T10:00:00Z"), Some(false));
        assert_eq!(on("soon"), None);
        assert_eq!(young.accepts_on(None, today), Some(false), "what never was is not young");
        assert_eq!(young.to_string(), "at most 90 days old");
    }

    #[test]
    fn one_is_no_plural() {
        let count = |min, max| Constraint { count: Bounds { min, max }, ..Constraint::default() }.to_string();
        assert_eq!(count(Some(1), None), "at least 1 item");
        assert_eq!(count(Some(1), Some(2)), "1 to 2 items");
        assert_eq!(count(None, Some(0)), "at most 0 items");
    }
}
