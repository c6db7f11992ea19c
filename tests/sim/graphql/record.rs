//! Objects whose fields are all at hand.

use apollo_compiler::resolvers::FieldError;
use serde_json::Value;

use super::answer::{Answer, Ask, Subject};

/// An object told as JSON under GraphQL's own names; a field that is missing is null.
pub struct Record {
    kind: String,
    fields: Value,
}

impl Record {
    pub fn new(kind: String, fields: Value) -> Self {
        Self { kind, fields }
    }
}

impl<'w> Subject<'w> for Record {
    fn type_name(&self) -> &str {
        &self.kind
    }

    fn field(&self, ask: &Ask<'_>) -> Result<Answer<'w>, FieldError> {
        Ok(Answer::Value(self.fields.get(ask.field).cloned().unwrap_or(Value::Null)))
    }
}

/// An item of a list that could not be found. The engine has no errors for single items, but it
/// refuses an object of an unknown type with an error at exactly this item: so the message is the type.
pub struct Unresolved(pub String);

impl<'w> Subject<'w> for Unresolved {
    fn type_name(&self) -> &str {
        &self.0
    }

    fn field(&self, ask: &Ask<'_>) -> Result<Answer<'w>, FieldError> {
        Err(ask.unanswered(&self.0))
    }
}

/// An object of which some fields are objects of the world.
pub struct Composite<'w> {
    pub kind: &'static str,
    pub fields: Vec<(&'static str, Answer<'w>)>,
}

impl<'w> Subject<'w> for Composite<'w> {
    fn type_name(&self) -> &str {
        self.kind
    }

    fn field(&self, ask: &Ask<'_>) -> Result<Answer<'w>, FieldError> {
        let found = self.fields.iter().find(|(name, _)| *name == ask.field);
        found.map(|(_, answer)| answer.clone()).ok_or_else(|| ask.unanswered(self.kind))
    }
}
