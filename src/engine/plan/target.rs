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
            return any.first().cloned();
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
        None => Err(format!("many values are {constraint}: a person must choose, or the policy say `fix`")),
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::model::{Bounds, Constraint, Layer, Lenses, Origin, SettingId, Severity, Stage};

    fn wish(constraint: Constraint) -> Expectation {
        Expectation {
            setting: SettingId(0),
            key: None,
            constraint,
            severity: Severity::Low,
            lenses: Lenses::default(),
            stage: Stage::Trust,
            why: None,
            fix: None,
            layer: Layer::General,
            origin: Origin { file: "p.toml".into(), line: 1, column: 1, offset: 0, length: 0 },
            also: Vec::new(),
            overridden: Vec::new(),
            floor: None,
            watched: false,
            named: None,
            controls: Vec::new(),
        }
    }

    #[test]
    fn the_nearest_number_is_chosen() {
        let range = Bounds { min: Some(1), max: Some(3) };
        let wish = wish(Constraint { range, ..Constraint::default() });
        assert_eq!(target(&wish, &Observation::Known(Value::Int(9))), Ok(Value::Int(3)));
        assert_eq!(target(&wish, &Observation::Absent), Ok(Value::Int(1)));
    }

    #[test]
    fn a_description_is_for_a_person_to_write() {
        let length = Bounds { min: Some(30), max: None };
        let wish = wish(Constraint { length, ..Constraint::default() });
        assert!(target(&wish, &Observation::Absent).is_err());
    }
}
