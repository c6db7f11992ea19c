//! GitLab's generated description (Swagger 2.0), and what it says of a request.
//!
//! It is no package: it is read from `contract/gitlab-swagger.json` in some folder beside the checkout, and
//! skipped aloud where there is none. It does not describe everything that GitLab answers to.

use std::path::Path;
use std::sync::OnceLock;

use serde_json::{Map, Value, json};

const ROOT: &str = "/api/v4";

pub struct Description {
    /// What was read, repaired.
    document: Value,
}

/// A parameter or a body's field that a request takes.
struct Taken<'d> {
    name: &'d str,
    schema: &'d Value,
}

/// One described request.
struct Operation<'d> {
    query: Vec<Taken<'d>>,
    path: Vec<Taken<'d>>,
    body: Vec<Taken<'d>>,
}

/// A request as it was sent, or as a row tells it: then placeholders stand in braces.
#[derive(Debug, Clone, Copy)]
pub struct Asked<'a> {
    pub method: &'a str,
    /// Beneath `/api/v4`, without the query.
    pub path: &'a str,
    pub query: &'a [(String, String)],
    /// Fields of the body, with dots where one is within another.
    pub fields: &'a [&'a str],
}

impl Description {
    /// Read once; none where it is not there.
    pub fn load() -> Option<&'static Self> {
        static LOADED: OnceLock<Option<Description>> = OnceLock::new();
        let found = LOADED.get_or_init(|| {
            let beside = Path::new(env!("CARGO_MANIFEST_DIR")).parent()?;
            let mut folders = std::fs::read_dir(beside).ok()?.flatten();
            let file = |folder: std::fs::DirEntry| folder.path().join("contract/gitlab-swagger.json");
            let text = folders.find_map(|folder| std::fs::read_to_string(file(folder)).ok())?;
            let mut document = serde_json::from_str(&text).unwrap();
            repair(&mut document);
            Some(Description { document })
        });
        if found.is_none() {
            eprintln!("SKIPPED: no contract/gitlab-swagger.json lies in a folder beside this checkout");
        }
        found.as_ref()
    }

    /// The methods of the described path of that shape; placeholders go by many names.
    fn methods(&self, path: &str) -> Option<(&str, &Map<String, Value>)> {
        let paths = self.document["paths"].as_object()?;
        let fitting = paths.iter().filter(|(described, _)| fits(described.trim_start_matches(ROOT), path));
        let nearest = fitting.min_by_key(|(described, _)| described.matches('{').count())?;
        Some((nearest.0, nearest.1.as_object()?))
    }

    fn operation<'d>(&'d self, told: &'d Value) -> Operation<'d> {
        let mut operation = Operation { query: Vec::new(), path: Vec::new(), body: Vec::new() };
        for parameter in told["parameters"].as_array().into_iter().flatten() {
            let taken = Taken { name: parameter["name"].as_str().unwrap_or_default(), schema: parameter };
            match parameter["in"].as_str() {
                Some("query") => operation.query.push(taken),
                Some("path") => operation.path.push(taken),
                Some("formData") => operation.body.push(taken),
                Some("body") => {
                    let properties = self.resolved(&parameter["schema"])["properties"].as_object();
                    let fields = properties.into_iter().flatten();
                    operation.body.extend(fields.map(|(name, schema)| Taken { name, schema }));
                }
                _ => {}
            }
        }
        operation
    }

    fn resolved<'d>(&'d self, schema: &'d Value) -> &'d Value {
        match schema["$ref"].as_str() {
            Some(reference) => self.document.pointer(reference.trim_start_matches('#')).unwrap_or(schema),
            None => schema,
        }
    }

    /// What is wrong with a request; none where its path is not described at all.
    pub fn problems(&self, asked: &Asked<'_>) -> Option<Vec<String>> {
        let (described, methods) = self.methods(asked.path)?;
        let request = format!("{} {}", asked.method, asked.path);
        let Some(told) = methods.get(&asked.method.to_lowercase()) else {
            return Some(vec![format!("{request}: no such method")]);
        };
        let operation = self.operation(told);
        let mut problems = Vec::new();
        for (theirs, ours) in described.trim_start_matches(ROOT).split('/').zip(asked.path.split('/')) {
            let name = theirs.trim_matches(['{', '}']);
            let taken = operation.path.iter().find(|taken| taken.name == name);
            if let Some(taken) = taken.filter(|taken| !ours.starts_with('{') && !takes(taken.schema, ours)) {
                problems.push(format!("{request}: {} is no `{ours}`", taken.name));
            }
        }
        for (name, value) in asked.query {
            match operation.query.iter().find(|taken| taken.name == name.trim_end_matches("[]")) {
                None => problems.push(format!("{request}: no parameter `{name}`")),
                Some(taken) if !takes(taken.schema, value) => {
                    problems.push(format!("{request}: `{name}` is no `{value}`"));
                }
                Some(_) => {}
            }
        }
        for field in asked.fields {
            if !self.has_field(&operation.body, field) {
                problems.push(format!("{request}: no field `{field}`"));
            }
        }
        Some(problems)
    }

    fn has_field(&self, body: &[Taken<'_>], field: &str) -> bool {
        let (first, rest) = field.split_once('.').unwrap_or((field, ""));
        let form = format!("{first}[{}]", rest.replace('.', "]["));
        let Some(taken) = body.iter().find(|taken| taken.name == first) else {
            return body.iter().any(|taken| taken.name == form);
        };
        let mut schema = self.resolved(taken.schema);
        for name in rest.split('.').filter(|name| !name.is_empty()) {
            let schema_of_items = if schema["items"].is_object() { &schema["items"] } else { schema };
            schema = self.resolved(&self.resolved(schema_of_items)["properties"][name]);
        }
        !schema.is_null()
    }
}

/// Mends what the generator gets wrong: files are sent as text, and what stands for a subject or an item in a
/// path may be a number or a name.
fn repair(value: &mut Value) {
    match value {
        Value::Object(fields) => {
            if fields.get("type").is_some_and(|ty| ty == "file") {
                fields.insert("type".to_owned(), json!("string"));
            }
            if fields.get("in").is_some_and(|place| place == "path") && !fields.contains_key("enum") {
                fields.insert("type".to_owned(), json!(["integer", "string"]));
            }
            fields.values_mut().for_each(repair);
        }
        Value::Array(items) => items.iter_mut().for_each(repair),
        _ => {}
    }
}

/// Whether a described path has the shape of one of ours, filled in or not.
fn fits(described: &str, path: &str) -> bool {
    let same = |(theirs, ours): (&str, &str)| {
        if theirs.starts_with('{') { !ours.is_empty() } else { theirs == ours }
    };
    described.split('/').count() == path.split('/').count()
        && described.split('/').zip(path.split('/')).all(same)
}

/// Whether a value in a path or query is one that is described.
fn takes(schema: &Value, value: &str) -> bool {
    if schema["type"] == "array" {
        return value.split(',').all(|item| takes(&schema["items"], item));
    }
    if let Some(words) = schema["enum"].as_array() {
        let is =
            |word: &Value| word.as_str().map_or_else(|| word.as_i64() == value.parse().ok(), |w| w == value);
        return words.iter().any(is);
    }
    match schema["type"].as_str() {
        Some("boolean") => ["true", "false"].contains(&value),
        Some("integer") => value.parse::<i64>().is_ok(),
        _ => true,
    }
}
