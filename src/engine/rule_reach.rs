//! Whether a ruleset reaches a branch, and an organization's a repository.

use super::protection::Protection;
use crate::model::{Observation, Observed, Readings, SettingId, Value};

impl Protection {
    /// Whether an active ruleset covers a branch; nothing when it cannot be told.
    pub(super) fn reaches_branch(
        &self,
        readings: &Readings,
        observed: &Observed,
        branch: &str,
    ) -> Option<bool> {
        let word = |id: Option<SettingId>| id.and_then(|id| readings.get(id));
        match word(self.enforcement)? {
            Observation::Known(Value::Text(state)) if state == "active" => {}
            Observation::Known(_) => return Some(false),
            _ => return None,
        }
        match word(self.target) {
            Some(Observation::Known(Value::Text(target))) if target != "branch" => return Some(false),
            Some(Observation::Unknown { .. }) => return None,
            _ => {}
        }
        let default = self.default_name(observed);
        let covers = |id| -> Option<bool> {
            match word(id)? {
                Observation::Known(patterns) => {
                    Some(patterns.texts().any(|p| self.patterns.covers(p, branch, default)))
                }
                Observation::Absent => Some(false),
                _ => None,
            }
        };
        match (covers(self.include), covers(self.exclude)) {
            (Some(false), _) | (_, Some(true)) => Some(false),
            (Some(true), Some(false)) => Some(true),
            _ => None,
        }
    }

    /// Whether an organization's ruleset reaches a repository, by its name, id or properties.
    pub(super) fn reaches_repository(&self, readings: &Readings, observed: &Observed) -> Option<bool> {
        let known = |id: Option<SettingId>| match id.and_then(|id| readings.get(id)) {
            Some(Observation::Known(value)) if !value.is_empty() => Ok(Some(value)),
            Some(Observation::Known(_) | Observation::Absent) | None => Ok(None),
            Some(_) => Err(()),
        };
        let mut conditions = self.names.into_iter().chain(self.properties).chain([self.ids]);
        if conditions.all(|id| matches!(known(id), Ok(None))) {
            // Every ruleset of an organization has one of them: this one's was not read.
            return None;
        }
        let name = observed.subject.short_name();
        let named = |v: &Value| v.texts().any(|p| p == "~ALL" || self.patterns.matches(p, name));
        if let Some(exclude) = known(self.names[1]).ok()?
            && named(exclude)
        {
            return Some(false);
        }
        if let Some(include) = known(self.names[0]).ok()?
            && !named(include)
        {
            return Some(false);
        }
        if let Some(Value::List(ids)) = known(self.ids).ok()? {
            match self.repository_id.and_then(|id| observed.readings.get(id))? {
                Observation::Known(id) if ids.contains(id) => {}
                Observation::Known(_) => return Some(false),
                _ => return None,
            }
        }
        if let Some(Value::List(wanted)) = known(self.properties[0]).ok()? {
            for one in wanted {
                if !self.has_property(one, observed)? {
                    return Some(false);
                }
            }
        }
        if let Some(Value::List(unwanted)) = known(self.properties[1]).ok()? {
            for one in unwanted {
                if self.has_property(one, observed)? {
                    return Some(false);
                }
            }
        }
        Some(true)
    }

    /// Whether a repository has one of the values that a `{name, property_values}` record names.
    fn has_property(&self, condition: &Value, observed: &Observed) -> Option<bool> {
        let Value::Map(condition) = condition else { return None };
        let (name, values) = (condition.get("name")?.as_text()?, condition.get("property_values")?);
        match self.repository_properties.and_then(|id| observed.readings.get(id))? {
            Observation::Known(Value::Map(have)) => {
                let Some(have) = have.get(name) else { return Some(false) };
                let flag = have.as_bool().map(|b| b.to_string());
                let has = |v: &str| flag.as_deref() == Some(v) || have.texts().any(|t| t == v);
                Some(values.texts().any(has))
            }
            Observation::Known(_) | Observation::Absent => Some(false),
            _ => None,
        }
    }
}
