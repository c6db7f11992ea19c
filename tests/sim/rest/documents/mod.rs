//! Endpoints that are plain data: a table says what they answer, and no code knows one by name.
//!
//! A row of the table is a `[[get]]` in one of the files beside this one. Its keys are the fields of
//! [`Row`]; values that TOML cannot write, such as null, are JSON in a string.

mod answer;
mod bundles;
mod collections;
mod owner;
mod row;
mod taking;
mod template;

use std::sync::OnceLock;

pub use answer::{answer, change};
pub use collections::{Collection, collections, write};
pub use owner::{Owner, suffix};
pub use row::{Row, Version};

const FILES: [(&str, &str); 11] = [
    ("enterprise.toml", include_str!("enterprise.toml")),
    ("organization_copilot.toml", include_str!("organization_copilot.toml")),
    ("organization_secrets.toml", include_str!("organization_secrets.toml")),
    ("organization_actions.toml", include_str!("organization_actions.toml")),
    ("organization_security.toml", include_str!("organization_security.toml")),
    ("organization_rest.toml", include_str!("organization_rest.toml")),
    ("repository_copilot.toml", include_str!("repository_copilot.toml")),
    ("repository_secrets.toml", include_str!("repository_secrets.toml")),
    ("repository_actions.toml", include_str!("repository_actions.toml")),
    ("repository_security.toml", include_str!("repository_security.toml")),
    ("repository_rest.toml", include_str!("repository_rest.toml")),
];

/// The whole table.
///
/// # Panics
/// When a file of the table is malformed: the simulator is broken then.
#[allow(clippy::panic, reason = "a broken table should stop whatever uses it at once")]
pub fn table() -> &'static [Row] {
    static TABLE: OnceLock<Vec<Row>> = OnceLock::new();
    TABLE.get_or_init(|| {
        FILES
            .into_iter()
            .flat_map(|(file, text)| match row::read(text) {
                Ok(rows) => rows,
                Err(error) => panic!("{file}: {error}"),
            })
            .collect()
    })
}

pub fn find(template: &str) -> Option<&'static Row> {
    table().iter().find(|row| row.path == template)
}
