//! What the groups above a project make of its settings, although no document of the project says so.

use std::collections::HashMap;
use std::sync::Arc;

use super::groups::paths_above;
use crate::catalog::{Catalog, Demand};
use crate::model::{Observation, Observed, Readings, SettingId, Value};

/// The settings of a project that groups have a say in, and those of groups that say it.
const SAY: [(&str, &[&str]); 2] = [
    ("repository.allow_forking", &[PREVENT_FORKING]),
    ("repository.visibility", &[SHARED, "repository.shared_with_groups"]),
];
const PREVENT_FORKING: &str = "organization.prevent_forking_outside_group";
const SHARED: &str = "organization.shared_with_groups";

/// What a group asks of every merge in its projects, each by a word.
const CONDITIONS: [(&str, &str); 2] = [
    ("discussions", "organization.only_allow_merge_if_all_discussions_are_resolved"),
    ("pipeline", "organization.only_allow_merge_if_pipeline_succeeds"),
];

/// What is known, or what it takes to know.
type Known<T> = Result<T, Arc<str>>;

/// What was read of groups, for the projects beneath them.
pub(super) struct Above<'a> {
    catalog: &'a Catalog,
    /// The group that everybody of the company is in.
    everyone: Option<&'a str>,
    groups: HashMap<String, Readings>,
}

/// The same demand, and what of groups has to be read besides so that it can be met.
pub fn demand_above(catalog: &Catalog, demand: &Demand, everyone: Option<&str>) -> Demand {
    let mut all = demand.clone();
    for (wanted, by) in SAY {
        let asked = catalog.id(wanted).is_some_and(|id| demand.settings.contains(&id));
        if !asked || (by.contains(&SHARED) && everyone.is_none()) {
            continue;
        }
        for id in by.iter().filter_map(|key| catalog.id(key)) {
            all.settings.insert(id);
            // Read of every group, whatever is wanted of the group itself.
            if &*catalog.get(id).group == "organization" {
                all.facts.insert(id);
            }
        }
    }
    all
}

/// The same demand of groups that are in another: what only the outermost one says is not asked of them.
pub(super) fn of_inner_groups(catalog: &Catalog, demand: &Demand) -> Demand {
    let mut inner = demand.clone();
    if let Some(id) = catalog.id(PREVENT_FORKING) {
        inner.facts.remove(&id);
    }
    inner
}

impl<'a> Above<'a> {
    pub(super) fn new(catalog: &'a Catalog, everyone: Option<&'a str>) -> Self {
        Self { catalog, everyone, groups: HashMap::new() }
    }

    /// Remembers a group.
    pub(super) fn note(&mut self, group: &Observed) {
        self.groups.insert(group.subject.name.to_string(), group.readings.clone());
    }

    /// What a group says; none where it does not apply to it.
    fn says(&self, group: &str, key: &str) -> Known<Option<&Value>> {
        let Some(readings) = self.groups.get(group) else {
            return Err(format!("the group {group} (not read)").into());
        };
        let id: Option<SettingId> = self.catalog.id(key);
        match id.and_then(|id| readings.get(id)) {
            Some(Observation::Known(value)) => Ok(Some(value)),
            Some(Observation::Absent | Observation::Unsupported { .. }) => Ok(None),
            Some(Observation::Unknown { needs }) => Err(format!("{needs}, of the group {group}").into()),
            Some(Observation::Bound { .. }) | None => Err(format!("{key} of {group} (not read)").into()),
        }
    }

    /// What the groups above a project ask of every merge in it, together.
    /// Source: docs.gitlab.com, "Groups API": where a group asks, its projects cannot do otherwise.
    pub(super) fn conditions(&self, project: &str) -> Observation {
        let mut words = Vec::new();
        for group in paths_above(project) {
            for (word, key) in CONDITIONS {
                match self.says(group, key) {
                    Ok(Some(Value::Bool(true))) => words.push(Value::text(word)),
                    Ok(_) => {}
                    Err(needs) => return Observation::Unknown { needs },
                }
            }
        }
        Observation::Known(Value::List(words).into_set())
    }

    /// Puts what the groups above say in place of what the project says alone.
    pub(super) fn settle(&self, project: &mut Observed) {
        let name = Arc::clone(&project.subject.name);
        let id = |key: &str| self.catalog.id(key);
        let known = |id: SettingId, is: &Value| matches!(project.readings.get(id), Some(Observation::Known(value)) if value == is);
        let mut settled = Vec::new();
        if let Some(id) = id("repository.allow_forking").filter(|id| known(*id, &Value::Bool(true))) {
            match self.keeps_forks_inside(&name) {
                Ok(false) => {}
                Ok(true) => settled.push((id, Observation::Known(Value::Bool(false)))),
                Err(needs) => settled.push((id, Observation::Unknown { needs })),
            }
        }
        if let Some((everyone, id)) = self.everyone.zip(id("repository.visibility"))
            && known(id, &Value::text("private"))
        {
            match self.is_open_to(&project.readings, &name, everyone) {
                Ok(false) => {}
                Ok(true) => settled.push((id, Observation::Known(Value::text("internal")))),
                Err(needs) => settled.push((id, Observation::Unknown { needs })),
            }
        }
        for (id, observation) in settled {
            project.readings.set(id, observation);
        }
    }

    /// Whether forks may land in the group alone: who may not create projects there has nowhere to go.
    /// Source: docs.gitlab.com, "Manage group access", prevent project forking outside group.
    fn keeps_forks_inside(&self, project: &str) -> Known<bool> {
        let Some(top) = paths_above(project).next() else { return Ok(false) };
        Ok(self.says(top, PREVENT_FORKING)? == Some(&Value::Bool(true)))
    }

    /// Whether a private project is shared with the group that everybody is in, which is what `internal`
    /// comes to on a server that has no such visibility.
    /// Source: docs.gitlab.com, "Project and group visibility": gitlab.com takes no new internal ones.
    fn is_open_to(&self, readings: &Readings, project: &str, everyone: &str) -> Known<bool> {
        let names = |shares: &Value| match shares {
            Value::List(all) => all.iter().any(|share| is_with(share, everyone)),
            _ => false,
        };
        if paths_above(project).any(|group| group.eq_ignore_ascii_case(everyone)) {
            return Ok(true);
        }
        let own = self.catalog.id("repository.shared_with_groups").and_then(|id| readings.get(id));
        match own {
            Some(Observation::Known(shares)) if names(shares) => return Ok(true),
            Some(Observation::Known(_) | Observation::Absent) => {}
            _ => return Err("the groups that the project is shared with".into()),
        }
        for group in paths_above(project) {
            if self.says(group, SHARED)?.is_some_and(names) {
                return Ok(true);
            }
        }
        Ok(false)
    }
}

/// Whether a share is with that group.
fn is_with(share: &Value, group: &str) -> bool {
    match share {
        Value::Map(fields) => {
            fields.get("group").and_then(Value::as_text).is_some_and(|name| name.eq_ignore_ascii_case(group))
        }
        _ => false,
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::model::{Subject, SubjectKind};

    #[test]
    fn one_group_that_asks_is_enough_and_one_unread_too_many() {
        let catalog = Catalog::built_in().unwrap();
        let mut above = Above::new(&catalog, None);
        let mut group = |name: &str, pipeline: Observation| {
            let mut readings = Readings::default();
            readings.set(catalog.id(CONDITIONS[0].1).unwrap(), Observation::Known(Value::Bool(false)));
            readings.set(catalog.id(CONDITIONS[1].1).unwrap(), pipeline);
            let subject = Subject::new(SubjectKind::Organization, "gl", name);
            above.note(&Observed { subject, readings, kinds: Vec::new() });
        };
        group("acme", Observation::Known(Value::Bool(false)));
        group("acme/core", Observation::Known(Value::Bool(true)));
        group("acme/labs", Observation::unknown("Owner (read_api)"));
        let words = |project| match above.conditions(project) {
            Observation::Known(words) => Some(words.texts().map(str::to_owned).collect::<Vec<_>>()),
            _ => None,
        };
        assert_eq!(words("acme/web").as_deref(), Some(&[][..]));
        assert_eq!(words("acme/core/api").as_deref(), Some(&["pipeline".to_owned()][..]));
        assert_eq!(words("acme/labs/toy"), None);
        assert_eq!(words("acme/unread/toy"), None);
    }
}
