//! The setting above a repository that has one of its settings so.

use std::sync::Arc;

use crate::catalog::{Catalog, Combine, Decision, Setting};
use crate::model::{Finding, Observation, Observed, SettingId, Value};

/// The settings above, by what they decide.
#[derive(Debug, Clone, Default)]
pub struct Roots {
    decided: Vec<Root>,
}

/// A setting above, and one of its decisions.
#[derive(Debug, Clone)]
struct Root {
    above: SettingId,
    decision: Decision,
}

impl Roots {
    /// Those of a catalogue.
    pub fn new(catalog: &Catalog) -> Self {
        let of = |setting: &Setting| {
            let above = setting.id;
            setting.decides.clone().into_iter().map(move |decision| Root { above, decision })
        };
        Self { decided: catalog.settings().flat_map(of).collect() }
    }

    /// The settings of organizations that have to be seen where those settings of repositories are.
    pub fn wants(&self, seen: impl Fn(SettingId) -> bool) -> impl Iterator<Item = SettingId> {
        self.decided.iter().filter(move |root| seen(root.decision.of)).map(|root| root.above)
    }

    /// What above the repository has it so; none where it is the repository's own doing, or that cannot be
    /// seen.
    pub fn of(
        &self,
        catalog: &Catalog,
        organization: Option<&Observed>,
        finding: &Finding,
    ) -> Option<Arc<str>> {
        if let Some(rule) = finding.sources.first()
            && finding.sources.iter().all(|source| of_above(source))
            && is_given(catalog, finding)
        {
            return Some(rule.as_str().into());
        }
        let organization = organization?;
        let decides = |root: &&Root| {
            let seen = organization.readings.get(root.above).and_then(Observation::value);
            root.decision.of == finding.expectation.setting
                && seen == Some(&root.decision.when)
                && root.decision.shows_in(&finding.observed)
        };
        let root = self.decided.iter().find(decides)?;
        let (setting, when) = (catalog.get(root.above), root.decision.when.to_string());
        let when = when.trim_matches('"');
        Some(format!("{} of {} is {when}", setting.key, organization.subject).into())
    }
}

/// Whether the value is one that a rule gives: what no rule asks for is not the doing of those that reach the branch.
fn is_given(catalog: &Catalog, finding: &Finding) -> bool {
    let combine = catalog.get(finding.expectation.setting).effective.as_ref().map(|e| e.combine);
    match (finding.observed.value(), combine) {
        (Some(Value::Bool(on)), Some(Combine::All)) => !on,
        (Some(Value::Bool(on)), _) => *on,
        (Some(Value::Int(number)), _) => *number > 0,
        (Some(value), _) => !value.is_empty(),
        (None, _) => false,
    }
}

/// Whether a rule is not the repository's own, by the words in which rules are told.
fn of_above(source: &str) -> bool {
    ["organization ruleset", "enterprise ruleset"].iter().any(|begin| source.starts_with(begin))
}
