//! GraphQL's names for what REST calls otherwise.

use serde_json::{Map, Value};

/// `pagesAccessLevel` as `pages_access_level`.
pub fn snake(name: &str) -> String {
    let mut snake = String::with_capacity(name.len() + 4);
    for letter in name.chars() {
        if letter.is_ascii_uppercase() {
            snake.push('_');
        }
        snake.push(letter.to_ascii_lowercase());
    }
    snake
}

/// `access_level` as `accessLevel`.
pub fn camel(name: &str) -> String {
    let mut parts = name.split('_');
    let mut camel = parts.next().unwrap_or_default().to_owned();
    for part in parts {
        camel.push_str(&part[..1].to_ascii_uppercase());
        camel.push_str(&part[1..]);
    }
    camel
}

/// An item of REST as an object of GraphQL, with a global id of that kind.
pub fn object(kind: &str, item: &Value) -> Map<String, Value> {
    let fields = item.as_object().into_iter().flatten();
    let mut object: Map<String, Value> = fields.map(|(key, value)| (camel(key), value.clone())).collect();
    if let Some(id) = object.get_mut("id") {
        *id = gid(kind, id);
    }
    object
}

pub fn gid(kind: &str, id: &Value) -> Value {
    Value::String(format!("gid://gitlab/{kind}/{id}"))
}
