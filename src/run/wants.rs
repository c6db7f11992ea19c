//! What a policy makes it necessary to read.

use std::collections::BTreeSet;
use std::sync::Arc;

use crate::catalog::{Catalog, Demand};
use crate::engine::{Inheritance, Journeys, Roots, Want, demand};
use crate::model::{Expectation, SettingId, SubjectKind};
use crate::policy::{CODEOWNERS, OwnershipMode, Policy, Selector};

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
    let asked: BTreeSet<SettingId> = wants.iter().map(|want| want.setting).collect();
    wants.extend(wanted_around(&asked, catalog));
    let whole = policy.ownerships.iter();
    let whole = whole.filter(|o| matches!(o.mode, OwnershipMode::Complete | OwnershipMode::Watch));
    wants.extend(whole.filter_map(|o| {
        let setting = catalog.presence_of(&o.kind)?.id;
        Some(Want { of: o.of, setting, key: None })
    }));
    if !policy.teams.is_empty() || selectors().any(Selector::needs_owners) {
        facts.extend(
            ["repository.custom_properties", "repository.teams"].iter().filter_map(|k| catalog.id(k)),
        );
        let key: Arc<str> = CODEOWNERS.into();
        wants.extend(catalog.id("file.text").map(|setting| Want { of, setting, key: Some(key) }));
    }
    wants.extend(facts.iter().map(|setting| Want { of, setting: *setting, key: None }));
    let mut demand = demand(catalog, wants);
    demand.facts.extend(facts);
    if demand.kinds.contains_key(&(SubjectKind::Organization, "ruleset".into())) {
        inherited_rules(&mut demand);
    }
    demand
}

/// What has to be seen with settings of a repository: what its organization decides of them, or gives in their place.
fn wanted_around(asked: &BTreeSet<SettingId>, catalog: &Catalog) -> Vec<Want> {
    let (roots, inheritance) = (Roots::new(catalog), Inheritance::new(catalog));
    let want = |of, setting| Want { of, setting, key: None };
    // Only what comes with the organization itself: no document is asked for the sake of a cause.
    let comes = |id: &SettingId| catalog.get(*id).github.binding().is_some_and(|b| b.graphql.is_some());
    let decided = roots.wants(|own| asked.contains(&own)).filter(comes);
    let mut wants: Vec<Want> = decided.map(|setting| want(SubjectKind::Organization, setting)).collect();
    for own in asked {
        wants.extend(inheritance.wanted_above(*own).map(|id| want(SubjectKind::Organization, id)));
        wants.extend(inheritance.wanted_beside(*own).map(|id| want(SubjectKind::Repository, id)));
    }
    wants
}

/// The same, and what journeys of contributors need to be known besides.
pub fn wanted_for_journeys(mut all: Demand, catalog: &Catalog) -> Demand {
    let wants = Journeys::wants(catalog, &all);
    let facts: Vec<SettingId> = wants.iter().filter(|w| w.key.is_none()).map(|w| w.setting).collect();
    all.extend(demand(catalog, wants));
    all.facts.extend(facts);
    all
}

/// Whether the policy asks for anything that makes contributing easier. Where it does not, no change removes
/// friction, and nothing has to be known of journeys.
pub fn serves_openness(policy: &Policy, catalog: &Catalog) -> bool {
    policy.statements.iter().any(|statement| catalog.get(statement.setting).lenses.openness)
}

/// What these expectations of one subject need to be read.
pub(super) fn wanted_of(expectations: &[Arc<Expectation>], of: SubjectKind, catalog: &Catalog) -> Demand {
    let want = |e: &Arc<Expectation>| Want { of, setting: e.setting, key: e.key.clone() };
    demand(catalog, expectations.iter().map(want))
}

/// An organization's rulesets are read whole or not at all: of half of one nobody could tell which
/// branches it reaches.
fn inherited_rules(demand: &mut Demand) {
    if let Some(rules) = demand.kinds.get(&(SubjectKind::Repository, "ruleset".into())).cloned() {
        let inherited = demand.kinds.entry((SubjectKind::Organization, "ruleset".into())).or_default();
        inherited.settings.extend(rules.settings);
    }
}

/// The same, and what only a snapshot keeps apart: an organization's rulesets, which a live forge
/// lists with each repository that they reach.
pub fn wanted_of_snapshot(demand: &Demand, catalog: &Catalog) -> Demand {
    let mut demand = demand.clone();
    if demand.kinds.contains_key(&(SubjectKind::Repository, "ruleset".into())) {
        inherited_rules(&mut demand);
        demand.settings.extend(catalog.id("repository.custom_properties"));
        demand.settings.extend(catalog.id("repository.node_id"));
    }
    demand
}

/// Everything that comes in bulk: each setting that a composed query or a list carries.
pub fn everything(catalog: &Catalog) -> Demand {
    let mut wants: Vec<Want> = Vec::new();
    for setting in catalog.settings().filter(|s| s.effective.is_none()) {
        let bulk = |b: &crate::catalog::Binding| b.graphql.is_some() || b.list.is_some() || b.via.is_some();
        let organization = &*setting.group == SubjectKind::Organization.word();
        if !setting.github.binding().is_some_and(|b| bulk(b) || organization) {
            continue;
        }
        for of in [SubjectKind::Organization, SubjectKind::Repository] {
            // Items that are asked for by key are endless; the ones that everybody asks for are told
            // by settings of the repository's own.
            let listed =
                catalog.kind_of(setting, of).is_none_or(|k| !k.is_asked_by_key() && k.derived.is_none());
            if catalog.has(of, setting) && listed {
                wants.push(Want { of, setting: setting.id, key: None });
            }
        }
    }
    demand(catalog, wants)
}
