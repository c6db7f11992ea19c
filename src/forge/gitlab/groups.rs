//! The group that is read, those beneath it, and those above it.

use std::sync::Arc;

use serde_json::Value as Json;

use super::client::Reader;
use crate::catalog::{Catalog, Demand};
use crate::forge::error::ForgeError;
use crate::forge::reading::{Fetched, fetch};
use crate::model::{Subject, SubjectKind};

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
pub(super) fn paths_above(path: &str) -> impl Iterator<Item = &str> {
    path.match_indices('/').filter_map(|(i, _)| path.get(..i))
}
