//! The group that is read, those beneath it, and those above it.

use std::collections::HashMap;
use std::sync::Arc;

use serde_json::Value as Json;

use super::client::Reader;
use crate::catalog::{Catalog, Demand};
use crate::forge::error::ForgeError;
use crate::forge::reading::{Fetched, fetch};
use crate::model::{Observation, Observed, SettingId, Subject, SubjectKind, Value};

/// A group, and how the list that names it tells it; null where none does.
pub(super) type Listed = (Subject, Json);

/// The group and all groups beneath it, where anything of groups is wanted.
pub(super) async fn groups(
    reader: &Reader,
    catalog: &Catalog,
    demand: &Demand,
    group: Subject,
) -> Result<Vec<Listed>, ForgeError> {
    let organization = SubjectKind::Organization;
    let own = catalog.settings().map(|s| (s.id, &*s.group == organization.word()));
    if !demand.wants(organization, own) {
        return Ok(vec![(group, Json::Null)]);
    }
    let id = group.name.replace('/', "%2F");
    let path = format!("/groups/{id}/descendant_groups");
    let mut below = match fetch(reader, &path, None, true, false).await? {
        Fetched::Is(Json::Array(below)) => below,
        Fetched::Hidden(why) => {
            return Err(ForgeError::Refused { what: format!("GET {path}"), status: 403, message: why });
        }
        _ => return Err(ForgeError::Unreadable { what: format!("GET {path}"), why: "it is no list".into() }),
    };
    let name = |group: &Json| group["full_path"].as_str().map(str::to_owned);
    below.sort_by_key(name);
    let subject = |name: String| Subject::new(organization, Arc::clone(&group.forge), name);
    let beneath: Vec<Listed> =
        below.into_iter().filter_map(|group| Some((subject(name(&group)?), group))).collect();
    Ok(std::iter::once((group, Json::Null)).chain(beneath).collect())
}

/// The groups that a group is in, the outermost first.
pub(super) fn outer(group: &Subject) -> Vec<Subject> {
    let subject = |path: &str| Subject::new(SubjectKind::Organization, Arc::clone(&group.forge), path);
    paths_above(&group.name).map(subject).collect()
}

/// Every path that leads to what is at `path`: `a`, `a/b` of `a/b/c`.
fn paths_above(path: &str) -> impl Iterator<Item = &str> {
    path.match_indices('/').filter_map(|(i, _)| path.get(..i))
}

/// What groups ask of every merge in their projects, which no project tells of itself.
/// Source: docs.gitlab.com, "Groups API": where a group asks, its projects cannot do otherwise.
pub(super) struct Asked {
    switches: [(&'static str, Option<SettingId>); 2],
    by_group: HashMap<String, Result<Vec<&'static str>, Arc<str>>>,
}

impl Asked {
    pub(super) fn new(catalog: &Catalog) -> Self {
        let id = |name: &str| catalog.id(&format!("organization.only_allow_merge_if_{name}"));
        let switches =
            [("discussions", id("all_discussions_are_resolved")), ("pipeline", id("pipeline_succeeds"))];
        Self { switches, by_group: HashMap::new() }
    }

    /// Remembers what one group asks.
    pub(super) fn note(&mut self, group: &Observed) {
        let mut asked = Ok(Vec::new());
        for (word, id) in self.switches {
            match (id.and_then(|id| group.readings.get(id)), &mut asked) {
                (Some(Observation::Known(Value::Bool(true))), Ok(words)) => words.push(word),
                (Some(Observation::Unknown { needs }), _) => {
                    asked = Err(format!("{needs} of the group {}", group.subject.name).into());
                }
                _ => {}
            }
        }
        self.by_group.insert(group.subject.name.to_string(), asked);
    }

    /// What the groups above a project ask of it together.
    pub(super) fn of(&self, project: &str) -> Observation {
        let mut words = Vec::new();
        for group in paths_above(project) {
            match self.by_group.get(group) {
                Some(Ok(asked)) => words.extend(asked.iter().map(|word| Value::text(*word))),
                Some(Err(needs)) => return Observation::Unknown { needs: Arc::clone(needs) },
                None => return Observation::unknown(format!("the group {group} (not read)")),
            }
        }
        Observation::Known(Value::List(words).into_set())
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::model::Readings;

    #[test]
    fn one_group_that_asks_is_enough_and_one_unread_too_many() {
        let catalog = Catalog::built_in().unwrap();
        let mut asked = Asked::new(&catalog);
        let mut group = |name: &str, pipeline: Observation| {
            let mut readings = Readings::default();
            readings.set(catalog.id("organization.only_allow_merge_if_pipeline_succeeds").unwrap(), pipeline);
            let subject = Subject::new(SubjectKind::Organization, "gl", name);
            asked.note(&Observed { subject, readings, kinds: Vec::new() });
        };
        group("acme", Observation::Known(Value::Bool(false)));
        group("acme/core", Observation::Known(Value::Bool(true)));
        group("acme/labs", Observation::unknown("Owner (read_api)"));
        let words = |project| match asked.of(project) {
            Observation::Known(words) => Some(words.texts().map(str::to_owned).collect::<Vec<_>>()),
            _ => None,
        };
        assert_eq!(words("acme/web").as_deref(), Some(&[][..]));
        assert_eq!(words("acme/core/api").as_deref(), Some(&["pipeline".to_owned()][..]));
        assert_eq!(words("acme/labs/toy"), None);
        assert_eq!(words("acme/unread/toy"), None);
    }
}
