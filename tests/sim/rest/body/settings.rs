//! Telling the stated settings a caller may see.

use serde_json::{Map, Value};

use crate::sim::world::{Denials, Setting, Settings};

/// Copies what is stated to the body; what is unstated or denied is left out.
pub fn tell<'t>(
    body: &mut Map<String, Value>,
    table: impl Iterator<Item = &'t Setting>,
    settings: &Settings,
    denials: &Denials,
) {
    for setting in table {
        let denied = denials.of(setting.key).is_some()
            || setting.graphql.is_some_and(|field| denials.of(field).is_some());
        if let Some(value) = settings.get(setting.key)
            && !denied
        {
            body.insert(setting.key.to_owned(), value.clone());
        }
    }
}
