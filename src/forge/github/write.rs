//! A client that writes. Only `apply` makes one; what audits and plans hold is a
//! [`Reader`](super::Reader), which cannot.

use crate::forge::error::ForgeError;
use std::collections::BTreeMap;

use http_body_util::BodyExt;
use serde_json::{Value as Json, json};

use super::client::{Reader, refused};
use crate::catalog::{Dialect, Found, Path, read};
use crate::model::Request;

/// Carries out exact requests on one server.
pub struct Writer(Reader);

impl Writer {
    /// A writer with the identity of that reader.
    pub fn new(reader: Reader) -> Self {
        Self(reader)
    }

    /// Carries out one request, after the reads that its body waits for.
    ///
    /// # Errors
    /// When a read gives nothing, or the server refuses.
    pub async fn send(&self, request: &Request) -> Result<(), ForgeError> {
        let (mut body, mut path) = (request.body.clone(), request.path.clone());
        let mut said: BTreeMap<String, String> = BTreeMap::new();
        for (name, read_from) in &request.reads {
            let (name, text) = (format!("{{{name}}}"), self.read(read_from).await?);
            path = path.replace(&name, &text);
            said.insert(name, text);
        }
        fill(&mut body, &said);
        let what = format!("{} {}", request.method, request.path);
        let body = if body.is_null() { None } else { Some(&body) };
        let reader = self.0.of_organization(owner(&request.path)).await?;
        let crab = reader.crab().await?;
        let sent = match request.method.as_str() {
            "PATCH" => crab._patch(&path, body).await,
            "PUT" => crab._put(&path, body).await,
            "POST" => crab._post(&path, body).await,
            "DELETE" => crab._delete(&path, body).await,
            other => return Err(unusable(&what, &format!("`{other}` is no method of a plan"))),
        };
        let response = sent.map_err(|e| super::client::error_of(&what, e))?;
        let (parts, body) = response.into_parts();
        if parts.status.is_success() {
            return Ok(());
        }
        let body = body.collect().await.map(http_body_util::Collected::to_bytes).unwrap_or_default();
        Err(refused(&what, parts.status, &serde_json::from_slice(&body).unwrap_or(Json::Null)))
    }

    async fn read(&self, from: &str) -> Result<String, ForgeError> {
        let parsed = from.strip_prefix("GET ").and_then(|f| f.split_once(" :: "));
        let (path, field) = parsed.ok_or_else(|| unusable(from, "it is not `GET /path :: field`"))?;
        let pointer = Path::parse(field).map_err(|e| unusable(from, &e.to_string()))?;
        let page = self.0.of_organization(owner(path)).await?.get(path).await?;
        let json = if page.json.is_array() { json!({"items": page.json}) } else { page.json };
        match read(&json, &pointer, Dialect::Rest) {
            Found::Known(Json::String(text)) => Ok(text),
            Found::Known(Json::Number(number)) => Ok(number.to_string()),
            _ => Err(unusable(from, "the answer does not carry it")),
        }
    }
}

/// The organization that a path is beneath: `/repos/OWNER/…`, `/orgs/ORG/…`.
fn owner(path: &str) -> &str {
    path.split('/').nth(2).unwrap_or_default()
}

fn unusable(what: &str, why: &str) -> ForgeError {
    ForgeError::Unreadable { what: what.to_owned(), why: why.to_owned() }
}

/// Puts what was read in place of its name, where a text is nothing but that name.
fn fill(body: &mut Json, said: &BTreeMap<String, String>) {
    match body {
        Json::String(text) => {
            if let Some(value) = said.get(text.as_str()) {
                text.clone_from(value);
            }
        }
        Json::Array(items) => items.iter_mut().for_each(|i| fill(i, said)),
        Json::Object(fields) => fields.values_mut().for_each(|v| fill(v, said)),
        _ => {}
    }
}
