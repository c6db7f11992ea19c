//! The parameters of a rule: the same in both views, but for the spelling of their names.

use serde_json::{Map, Value};

/// The kinds whose parameters GraphQL tells.
const TOLD: [&str; 17] = [
    "branch_name_pattern",
    "code_scanning",
    "commit_author_email_pattern",
    "commit_message_pattern",
    "committer_email_pattern",
    "copilot_code_review",
    "file_extension_restriction",
    "file_path_restriction",
    "max_file_path_length",
    "max_file_size",
    "merge_queue",
    "pull_request",
    "required_deployments",
    "required_status_checks",
    "tag_name_pattern",
    "update",
    "workflows",
];

/// A record of the union `RuleParameters`, or null for a kind of rule that has none.
pub fn told(kind: &str, parameters: &Value) -> Value {
    if !TOLD.contains(&kind) {
        return Value::Null;
    }
    let mut record = match renamed(parameters) {
        Value::Object(record) => record,
        _ => Map::new(),
    };
    record.insert("__typename".to_owned(), Value::String(format!("{}Parameters", capitalised(&camel(kind)))));
    Value::Object(record)
}

fn renamed(value: &Value) -> Value {
    match value {
        Value::Object(fields) => {
            fields.iter().map(|(key, value)| (camel(key), renamed(value))).collect::<Map<_, _>>().into()
        }
        Value::Array(items) => items.iter().map(renamed).collect(),
        leaf => leaf.clone(),
    }
}

fn camel(snake: &str) -> String {
    let mut words = snake.split('_');
    let first = words.next().unwrap_or_default().to_owned();
    words.fold(first, |camel, word| camel + &capitalised(word))
}

fn capitalised(word: &str) -> String {
    let mut letters = word.chars();
    letters.next().map_or_else(String::new, |first| first.to_uppercase().chain(letters).collect())
}
