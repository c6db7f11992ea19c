//! What a setting of an item, such as a bundle of security features, makes of a setting of the repositories that the item
//! holds for.

use indexmap::IndexMap;
use serde::Deserialize;

use super::decision::{Decision, DecisionRow, linked as decisions};
use super::load::{Catalog, CatalogError};
use super::setting::Setting;
use crate::model::{Readings, SettingId, Value};

/// A row's `shares`, as it stands in the catalogue's files.
#[derive(Debug, Clone, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct SharingRow {
    /// What it makes of which setting.
    pub decides: Vec<DecisionRow>,
    /// The setting of the item that lists the repositories that it holds for, by their full names.
    pub among: String,
    /// Settings of the item, with the value that each has to have: else nobody can tell what a change of it would do, or
    /// whether it could be taken back.
    pub only_where: IndexMap<String, toml::Value>,
}

/// What repositories have because of a setting of an item.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Sharing {
    /// What it makes of which setting.
    pub decides: Vec<Decision>,
    /// The setting that lists the repositories that the item holds for.
    pub among: SettingId,
    /// What else the item has to say.
    pub only_where: Vec<(SettingId, Value)>,
}

impl Sharing {
    /// The settings of an item that say whom it reaches, and whether that is known for sure.
    pub fn told_by(&self) -> impl Iterator<Item = SettingId> {
        std::iter::once(self.among).chain(self.only_where.iter().map(|(id, _)| *id))
    }

    /// The repositories that an item holds for, where all else is as it has to be; none where that cannot be told.
    pub fn reach<'r>(&self, item: &'r Readings) -> Option<Vec<&'r str>> {
        let value = |id: SettingId| item.get(id).and_then(|seen| seen.value());
        let as_needed = self.only_where.iter().all(|(id, wanted)| value(*id) == Some(wanted));
        let among = value(self.among).filter(|_| as_needed)?;
        Some(among.texts().collect())
    }
}

/// Links what a row of an item decides to the settings that it decides.
pub(super) fn linked(
    row: &SharingRow,
    setting: &Setting,
    catalog: &Catalog,
) -> Result<Sharing, CatalogError> {
    let error = |what: String| CatalogError { key: setting.key.to_string(), what };
    let of_item = |key: &String| {
        let id = catalog.id(key).filter(|id| catalog.get(*id).group == setting.group);
        id.ok_or_else(|| error(format!("it needs `{key}`, which is no row of the same kind")))
    };
    let condition = |(key, toml): (&String, &toml::Value)| {
        let json = serde_json::to_value(toml).ok();
        let value = json.as_ref().and_then(Value::from_json);
        let value = value.ok_or_else(|| error(format!("`only_where` has no value for `{key}`")))?;
        Ok((of_item(key)?, value))
    };
    Ok(Sharing {
        decides: decisions(&row.decides, setting, catalog)?,
        among: of_item(&row.among)?,
        only_where: row.only_where.iter().map(condition).collect::<Result<_, CatalogError>>()?,
    })
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::model::Observation;

    #[test]
    fn whom_an_item_reaches_is_known_where_all_else_is_as_it_has_to_be() {
        let (among, state) = (SettingId(1), SettingId(2));
        let sharing = Sharing { decides: Vec::new(), among, only_where: vec![(state, Value::text("off"))] };
        let item = |state_of: Option<&str>| {
            let mut item = Readings::default();
            item.set(among, Observation::Known(Value::List(vec![Value::text("acme/a")])));
            if let Some(word) = state_of {
                item.set(state, Observation::Known(Value::text(word)));
            }
            item
        };
        assert_eq!(sharing.reach(&item(Some("off"))), Some(vec!["acme/a"]));
        assert_eq!(sharing.reach(&item(Some("on"))), None);
        assert_eq!(sharing.reach(&item(None)), None, "what is not known is not as it has to be");
        assert_eq!(sharing.reach(&Readings::default()), None);
    }

    #[test]
    fn every_sharing_of_the_catalogue_is_of_an_item_and_of_repositories() {
        let catalog = Catalog::built_in().unwrap();
        let shared: Vec<&Setting> = catalog.settings().filter(|s| s.shares.is_some()).collect();
        assert!(!shared.is_empty());
        for setting in shared {
            for decision in &setting.shares.as_ref().unwrap().decides {
                assert_eq!(&*catalog.get(decision.of).group, "repository", "{}", setting.key);
            }
        }
    }
}
