//! Finding rows, kinds and documents in the catalogue.

use super::document::{Document, bare};
use super::kind::Kind;
use super::load::Catalog;
use super::setting::Setting;
use crate::model::{SettingId, SubjectKind};

impl Catalog {
    /// What says that there is an item of that kind.
    pub fn presence_of(&self, kind: &str) -> Option<&Setting> {
        self.find(&format!("{kind}.present")).filter(|setting| setting.presence)
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

    /// What holds of the REST document at a path template, where something is told of it.
    pub fn document(&self, path: &str) -> Option<&Document> {
        self.documents.iter().find(|d| d.path == bare(path))
    }

    /// All documents of which something is told.
    pub fn documents(&self) -> &[Document] {
        &self.documents
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
