//! The REST list that carries settings of every repository of an organization.

use crate::forge::error::ForgeError;
use crate::forge::reading::{ScopePlan, listed};
use std::collections::HashMap;

use futures_util::future::try_join_all;
use serde_json::Value as Json;

use super::client::Reader;
use crate::model::Readings;

/// The readings of every repository that a list carries, by full name in lower case.
pub(super) async fn repositories(
    reader: &Reader,
    organization: &str,
    plan: &ScopePlan<'_>,
) -> Result<HashMap<String, Readings>, ForgeError> {
    let items = all_pages(reader, &format!("/orgs/{organization}/repos?type=all&sort=full_name")).await?;
    let of = |item: &Json| {
        let name = item["full_name"].as_str()?.to_ascii_lowercase();
        Some((name, listed(plan, item)))
    };
    Ok(items.iter().filter_map(of).collect())
}

/// Every item of a list: the first page says how many there are, the others are asked for at once.
async fn all_pages(reader: &Reader, path: &str) -> Result<Vec<Json>, ForgeError> {
    let separator = if path.contains('?') { '&' } else { '?' };
    let page = |n: u64| format!("{path}{separator}per_page=100&page={n}");
    let first = reader.get(&page(1)).await?;
    let last = first.link.as_deref().and_then(last_page).unwrap_or(1);
    let paths: Vec<String> = (2..=last).map(page).collect();
    let others = try_join_all(paths.iter().map(|p| reader.get(p))).await?;
    let mut items = Vec::new();
    for page in std::iter::once(first).chain(others) {
        match page.json {
            Json::Array(page) => items.extend(page),
            _ => {
                return Err(ForgeError::Unreadable {
                    what: format!("GET {path}"),
                    why: "it is not a list".into(),
                });
            }
        }
    }
    Ok(items)
}

/// The number of the last page that a `Link` header names.
fn last_page(link: &str) -> Option<u64> {
    let last = link.split(',').find(|part| part.contains("rel=\"last\""))?;
    let url = last.split(['<', '>']).nth(1)?;
    let query = url.split_once('?')?.1;
    query.split('&').find_map(|pair| pair.strip_prefix("page="))?.parse().ok()
}

#[cfg(test)]
mod tests {
    use super::last_page;

    #[test]
    fn the_last_page_is_read_from_its_link() {
        let link = r#"<https://h/orgs/a/repos?per_page=100&page=2>; rel="next", <https://h/orgs/a/repos?per_page=100&page=7>; rel="last""#;
        assert_eq!(last_page(link), Some(7));
        assert_eq!(last_page(r#"<https://h/x?page=1>; rel="prev""#), None);
    }
}
