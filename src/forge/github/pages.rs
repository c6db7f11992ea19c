//! Pages of repositories: as many at once as the server can bear.

use crate::forge::error::ForgeError;
use crate::forge::reading::{Answer, Objects, REPOSITORY};
use std::collections::HashSet;
use std::sync::Arc;

use serde_json::{Value as Json, json};

use super::client::Reader;
use crate::catalog::Selection;

/// More repositories than this no page may have.
pub(super) const LARGEST: u64 = 100;

/// Good pages after which a page that was halved is tried larger again.
const CALM: u32 = 4;

/// Repositories that are read again at once, whatever is asked of them.
const FEW: usize = 10;

/// What a query asks of each repository.
#[derive(Debug, Clone)]
pub(super) struct Ask {
    pub organization: Arc<str>,
    pub selection: Arc<str>,
}

impl Ask {
    fn page(&self) -> String {
        format!(
            "query($org: String!, $after: String, $first: Int!) {{ rateLimit {{ cost }} organization(login: $org) {{ \
             repositories(first: $first, after: $after, orderBy: {{field: NAME, direction: ASC}}) {{ totalCount \
             pageInfo {{ hasNextPage endCursor }} nodes {{ id nameWithOwner {} }} }} }} }}",
            self.selection
        )
    }
}

/// One page that was read.
#[derive(Debug)]
pub(super) struct Page {
    pub repositories: Vec<Json>,
    pub total: u64,
    pub next: Option<Json>,
    /// The fields, by answer key, whose refusal hid whole repositories.
    pub hiding: Vec<String>,
    /// From where, and how many, so that the same can be asked again.
    pub asked: (Json, u64),
}

/// How many repositories to ask for.
#[derive(Debug, Clone, Copy)]
pub(super) struct Size {
    now: u64,
    most: u64,
    calm: u32,
}

impl Size {
    pub(super) fn new(most: u64) -> Self {
        let most = most.clamp(1, LARGEST);
        Self { now: most, most, calm: 0 }
    }

    fn halve(&mut self) -> bool {
        let smaller = (self.now / 2).max(1);
        let could = smaller < self.now;
        (self.now, self.calm) = (smaller, 0);
        could
    }

    fn went_well(&mut self) {
        self.calm += 1;
        if self.calm >= CALM && self.now < self.most {
            (self.now, self.calm) = ((self.now * 2).min(self.most), 0);
        }
    }
}

/// Reads one page, halving it as long as the server gives up on it.
pub(super) async fn read_page(
    reader: &Reader,
    ask: &Ask,
    after: Json,
    size: &mut Size,
) -> Result<Page, ForgeError> {
    let text = ask.page();
    loop {
        let variables = json!({"org": &*ask.organization, "after": after, "first": size.now});
        let first = size.now;
        let answer = match first {
            1 => reader.query(&text, &variables).await,
            _ => reader.query_once(&text, &variables).await,
        };
        match answer {
            Ok(answer) => {
                size.went_well();
                return page(answer, ask, (after, first));
            }
            Err(error) if error.is_too_heavy() && size.halve() => {}
            Err(error) => return Err(error),
        }
    }
}

fn page(answer: Answer, ask: &Ask, asked: (Json, u64)) -> Result<Page, ForgeError> {
    let connection = &answer.data["organization"]["repositories"];
    let Some(listed) = connection["nodes"].as_array() else {
        let message = answer.errors.first().map_or("it is not shown", |e| e.message.as_str());
        return Err(ForgeError::Refused {
            what: format!("organization {}", ask.organization),
            status: 200,
            message: message.to_owned(),
        });
    };
    let hidden =
        |i: &Json| i.as_u64().and_then(|i| listed.get(usize::try_from(i).ok()?)).is_some_and(Json::is_null);
    let hiding = answer.errors.iter().filter(|e| e.path.get(3).is_some_and(hidden));
    let hiding = hiding.filter_map(|e| e.path.get(4)?.as_str().map(str::to_owned)).collect();
    let total = connection["totalCount"].as_u64().unwrap_or_default();
    let info = &connection["pageInfo"];
    // A page that leads nowhere, or back to itself, is the last: how many are missing is told by the total.
    let on = |cursor: &&Json| info["hasNextPage"] == true && cursor.is_string() && **cursor != asked.0;
    let next = Some(&info["endCursor"]).filter(on).cloned();
    Ok(Page { total, next, hiding, asked, repositories: answer.nodes("/organization/repositories/nodes") })
}

/// The repositories that are in the list and not among those seen, as one page that is the last.
pub(super) async fn missed(
    reader: &Reader,
    ask: &Ask,
    seen: &HashSet<String>,
    selection: &Selection,
) -> Result<Page, ForgeError> {
    let names = Ask { selection: "".into(), ..ask.clone() };
    let (mut after, mut size) = (Json::Null, Size::new(LARGEST));
    let mut ids = Vec::new();
    let total = loop {
        let page = read_page(reader, &names, after, &mut size).await?;
        let new = page.repositories.iter();
        let new = new.filter(|r| r["nameWithOwner"].as_str().is_some_and(|name| !seen.contains(name)));
        ids.extend(new.map(|r| r["id"].clone()));
        match page.next {
            Some(next) => after = next,
            None => break page.total,
        }
    };
    let mut repositories = Vec::new();
    for some in ids.chunks(FEW) {
        repositories.extend(reader.by_id(REPOSITORY, some, selection).await?);
    }
    Ok(Page { repositories, total, next: None, hiding: Vec::new(), asked: (Json::Null, 1) })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_page_shrinks_under_load_and_grows_back() {
        let mut size = Size::new(100);
        assert!(size.halve() && size.halve());
        assert_eq!(size.now, 25);
        (0..2 * CALM).for_each(|_| size.went_well());
        assert_eq!(size.now, 100);
        let mut one = Size::new(1);
        assert!(!one.halve());
    }
}
