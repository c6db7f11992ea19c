//! Projects and groups by composed queries, within the complexity that GitLab allows of one.

use std::collections::HashMap;

use futures_util::future::try_join_all;
use serde_json::{Value as Json, json};

use super::client::Reader;
use crate::catalog::{ForgeKind, Selection};
use crate::forge::error::ForgeError;
use crate::forge::reading::{Objects, PROJECT, complete};

/// What a query of somebody with a token may score.
/// Source: docs.gitlab.com, "GraphQL API", limits.
const MOST_COMPLEXITY: f64 = 250.0;

/// Projects of one page.
const PAGE: usize = 100;

/// What stands around a selection: the list of projects, its nodes, and the id of each.
const AROUND: f64 = 4.0;

/// Of how many projects a selection may be asked at once.
#[allow(clippy::cast_possible_truncation, clippy::cast_sign_loss, reason = "it is between 1 and 100")]
fn at_once(selection: &Selection) -> usize {
    let items = (MOST_COMPLEXITY / (AROUND + selection.complexity()) - 1.0) * 100.0;
    items.clamp(1.0, 100.0) as usize
}

impl Objects for Reader {
    fn parts(&self, selection: &Selection) -> Vec<(Selection, usize)> {
        let parts = selection.parts(|part| at_once(part) == PAGE).into_iter();
        parts.map(|part| (at_once(&part), part)).map(|(most, part)| (part, most)).collect()
    }

    /// A group's id here is its path, by which alone every version finds it.
    async fn by_id(&self, of: &str, ids: &[Json], selection: &Selection) -> Result<Vec<Json>, ForgeError> {
        let selection = selection.text_for(ForgeKind::Gitlab);
        if of != PROJECT {
            let text =
                format!("query($path: ID!) {{ group(fullPath: $path) {{ id: fullPath {selection} }} }}");
            let ask = |path: &Json| {
                let (text, variables) = (text.clone(), json!({"path": path}));
                async move { self.query(&text, &variables).await }
            };
            let answers = try_join_all(ids.iter().map(ask)).await?;
            return Ok(answers.into_iter().map(|answer| answer.object("group")).collect());
        }
        let text = format!(
            "query($ids: [ID!], $first: Int) {{ projects(ids: $ids, first: $first) {{ nodes {{ id {selection} }} }} }}"
        );
        let answer = self.query(&text, &json!({"ids": ids, "first": ids.len()})).await?;
        let nodes = answer.nodes("/projects/nodes").into_iter();
        let mut by_id: HashMap<String, Json> =
            nodes.filter_map(|node| Some((node["id"].as_str()?.to_owned(), node))).collect();
        let of_id = |id: &Json| id.as_str().and_then(|id| by_id.remove(id)).unwrap_or(Json::Null);
        Ok(ids.iter().map(of_id).collect())
    }
}

/// What a query tells of each of these objects; of what is not shown, nothing but its id.
///
/// # Errors
/// When the server cannot be asked, or does not know a field.
pub(super) async fn told(
    reader: &Reader,
    of: &str,
    selection: &Selection,
    ids: Vec<Json>,
) -> Result<Vec<Json>, ForgeError> {
    let mut objects: Vec<Json> = ids.iter().map(|id| json!({"id": id})).collect();
    if selection.is_empty() {
        return Ok(objects);
    }
    let parts = reader.parts(selection);
    let each = parts.iter().flat_map(|(part, most)| {
        ids.chunks(*most).enumerate().map(move |(i, some)| async move {
            Ok::<_, ForgeError>((i * most, in_halves(reader, of, some, part).await?))
        })
    });
    for (first, read) in try_join_all(each).await? {
        for (object, read) in objects.iter_mut().skip(first).zip(read) {
            if let (Json::Object(object), Json::Object(read)) = (object, read) {
                object.extend(read);
            }
        }
    }
    complete(reader, of, selection, &mut objects).await?;
    Ok(objects)
}

/// The objects with those ids, half as many at once each time that the server finds it too much. One
/// that is too much by itself is null.
async fn in_halves(
    reader: &Reader,
    of: &str,
    ids: &[Json],
    selection: &Selection,
) -> Result<Vec<Json>, ForgeError> {
    let mut read = vec![Json::Null; ids.len()];
    let mut waiting = vec![(0, ids)];
    while let Some((first, some)) = waiting.pop() {
        match reader.by_id(of, some, selection).await {
            Ok(objects) => objects.into_iter().enumerate().for_each(|(i, object)| read[first + i] = object),
            Err(error) if error.is_too_heavy() && some.len() > 1 => {
                let (before, after) = some.split_at(some.len() / 2);
                waiting.extend([(first, before), (first + before.len(), after)]);
            }
            Err(error) if error.is_too_heavy() => {}
            Err(error) => return Err(error),
        }
    }
    Ok(read)
}

/// The id that a query knows a project by.
pub(super) fn id_of(project: &Json) -> Json {
    format!("gid://gitlab/Project/{}", project["id"]).into()
}
