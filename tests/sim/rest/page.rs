//! Paging by `page` and `per_page`, or by cursor, with the `Link` header that tells the way.

use serde_json::Value;

use super::exchange::{Reply, Request};
use crate::sim::server::QuirkKind;

/// How many items a page has.
#[derive(Debug, Clone, Copy)]
pub struct Pages {
    /// Where the caller asks for no number.
    pub size: usize,
    pub largest: usize,
    /// Whether pages follow each other by `after` instead of by number.
    pub cursor: bool,
}

impl Default for Pages {
    fn default() -> Self {
        Self { size: 30, largest: 100, cursor: false }
    }
}

/// Answers the page that was asked for, rendering only what is on it.
pub fn page<T>(request: &Request, items: &[T], render: impl FnMut(&T) -> Value) -> Reply {
    let (items, link) = Pages::default().of(request, items);
    let body: Vec<Value> = items.iter().map(render).collect();
    Reply { link, ..Reply::ok(Value::Array(body)) }
}

/// The same, as the list in an object that tells how many items there are on all pages.
pub fn counted_page<T>(request: &Request, key: &str, items: &[T], render: impl FnMut(&T) -> Value) -> Reply {
    let total = total(request, items.len());
    let listed = page(request, items, render);
    Reply { body: Some(serde_json::json!({ "total_count": total, key: listed.body })), ..listed }
}

impl Pages {
    /// What is on the page that was asked for, and the way to the others.
    pub fn of<'i, T>(self, request: &Request, items: &'i [T]) -> (&'i [T], Option<String>) {
        let asked = |key: &str| {
            request.asked(key).and_then(|text| text.parse::<usize>().ok()).filter(|&number| number > 0)
        };
        let size = asked("per_page").unwrap_or(self.size).min(self.largest);
        let number = if self.cursor { after(request) / size + 1 } else { asked("page").unwrap_or(1) };
        let (size, items) = disturbed(request, number, size, items);
        let last = items.len().div_ceil(size).max(1);
        let start = (number - 1).saturating_mul(size).min(items.len());
        let end = start.saturating_add(size).min(items.len());
        let link = if self.cursor { cursors(request, end, items.len()) } else { link(request, number, last) };
        (&items[start..end], link)
    }
}

/// What a test asked to go wrong with this list.
fn disturbed<'i, T>(request: &Request, number: usize, size: usize, items: &'i [T]) -> (usize, &'i [T]) {
    let is = |kind: QuirkKind| request.quirks.iter().any(|quirk| quirk.kind == kind);
    let size = if is(QuirkKind::ShortPages) && size > 1 { size - 1 } else { size };
    let gone = usize::from(is(QuirkKind::Shifting) && number > 1 && !items.is_empty());
    (size, &items[gone..])
}

/// How many items a list says that it has.
pub fn total(request: &Request, items: usize) -> u64 {
    let more = request.quirks.iter().filter_map(|quirk| match quirk.kind {
        QuirkKind::Overstated(more) => Some(more),
        _ => None,
    });
    items as u64 + more.sum::<u64>()
}

/// How many items a cursor leaves behind.
fn after(request: &Request) -> usize {
    request.asked("after").and_then(|cursor| cursor.strip_prefix("cursor-")?.parse().ok()).unwrap_or(0)
}

fn cursors(request: &Request, end: usize, items: usize) -> Option<String> {
    (end < items).then(|| relation(request, "next", "after", &format!("cursor-{end}")))
}

fn link(request: &Request, number: usize, last: usize) -> Option<String> {
    let mut relations = Vec::new();
    let mut tell = |name: &str, number: usize| {
        relations.push(relation(request, name, "page", &number.to_string()));
    };
    if number > 1 {
        tell("prev", (number - 1).min(last));
    }
    if number < last {
        tell("next", number + 1);
        tell("last", last);
    }
    if number > 1 {
        tell("first", 1);
    }
    (!relations.is_empty()).then(|| relations.join(", "))
}

fn relation(request: &Request, name: &str, key: &str, place: &str) -> String {
    let mut query = url::form_urlencoded::Serializer::new(String::new());
    for (asked, value) in request.query.iter().filter(|(asked, _)| asked.as_str() != key) {
        query.append_pair(asked, value);
    }
    query.append_pair(key, place);
    format!("<{}{}?{}>; rel=\"{name}\"", request.site.api, request.url, query.finish())
}
