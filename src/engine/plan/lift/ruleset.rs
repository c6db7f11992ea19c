//! A ruleset of an organization: as a request would make it, as it would be seen, and as the changes that it is.

use std::collections::BTreeMap;

use serde_json::{Value as Json, json};

use super::scope::Scope;
use crate::catalog::Catalog;
use crate::engine::plan::draft::Draft;
use crate::engine::plan::rules::said;
use crate::model::{
    Action, Change, Collection, Item, Observation, Observed, Points, Readings, Request, SettingId, Subject,
    Value,
};

/// A ruleset of the organization that takes the place of changes in its repositories.
#[derive(Debug, Clone)]
pub struct Lift {
    /// The organization.
    pub organization: Subject,
    /// What the ruleset is called.
    pub name: String,
    /// Whom it reaches.
    pub scope: Scope,
    /// What it brings: `branch.required_approvals`, the branch, the value.
    pub brings: Vec<(String, String, Value)>,
    /// The lines of the policy that asked, each once.
    pub origins: Vec<String>,
    /// The repositories that would have been changed one by one.
    pub instead_of: Vec<Subject>,
    /// How many changes of theirs it takes the place of.
    pub changes: usize,
    /// The repositories that it reaches besides, of which the policy does not say that.
    pub others: Vec<Subject>,
    /// What the request that makes it says.
    pub(super) document: Json,
}

impl Lift {
    /// The organization as it would be afterwards.
    pub fn after(&self, catalog: &Catalog, organization: &Observed) -> Observed {
        after(catalog, organization, &self.name, &self.document)
    }

    /// Adds it to a draft.
    pub fn plan(&self, catalog: &Catalog, draft: &mut Draft) {
        let rulesets = format!("/orgs/{}/rulesets", self.organization.organization());
        let find = format!("GET {rulesets} :: items[name={}].id", self.name);
        let (method, path, body) = ("POST".to_owned(), rulesets.clone(), self.document.clone());
        let request = draft.request(Request { method, path, body, reads: BTreeMap::new() });
        let back = draft.undo(Request {
            method: "DELETE".into(),
            path: format!("{rulesets}/{{id}}"),
            body: Json::Null,
            reads: BTreeMap::from([("id".to_owned(), find)]),
        });
        let presence = catalog.presence_of("ruleset").map(|setting| (setting.id, json!(false), json!(true)));
        let said = readings(catalog, &self.document);
        let said = said.iter().filter_map(|(id, seen)| match seen {
            Observation::Known(value) if !value.is_empty() => {
                // What is not there reads as what its codec takes for nothing.
                let codec = catalog.get(id).github.binding().and_then(|binding| binding.codec);
                let nothing =
                    codec.and_then(|codec| codec.absent.as_ref()).map_or(Json::Null, Value::to_json);
                Some((id, nothing, value.to_json()))
            }
            _ => None,
        });
        for (id, before, after) in presence.into_iter().chain(said) {
            let setting = catalog.get(id);
            let written = setting.github.binding().is_some_and(|binding| binding.write.is_some());
            if !setting.presence && (!written || setting.name() == "name") {
                continue;
            }
            // What a rule says that is switched off is what is there without it.
            if !setting.presence && after == false {
                continue;
            }
            draft.changes.push(Change {
                subject: self.organization.to_string(),
                setting: setting.key.to_string(),
                key: Some(self.name.clone()),
                action: Action::of(&setting.key, &before, &after),
                before,
                after,
                origin: self.origins.first().cloned().unwrap_or_default(),
                risk: setting.risk.word().to_owned(),
                complete: false,
                proposed: false,
                requests: vec![request],
                undo: vec![back],
                points: Points::default(),
                irreversible: None,
            });
        }
        for thing in ["ruleset", "ruleset.present"] {
            *draft.existing.entry(thing.to_owned()).or_default() += 1;
        }
    }
}

/// A ruleset without rules.
pub(super) fn begun(name: &str, key: &str, scope: &Scope) -> Json {
    let refs = if key == "~default" { "~DEFAULT_BRANCH".to_owned() } else { format!("refs/heads/{key}") };
    json!({
        "name": name,
        "target": "branch",
        "enforcement": "active",
        "bypass_actors": [],
        "conditions": scope.conditions(&refs),
        "rules": [],
    })
}

/// An organization as it would be with a ruleset more.
pub(super) fn after(catalog: &Catalog, organization: &Observed, name: &str, document: &Json) -> Observed {
    let item = Item { key: name.to_owned(), readings: Some(readings(catalog, document)) };
    let mut after = organization.clone();
    if after.kind("ruleset").is_none() {
        *after.kind_mut("ruleset") = Collection::Complete(Vec::new());
    }
    match after.kind_mut("ruleset") {
        Collection::Complete(items) | Collection::Asked(items) => items.push(item),
        Collection::Unknown { .. } | Collection::Unsupported { .. } => {}
    }
    after
}

/// What would be read of a ruleset that was made so.
fn readings(catalog: &Catalog, document: &Json) -> Readings {
    let of_rulesets = catalog.settings().filter(|s| &*s.group == "ruleset" && s.github.binding().is_some());
    of_rulesets.map(|setting| (setting.id, observed(catalog, setting.id, document))).collect()
}

fn observed(catalog: &Catalog, id: SettingId, document: &Json) -> Observation {
    match said(catalog, id, document) {
        Some(value) => Observation::Known(value),
        None => Observation::Absent,
    }
}
