//! Connections: what `first`, `after`, `last` and `before` choose of a page.

use std::rc::Rc;

use apollo_compiler::resolvers::{FieldError, ResolveInfo};
use apollo_compiler::response::JsonMap;
use base64::Engine as _;
use base64::engine::general_purpose::STANDARD;
use serde_json::{Value, json};

use super::answer::{Answer, Ask, Page, Subject};
use super::errors;
use super::resolver::Bounds;

const MOST: i64 = 100;
const CURSOR: &str = "cursor:v2:";

/// GitHub wants every connection bounded, and by no more than a hundred, unless only its total is asked for.
pub fn check_bounds(info: &ResolveInfo<'_>) -> Result<(), FieldError> {
    if info.field_definition().argument_by_name("first").is_none() {
        return Ok(());
    }
    let asked = |argument| Ask { field: info.field_name(), arguments: info.arguments() }.number(argument);
    let bounds = [("first", asked("first")), ("last", asked("last"))];
    if bounds.iter().all(|(_, count)| count.is_none()) {
        return if only_total(info) { Ok(()) } else { Err(errors::unbounded(info.field_name())) };
    }
    match bounds
        .into_iter()
        .find_map(|(argument, count)| Some((argument, count.filter(|count| !(0..=MOST).contains(count))?)))
    {
        Some((argument, count)) => Err(errors::excessive(count, argument, info.field_name())),
        None => Ok(()),
    }
}

fn only_total(info: &ResolveInfo<'_>) -> bool {
    let mut asked = info.field_selections().iter().flat_map(|field| &field.selection_set.selections);
    asked.all(|one| one.as_field().is_some_and(|field| field.name == "totalCount"))
}

pub struct Connection<'w> {
    kind: String,
    page: Rc<Page<'w>>,
    from: usize,
    to: usize,
}

impl<'w> Connection<'w> {
    pub fn new(kind: &str, page: Rc<Page<'w>>, arguments: &JsonMap, bounds: Bounds) -> Self {
        let ask = Ask { field: "", arguments };
        let length = page.edges.len();
        let at = |argument| ask.text(argument).and_then(position);
        let count = |argument| ask.number(argument).and_then(|count| usize::try_from(count).ok());
        let mut from = at("after").map_or(0, |after| after + 1).min(length);
        let mut to = at("before").unwrap_or(length).clamp(from, length);
        let most = if bounds == Bounds::Assumed { MOST as usize } else { usize::MAX };
        let last = count("last").map(|last| last.min(most));
        let first = count("first").or((last.is_none() && bounds == Bounds::Assumed).then_some(most));
        if let Some(first) = first.map(|first| first.min(most)) {
            to = to.min(from + first);
        }
        if let Some(last) = last {
            from = from.max(to.saturating_sub(last));
        }
        Self { kind: kind.to_owned(), page, from, to }
    }

    fn info(&self) -> Value {
        let chosen = (self.from < self.to).then_some((self.from, self.to.saturating_sub(1)));
        json!({
            "hasNextPage": self.to < self.page.edges.len(),
            "hasPreviousPage": self.from > 0,
            "startCursor": chosen.map(|(first, _)| cursor(first)),
            "endCursor": chosen.map(|(_, last)| cursor(last)),
        })
    }
}

impl<'w> Subject<'w> for Connection<'w> {
    fn type_name(&self) -> &str {
        &self.kind
    }

    fn field(&self, ask: &Ask<'_>) -> Result<Answer<'w>, FieldError> {
        Ok(match ask.field {
            "totalCount" | "count" => Answer::of(self.page.edges.len()),
            "pageInfo" => Answer::of(self.info()),
            "nodes" => {
                Answer::List((self.from..self.to).map(|at| self.page.edges[at].node.clone()).collect())
            }
            "edges" => {
                let kind = self.kind.replace("Connection", "Edge");
                let edge =
                    |at| Answer::object(EdgeOf { kind: kind.clone(), page: Rc::clone(&self.page), at });
                Answer::List((self.from..self.to).map(edge).collect())
            }
            field => self
                .page
                .totals
                .get(field)
                .cloned()
                .map(Answer::Value)
                .ok_or_else(|| ask.unanswered(&self.kind))?,
        })
    }
}

struct EdgeOf<'w> {
    kind: String,
    page: Rc<Page<'w>>,
    at: usize,
}

impl<'w> Subject<'w> for EdgeOf<'w> {
    fn type_name(&self) -> &str {
        &self.kind
    }

    fn field(&self, ask: &Ask<'_>) -> Result<Answer<'w>, FieldError> {
        let edge = &self.page.edges[self.at];
        Ok(match ask.field {
            "cursor" => Answer::of(cursor(self.at)),
            "node" => edge.node.clone(),
            field => edge.extra.get(field).cloned().ok_or_else(|| ask.unanswered(&self.kind))?,
        })
    }
}

/// Opaque to clients, as GitHub's are.
fn cursor(position: usize) -> String {
    STANDARD.encode(format!("{CURSOR}{position}"))
}

fn position(cursor: &str) -> Option<usize> {
    let decoded = String::from_utf8(STANDARD.decode(cursor).ok()?).ok()?;
    decoded.strip_prefix(CURSOR)?.parse().ok()
}
