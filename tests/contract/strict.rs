//! A schema of OpenAPI 3.0 as a JSON Schema that refuses what nobody described.

use serde_json::{Map, Value, json};

/// Deeper than any answer here; schemas that contain themselves end there.
const DEEPEST: usize = 12;

/// The schema with its references replaced by what they refer to. Objects take no keys but those
/// that are described, unless the description says otherwise.
pub fn strict(document: &Value, schema: &Value) -> Value {
    Maker { document }.schema(schema, true, DEEPEST)
}

/// What a reference leads to, or the value itself.
pub fn resolve<'d>(document: &'d Value, mut value: &'d Value) -> &'d Value {
    while let Some(reference) = value["$ref"].as_str() {
        let pointer = reference.trim_start_matches('#');
        value = document.pointer(pointer).unwrap_or_else(|| panic!("{reference} leads nowhere"));
    }
    value
}

struct Maker<'d> {
    document: &'d Value,
}

const CHOICES: [&str; 3] = ["allOf", "anyOf", "oneOf"];

impl Maker<'_> {
    fn schema(&self, schema: &Value, close: bool, depth: usize) -> Value {
        let schema = resolve(self.document, schema);
        let Some(fields) = schema.as_object().filter(|_| depth > 0) else { return json!(true) };
        let mut made = Map::new();
        for key in ["type", "enum", "pattern", "minimum", "maximum", "minLength", "maxLength", "required"] {
            if let Some(value) = fields.get(key) {
                made.insert(key.to_owned(), value.clone());
            }
        }
        if let Some(Value::Object(properties)) = fields.get("properties") {
            let properties = properties.iter();
            let made_properties =
                properties.map(|(key, value)| (key.clone(), self.schema(value, true, depth - 1)));
            made.insert("properties".to_owned(), Value::Object(made_properties.collect()));
        }
        if let Some(items) = fields.get("items") {
            made.insert("items".to_owned(), self.schema(items, true, depth - 1));
        }
        self.choices(fields, &mut made, close, depth);
        self.close(fields, &mut made, close, depth);
        if fields.get("nullable") == Some(&json!(true)) {
            return json!({ "anyOf": [{ "type": "null" }, made] });
        }
        Value::Object(made)
    }

    /// Alternatives that stand alone are closed each by itself; parts of a whole only together.
    fn choices(&self, fields: &Map<String, Value>, made: &mut Map<String, Value>, close: bool, depth: usize) {
        let alone = !fields.contains_key("properties") && !fields.contains_key("allOf");
        for key in CHOICES {
            if let Some(Value::Array(choices)) = fields.get(key) {
                let choices = choices.iter().map(|choice| self.schema(choice, close && alone, depth - 1));
                // Some alternatives overlap, which the description does not mind.
                let key = if key == "oneOf" { "anyOf" } else { key };
                made.insert(key.to_owned(), choices.collect());
            }
        }
    }

    fn close(&self, fields: &Map<String, Value>, made: &mut Map<String, Value>, close: bool, depth: usize) {
        match fields.get("additionalProperties") {
            Some(Value::Bool(open)) => {
                made.insert("additionalProperties".to_owned(), json!(open));
            }
            Some(schema) => {
                made.insert("additionalProperties".to_owned(), self.schema(schema, true, depth - 1));
            }
            None if close => {
                let composed = CHOICES.iter().any(|key| fields.contains_key(*key));
                if composed && (fields.contains_key("properties") || fields.contains_key("allOf")) {
                    made.insert("unevaluatedProperties".to_owned(), json!(false));
                } else if fields.contains_key("properties") {
                    made.insert("additionalProperties".to_owned(), json!(false));
                }
            }
            None => {}
        }
    }
}
