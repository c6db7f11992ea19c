//! Endpoints that are plain data: a table says what they answer, and no code knows one by name.
//!
//! A row is a `[[get]]` in one of the files beside this one; its keys are the fields of [`Row`].
//! Values that TOML cannot write, such as null, are JSON in a string.

mod answer;
mod approvals;
mod collection;
pub mod fill;
mod row;

use std::sync::OnceLock;

pub use answer::{Told, answer, items};
pub use approvals::{OLDER as OLDER_APPROVALS, setting as approval_setting};
pub use collection::{Collection, Fields, Written, fields, item, lists, written};
pub use row::Row;

const FILES: [(&str, &str); 5] = [
    ("project.toml", include_str!("project.toml")),
    ("project_ci.toml", include_str!("project_ci.toml")),
    ("project_protection.toml", include_str!("project_protection.toml")),
    ("group.toml", include_str!("group.toml")),
    ("instance.toml", include_str!("instance.toml")),
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

/// The row of a path whose segments are decoded; placeholders stand in braces.
pub fn find(segments: &[String]) -> Option<&'static Row> {
    let fits = |row: &&Row| {
        let parts = row.path.split('/').skip(1);
        row.path.split('/').count() == segments.len() + 1
            && parts.zip(segments).all(|(part, segment)| part.starts_with('{') || part == segment)
    };
    // What is spelt out goes before a placeholder.
    table().iter().filter(fits).min_by_key(|row| row.path.matches('{').count())
}

/// The row of that list or document of a project or group, such as `/projects/{id}/hooks`.
pub fn named(path: &str) -> Option<&'static Row> {
    table().iter().find(|row| row.path == path)
}
