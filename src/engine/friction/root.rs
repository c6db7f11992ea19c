//! The setting above a repository that has one of its settings so.

use std::sync::Arc;

use crate::catalog::{Catalog, Combine};
use crate::model::{Finding, Observation, Observed, SettingId, Value};

/// A setting of a repository with a value that it has whenever a setting above it has another.
struct Decided {
    own: &'static str,
    is: &'static str,
    above: &'static str,
    when: &'static str,
}

/// What organizations and groups decide for their repositories.
/// Sources: docs.github.com, "Managing the forking policy for your organization", "Disabling or limiting GitHub
/// Actions for your organization", "Disabling project boards in your organization"; docs.gitlab.com,
/// "Prevent project forking outside group", "Project and group visibility".
const DECIDED: &[Decided] = &[
    Decided {
        own: "repository.allow_forking",
        is: "false",
        above: "organization.members_can_fork_private_repositories",
        when: "false",
    },
    Decided {
        own: "repository.actions.enabled",
        is: "false",
        above: "organization.actions.enabled_repositories",
        when: "none",
    },
    Decided {
        own: "repository.has_projects",
        is: "false",
        above: "organization.has_repository_projects",
        when: "false",
    },
    Decided {
        own: "repository.visibility",
        is: "private",
        above: "organization.visibility",
        when: "private",
    },
];

/// The settings above, by what they decide.
#[derive(Debug, Clone, Default)]
pub struct Roots {
    decided: Vec<Root>,
}

#[derive(Debug, Clone, Copy)]
struct Root {
    own: SettingId,
    is: &'static str,
    above: SettingId,
    when: &'static str,
}

impl Roots {
    /// Those of a catalogue.
    pub fn new(catalog: &Catalog) -> Self {
        let known = DECIDED.iter().filter_map(|Decided { own, is, above, when }| {
            Some(Root { own: catalog.id(own)?, is, above: catalog.id(above)?, when })
        });
        Self { decided: known.collect() }
    }

    /// The settings of organizations that decide what is asked of repositories, where that setting is asked for.
    pub fn wanted_with(&self, own: SettingId) -> impl Iterator<Item = SettingId> {
        self.decided.iter().filter(move |root| root.own == own).map(|root| root.above)
    }

    /// The settings of organizations that have to be seen.
    pub(super) fn wants(&self) -> impl Iterator<Item = SettingId> {
        self.decided.iter().map(|root| root.above)
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
            root.own == finding.expectation.setting
                && seen.is_some_and(|seen| is(seen, root.when))
                && finding.observed.value().is_some_and(|own| is(own, root.is))
        };
        let root = self.decided.iter().find(decides)?;
        let setting = catalog.get(root.above);
        Some(format!("{} of {} is {}", setting.key, organization.subject, root.when).into())
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

fn is(seen: &Value, value: &str) -> bool {
    match seen {
        Value::Bool(on) => value == if *on { "true" } else { "false" },
        other => other.as_text() == Some(value),
    }
}
