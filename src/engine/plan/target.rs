//! The value to write: the policy's `fix`, else the accepted value nearest to what is there.

use crate::model::{Expectation, Observation, Value};

/// The value that would meet the expectation.
///
/// # Errors
/// Why there is none that can be told without asking a person.
pub(super) fn target(wish: &Expectation, seen: &Observation) -> Result<Value, String> {
    let current = seen.value();
    let constraint = &wish.constraint;
    let found = wish.fix.clone().or_else(|| {
        if let Some(value) = &constraint.exactly {
            return Some(value.clone());
        }
        if let Some(any) = &constraint.one_of {
            return nearest(any, current).cloned();
        }
        if !constraint.range.is_any() {
            let n = current.and_then(Value::as_int).or(constraint.range.min).or(constraint.range.max)?;
            let n = constraint.range.min.map_or(n, |min| n.max(min));
            return Some(Value::Int(constraint.range.max.map_or(n, |max| n.min(max))));
        }
        match (&constraint.contains, current) {
            (Some(Value::List(more)), Some(Value::List(have))) => {
                Some(Value::List(have.iter().chain(more).cloned().collect()).into_set())
            }
            (Some(Value::Map(more)), Some(Value::Map(have))) => {
                Some(Value::Map(have.iter().chain(more).map(|(k, v)| (k.clone(), v.clone())).collect()))
            }
            (Some(more @ (Value::List(_) | Value::Map(_))), None) => Some(more.clone()),
            _ => None,
        }
    });
    match found {
        Some(value) if constraint.accepts(Some(&value)) => Ok(value),
        Some(value) => Err(format!("{value} is not accepted by {constraint}: correct the policy's `fix`")),
        None => Err(format!(
            "wanted is {constraint}; which value, people know: write it, or give the policy a `fix`"
        )),
    }
}

/// Of the values that a policy accepts the one that takes the least change; of those that take as much, the one that
/// the policy names first. Between words there is no distance.
fn nearest<'v>(any: &'v [Value], current: Option<&Value>) -> Option<&'v Value> {
    any.iter().min_by_key(|value| distance(value, current))
}

/// How far a value is from another: by how much a number differs, how many items are to be added or removed.
fn distance(value: &Value, current: Option<&Value>) -> u64 {
    match (value, current) {
        (Value::Int(value), Some(Value::Int(current))) => value.abs_diff(*current),
        (Value::List(value), Some(Value::List(current))) => apart(value, current, |v, c| v == c),
        (Value::Map(value), Some(Value::Map(current))) => {
            let (value, current): (Vec<_>, Vec<_>) = (value.iter().collect(), current.iter().collect());
            apart(&value, &current, |v, c| v == c)
        }
        _ => 0,
    }
}

/// How many of some items are not among the others, on either side.
fn apart<T>(some: &[T], others: &[T], same: impl Fn(&T, &T) -> bool) -> u64 {
    let lacking = |some: &[T], others: &[T]| {
        some.iter().filter(|item| !others.iter().any(|other| same(item, other))).count() as u64
    };
    lacking(some, others) + lacking(others, some)
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::model::{Bounds, Constraint, SettingId};

    fn wish(constraint: Constraint) -> Expectation {
        Expectation::of_no_line(SettingId(0), constraint)
    }

    #[test]
    fn the_nearest_number_is_chosen() {
        let range = Bounds { min: Some(1), max: Some(3) };
        let wish = wish(Constraint { range, ..Constraint::default() });
        assert_eq!(target(&wish, &Observation::Known(Value::Int(9))), Ok(Value::Int(3)));
        assert_eq!(target(&wish, &Observation::Absent), Ok(Value::Int(1)));
    }

    #[test]
    fn of_several_values_the_one_that_takes_the_least_change_is_chosen() {
        let any = |values: &[Value]| {
            let one_of = Some(values.to_vec());
            wish(Constraint { one_of, ..Constraint::default() })
        };
        let of =
            |values: &[Value], current: Value| target(&any(values), &Observation::Known(current)).unwrap();
        assert_eq!(of(&[Value::Int(1), Value::Int(5)], Value::Int(9)), Value::Int(5));
        assert_eq!(of(&[Value::Int(1), Value::Int(5)], Value::Int(3)), Value::Int(1), "the first of equals");
        let list = |items: &[&str]| Value::List(items.iter().map(|i| Value::text(*i)).collect());
        let lists = [list(&["a"]), list(&["a", "b", "c"])];
        assert_eq!(of(&lists, list(&["a", "b", "c", "d"])), lists[1]);
        let words = [Value::text("internal"), Value::text("public")];
        assert_eq!(of(&words, Value::text("private")), words[0], "words come in the policy's order");
    }

    #[test]
    fn a_description_is_for_a_person_to_write() {
        let length = Bounds { min: Some(30), max: None };
        let wish = wish(Constraint { length, ..Constraint::default() });
        assert!(target(&wish, &Observation::Absent).is_err());
    }
}
