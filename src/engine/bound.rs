//! What can be proven when only part of the rules is visible: they can only be as strict as what is
//! seen, or stricter.

use crate::catalog::Combine;
use crate::model::{Bounds, Constraint, Value};

/// Whether the constraint accepts the value and everything stricter, so that hidden rules cannot
/// change the verdict.
pub(super) fn accepts_stricter(constraint: &Constraint, value: &Value, combine: Combine) -> bool {
    if !constraint.accepts(Some(value)) {
        return false;
    }
    let no_more = |b: Bounds| b.max.is_none();
    match combine {
        Combine::Any => value == &Value::Bool(true),
        Combine::All => value == &Value::Bool(false),
        Combine::Most => {
            constraint.exactly.is_none() && constraint.one_of.is_none() && no_more(constraint.range)
        }
        Combine::Union => {
            constraint.exactly.is_none() && constraint.one_of.is_none() && no_more(constraint.count)
        }
    }
}

/// Whether the constraint refuses the value and everything stricter: what hidden rules could add
/// would only make it worse.
pub(super) fn refuses_stricter(constraint: &Constraint, value: &Value, combine: Combine) -> bool {
    match (combine, value) {
        (Combine::Most, Value::Int(n)) => {
            let below = |want: &Value| want.as_int().is_some_and(|want| want < *n);
            constraint.range.max.is_some_and(|max| max < *n)
                || constraint.exactly.as_ref().is_some_and(below)
                || constraint.one_of.as_ref().is_some_and(|any| any.iter().all(below))
        }
        (Combine::Union, Value::List(items)) => {
            let lacks = |want: &Value| match want {
                Value::List(want) => items.iter().any(|i| !want.contains(i)),
                _ => false,
            };
            constraint.count.max.is_some_and(|max| usize::try_from(max).is_ok_and(|max| max < items.len()))
                || constraint.exactly.as_ref().is_some_and(lacks)
                || constraint.one_of.as_ref().is_some_and(|any| any.iter().all(lacks))
        }
        _ => false,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_lower_bound_proves_at_least_and_never_at_most() {
        let range = |min, max| Constraint { range: Bounds { min, max }, ..Constraint::default() };
        let two = Value::Int(2);
        assert!(accepts_stricter(&range(Some(1), None), &two, Combine::Most));
        assert!(!accepts_stricter(&range(None, Some(2)), &two, Combine::Most));
        assert!(!accepts_stricter(&range(Some(3), None), &two, Combine::Most));
    }

    #[test]
    fn a_lower_bound_refutes_what_is_already_too_much() {
        let at_most =
            |max| Constraint { range: Bounds { min: None, max: Some(max) }, ..Constraint::default() };
        let (two, none) = (Value::Int(2), Constraint::equals(Value::List(Vec::new())));
        assert!(refuses_stricter(&at_most(1), &two, Combine::Most));
        assert!(!refuses_stricter(&at_most(2), &two, Combine::Most));
        let actors = Value::List(vec![Value::text("admin")]);
        assert!(refuses_stricter(&none, &actors, Combine::Union));
        assert!(!refuses_stricter(&none, &Value::List(Vec::new()), Combine::Union));
        assert!(!refuses_stricter(&Constraint::equals(actors.clone()), &actors, Combine::Union));
    }
}
