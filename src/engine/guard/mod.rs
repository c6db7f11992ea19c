//! Checks a plan before anything is sent: every reason to refuse it.
//!
//! It believes nothing that the plan says of itself, so that it holds for one that was edited by hand as
//! well: what a change does is worked out from its values, and what a request does from its method, its path
//! and its body. It shares no code with what makes plans.

mod allowed;
mod bodies;
mod branches;
mod caps;
mod changes;
mod companions;
mod endpoints;
mod entries;
mod given;
mod kept;
mod numbered;
mod paths;
mod secrets;
mod steps;

use std::collections::BTreeMap;

pub use allowed::{Allowed, Claim};

use crate::catalog::Catalog;
use crate::model::Plan;

/// A reason to refuse a plan.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord)]
pub struct Refusal {
    /// What the plan does, and to what.
    pub what: String,
    /// The flag of `apply` that allows it; none where nothing does.
    pub flag: Option<&'static str>,
}

impl Refusal {
    /// The reason as a sentence.
    pub fn sentence(&self) -> String {
        match self.flag {
            Some(flag) => format!("{}; {flag} allows it", self.what),
            None => format!("{}; nothing allows that", self.what),
        }
    }
}

/// How many subjects a reason names before it only counts.
const NAMED: usize = 5;

/// Reasons in the making: those that are the same for several subjects are told once.
#[derive(Debug, Default)]
struct Reasons {
    found: BTreeMap<(String, Option<&'static str>), Vec<String>>,
}

impl Reasons {
    /// Adds a reason that concerns one subject, setting or request.
    fn add(&mut self, what: impl Into<String>, flag: Option<&'static str>, whom: impl Into<String>) {
        let whom = whom.into();
        let named = self.found.entry((what.into(), flag)).or_default();
        if !named.contains(&whom) {
            named.push(whom);
        }
    }

    fn refusals(self) -> Vec<Refusal> {
        let told = |((what, flag), whom): ((String, _), Vec<String>)| {
            let more = whom.len().saturating_sub(NAMED);
            let mut named = whom.into_iter().take(NAMED).collect::<Vec<_>>().join(", ");
            if more > 0 {
                named += &format!(" and {more} more");
            }
            Refusal { what: format!("{what}: {named}"), flag }
        };
        self.found.into_iter().map(told).collect()
    }
}

/// Every reason to refuse a plan, given what is allowed; none where it may be carried out.
///
/// * `claimed`: what the policy claims whole, where it is there to be asked; what the plan says of it is
///   believed otherwise.
pub fn refusals(
    plan: &Plan,
    catalog: &Catalog,
    allowed: &Allowed,
    claimed: Option<&[Claim]>,
) -> Vec<Refusal> {
    let mut reasons = Reasons::default();
    changes::check(plan, catalog, (allowed, claimed), &mut reasons);
    paths::check(plan, catalog, &mut reasons);
    for steps in steps::steps(plan, catalog) {
        endpoints::check(&steps, catalog, &mut reasons);
        bodies::check(&steps, &mut reasons);
    }
    secrets::check(plan, &mut reasons);
    caps::check(plan, allowed, &mut reasons);
    reasons.refusals()
}
