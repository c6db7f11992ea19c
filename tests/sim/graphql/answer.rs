//! What a subject answers for a field, before the schema's type shapes it.

use std::collections::BTreeMap;
use std::rc::Rc;

use apollo_compiler::resolvers::FieldError;
use apollo_compiler::response::{JsonMap, JsonValue};
use serde_json::{Map, Value};

use crate::sim::world::Denials;

/// An object of the schema whose fields are worked out when they are asked for.
pub trait Subject<'w> {
    fn type_name(&self) -> &str;

    fn field(&self, ask: &Ask<'_>) -> Result<Answer<'w>, FieldError>;

    fn denials(&self) -> Option<&'w Denials> {
        None
    }
}

/// A field and its arguments, defaults included.
pub struct Ask<'a> {
    pub field: &'a str,
    pub arguments: &'a JsonMap,
}

#[derive(Clone)]
pub enum Answer<'w> {
    /// A leaf, or a small object with all its fields, or a list of either.
    Value(Value),
    Object(Rc<dyn Subject<'w> + 'w>),
    List(Vec<Answer<'w>>),
    Page(Rc<Page<'w>>),
    /// Null, with this error.
    Unresolved(String),
}

/// All of a connection; the arguments choose what is told of it.
pub struct Page<'w> {
    pub edges: Vec<Edge<'w>>,
    /// Fields of the connection besides the usual ones.
    pub totals: Map<String, Value>,
}

pub struct Edge<'w> {
    pub node: Answer<'w>,
    /// Fields of the edge besides the usual ones.
    pub extra: BTreeMap<&'static str, Answer<'w>>,
}

impl<'w> Answer<'w> {
    pub fn of(value: impl Into<Value>) -> Self {
        Self::Value(value.into())
    }

    pub fn null() -> Self {
        Self::Value(Value::Null)
    }

    pub fn object(subject: impl Subject<'w> + 'w) -> Self {
        Self::Object(Rc::new(subject))
    }

    pub fn optional(subject: Option<impl Subject<'w> + 'w>) -> Self {
        subject.map_or_else(Self::null, Self::object)
    }

    pub fn page(nodes: impl IntoIterator<Item = Self>) -> Self {
        Self::edges(nodes.into_iter().map(|node| Edge { node, extra: BTreeMap::new() }))
    }

    pub fn edges(edges: impl IntoIterator<Item = Edge<'w>>) -> Self {
        Self::Page(Rc::new(Page { edges: edges.into_iter().collect(), totals: Map::new() }))
    }
}

impl<'w> Edge<'w> {
    pub fn new(node: Answer<'w>, key: &'static str, value: impl Into<Value>) -> Self {
        Self { node, extra: BTreeMap::new() }.with(key, Answer::of(value))
    }

    pub fn with(mut self, key: &'static str, answer: Answer<'w>) -> Self {
        self.extra.insert(key, answer);
        self
    }
}

impl Ask<'_> {
    pub fn text(&self, argument: &str) -> Option<&str> {
        self.arguments.get(argument)?.as_str()
    }

    pub fn flag(&self, argument: &str) -> Option<bool> {
        self.arguments.get(argument)?.as_bool()
    }

    pub fn number(&self, argument: &str) -> Option<i64> {
        self.arguments.get(argument)?.as_i64()
    }

    pub fn texts(&self, argument: &str) -> Option<Vec<&str>> {
        Some(self.arguments.get(argument)?.as_array()?.iter().filter_map(JsonValue::as_str).collect())
    }

    /// The field and whether the direction is descending.
    pub fn order(&self) -> Option<(&str, bool)> {
        let order = self.arguments.get("orderBy")?.as_object()?;
        Some((order.get("field")?.as_str()?, order.get("direction")?.as_str()? == "DESC"))
    }

    /// What no subject should be asked, since the schema declares only what is answered.
    pub fn unanswered(&self, kind: &str) -> FieldError {
        FieldError { message: format!("the simulator does not answer {kind}.{}", self.field) }
    }
}
