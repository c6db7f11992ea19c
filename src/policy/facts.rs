//! The few facts about a repository by which selectors and team overlays find it.

use std::sync::Arc;

use super::document::Team;
use crate::catalog::{Catalog, alternatives};
use crate::model::{Observation, Observed, Readings, SettingId, Subject, Value};

/// Where CODEOWNERS may stand, as one key of the kind `file`.
pub const CODEOWNERS: &str = "{.github/,,docs/}CODEOWNERS";

/// The settings that facts are taken from.
#[derive(Debug, Clone, Copy)]
pub struct FactSettings {
    /// Whether it is archived.
    pub archived: Option<SettingId>,
    /// Its custom properties.
    pub properties: Option<SettingId>,
    /// The roles of teams.
    pub teams: Option<SettingId>,
    /// The text of a file.
    pub file_text: Option<SettingId>,
}

impl FactSettings {
    /// Finds them in the catalogue.
    pub fn of(catalog: &Catalog) -> Self {
        Self {
            archived: catalog.id("repository.archived"),
            properties: catalog.id("repository.custom_properties"),
            teams: catalog.id("repository.teams"),
            file_text: catalog.id("file.text"),
        }
    }
}

/// What was observed of a repository, as selectors ask for it.
pub struct Facts<'a> {
    observed: &'a Observed,
    settings: FactSettings,
    teams: &'a [Team],
    owner_property: &'a str,
}

impl<'a> Facts<'a> {
    /// The facts of one repository.
    pub fn new(
        observed: &'a Observed,
        settings: FactSettings,
        teams: &'a [Team],
        owner_property: &'a str,
    ) -> Self {
        Self { observed, settings, teams, owner_property }
    }

    /// Whom they are of.
    pub fn subject(&self) -> &Subject {
        &self.observed.subject
    }

    /// A reading, if there is one.
    pub fn reading(&self, id: SettingId) -> Option<&Observation> {
        self.observed.readings.get(id)
    }

    /// Whether it is archived; what is not known to be is taken to be in use.
    pub fn is_archived(&self) -> bool {
        let archived = self.settings.archived.and_then(|id| self.reading(id));
        archived.and_then(Observation::value) == Some(&Value::Bool(true))
    }

    /// The teams of the policy that own it: those that the custom property names, else those that
    /// maintain or administer it, else those that CODEOWNERS names for `*`, else those in whose group it
    /// is, the innermost. A property that names a
    /// team of which the policy does not speak decides, too: then no team of the policy owns it.
    /// `None` when a source that would come earlier could not be read and none that was read names a
    /// team.
    pub fn owners(&self) -> Option<Vec<Arc<str>>> {
        let mut hidden = false;
        match self.named_by_property() {
            Some(Some(teams)) => return Some(teams),
            Some(None) => {}
            None => hidden = true,
        }
        for source in [Self::by_role, Self::by_codeowners, Self::by_group] {
            match source(self) {
                Some(teams) if !teams.is_empty() => return Some(teams),
                Some(_) => {}
                None => hidden = true,
            }
        }
        (!hidden).then(Vec::new)
    }

    /// `Some(None)` when the property names nobody.
    fn named_by_property(&self) -> Option<Option<Vec<Arc<str>>>> {
        let properties = match self.settings.properties.and_then(|id| self.reading(id))? {
            Observation::Known(Value::Map(properties)) => properties,
            Observation::Unknown { .. } | Observation::Bound { .. } => return None,
            _ => return Some(None),
        };
        let value = properties.get(self.owner_property).filter(|v| v.texts().any(|t| !t.trim().is_empty()));
        Some(value.map(|value| {
            self.teams_where(|team| {
                value.texts().any(|t| t.eq_ignore_ascii_case(&team.name) || team.is_slug(self.subject(), t))
            })
        }))
    }

    fn by_role(&self) -> Option<Vec<Arc<str>>> {
        let grants = match self.settings.teams.and_then(|id| self.reading(id))? {
            Observation::Known(Value::Map(grants)) => grants,
            Observation::Unknown { .. } | Observation::Bound { .. } => return None,
            _ => return Some(Vec::new()),
        };
        let leads = |role: &Value| matches!(role.as_text(), Some("maintain" | "admin"));
        Some(self.teams_where(|team| {
            grants.iter().any(|(slug, role)| leads(role) && team.is_slug(self.subject(), slug))
        }))
    }

    fn by_codeowners(&self) -> Option<Vec<Arc<str>>> {
        let Some(readings) = self.codeowners_file()? else { return Some(Vec::new()) };
        let text = match self.settings.file_text.and_then(|id| readings.get(id))? {
            Observation::Known(Value::Text(text)) => text,
            Observation::Unknown { .. } | Observation::Bound { .. } => return None,
            _ => return Some(Vec::new()),
        };
        // The last line for a pattern wins, as on both forges.
        let star = text.lines().rev().find_map(|l| l.trim().strip_prefix("* "));
        let Some(star) = star else { return Some(Vec::new()) };
        let named: Vec<&str> = star.split_whitespace().take_while(|w| !w.starts_with('#')).collect();
        let paths: Vec<&str> = named.iter().filter_map(|owner| owner.strip_prefix('@')).collect();
        Some(self.teams_where(|team| paths.iter().any(|path| team.is_path(self.subject(), path))))
    }

    /// The path itself tells, so this is never hidden.
    fn by_group(&self) -> Option<Vec<Arc<str>>> {
        let around = |team: &Team| team.group_around(self.subject());
        let innermost = self.teams.iter().filter_map(around).max();
        Some(self.teams_where(|team| innermost.is_some() && around(team) == innermost))
    }

    /// CODEOWNERS as it was asked for, else under the first of its names that the repository has:
    /// a snapshot may list either. `Some(None)` when it has none.
    fn codeowners_file(&self) -> Option<Option<&'a Readings>> {
        let items = self.observed.kind("file")?.items();
        let listed = |name: &str| items.iter().find(|i| i.key == name).map(|i| i.readings.as_ref());
        if let Some(asked) = listed(CODEOWNERS) {
            return Some(asked);
        }
        for name in alternatives(CODEOWNERS) {
            if let Some(readings) = listed(&name)? {
                return Some(Some(readings));
            }
        }
        Some(None)
    }

    fn teams_where(&self, owns: impl Fn(&Team) -> bool) -> Vec<Arc<str>> {
        self.teams.iter().filter(|t| owns(t)).map(|t| Arc::clone(&t.name)).collect()
    }
}
