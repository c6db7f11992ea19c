//! Loads the rows into one catalogue, and finds things in it.

use std::collections::HashMap;
use std::sync::Arc;

use crate::model::{SettingId, SubjectKind};

use super::build;
use super::kind::Kind;
use super::row::{Defaults, File, SettingRow};
use super::setting::Setting;

/// The files of the catalogue, in the order in which settings are listed.
const FILES: &[(&str, &str)] = &[
    ("branch.toml", include_str!("rows/branch.toml")),
    ("branch_protection.toml", include_str!("rows/branch_protection.toml")),
    ("custom_property.toml", include_str!("rows/custom_property.toml")),
    ("file.toml", include_str!("rows/file.toml")),
    ("organization.toml", include_str!("rows/organization.toml")),
    ("repository.toml", include_str!("rows/repository.toml")),
    ("ruleset.toml", include_str!("rows/ruleset.toml")),
    ("team.toml", include_str!("rows/team.toml")),
];

/// A row that cannot be used, with the key and what is wrong.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[error("catalogue row `{key}`: {what}")]
pub struct CatalogError {
    /// The row's key, or its file.
    pub key: String,
    /// What is wrong and what would be right.
    pub what: String,
}

/// All settings and kinds of a run.
#[derive(Debug, Clone, Default)]
pub struct Catalog {
    settings: Vec<Setting>,
    by_key: HashMap<Arc<str>, SettingId>,
    kinds: Vec<Kind>,
}

impl Catalog {
    /// The catalogue that is compiled into the binary.
    ///
    /// # Errors
    /// Never in a release, since the tests load it; an error is still better than a panic.
    pub fn built_in() -> Result<Self, CatalogError> {
        let mut files = Vec::new();
        for (name, text) in FILES {
            let file: File = toml::from_str(text)
                .map_err(|e| CatalogError { key: (*name).to_owned(), what: e.to_string() })?;
            files.push(file);
        }
        let shapes: Vec<_> = files
            .iter()
            .flat_map(|f| &f.shape)
            .map(|(name, shape)| (format!("@{name}"), shape.clone()))
            .collect();
        let mut catalog = Self::default();
        let mut derived = Vec::new();
        for file in files {
            for row in file.kind {
                catalog.kinds.push(build::kind(row, &shapes)?);
            }
            for mut row in file.setting {
                let effective = row.effective.take();
                let id = catalog.add(row, &file.defaults, &shapes, false)?;
                derived.extend(effective.map(|e| (id, e)));
            }
        }
        for (id, row) in derived {
            let linked = build::effective(&row, &catalog);
            let setting = &mut catalog.settings[id.0 as usize];
            let key = setting.key.to_string();
            setting.effective = Some(linked.map_err(|what| CatalogError { key, what })?);
        }
        Ok(catalog)
    }

    /// Adds a row of the user's own.
    ///
    /// # Errors
    /// When the row is not of the grammar, or its key is taken.
    pub fn add_users_own(&mut self, row: SettingRow) -> Result<SettingId, CatalogError> {
        if row.effective.is_some() {
            let what = "`effective` is for the catalogue's own rows".into();
            return Err(CatalogError { key: row.key, what });
        }
        self.add(row, &Defaults::of_users_own(), &[], true)
    }

    fn add(
        &mut self,
        row: SettingRow,
        defaults: &Defaults,
        shapes: &build::Shapes,
        users_own: bool,
    ) -> Result<SettingId, CatalogError> {
        if self.by_key.contains_key(row.key.as_str()) {
            return Err(CatalogError { key: row.key, what: "the catalogue has this key already".into() });
        }
        let id = SettingId(u32::try_from(self.settings.len()).unwrap_or(u32::MAX));
        let setting = build::setting(row, id, defaults, shapes, users_own)?;
        self.by_key.insert(Arc::clone(&setting.key), id);
        self.settings.push(setting);
        Ok(id)
    }

    /// The setting of that place.
    pub fn get(&self, id: SettingId) -> &Setting {
        &self.settings[id.0 as usize]
    }

    /// The place of the setting with that key.
    pub fn id(&self, key: &str) -> Option<SettingId> {
        self.by_key.get(key).copied()
    }

    /// The setting with that key.
    pub fn find(&self, key: &str) -> Option<&Setting> {
        self.id(key).map(|id| self.get(id))
    }

    /// All settings in the catalogue's order.
    pub fn settings(&self) -> impl ExactSizeIterator<Item = &Setting> {
        self.settings.iter()
    }

    /// All kinds.
    pub fn kinds(&self) -> impl Iterator<Item = &Kind> {
        self.kinds.iter()
    }

    /// The kind of that name that such a subject has.
    pub fn kind(&self, of: SubjectKind, name: &str) -> Option<&Kind> {
        self.kinds.iter().find(|k| k.of == of && &*k.name == name)
    }

    /// The kind that a setting is one of, where it is not the subject's own.
    pub fn kind_of(&self, setting: &Setting, of: SubjectKind) -> Option<&Kind> {
        self.kind(of, &setting.group)
    }

    /// Whether the setting is one of a collection's.
    pub fn is_keyed(&self, setting: &Setting) -> bool {
        self.kinds.iter().any(|k| k.name == setting.group)
    }

    /// Whether such a subject has the setting, by itself or in a collection.
    pub fn has(&self, of: SubjectKind, setting: &Setting) -> bool {
        &*setting.group == of.word() || self.kind_of(setting, of).is_some()
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_built_in_rows_load() {
        let catalog = Catalog::built_in().unwrap();
        assert!(catalog.settings().len() > 10);
    }

    #[test]
    fn a_row_of_the_users_own_may_not_shadow_ours() {
        let mut catalog = Catalog::built_in().unwrap();
        let row: SettingRow = toml::from_str("key = 'repository.topics'\ndoc = 'x'\ntype = 'set'\n").unwrap();
        assert_eq!(catalog.add_users_own(row).unwrap_err().what, "the catalogue has this key already");
    }
}
