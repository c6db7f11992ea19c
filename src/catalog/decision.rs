//! What a setting of an organization or group makes of a setting of the repositories beneath it.

use serde::Deserialize;

use super::load::{Catalog, CatalogError};
use super::setting::Setting;
use crate::model::{Observation, SettingId, Value};

/// One of a row's `decides`, as it stands in the catalogue's files.
#[derive(Debug, Clone, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct DecisionRow {
    /// The setting of the repositories.
    pub setting: String,
    /// The value above that decides.
    pub when: toml::Value,
    /// What they have then.
    pub is: Option<toml::Value>,
    /// What is then among what they have.
    pub has: Option<String>,
    /// Only the outermost group decides, and no group in it.
    #[serde(default)]
    pub outermost: bool,
    /// The forge refuses the value above while a repository has another: it tells why it is so, and brings nothing.
    #[serde(default)]
    pub follows: bool,
}

/// What repositories have while the setting above them has a value.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Decision {
    /// Their setting.
    pub of: SettingId,
    /// The value above.
    pub when: Value,
    /// What they have then.
    pub then: Then,
    /// Whether only the outermost group decides, and no group in it.
    pub outermost: bool,
    /// Whether the value above has to follow theirs, and brings nothing about.
    pub follows: bool,
}

/// What repositories have of a setting that is decided above them.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Then {
    /// This value.
    Is(Value),
    /// A set with this in it.
    Has(Value),
}

impl Decision {
    /// What of theirs would be read while it is decided; none where that says nothing new, or where they have no
    /// such setting. Of what cannot be seen, what it would be at the least.
    pub fn brings(&self, seen: &Observation) -> Option<Observation> {
        let after = match (&self.then, seen) {
            (Then::Is(value), Observation::Known(_) | Observation::Unknown { .. }) => value.clone(),
            (Then::Has(item), Observation::Unknown { .. }) => Value::List(vec![item.clone()]),
            (Then::Has(item), Observation::Known(Value::List(items))) => {
                let mut items = items.clone();
                if !items.contains(item) {
                    items.push(item.clone());
                }
                Value::List(items)
            }
            _ => return None,
        };
        (seen.value() != Some(&after)).then_some(Observation::Known(after))
    }

    /// Whether what was read of theirs is what is decided.
    pub fn shows_in(&self, seen: &Observation) -> bool {
        match (&self.then, seen.value()) {
            (Then::Is(value), Some(seen)) => value == seen,
            (Then::Has(item), Some(Value::List(items))) => items.contains(item),
            _ => false,
        }
    }
}

/// Links what a row decides to the settings that it decides.
pub(super) fn linked(
    rows: &[DecisionRow],
    setting: &Setting,
    catalog: &Catalog,
) -> Result<Vec<Decision>, CatalogError> {
    let error = |what: String| CatalogError { key: setting.key.to_string(), what };
    let value = |toml: &toml::Value| {
        let json = serde_json::to_value(toml).ok();
        let value = json.as_ref().and_then(Value::from_json);
        value.ok_or_else(|| error("`decides` holds what is no value".into()))
    };
    let one = |row: &DecisionRow| {
        let of = catalog.id(&row.setting);
        let of = of.ok_or_else(|| error(format!("it decides `{}`, which is no row", row.setting)))?;
        let then = match (&row.is, &row.has) {
            (Some(is), None) => Then::Is(value(is)?),
            (None, Some(has)) => Then::Has(Value::text(has)),
            _ => return Err(error("`decides` takes one of `is` and `has`".into())),
        };
        let (outermost, follows) = (row.outermost, row.follows);
        Ok(Decision { of, when: value(&row.when)?, then, outermost, follows })
    };
    rows.iter().map(one).collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    fn decision(then: Then) -> Decision {
        Decision { of: SettingId(0), when: Value::Bool(true), then, outermost: false, follows: false }
    }

    #[test]
    fn what_is_not_there_stays_so_and_what_is_hidden_is_decided_too() {
        let is = decision(Then::Is(Value::Bool(true)));
        assert_eq!(is.brings(&Observation::Absent), None);
        assert!(!is.shows_in(&Observation::Absent));
        let hidden = Observation::Unknown { needs: "owner".into() };
        assert_eq!(is.brings(&hidden), Some(Observation::Known(Value::Bool(true))));
    }

    #[test]
    fn a_set_keeps_what_it_had() {
        let has = decision(Then::Has(Value::text("pipeline")));
        let seen = Observation::Known(Value::List(vec![Value::text("discussions")]));
        let after = has.brings(&seen).unwrap();
        assert_eq!(
            after.value(),
            Some(&Value::List(vec![Value::text("discussions"), Value::text("pipeline")]))
        );
        assert_eq!(has.brings(&after), None, "nothing new");
        assert!(has.shows_in(&after) && !has.shows_in(&seen));
    }

    #[test]
    fn every_decision_of_the_catalogue_is_of_a_repository() {
        let catalog = Catalog::built_in().unwrap();
        let deciding: Vec<&Setting> = catalog.settings().filter(|s| !s.decides.is_empty()).collect();
        assert!(deciding.len() > 10);
        for setting in deciding {
            assert_eq!(&*setting.group, "organization", "{}", setting.key);
            for decision in &setting.decides {
                assert_eq!(&*catalog.get(decision.of).group, "repository", "{}", setting.key);
            }
        }
    }
}
