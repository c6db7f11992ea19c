//! Each request with the changes that name it, and what it is to bring each of them to.

use std::collections::HashMap;

use serde_json::Value as Json;

use super::kept;
use crate::catalog::{Catalog, ForgeKind, Setting};
use crate::model::{Change, Plan, Request};

/// What a request is to do for one of its changes.
#[derive(Debug, Clone, Copy)]
pub(super) struct Step<'a> {
    pub change: &'a Change,
    pub setting: &'a Setting,
    /// What the setting is before the request.
    pub from: &'a Json,
    /// What it is to be afterwards.
    pub to: &'a Json,
    /// Whether a later request of the same change makes something: what is removed is made anew.
    pub makes_later: bool,
}

impl Step<'_> {
    /// Whether something ceases to be there, or a switch goes off.
    pub(super) fn goes_off(&self) -> bool {
        is_nothing(self.to)
    }
}

/// What stands for nothing at all.
pub(super) fn is_nothing(json: &Json) -> bool {
    match json {
        Json::Null | Json::Bool(false) => true,
        Json::String(text) => text.is_empty(),
        Json::Array(items) => items.is_empty(),
        Json::Object(fields) => fields.is_empty(),
        Json::Bool(true) | Json::Number(_) => false,
    }
}

/// A request and everything that it is to do.
#[derive(Debug)]
pub(super) struct Steps<'a> {
    pub catalog: &'a Catalog,
    pub request: &'a Request,
    pub forge: ForgeKind,
    pub steps: Vec<Step<'a>>,
    /// The document that it replaces, as it must still be; of a request that takes back as it was.
    pub before: Option<Json>,
}

impl Steps<'_> {
    /// The request, for people.
    pub(super) fn name(&self) -> String {
        format!("{} {}", self.request.method, self.request.path)
    }
}

/// The requests of a plan that some change names, those that take back among them.
pub(super) fn steps<'a>(plan: &'a Plan, catalog: &'a Catalog) -> Vec<Steps<'a>> {
    let mut documents: HashMap<&str, Json> = HashMap::new();
    for request in plan.requests.iter().chain(&plan.undo) {
        if let Some(document) = kept::document(request) {
            documents.entry(&request.path).or_insert(document);
        }
    }
    let begun = |request: &'a Request| {
        let before = kept::document(request).or_else(|| documents.get(&*request.path).cloned());
        Steps { catalog, request, forge: forge_of(request), steps: Vec::new(), before }
    };
    let mut there: Vec<Steps<'a>> = plan.requests.iter().map(begun).collect();
    let mut back: Vec<Steps<'a>> = plan.undo.iter().map(begun).collect();
    for change in &plan.changes {
        let Some(setting) = catalog.find(&change.setting) else { continue };
        let (before, after) = (&change.before, &change.after);
        for (i, number) in change.requests.iter().enumerate() {
            let makes_later = makes(&plan.requests, change.requests.get(i + 1..));
            if let Some(steps) = there.get_mut(*number) {
                steps.steps.push(Step { change, setting, from: before, to: after, makes_later });
            }
        }
        for (i, number) in change.undo.iter().enumerate() {
            let makes_later = makes(&plan.undo, change.undo.get(i + 1..));
            if let Some(steps) = back.get_mut(*number) {
                steps.steps.push(Step { change, setting, from: after, to: before, makes_later });
            }
        }
    }
    there.append(&mut back);
    there.retain(|steps| !steps.steps.is_empty());
    there
}

/// Whether one of the numbered requests makes something.
fn makes(requests: &[Request], numbers: Option<&[usize]>) -> bool {
    let of = numbers.unwrap_or_default().iter().filter_map(|number| requests.get(*number));
    of.into_iter().any(|request| ["POST", "PUT"].contains(&&*request.method))
}

/// Of which sort of forge a request is: a plan for a snapshot names none.
pub(super) fn forge_of(request: &Request) -> ForgeKind {
    const GITHUB: [&str; 4] = ["/repos/", "/orgs/", "/organizations/", "/enterprises/"];
    let of_github = GITHUB.iter().any(|p| request.path.starts_with(p));
    if of_github { ForgeKind::Github } else { ForgeKind::Gitlab }
}
