//! Paging by `page` and `per_page`, with the `Link` header that tells the way.

use serde_json::Value;

use super::exchange::{Reply, Request};

const DEFAULT_SIZE: usize = 30;
const LARGEST_SIZE: usize = 100;

/// Answers the page that was asked for, rendering only what is on it.
pub fn page<T>(request: &Request, items: &[T], render: impl FnMut(&T) -> Value) -> Reply {
    let asked = |key: &str| {
        request.asked(key).and_then(|text| text.parse::<usize>().ok()).filter(|&number| number > 0)
    };
    let size = asked("per_page").unwrap_or(DEFAULT_SIZE).min(LARGEST_SIZE);
    let number = asked("page").unwrap_or(1);
    let last = items.len().div_ceil(size).max(1);
    let body: Vec<Value> =
        items.iter().skip((number - 1).saturating_mul(size)).take(size).map(render).collect();
    Reply { status: 200, body: Some(Value::Array(body)), link: link(request, number, last) }
}

fn link(request: &Request, number: usize, last: usize) -> Option<String> {
    let mut relations = Vec::new();
    if number > 1 {
        relations.push(relation(request, "prev", (number - 1).min(last)));
    }
    if number < last {
        relations.push(relation(request, "next", number + 1));
        relations.push(relation(request, "last", last));
    }
    if number > 1 {
        relations.push(relation(request, "first", 1));
    }
    (!relations.is_empty()).then(|| relations.join(", "))
}

fn relation(request: &Request, name: &str, number: usize) -> String {
    let mut query = url::form_urlencoded::Serializer::new(String::new());
    for (key, value) in request.query.iter().filter(|(key, _)| key.as_str() != "page") {
        query.append_pair(key, value);
    }
    query.append_pair("page", &number.to_string());
    format!("<{}{}?{}>; rel=\"{name}\"", request.site.api, request.url, query.finish())
}
