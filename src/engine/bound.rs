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
}
