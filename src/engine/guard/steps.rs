//! Each request with the changes that name it, and what it is to bring each of them to.

use serde_json::Value as Json;

use crate::catalog::{Catalog, ForgeKind, Setting};
use crate::model::{Action, Change, Plan, Request};

/// What a request is to do for one of its changes.
#[derive(Debug, Clone, Copy)]
pub(super) struct Step<'a> {
    pub change: &'a Change,
    pub setting: &'a Setting,
    /// What the setting is before the request.
    pub from: &'a Json,
    /// What it is to be afterwards.
    pub to: &'a Json,
    /// The change removes its item and makes it anew.
    pub is_renewed: bool,
    /// It takes back the making of an item.
    pub unmakes: bool,
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
}

impl Steps<'_> {
    /// The request, for people.
    pub(super) fn name(&self) -> String {
        format!("{} {}", self.request.method, self.request.path)
    }
}

/// The requests of a plan that some change names, those that take back among them.
pub(super) fn steps<'a>(plan: &'a Plan, catalog: &'a Catalog) -> Vec<Steps<'a>> {
    let begun =
        |request: &'a Request| Steps { catalog, request, forge: forge_of(request), steps: Vec::new() };
    let mut there: Vec<Steps<'a>> = plan.requests.iter().map(begun).collect();
    let mut back: Vec<Steps<'a>> = plan.undo.iter().map(begun).collect();
    for change in &plan.changes {
        let Some(setting) = catalog.find(&change.setting) else { continue };
        let (before, after) = (&change.before, &change.after);
        for number in &change.requests {
            if let Some(steps) = there.get_mut(*number) {
                let is_renewed = renews(&plan.requests, &change.requests, *number);
                let unmakes = change.action == Action::Delete;
                steps.steps.push(Step { change, setting, from: before, to: after, is_renewed, unmakes });
            }
        }
        for number in &change.undo {
            if let Some(steps) = back.get_mut(*number) {
                let is_renewed = renews(&plan.undo, &change.undo, *number);
                let unmakes = change.action == Action::Create;
                steps.steps.push(Step { change, setting, from: after, to: before, is_renewed, unmakes });
            }
        }
    }
    there.append(&mut back);
    there.retain(|steps| !steps.steps.is_empty());
    there
}

/// Of which sort of forge a request is: a plan for a snapshot names none.
pub(super) fn forge_of(request: &Request) -> ForgeKind {
    let of_github = ["/repos/", "/orgs/", "/enterprises/"].iter().any(|p| request.path.starts_with(p));
    if of_github { ForgeKind::Github } else { ForgeKind::Gitlab }
}

/// Whether a request removes something that one of the same change makes anew behind it.
fn renews(requests: &[Request], of_change: &[usize], number: usize) -> bool {
    let is = |number: &usize, method: &str| requests.get(*number).is_some_and(|r| r.method == method);
    let mut behind = of_change.iter().skip_while(|other| **other != number).skip(1);
    is(&number, "DELETE") && behind.any(|other| is(other, "POST"))
}
