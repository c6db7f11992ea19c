//! A repository of an organization, with what is wanted of it and what a plan would do in it.

use std::sync::Arc;

use serde_json::Value as Json;

use super::proof::Place;
use crate::catalog::Catalog;
use crate::model::{Change, Expectation, Finding, Observed, Origin, Request, SettingId, Value, Verdict};

/// A repository that is judged.
#[derive(Debug, Clone, Copy)]
pub struct Member<'a> {
    /// What was observed of it.
    pub observed: &'a Observed,
    /// What is wanted of it.
    pub expectations: &'a [Arc<Expectation>],
    /// The teams that own it.
    pub owners: &'a [Arc<str>],
    /// What was found, but for what conforms.
    pub findings: &'a [Finding],
    /// What a plan for it alone would change.
    pub changes: &'a [Change],
    /// The requests of that plan.
    pub requests: &'a [Request],
}

/// A rule for a branch that a plan would make in a repository.
#[derive(Debug, Clone, PartialEq)]
pub(super) struct Wanted {
    /// The branch, as the policy writes it.
    pub key: Arc<str>,
    pub setting: SettingId,
    pub after: Value,
    /// The line that asked.
    pub origin: Origin,
}

/// How a repository takes a rule.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Stand {
    /// The policy asks for what comes of it.
    Wants,
    /// The policy does not say.
    Silent,
    /// The policy asks for something else, or somebody answers for it that it is not so.
    Against,
}

impl<'a> Member<'a> {
    /// The rules that a ruleset of its own would bring it.
    pub(super) fn wanted(&self, catalog: &'a Catalog) -> impl Iterator<Item = Wanted> {
        self.findings.iter().filter_map(|finding| {
            let setting = catalog.get(finding.expectation.setting);
            let key = finding.expectation.key.clone()?;
            // Who is let through is of rules that are there.
            if matches!(setting.name(), "admins_bound" | "bypass_actors") {
                return None;
            }
            setting.effective.as_ref()?.ruleset.or(setting.effective.as_ref()?.forbidden_by)?;
            let change = self.change(catalog, finding)?;
            let by_ruleset = |number: &usize| {
                let makes = |request: &Request| request.path.contains("/rulesets");
                self.requests.get(*number).is_some_and(makes)
            };
            if !change.requests.iter().all(by_ruleset)
                || !adds(&change.before, &change.after, setting.key.as_ref())
            {
                return None;
            }
            let after = Value::from_json(&change.after)?;
            let (setting, origin) = (setting.id, finding.expectation.origin.clone());
            Some(Wanted { key, setting, after, origin })
        })
    }

    /// How it takes a rule. What a plan for it alone leaves as it is, because it would lock somebody out or for any
    /// other reason, no rule from above brings it either.
    pub(super) fn stand(&self, catalog: &Catalog, wanted: &Wanted) -> Stand {
        let of = |e: &&Arc<Expectation>| e.setting == wanted.setting && e.key.as_ref() == Some(&wanted.key);
        let Some(wish) = self.expectations.iter().find(of) else { return Stand::Silent };
        let of_rule = |f: &&Finding| f.expectation.setting == wanted.setting && f.expectation.key == wish.key;
        let kept = self.findings.iter().filter(of_rule).any(|finding| match finding.verdict {
            Verdict::Waived => true,
            Verdict::Drift => self.change(catalog, finding).is_none(),
            _ => false,
        });
        if !kept && wish.constraint.accepts(Some(&wanted.after)) { Stand::Wants } else { Stand::Against }
    }

    /// Whether a plan for it alone would change that.
    pub(super) fn plans(&self, catalog: &Catalog, (setting, key): &Place) -> bool {
        let setting = &catalog.get(*setting).key;
        self.changes.iter().any(|c| *c.setting == **setting && c.key.as_deref() == key.as_deref())
    }

    /// What a plan for it alone would do about a finding.
    fn change(&self, catalog: &Catalog, finding: &Finding) -> Option<&'a Change> {
        let setting = &catalog.get(finding.expectation.setting).key;
        self.changes.iter().find(|c| *c.setting == **setting && c.key.as_deref() == finding.key())
    }
}

/// Whether a rule from above can bring it about: rules of several levels add up, so that it can only get stricter.
fn adds(before: &Json, after: &Json, setting: &str) -> bool {
    match (before, after) {
        (Json::Number(before), Json::Number(after)) => after.as_i64() >= before.as_i64(),
        (Json::Array(before), Json::Array(after)) => before.iter().all(|item| after.contains(item)),
        // What is allowed where no rule forbids it.
        (_, Json::Bool(after)) => *after != setting.starts_with("branch.allow_"),
        (Json::Null, _) => true,
        _ => false,
    }
}
