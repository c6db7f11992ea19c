//! From what is wanted to what must be read.

use std::sync::Arc;

use super::ref_pattern::RefPatterns;
use super::{gitlab_branch, presence};
use crate::catalog::{Catalog, Demand, ForgeKind, Setting};
use crate::model::{SettingId, SubjectKind};

/// One wish: of which scope, which setting, and of which item.
#[derive(Debug, Clone, PartialEq, Eq, Hash)]
pub struct Want {
    /// The scope.
    pub of: SubjectKind,
    /// The setting.
    pub setting: SettingId,
    /// The item of a collection.
    pub key: Option<Arc<str>>,
}

/// The settings of rules that say whether a rule reaches a branch at all.
pub(super) const RULE_FACTS: [&str; 11] = [
    "branch_protection.created",
    "ruleset.enforcement",
    "ruleset.ref_name.exclude",
    "ruleset.ref_name.include",
    "ruleset.repository_id.ids",
    "ruleset.repository_name.exclude",
    "ruleset.repository_name.include",
    "ruleset.repository_property.exclude",
    "ruleset.repository_property.include",
    "ruleset.source",
    "ruleset.target",
];

/// Everything that must be read to judge these wishes.
pub fn demand(catalog: &Catalog, wants: impl IntoIterator<Item = Want>) -> Demand {
    let mut demand = Demand::default();
    for want in wants {
        let setting = catalog.get(want.setting);
        demand.settings.extend(tells_of_document(catalog, setting));
        match catalog.kind_of(setting, want.of) {
            None => drop(demand.settings.insert(want.setting)),
            Some(kind) if kind.derived.is_some() => {
                derived(catalog, setting, want.key.as_deref(), &mut demand)
            }
            Some(kind) => {
                let items = demand.kinds.entry((want.of, Arc::clone(&kind.name))).or_default();
                items.settings.insert(want.setting);
                if setting.presence && want.key.is_none() {
                    items.settings.extend(presence::told_by(catalog, &kind.name));
                }
                items.every |= want.key.as_ref().is_none_or(|key| key.contains('*'));
                items.keys.extend(want.key);
            }
        }
    }
    demand
}

/// The setting that tells whether the document that a setting is in is there at all.
fn tells_of_document(catalog: &Catalog, setting: &Setting) -> impl Iterator<Item = SettingId> {
    let on = |forge| {
        let binding = setting.on(forge).binding()?;
        let rest = binding.rest.as_ref().filter(|_| binding.graphql.is_none() && binding.list.is_none())?;
        catalog.id(catalog.document(&rest.path)?.only_where.as_ref()?)
    };
    [ForgeKind::Github, ForgeKind::Gitlab].into_iter().filter_map(on)
}

/// A branch's setting needs the rules that may speak of it, and what tells which of them do.
fn derived(catalog: &Catalog, setting: &Setting, key: Option<&str>, demand: &mut Demand) {
    demand.settings.extend(catalog.id("repository.default_branch"));
    if key.is_some_and(RefPatterns::is_pattern) {
        demand.settings.extend(catalog.id("repository.branches"));
    }
    let sources = setting.effective.iter().flat_map(|e| [e.classic, e.ruleset, e.forbidden_by]).flatten();
    let facts = RULE_FACTS.iter().filter_map(|key| catalog.id(key));
    let on_gitlab = gitlab_branch::sources(setting.name()).filter_map(|key| catalog.id(key));
    for id in sources.chain(facts).chain(on_gitlab) {
        let kind = Arc::clone(&catalog.get(id).group);
        if &*kind == SubjectKind::Repository.word() {
            demand.settings.insert(id);
            if gitlab_branch::is_asked_by_groups(catalog, id) {
                demand_of_groups(catalog, demand);
            }
            continue;
        }
        let items = demand.kinds.entry((SubjectKind::Repository, kind)).or_default();
        items.every = true;
        items.settings.insert(id);
    }
}

/// What groups ask of their projects is read of every group, whatever is wanted of the group itself.
fn demand_of_groups(catalog: &Catalog, demand: &mut Demand) {
    for key in gitlab_branch::OF_GROUPS {
        demand.settings.extend(catalog.id(key));
        demand.facts.extend(catalog.id(key));
    }
}
