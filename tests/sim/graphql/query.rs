//! One operation with its variables, ready to be weighed and executed.

use apollo_compiler::ExecutableDocument;
use apollo_compiler::executable::Operation;
use apollo_compiler::request::coerce_variable_values;
use apollo_compiler::resolvers::Execution;
use apollo_compiler::response::JsonMap;
use apollo_compiler::validation::Valid;
use serde::Serialize;
use serde_json::{Map, Value, json};

use super::cost::Cost;
use super::engine::Engine;
use super::errors;
use super::resolver::Resolver;
use super::root::{Root, Scene};

pub struct Query<'q> {
    engine: &'q Engine,
    document: &'q Valid<ExecutableDocument>,
    operation: &'q Operation,
    variables: Valid<JsonMap>,
}

#[derive(Serialize)]
struct Response {
    data: Option<JsonMap>,
    #[serde(skip_serializing_if = "Vec::is_empty")]
    errors: Vec<Value>,
}

impl<'q> Query<'q> {
    /// GitHub's list of errors where the operation or a variable is wrong.
    pub fn new(
        engine: &'q Engine,
        document: &'q Valid<ExecutableDocument>,
        operation: Option<&str>,
        variables: &Map<String, Value>,
    ) -> Result<Self, Value> {
        let told = |message: String| json!([{ "message": message }]);
        let operation =
            document.operations.get(operation).map_err(|error| told(error.message().to_string()))?;
        let variables: JsonMap =
            variables.iter().map(|(name, value)| (name.as_str().into(), value.clone().into())).collect();
        let variables = coerce_variable_values(&engine.schema, operation, &variables)
            .map_err(|error| told(error.message().to_string()))?;
        Ok(Self { engine, document, operation, variables })
    }

    pub fn cost(&self) -> Cost {
        Cost::of(self.document, self.operation, &self.variables)
    }

    /// What is asked, for whoever weighs it in another way.
    pub fn parts(&self) -> (&'q ExecutableDocument, &'q Operation, &JsonMap) {
        (self.document, self.operation, &self.variables)
    }

    /// The body of the answer.
    pub fn execute(&self, scene: Scene<'_>) -> Vec<u8> {
        self.execute_from(&Resolver::new(Root(scene)))
    }

    /// The same with another forge's root.
    pub fn execute_from(&self, root: &Resolver<'_>) -> Vec<u8> {
        let response = Execution::new(&self.engine.schema, self.document)
            .operation(self.operation)
            .implementers_map(&self.engine.implementers)
            .coerced_variable_values(&self.variables)
            .enable_schema_introspection(true)
            .execute_sync(root);
        let body = match response {
            Ok(response) => {
                let errors = response.errors.iter().map(errors::of_execution).collect();
                serde_json::to_vec(&Response { data: response.data, errors })
            }
            Err(error) => {
                serde_json::to_vec(&json!({ "errors": [{ "message": error.message().to_string() }] }))
            }
        };
        body.unwrap_or_default()
    }
}
