//! Repositories: each field belongs to one of a few groups, which are asked in turn.

mod collections;
mod community;
mod facts;
mod listing;

use std::collections::HashMap;
use std::sync::LazyLock;

use apollo_compiler::resolvers::FieldError;
use serde_json::Value;

pub use self::listing::listed;
use super::answer::{Answer, Ask, Subject};
use super::root::Scene;
use crate::sim::world::{Denials, Organization, REPOSITORY, Repository, Setting};

/// The settings by the field that tells them.
static FIELDS: LazyLock<HashMap<&str, &Setting>> =
    LazyLock::new(|| REPOSITORY.iter().filter_map(|setting| Some((setting.graphql?, setting))).collect());

#[derive(Clone, Copy)]
pub struct RepositoryNode<'w> {
    pub scene: Scene<'w>,
    pub organization: &'w Organization,
    pub repository: &'w Repository,
}

impl<'w> Subject<'w> for RepositoryNode<'w> {
    fn type_name(&self) -> &str {
        "Repository"
    }

    fn denials(&self) -> Option<&'w Denials> {
        Some(&self.repository.denials).filter(|denials| !denials.none())
    }

    fn field(&self, ask: &Ask<'_>) -> Result<Answer<'w>, FieldError> {
        self.setting(ask.field)
            .or_else(|| self.fact(ask.field))
            .or_else(|| self.collection(ask))
            .or_else(|| self.community(ask))
            .ok_or_else(|| ask.unanswered("Repository"))
    }
}

impl<'w> RepositoryNode<'w> {
    fn setting(&self, field: &str) -> Option<Answer<'w>> {
        let setting = FIELDS.get(field)?;
        let stated = self.repository.settings.get(setting.key).cloned();
        let value = stated.or_else(|| self.unstated(setting)).unwrap_or(Value::Null);
        Some(Answer::of(setting.kind.in_graphql(value)))
    }

    fn unstated(&self, setting: &Setting) -> Option<Value> {
        // Public repositories can always be forked; the others only once somebody allowed it.
        if setting.key == "allow_forking" {
            Some(Value::Bool(self.repository.visibility() == "public"))
        } else {
            setting.preset.value()
        }
    }

    fn relative(&self, name: Option<&String>) -> Answer<'w> {
        let found = name.and_then(|name| self.organization.repository(name));
        Answer::optional(found.map(|repository| Self { repository, ..*self }))
    }
}
