//! What a policy makes it necessary to read.

use std::sync::Arc;

use crate::catalog::{Catalog, Demand};
use crate::engine::{Want, demand};
use crate::model::{SettingId, SubjectKind};
use crate::policy::{CODEOWNERS, Policy, Selector};

/// Everything that the policy's wishes, its selectors and its teams need to be read.
pub fn wanted(policy: &Policy, catalog: &Catalog, only: Option<&Selector>) -> Demand {
    let mut facts: Vec<SettingId> = Vec::new();
    facts.extend(catalog.id("repository.archived"));
    let selectors = || policy.profiles.iter().map(|p| &p.select).chain(only);
    selectors().for_each(|s| s.needs(&mut facts));
    let of = SubjectKind::Repository;
    let mut wants: Vec<Want> = policy
        .statements
        .iter()
        .filter(|s| s.constraint.is_some())
        .map(|s| Want { of: s.of, setting: s.setting, key: s.key.clone() })
        .collect();
    if !policy.teams.is_empty() || selectors().any(Selector::needs_owners) {
        facts.extend(
            ["repository.custom_properties", "repository.teams"].iter().filter_map(|k| catalog.id(k)),
        );
        let key: Arc<str> = CODEOWNERS.into();
        wants.extend(catalog.id("file.text").map(|setting| Want { of, setting, key: Some(key) }));
    }
    wants.extend(facts.into_iter().map(|setting| Want { of, setting, key: None }));
    let mut demand = demand(catalog, wants);
    // An organization's rulesets reach its repositories: where rules are wanted they are wanted
    // too, but only a snapshot keeps them apart; a live forge lists them with each repository.
    if let Some(rules) = demand.kinds.get(&(of, "ruleset".into())).cloned() {
        let inherited = demand.kinds.entry((SubjectKind::Organization, "ruleset".into())).or_default();
        inherited.settings.extend(rules.settings);
        demand.settings.extend(catalog.id("repository.custom_properties"));
    }
    demand
}
