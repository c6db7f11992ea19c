//! Paging by number, or by key where it is asked for, with the headers that tell the way.

use serde_json::Value;

use super::{Reply, Request};
use crate::sim::server::QuirkKind;

const SIZE: usize = 20;
const LARGEST: usize = 100;
/// Above so many items a list tells no total.
const MOST_COUNTED: usize = 10_000;

/// Answers the page that was asked for, rendering only what is on it.
pub fn page<T>(request: &Request, items: &[T], render: impl FnMut(&T) -> Value) -> Reply {
    let asked = |key: &str| {
        request.asked(key).and_then(|text| text.parse::<usize>().ok()).filter(|&number| number > 0)
    };
    let is = |kind: QuirkKind| request.quirks.contains(&kind);
    let mut size = asked("per_page").unwrap_or(SIZE).min(LARGEST);
    let told_size = size;
    if is(QuirkKind::ShortPages) && size > 1 {
        size -= 1;
    }
    let number = asked("page").unwrap_or(1);
    let items = if is(QuirkKind::Shifting) && number > 1 { items.get(1..).unwrap_or(&[]) } else { items };
    let last = items.len().div_ceil(size).max(1);
    let start = (number - 1).saturating_mul(size).min(items.len());
    let end = start.saturating_add(size).min(items.len());
    let body = items[start..end].iter().map(render).collect();
    let counted = items.len() <= MOST_COUNTED;
    let text = |number: Option<usize>| number.map(|number| number.to_string()).unwrap_or_default();
    let next = (number < last).then_some(number + 1);
    let previous = (number > 1).then(|| number - 1);
    let mut headers = vec![
        ("x-page", number.to_string()),
        ("x-per-page", told_size.to_string()),
        ("x-next-page", text(next)),
        ("x-prev-page", text(previous)),
    ];
    if counted {
        let more: u64 = request
            .quirks
            .iter()
            .map(|quirk| if let QuirkKind::Overstated(more) = quirk { *more } else { 0 })
            .sum();
        headers.push(("x-total", (items.len() as u64 + more).to_string()));
        headers.push(("x-total-pages", last.to_string()));
    }
    let mut relations = Vec::new();
    let mut tell = |name: &str, number: Option<usize>| {
        if let Some(number) = number {
            relations.push(relation(
                request,
                name,
                &[("page", number.to_string()), ("per_page", told_size.to_string())],
            ));
        }
    };
    tell("prev", previous);
    tell("next", next);
    tell("first", Some(1));
    tell("last", counted.then_some(last));
    headers.push(("link", relations.join(", ")));
    Reply { headers, ..Reply::of(Value::Array(body)) }
}

/// The items after the id that was asked for; the way on is in the `Link` header alone.
pub fn keyset<T>(
    request: &Request,
    items: &[T],
    id: impl Fn(&T) -> u64,
    render: impl FnMut(&T) -> Value,
) -> Reply {
    let number = |key: &str| request.asked(key).and_then(|text| text.parse::<u64>().ok());
    let size = number("per_page").and_then(|size| usize::try_from(size).ok()).filter(|&size| size > 0);
    let size = size.unwrap_or(SIZE).min(LARGEST);
    let descending = request.asked("sort") != Some("asc");
    let mut items: Vec<&T> = items.iter().collect();
    items.sort_by_key(|item| id(item));
    if descending {
        items.reverse();
    }
    let key = if descending { "id_before" } else { "id_after" };
    if let Some(bound) = number(key) {
        items.retain(|item| if descending { id(item) < bound } else { id(item) > bound });
    }
    let more = items.len() > size;
    items.truncate(size);
    let mut headers = vec![("x-per-page", size.to_string())];
    if let (true, Some(last)) = (more, items.last()) {
        headers.push(("link", relation(request, "next", &[(key, id(last).to_string())])));
    }
    Reply { headers, ..Reply::of(items.into_iter().map(render).collect()) }
}

fn relation(request: &Request, name: &str, place: &[(&str, String)]) -> String {
    let mut query = url::form_urlencoded::Serializer::new(String::new());
    for (asked, value) in request.query.iter().filter(|(asked, _)| place.iter().all(|(key, _)| key != asked))
    {
        query.append_pair(asked, value);
    }
    for (key, value) in place {
        query.append_pair(key, value);
    }
    format!("<{}{}?{}>; rel=\"{name}\"", request.site.api, request.url, query.finish())
}
