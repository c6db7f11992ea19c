//! Errors as GitHub words and types them.

use apollo_compiler::resolvers::FieldError;
use apollo_compiler::response::GraphQLError;
use apollo_compiler::validation::DiagnosticList;
use serde_json::{Value, json};

const FORBIDDEN: &str = "Resource not accessible by integration";
const UNRESOLVED: &str = "Could not resolve to ";
const UNBOUNDED: &str = "You must provide a `first` or `last` value";
const EXCESSIVE: &str = "Requesting ";
const TOO_MANY_IDS: &str = "You may not provide more than ";

pub fn forbidden() -> FieldError {
    FieldError { message: FORBIDDEN.to_owned() }
}

/// `what` as in "an Organization with the login of 'acme'."
pub fn unresolved(what: &str) -> String {
    format!("{UNRESOLVED}{what}")
}

pub fn unbounded(connection: &str) -> FieldError {
    FieldError { message: format!("{UNBOUNDED} to properly paginate the `{connection}` connection.") }
}

pub fn excessive(asked: i64, argument: &str, connection: &str) -> FieldError {
    let message = format!(
        "{EXCESSIVE}{asked} records on the `{connection}` connection exceeds the `{argument}` limit of 100 records."
    );
    FieldError { message }
}

pub fn too_many_ids(limit: usize, given: usize) -> FieldError {
    FieldError { message: format!("{TOO_MANY_IDS}{limit} node ids; you provided {given}.") }
}

/// The engine knows messages only, so GitHub's type is told from them.
fn kind(message: &str) -> Option<&'static str> {
    [
        (FORBIDDEN, "FORBIDDEN"),
        (UNRESOLVED, "NOT_FOUND"),
        (UNBOUNDED, "MISSING_PAGINATION_BOUNDARIES"),
        (EXCESSIVE, "EXCESSIVE_PAGINATION"),
        (TOO_MANY_IDS, "ARGUMENT_LIMIT"),
    ]
    .into_iter()
    .find_map(|(start, kind)| message.starts_with(start).then_some(kind))
}

pub fn of_execution(error: &GraphQLError) -> Value {
    let message = error.message.strip_prefix("resolver error: ").unwrap_or(&error.message);
    let message = unresolved_item(message).unwrap_or(message);
    let mut told = json!({});
    if let Some(kind) = kind(message) {
        told["type"] = json!(kind);
    }
    told["path"] = json!(error.path);
    told["locations"] = json!(error.locations);
    told["message"] = json!(message);
    told
}

/// The message that [`super::record::Unresolved`] goes by as a type.
fn unresolved_item(message: &str) -> Option<&str> {
    message.strip_prefix("resolver returned an object of type ")?.strip_suffix(" not defined in the schema")
}

pub fn of_validation(diagnostics: &DiagnosticList) -> Value {
    let undefined =
        diagnostics.iter().any(|diagnostic| undefined_field(&diagnostic.error.to_string()).is_some());
    diagnostics
        .iter()
        // Where only an undefined field was selected, the engine misses a selection besides.
        .filter(|diagnostic| {
            !undefined || !diagnostic.error.to_string().ends_with("must have a subselection set")
        })
        .map(|diagnostic| {
            let message = diagnostic.error.to_string();
            let start = diagnostic.line_column_range().map(|range| range.start);
            let locations: Vec<Value> =
                start.iter().map(|at| json!({ "line": at.line, "column": at.column })).collect();
            match undefined_field(&message) {
                Some((kind, field)) => json!({
                    "path": ["query"],
                    "extensions": { "code": "undefinedField", "typeName": kind, "fieldName": field },
                    "locations": locations,
                    "message": format!("Field '{field}' doesn't exist on type '{kind}'"),
                }),
                None => json!({ "locations": locations, "message": message }),
            }
        })
        .collect()
}

/// The type and the field out of "type `T` does not have a field `f`".
fn undefined_field(message: &str) -> Option<(&str, &str)> {
    let (kind, rest) = message.strip_prefix("type `")?.split_once("` does not have a field `")?;
    Some((kind, rest.split_once('`')?.0))
}
