//! Checks that a change has to pass and cannot.

use std::sync::Arc;

use super::facts::{DEFAULT_BRANCH, Fact};
use super::obstacle::Scene;
use crate::catalog::ForgeKind;
use crate::model::{Observation, SettingId, Value};

/// What a change to the default branch has to pass.
struct Required {
    names: Vec<Arc<str>>,
    /// Whether that is all, as far as is known.
    all: bool,
}

impl Required {
    /// Whether one of them is such that it cannot pass.
    fn any(&self, cannot_pass: impl Fn(&str) -> bool) -> Fact<bool> {
        match (self.names.iter().any(|name| cannot_pass(name)), self.all) {
            (true, _) => Fact::Known(true),
            (false, true) => Fact::Known(false),
            (false, false) => Fact::Unknown,
        }
    }
}

impl Scene<'_> {
    /// Whether a check has to pass that nothing reports on the default branch. On GitLab the pipeline has to, whose file
    /// may go by any name.
    pub(super) fn checks_cannot_pass(&self) -> Fact<bool> {
        match (self.required_checks(), self.names(self.facts.reported)) {
            (Fact::NotAsked, _) | (_, Fact::NotAsked) => Fact::NotAsked,
            (Fact::Known(required), _) if required.names.is_empty() && required.all => Fact::Known(false),
            (Fact::Known(required), Fact::Known(told)) => required.any(|name| !told.contains(&name)),
            _ => Fact::Unknown,
        }
    }

    /// Whether a change from a fork has to pass a check that Actions do not run for it, and those from outside have no
    /// other way. A public repository always runs them, if need be when somebody allowed it.
    /// Source: docs.github.com, "Managing GitHub Actions settings for a repository", on forks of private repositories.
    pub(super) fn checks_pass_no_fork(&self) -> Fact<bool> {
        // Without forks it is no question: that there are none is in the way already.
        if self.facts.switch(self.around, self.facts.forking) == Fact::Known(false) {
            return Fact::NotAsked;
        }
        match self.fork_workflows() {
            Fact::Known(false) => {}
            Fact::Known(true) => return Fact::Known(false),
            other => return other,
        }
        let waits = match (self.required_checks(), self.names(self.facts.by_actions)) {
            (Fact::NotAsked, _) | (_, Fact::NotAsked) => return Fact::NotAsked,
            (Fact::Known(required), _) if required.names.is_empty() && required.all => Fact::Known(false),
            (Fact::Known(required), Fact::Known(run)) => required.any(|name| run.contains(&name)),
            _ => Fact::Unknown,
        };
        match (waits, self.everyone_writes()) {
            (Fact::Known(true), Fact::Unknown) => Fact::Unknown,
            (Fact::Known(true), Fact::Known(true)) => Fact::Known(false),
            (waits, _) => waits,
        }
    }

    /// Whether Actions run for changes from forks: where the organization says no, in none of its repositories.
    fn fork_workflows(&self) -> Fact<bool> {
        if self.around.forge == ForgeKind::Gitlab {
            return Fact::NotAsked;
        }
        // It is no question there, so that nothing is met by it either.
        if self.facts.word(self.around, self.facts.visibility) == Fact::Known(Some("public")) {
            return Fact::NotAsked;
        }
        let [own, above] = [self.facts.fork_workflows, self.facts.fork_workflows_above]
            .map(|id| self.facts.own(self.around, id));
        let off = |fact: &Fact<Option<&Value>>| *fact == Fact::Known(Some(&Value::Bool(false)));
        if off(&own) || off(&above) {
            return Fact::Known(false);
        }
        own.map(|value| value == Some(&Value::Bool(true)))
    }

    /// The checks that the default branch waits for.
    fn required_checks(&self) -> Fact<Required> {
        let Some(setting) = self.facts.checks.map(|id| self.catalog.get(id)) else { return Fact::NotAsked };
        if self.around.forge == ForgeKind::Gitlab {
            return Fact::NotAsked;
        }
        let seen = self.judge.observe(setting, Some(DEFAULT_BRANCH), self.judged);
        let of =
            |value: &Value, all| Fact::Known(Required { names: value.texts().map(Arc::from).collect(), all });
        match seen.first().map(|(_, sourced)| &sourced.observation) {
            Some(Observation::Known(names)) => of(names, true),
            Some(Observation::Bound { value: names, .. }) => of(names, false),
            Some(Observation::Absent | Observation::Unsupported { .. }) => {
                Fact::Known(Required { names: Vec::new(), all: true })
            }
            _ => Fact::Unknown,
        }
    }

    fn names(&self, id: Option<SettingId>) -> Fact<Vec<&str>> {
        self.facts.own(self.around, id).map(|value| value.into_iter().flat_map(Value::texts).collect())
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_is_known_in_part_is_not_known_to_pass() {
        let required = |all| Required { names: vec!["ci".into()], all };
        assert_eq!(required(true).any(|_| false), Fact::Known(false));
        assert_eq!(required(false).any(|_| false), Fact::Unknown);
        // One that cannot pass is enough.
        assert_eq!(required(false).any(|name| name == "ci"), Fact::Known(true));
    }
}
