//! Which subjects a profile, or a command, is about. A selector that cannot be decided says so.

use std::collections::HashSet;
use std::sync::Arc;

use super::facts::Facts;
use crate::model::NameGlob;
use crate::model::{Observation, SettingId, Value};

/// A condition on a repository. All conditions of a table must hold; a list means any of it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Selector {
    /// Every one must hold.
    All(Vec<Selector>),
    /// One must hold.
    Any(Vec<Selector>),
    /// It must not hold.
    Not(Box<Selector>),
    /// A setting has one of these values, or, being a set, one of these members.
    Setting(SettingId, Vec<Value>),
    /// A custom property has one of these values; its map is this setting.
    Property(SettingId, String, Vec<String>),
    /// The path within the forge, or its last part, matches.
    Name(Vec<NameGlob>),
    /// It is owned by one of these teams.
    Team(Vec<Arc<str>>),
    /// It is on one of these forges.
    Forge(Vec<String>),
    /// It is in one of these organizations or groups.
    Organization(Vec<NameGlob>),
    /// Its address stands in a list kept in a file.
    Inventory(Arc<HashSet<String>>),
}

impl Selector {
    /// Whether it holds; `None` when a fact that decides it is unknown.
    pub fn holds(&self, facts: &Facts<'_>) -> Option<bool> {
        match self {
            Self::All(parts) => parts.iter().map(|p| p.holds(facts)).try_fold_decided(true),
            Self::Any(parts) => parts.iter().map(|p| p.holds(facts)).try_fold_decided(false),
            Self::Not(part) => part.holds(facts).map(|h| !h),
            Self::Setting(id, wanted) => match facts.reading(*id)? {
                Observation::Known(Value::List(items)) => {
                    Some(wanted.iter().any(|w| items.iter().any(|i| alike(i, w))))
                }
                Observation::Known(value) => Some(wanted.iter().any(|w| alike(value, w))),
                Observation::Absent | Observation::Unsupported { .. } => Some(false),
                Observation::Unknown { .. } | Observation::Bound { .. } => None,
            },
            Self::Property(id, name, wanted) => match facts.reading(*id)? {
                Observation::Known(Value::Map(properties)) => {
                    Some(properties.get(name).is_some_and(|value| {
                        let has = |text: &str| wanted.iter().any(|w| w.eq_ignore_ascii_case(text));
                        match value {
                            Value::Bool(b) => has(if *b { "true" } else { "false" }),
                            value => value.texts().any(has),
                        }
                    }))
                }
                Observation::Known(_) | Observation::Absent | Observation::Unsupported { .. } => Some(false),
                Observation::Unknown { .. } | Observation::Bound { .. } => None,
            },
            Self::Name(globs) => {
                let subject = facts.subject();
                Some(globs.iter().any(|g| g.matches(&subject.name) || g.matches(subject.short_name())))
            }
            Self::Team(teams) => {
                let owners = facts.owners()?;
                Some(owners.iter().any(|o| teams.contains(o)))
            }
            Self::Forge(names) => Some(names.iter().any(|n| **n == *facts.subject().forge)),
            Self::Organization(globs) => {
                let subject = facts.subject();
                let address = format!("{}:{}", subject.forge, subject.organization());
                Some(globs.iter().any(|g| g.matches(subject.organization()) || g.matches(&address)))
            }
            Self::Inventory(addresses) => {
                let subject = facts.subject();
                let short = subject.name.to_ascii_lowercase();
                Some(
                    addresses.contains(&subject.to_string().to_ascii_lowercase())
                        || addresses.contains(&short),
                )
            }
        }
    }

    /// The settings whose readings it needs.
    pub fn needs(&self, needs: &mut Vec<SettingId>) {
        match self {
            Self::All(parts) | Self::Any(parts) => parts.iter().for_each(|p| p.needs(needs)),
            Self::Not(part) => part.needs(needs),
            Self::Setting(id, _) | Self::Property(id, ..) => needs.push(*id),
            Self::Name(_) | Self::Team(_) | Self::Forge(_) | Self::Organization(_) | Self::Inventory(_) => {}
        }
    }

    /// Whether it speaks of that setting, outside of a `not` too.
    pub fn mentions(&self, setting: SettingId) -> bool {
        let mut needs = Vec::new();
        self.needs(&mut needs);
        needs.contains(&setting)
    }

    /// Whether deciding it needs the owners of a repository.
    pub fn needs_owners(&self) -> bool {
        match self {
            Self::All(parts) | Self::Any(parts) => parts.iter().any(Self::needs_owners),
            Self::Not(part) => part.needs_owners(),
            Self::Team(_) => true,
            _ => false,
        }
    }
}

/// Words are compared as forges compare topics and languages: without regard to case.
fn alike(have: &Value, want: &Value) -> bool {
    match (have, want) {
        (Value::Text(have), Value::Text(want)) => have.eq_ignore_ascii_case(want),
        (have, want) => have == want,
    }
}

/// Three-valued "and" and "or": one decided part may decide the whole.
trait FoldDecided: Iterator<Item = Option<bool>> {
    /// With `neutral` true this is "all hold", with false "one holds".
    fn try_fold_decided(self, neutral: bool) -> Option<bool>;
}

impl<I: Iterator<Item = Option<bool>>> FoldDecided for I {
    fn try_fold_decided(self, neutral: bool) -> Option<bool> {
        let mut undecided = false;
        for part in self {
            match part {
                Some(holds) if holds != neutral => return Some(!neutral),
                Some(_) => {}
                None => undecided = true,
            }
        }
        (!undecided).then_some(neutral)
    }
}

#[cfg(test)]
mod tests {
    use super::FoldDecided;

    #[test]
    fn one_false_decides_all_and_an_unknown_does_not() {
        assert_eq!([None, Some(false)].into_iter().try_fold_decided(true), Some(false));
        assert_eq!([None, Some(true)].into_iter().try_fold_decided(true), None);
        assert_eq!([None, Some(true)].into_iter().try_fold_decided(false), Some(true));
    }
}
