//! Which repositories of an organization a ruleset reaches.

use serde_json::{Value as Json, json};

use crate::catalog::Catalog;
use crate::model::{Observation, Observed, Value};

/// What repositories have in common.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Scope {
    /// All of the organization, those that come to be, too.
    All {
        /// But for these, by their short names.
        except: Vec<String>,
    },
    /// Those with a value of a custom property, whenever they get it.
    Property {
        /// The property.
        name: String,
        /// One of its values.
        value: String,
    },
    /// These alone, by their short names.
    Named(Vec<String>),
}

impl Scope {
    /// The conditions of a ruleset that reaches them.
    pub(super) fn conditions(&self, refs: &str) -> Json {
        let refs = json!({"include": [refs], "exclude": []});
        match self {
            Self::All { except } => {
                json!({"ref_name": refs, "repository_name": {"include": ["~ALL"], "exclude": except}})
            }
            Self::Named(names) => {
                json!({"ref_name": refs, "repository_name": {"include": names, "exclude": []}})
            }
            Self::Property { name, value } => {
                let property = json!({"name": name, "property_values": [value], "source": "custom"});
                json!({"ref_name": refs, "repository_property": {"include": [property], "exclude": []}})
            }
        }
    }

    /// What it is called in the name of a ruleset; those that differ are called differently, but for the names in
    /// a list.
    pub(super) fn title(&self) -> String {
        match self {
            Self::All { .. } => "everywhere".into(),
            Self::Property { name, value } => format!("where {name} is {value}"),
            Self::Named(names) => format!("in {} repositories", names.len()),
        }
    }

    /// What it is, for people.
    pub fn told(&self) -> String {
        match self {
            Self::All { except } if except.is_empty() => {
                "all repositories, those that come to be, too".into()
            }
            Self::All { except } => {
                format!("all repositories, those that come to be, too, but for {}", except.join(", "))
            }
            Self::Property { name, value } => {
                format!("all repositories whose property {name} is {value}, those that get it later, too")
            }
            Self::Named(names) => format!("{}, by their names", names.join(", ")),
        }
    }
}

/// The values of custom properties that a repository is known to have.
///
/// # Errors
/// They cannot be seen.
pub(super) fn properties(catalog: &Catalog, observed: &Observed) -> Result<Vec<(String, String)>, ()> {
    let id = catalog.id("repository.custom_properties").ok_or(())?;
    match observed.readings.get(id) {
        Some(Observation::Known(Value::Map(all))) => Ok(all
            .iter()
            .flat_map(|(name, value)| {
                let flag = value.as_bool().map(|flag| flag.to_string());
                let values: Vec<String> = value.texts().map(str::to_owned).chain(flag).collect();
                values.into_iter().map(move |value| (name.to_string(), value))
            })
            .collect()),
        Some(Observation::Known(_) | Observation::Absent | Observation::Unsupported { .. }) => Ok(Vec::new()),
        _ => Err(()),
    }
}
