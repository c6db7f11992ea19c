//! Objects by their ids, within what GitHub lets one query return.

use serde_json::{Value as Json, json};

use super::client::Reader;
use super::plan::MOST_NODES;
use crate::catalog::Selection;
use crate::forge::error::ForgeError;
use crate::forge::reading::{Objects, REPOSITORY};

/// Objects that are read again at once, however little is asked of each.
const MOST: u64 = 10;

impl Objects for Reader {
    fn parts(&self, selection: &Selection) -> Vec<(Selection, usize)> {
        let at_once = |part: &Selection| (MOST_NODES / part.cost(1).nodes.max(1)).clamp(1, MOST);
        let parts = selection.divided(MOST_NODES).into_iter();
        parts
            .map(|part| {
                let most = at_once(&part);
                (part, usize::try_from(most).unwrap_or(1))
            })
            .collect()
    }

    async fn by_id(&self, of: &str, ids: &[Json], selection: &Selection) -> Result<Vec<Json>, ForgeError> {
        let name = if of == REPOSITORY { "nameWithOwner" } else { "" };
        let selection = selection.text();
        let text = format!(
            "query($ids: [ID!]!) {{ rateLimit {{ cost }} nodes(ids: $ids) {{ ... on {of} {{ id {name} {selection} }} }} }}"
        );
        let variables = json!({"ids": ids});
        let answer = match ids {
            [_] => self.query(&text, &variables).await?,
            _ => self.query_once(&text, &variables).await?,
        };
        Ok(answer.nodes("/nodes"))
    }
}
