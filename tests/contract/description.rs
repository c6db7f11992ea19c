//! The REST description: which paths there are, what they take, and what they answer.

use std::sync::OnceLock;

use serde_json::Value;

use super::published;
use super::strict::{resolve, strict};

/// github.com's, and then Enterprise Cloud's for what only enterprises have.
pub struct Description {
    documents: Vec<Value>,
}

/// A request as a server saw it.
#[derive(Debug, Clone)]
pub struct Asked<'a> {
    pub method: &'a str,
    /// Without the query.
    pub path: &'a str,
    pub query: Vec<&'a str>,
    /// None where there was no body.
    pub body: Option<&'a Value>,
}

impl Description {
    /// Parsed once; none where the package is missing.
    pub fn load() -> Option<&'static Self> {
        static LOADED: OnceLock<Option<Description>> = OnceLock::new();
        let load = || {
            let files = ["api.github.com.json", "ghec.json"];
            let texts = files.map(|file| published(&format!("openapi/generated/{file}")));
            let texts: Option<Vec<String>> = texts.into_iter().collect();
            let documents = texts?.iter().map(|text| serde_json::from_str(text).unwrap()).collect();
            Some(Self { documents })
        };
        LOADED.get_or_init(load).as_ref()
    }

    fn operation(&self, template: &str, method: &str) -> Option<(&Value, &Value)> {
        self.documents.iter().find_map(|document| {
            let operation = &document["paths"][template][method.to_lowercase()];
            operation.is_object().then_some((document, operation))
        })
    }

    pub fn knows(&self, template: &str, method: &str) -> bool {
        self.operation(template, method).is_some()
    }

    /// The largest page, where the description tells one.
    pub fn largest_page(&self, template: &str) -> Option<usize> {
        let (document, operation) = self.operation(template, "get")?;
        let mut parameters = parameters(document, operation);
        let per_page = parameters.find(|parameter| parameter["name"] == "per_page")?;
        let words = per_page["description"].as_str()?;
        let (_, after) = words.split_once("max ")?;
        after.chars().take_while(char::is_ascii_digit).collect::<String>().parse().ok()
    }

    /// What is wrong with an answer, each problem with the place it is at.
    pub fn answer_problems(
        &self,
        template: &str,
        method: &str,
        status: u16,
        body: Option<&Value>,
    ) -> Vec<String> {
        let at = format!("{method} {template} {status}");
        let Some((document, operation)) = self.operation(template, method) else {
            return vec![format!("{at}: not published")];
        };
        let response = &operation["responses"][status.to_string()];
        if !response.is_object() {
            return vec![format!("{at}: this status is not published")];
        }
        let schema = &resolve(document, response)["content"]["application/json"]["schema"];
        match (body, schema) {
            (None, Value::Null) => Vec::new(),
            (None, _) => vec![format!("{at}: a body is published")],
            (Some(_), Value::Null) => vec![format!("{at}: no body is published")],
            (Some(body), schema) => problems(&strict(document, schema), body, &at),
        }
    }

    /// What is wrong with a request: an unknown path, query parameter or key of the body.
    pub fn request_problems(&self, asked: &Asked<'_>) -> Vec<String> {
        let at = format!("{} {}", asked.method, asked.path);
        let Some((template, document, operation)) = self.find(asked.method, asked.path) else {
            return vec![format!("{at}: no such path is published")];
        };
        let at = format!("{at} ({template})");
        let known: Vec<&Value> = parameters(document, operation).collect();
        let unknown = asked.query.iter().filter(|name| !known.iter().any(|one| one["name"] == **name));
        let mut found: Vec<String> =
            unknown.map(|name| format!("{at}: the query parameter {name} is not published")).collect();
        let schema = &operation["requestBody"]["content"]["application/json"]["schema"];
        match (asked.body, schema) {
            (None, _) => {}
            (Some(_), Value::Null) => found.push(format!("{at}: no body is published")),
            (Some(body), schema) => found.extend(problems(&strict(document, schema), body, &at)),
        }
        found
    }

    fn find(&self, method: &str, path: &str) -> Option<(&str, &Value, &Value)> {
        let method = method.to_lowercase();
        self.documents.iter().find_map(|document| {
            let paths = document["paths"].as_object()?.iter();
            let served = paths.filter(|(template, item)| item[&method].is_object() && leads(template, path));
            // What is spelled out goes before what a placeholder takes in.
            let (template, item) = served.min_by_key(|(template, _)| template.matches('{').count())?;
            Some((template.as_str(), document, &item[&method]))
        })
    }
}

fn parameters<'d>(document: &'d Value, operation: &'d Value) -> impl Iterator<Item = &'d Value> {
    let listed = operation["parameters"].as_array().into_iter().flatten();
    listed.map(move |parameter| resolve(document, parameter)).filter(|parameter| parameter["in"] == "query")
}

/// Whether a path is one of the template: a placeholder is a segment, and the last may be several
/// where it is a path or a ref.
fn leads(template: &str, path: &str) -> bool {
    let mut segments = path.split('/');
    for expected in template.split('/') {
        match expected {
            "{path}" | "{ref}" => return segments.next().is_some(),
            placeholder if placeholder.starts_with('{') => {
                if segments.next().is_none_or(str::is_empty) {
                    return false;
                }
            }
            word => {
                if segments.next() != Some(word) {
                    return false;
                }
            }
        }
    }
    segments.next().is_none()
}

fn problems(schema: &Value, value: &Value, at: &str) -> Vec<String> {
    let validator = jsonschema::draft202012::new(schema).unwrap_or_else(|error| panic!("{at}: {error}"));
    validator
        .iter_errors(value)
        .map(|error| {
            let mut words = error.to_string();
            if words.len() > 400 {
                words = format!("{}…", words.chars().take(400).collect::<String>());
            }
            format!("{at} {}: {words}", error.instance_path())
        })
        .collect()
}
