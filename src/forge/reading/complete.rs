//! What a page cut short is read again alone: with full pages, and on to the end of each list.

use serde_json::Value as Json;

use super::queried::is_cut;
use crate::catalog::Selection;
use crate::forge::error::ForgeError;

/// Reads objects by a composed query.
pub(in crate::forge) trait Objects {
    /// The selection in as many parts as the forge's limits make of it, and of how many objects each
    /// may be asked at once.
    fn parts(&self, selection: &Selection) -> Vec<(Selection, usize)>;

    /// The objects of a GraphQL type with those ids, in their order; null for what is not shown.
    async fn by_id(&self, of: &str, ids: &[Json], selection: &Selection) -> Result<Vec<Json>, ForgeError>;
}

/// Pages after which a list is taken for one without an end.
const MOST_PAGES: u32 = 10_000;

/// Reads again the objects of that GraphQL type of which a list was cut short. Each object carries its
/// `id`; what cannot be had stays cut short, which is told from a whole list wherever it is read.
///
/// # Errors
/// When the server cannot be asked any more.
pub(in crate::forge) async fn complete(
    reader: &impl Objects,
    of: &str,
    selection: &Selection,
    objects: &mut [Json],
) -> Result<(), ForgeError> {
    let cut: Vec<usize> = (0..objects.len()).filter(|i| is_cut(&objects[*i])).collect();
    if cut.is_empty() {
        return Ok(());
    }
    let full = selection.with_full_pages();
    for (part, at_once) in reader.parts(&full) {
        let mut waiting: Vec<&[usize]> = cut.chunks(at_once).collect();
        while let Some(some) = waiting.pop() {
            let ids: Vec<Json> = some.iter().map(|i| objects[*i]["id"].clone()).collect();
            let again = match reader.by_id(of, &ids, &part).await {
                Ok(again) => again,
                Err(error) if error.is_too_heavy() && some.len() > 1 => {
                    waiting.extend(<[_; 2]>::from(some.split_at(some.len() / 2)));
                    continue;
                }
                // What stays cut short is unknown, which is true; the rest of the page is still good.
                Err(error) if error.is_too_heavy() => continue,
                Err(error) => return Err(error),
            };
            for (i, object) in some.iter().zip(again) {
                // One that is refused now is kept as it was.
                if let (Json::Object(whole), Json::Object(read)) = (&mut objects[*i], object) {
                    whole.extend(read.into_iter().filter(|(_, field)| !field.is_null()));
                }
            }
        }
    }
    for i in cut {
        read_on(reader, of, &full, &mut objects[i]).await?;
    }
    Ok(())
}

/// Reads the lists of one object on to their ends.
async fn read_on(
    reader: &impl Objects,
    of: &str,
    full: &Selection,
    object: &mut Json,
) -> Result<(), ForgeError> {
    for _ in 0..MOST_PAGES {
        let Some(on) = full.on_from(object) else { return Ok(()) };
        let ids = [object["id"].clone()];
        let page = match reader.by_id(of, &ids, &on).await {
            Ok(page) => page,
            Err(error) if error.is_too_heavy() => return Ok(()),
            Err(error) => return Err(error),
        };
        let Some(Json::Object(page)) = page.into_iter().next() else { return Ok(()) };
        for (key, connection) in page {
            if !append(&mut object[key.as_str()], connection) {
                return Ok(());
            }
        }
    }
    Ok(())
}

/// Adds a page to a connection; says whether there was one to add.
fn append(held: &mut Json, mut page: Json) -> bool {
    if !page.is_object() || !held.is_object() {
        // A field beside the lists, such as the object's id.
        return !page.is_null();
    }
    // The same page once more would be counted for what was not sent.
    let end = |connection: &Json| connection["pageInfo"]["endCursor"].as_str().map(str::to_owned);
    if end(held).is_some_and(|held| end(&page) == Some(held)) {
        return false;
    }
    for items in ["nodes", "edges"] {
        if let (Some(Json::Array(held)), Some(Json::Array(more))) =
            (held.get_mut(items), page.get_mut(items).map(Json::take))
        {
            held.extend(more);
        }
    }
    for told in ["totalCount", "pageInfo"] {
        held[told] = page[told].take();
    }
    true
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;

    #[test]
    fn the_same_page_once_more_is_not_what_was_left_out() {
        let page = |end: &str, name: &str| json!({"totalCount": 2, "pageInfo": {"hasNextPage": true, "endCursor": end}, "nodes": [{"name": name}]});
        let mut held = page("a", "bug");
        assert!(!append(&mut held, page("a", "bug")));
        assert!(is_cut(&json!({"labels": held})));
        assert!(append(&mut held, page("b", "help")));
        assert!(!is_cut(&json!({"labels": held})));
    }
}
