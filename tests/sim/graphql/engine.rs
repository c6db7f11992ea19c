//! The schema, and the queries already checked against it.

use std::collections::HashMap;
use std::sync::{Arc, Mutex, PoisonError};

use apollo_compiler::collections::HashMap as SchemaMap;
use apollo_compiler::schema::{ExtendedType, Implementers};
use apollo_compiler::validation::Valid;
use apollo_compiler::{ExecutableDocument, Name, Schema};
use serde_json::Value;

use super::errors;

const SCHEMA: &str = include_str!("../schema.graphql");

/// Clients send a handful of queries over and over; this is only a guard against one that does not.
const MOST_PREPARED: usize = 1_000;

pub struct Engine {
    pub(super) schema: Valid<Schema>,
    pub(super) implementers: SchemaMap<Name, Implementers>,
    prepared: Mutex<HashMap<String, Arc<Prepared>>>,
}

pub enum Prepared {
    Valid(Box<Valid<ExecutableDocument>>),
    /// GitHub's list of errors.
    Invalid(Value),
}

impl Engine {
    /// Without the fields, told as `Type.field`, that an older server does not know yet.
    pub fn new(without: &[String]) -> Result<Self, String> {
        Self::of(SCHEMA, without)
    }

    /// The same for another forge's schema.
    pub fn of(schema: &str, without: &[String]) -> Result<Self, String> {
        let mut schema =
            Schema::parse(schema, "schema.graphql").map_err(|invalid| invalid.errors.to_string())?;
        without.iter().try_for_each(|field| remove(&mut schema, field))?;
        let schema = schema.validate().map_err(|invalid| invalid.errors.to_string())?;
        let implementers = schema.implementers_map();
        Ok(Self { schema, implementers, prepared: Mutex::default() })
    }

    /// The query parsed and validated, which happens once for each text.
    pub fn prepare(&self, text: &str) -> Arc<Prepared> {
        let mut known = self.prepared.lock().unwrap_or_else(PoisonError::into_inner);
        if let Some(prepared) = known.get(text) {
            return Arc::clone(prepared);
        }
        let prepared = Arc::new(match ExecutableDocument::parse_and_validate(&self.schema, text, "query") {
            Ok(document) => Prepared::Valid(Box::new(document)),
            Err(invalid) => Prepared::Invalid(errors::of_validation(&invalid.errors)),
        });
        if known.len() >= MOST_PREPARED {
            known.clear();
        }
        known.insert(text.to_owned(), Arc::clone(&prepared));
        prepared
    }
}

fn remove(schema: &mut Schema, path: &str) -> Result<(), String> {
    let removed = path.split_once('.').and_then(|(kind, field)| match schema.types.get_mut(kind)? {
        ExtendedType::Object(object) => object.make_mut().fields.shift_remove(field),
        _ => None,
    });
    removed.map(|_| ()).ok_or_else(|| format!("the schema has no field {path}"))
}
