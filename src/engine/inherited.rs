//! What repositories are given from above where they have nothing of their own: templates for issues and changes.
//!
//! Sources: docs.github.com, "Creating a default community health file"; docs.gitlab.com, "Description templates".

use std::borrow::Cow;

use crate::catalog::{Catalog, ForgeKind};
use crate::model::{Observation, Observed, SettingId, Value};

/// Where defaults are, by the settings that they stand in for.
#[derive(Debug, Clone, Default)]
pub struct Inheritance {
    defaults: Vec<Given>,
    /// Of a GitLab group, the project whose templates all projects below are offered. It is used where the policy
    /// asks for it: a document of each group's own has it.
    offered: Option<SettingId>,
}

#[derive(Debug, Clone, Copy)]
struct Given {
    own: SettingId,
    above: SettingId,
    /// Where the repository has this, it is given nothing.
    unless: Option<SettingId>,
}

/// A repository's setting, the organization's that stands in for it, and what keeps it from that.
const DEFAULTS: [(&str, &str, Option<&str>); 2] = [
    (
        "repository.issue_template",
        "organization.default_issue_template",
        Some("repository.issue_template_folder"),
    ),
    ("repository.pull_request_template", "organization.default_pull_request_template", None),
];

impl Inheritance {
    /// Those of a catalogue.
    pub fn new(catalog: &Catalog) -> Self {
        let known = DEFAULTS.iter().filter_map(|(own, above, unless)| {
            let unless = unless.and_then(|key| catalog.id(key));
            Some(Given { own: catalog.id(own)?, above: catalog.id(above)?, unless })
        });
        let offered = catalog.id("organization.file_template_project_id");
        Self { defaults: known.collect(), offered }
    }

    /// The settings of the organization that have to be seen where that of a repository is asked for.
    pub fn wanted_above(&self, own: SettingId) -> impl Iterator<Item = SettingId> {
        self.defaults.iter().filter(move |d| d.own == own).map(|d| d.above)
    }

    /// The other settings of a repository that have to be seen with one of them.
    pub fn wanted_beside(&self, own: SettingId) -> impl Iterator<Item = SettingId> {
        self.defaults.iter().filter(move |d| d.own == own).filter_map(|d| d.unless)
    }

    /// A repository with what those above give it, the nearest first.
    pub fn applied<'o>(
        &self,
        observed: &'o Observed,
        above: &[&Observed],
        forge: ForgeKind,
    ) -> Cow<'o, Observed> {
        let mut applied = Cow::Borrowed(observed);
        for default in &self.defaults {
            if observed.readings.get(default.own) != Some(&Observation::Known(Value::Bool(false))) {
                continue;
            }
            let given = match forge {
                ForgeKind::Github => given(observed, above, *default),
                ForgeKind::Gitlab => self.offered(above),
            };
            if let Some(given) = given {
                applied.to_mut().readings.set(default.own, given);
            }
        }
        applied
    }

    /// What a template project of a group holds was not looked at.
    fn offered(&self, above: &[&Observed]) -> Option<Observation> {
        let offered = self.offered?;
        above.iter().find_map(|group| match group.readings.get(offered)? {
            Observation::Known(Value::Int(number)) => Some(Observation::unknown(format!(
                "a look at what project {number} offers to all projects of {}",
                group.subject.name
            ))),
            _ => None,
        })
    }
}

/// What the organization gives; nothing where all stays as it is.
fn given(observed: &Observed, above: &[&Observed], default: Given) -> Option<Observation> {
    let is = |observed: &Observed, id: SettingId| match observed.readings.get(id) {
        Some(Observation::Known(value)) => value.as_bool().ok_or(None),
        Some(Observation::Unknown { needs }) => Err(Some(needs.clone())),
        Some(Observation::Absent | Observation::Unsupported { .. }) => Ok(false),
        Some(Observation::Bound { .. }) | None => Err(None),
    };
    let unseen = |needs| Observation::Unknown { needs };
    match is(above.first()?, default.above) {
        Ok(true) => {}
        // Where nobody asked for it, nothing is said of it.
        Ok(false) | Err(None) => return None,
        Err(Some(needs)) => return Some(unseen(needs)),
    }
    match default.unless.map(|own| is(observed, own)) {
        None | Some(Ok(false)) => Some(Observation::Known(Value::Bool(true))),
        Some(Ok(true)) => None,
        Some(Err(needs)) => {
            let needs = needs.unwrap_or_else(|| "a look at the folder .github/ISSUE_TEMPLATE".into());
            Some(unseen(needs))
        }
    }
}
