//! What would be after a plan: whether somebody could still approve and merge, and whoever carries it out
//! still administer what it changes. Worked out from what is observed, with the changes laid over it.
//!
//! What is not known is not taken for harmless: it is said to be unproven.

mod access;
mod checks;
mod merging;
#[cfg(test)]
mod tests;

use serde_json::Value as Json;

use super::judge::{Judge, Judged};
use crate::catalog::{Catalog, Demand, ForgeKind, Setting};
use crate::model::{Change, Observation, Observed, SubjectKind, Value};

/// How many owners an organization or group keeps, unless another number is asked for.
/// Source: GitHub Docs, "Maintaining ownership continuity for your organization".
pub const OWNERS: usize = 2;

/// What is known where a plan would change something.
#[derive(Debug, Clone, Copy)]
pub struct Facts<'a> {
    /// The rows.
    pub catalog: &'a Catalog,
    /// Who puts together what a branch really has.
    pub judge: &'a Judge<'a>,
    /// What was observed of the subject.
    pub observed: &'a Observed,
    /// What was observed of its organization, if that was read.
    pub organization: Option<&'a Observed>,
    /// Which sort of forge it is on.
    pub forge: ForgeKind,
    /// The login of whoever carries the plan out, where it is known.
    pub acting: Option<&'a str>,
    /// How many owners an organization keeps.
    pub owners: usize,
}

/// What a change would lead to, or may lead to.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Danger {
    /// The subject of the change.
    pub subject: String,
    /// Its setting.
    pub setting: String,
    /// Its item, where it is one's.
    pub key: Option<String>,
    /// What would be, or what is not known.
    pub what: String,
    /// Whether it is certain; else something is not known.
    pub proven: bool,
}

/// What came of looking at one change: nothing, or why it is not safe.
type Safe = Result<(), Fear>;

/// Why a change is not safe.
#[derive(Debug, Clone, PartialEq, Eq)]
enum Fear {
    /// It certainly is not.
    Proven(String),
    /// It is not known.
    Unproven(String),
}

impl Facts<'_> {
    /// What is observed of a setting of the subject's own.
    fn own(&self, key: &str) -> Option<&Value> {
        self.observed.readings.get(self.catalog.id(key)?).and_then(Observation::value)
    }

    /// What a branch really has.
    fn of_branch(&self, setting: &str, key: Option<&str>) -> Option<Observation> {
        let judged = Judged {
            observed: self.observed,
            organization: self.organization,
            forge: self.forge,
            owners: &[],
        };
        let setting = self.catalog.find(setting)?;
        let seen = self.judge.observe(setting, Some(key.unwrap_or("~default")), judged);
        seen.into_iter().next().map(|(_, sourced)| sourced.observation)
    }

    /// The texts of a set of its own; none where it is not known.
    fn texts(&self, key: &str) -> Option<Vec<&str>> {
        let seen = self.observed.readings.get(self.catalog.id(key)?)?;
        match seen {
            Observation::Known(value) => Some(value.texts().collect()),
            Observation::Absent => Some(Vec::new()),
            _ => None,
        }
    }
}

/// The branch setting that a change bears on: its own, or the one that its rule has a part in.
fn aspect<'c>(catalog: &'c Catalog, setting: &'c Setting) -> Option<&'c str> {
    if setting.effective.is_some() {
        return Some(setting.name());
    }
    let id = Some(setting.id);
    let of = catalog.settings().find(|s| {
        s.effective.as_ref().is_some_and(|e| e.classic == id || e.ruleset == id || e.forbidden_by == id)
    });
    of.map(Setting::name)
}

/// What would come of the changes of a subject; each danger once.
pub fn dangers(facts: Facts<'_>, changes: &[&Change]) -> Vec<Danger> {
    let mut found = Vec::new();
    for change in changes {
        let Some(setting) = facts.catalog.find(&change.setting) else { continue };
        let safe = match aspect(facts.catalog, setting) {
            Some(aspect) => merging::look(facts, changes, change, aspect)
                .and_then(|()| checks::look(facts, change, aspect)),
            None => access::look(facts, change),
        };
        if let Err(fear) = safe {
            let (what, proven) = match fear {
                Fear::Proven(what) => (what, true),
                Fear::Unproven(what) => (what, false),
            };
            found.push(Danger {
                subject: change.subject.clone(),
                setting: change.setting.clone(),
                key: change.key.clone(),
                what,
                proven,
            });
        }
    }
    found
}

/// The settings that have to be read to tell what a change of that setting would lead to.
pub fn needed(catalog: &Catalog, setting: &Setting) -> &'static [&'static str] {
    match aspect(catalog, setting) {
        Some("required_approvals" | "require_last_push_approval") => &["repository.access"],
        Some("require_code_owner_review") => &["repository.codeowners"],
        Some("required_checks") => &["repository.reported_checks"],
        // Who may pass it by is asked of the branch itself.
        Some("restrict_pushes") => &["repository.default_branch"],
        Some(_) => &[],
        None if access::says_who_merges(setting) => &["repository.default_branch"],
        None if access::bears_on(setting) => &["repository.access", "organization.owners"],
        None => &[],
    }
}

/// Adds to a demand what has to be read to tell what changes of what it demands would lead to.
pub fn add_needed(demand: &mut Demand, catalog: &Catalog) {
    let branch = demand.kinds.iter().filter(|((of, _), _)| *of == SubjectKind::Repository);
    let of_kinds = branch.flat_map(|(_, kind)| kind.settings.iter().copied());
    let all: Vec<_> = demand.settings.iter().copied().chain(of_kinds).collect();
    for id in all {
        let needed = needed(catalog, catalog.get(id));
        demand.settings.extend(needed.iter().filter_map(|key| catalog.id(key)));
    }
}

/// Whether a value is on, or asks for something.
fn is_on(json: &Json) -> bool {
    *json == true
}
