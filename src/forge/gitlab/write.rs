//! A client that writes. Only `apply` makes one; what audits and plans hold is a
//! [`Reader`](super::Reader), which cannot.

use std::collections::BTreeMap;

use http::Method;
use serde_json::Value as Json;

use super::client::Reader;
use crate::forge::error::ForgeError;
use crate::forge::reading::{Answers, Fetched, Reply, fetch};
use crate::forge::writing::{OfItem, Written, filled, parts, said, unusable};
use crate::model::Request;

/// Carries out exact requests on one server.
pub struct Writer(Reader);

impl Writer {
    /// A writer with the token of that reader.
    pub fn new(reader: Reader) -> Self {
        Self(reader)
    }

    /// Carries out one request, after the reads that it waits for. That the server says yes is no proof:
    /// it takes in silence what it does not know, or was not paid for.
    pub async fn send(&self, request: &Request) -> Written {
        let mut all: BTreeMap<String, Json> = BTreeMap::new();
        for (name, from) in &request.reads {
            match self.read(from).await {
                Ok(value) => drop(all.insert(format!("{{{name}}}"), value)),
                Err(error) => return Written::of_read(error),
            }
        }
        let filled = filled(request, &all);
        let what = format!("{} {}", request.method, request.path);
        let method = match request.method.as_str() {
            "PATCH" => Method::PATCH,
            "PUT" => Method::PUT,
            "POST" => Method::POST,
            "DELETE" => Method::DELETE,
            other => {
                return Written::Refused(unusable(&what, &format!("`{other}` is no method of a plan")));
            }
        };
        let body = filled.body.map(|body| body.to_string().into_bytes()).unwrap_or_default();
        let answer = match self.0.answer(method, &filled.path, body).await {
            Ok(answer) => answer,
            Err(error) => return Written::of_error(error),
        };
        let status = answer.status().as_u16();
        let json = serde_json::from_slice(answer.body()).unwrap_or(Json::Null);
        let reply = Reply { status, json, next: None, total: None, accepts: None };
        let error = ForgeError::Refused { what, status, message: reply.message() };
        Written::of_status(&request.method, error, status)
    }

    async fn read(&self, from: &str) -> Result<Json, ForgeError> {
        if let Some(item) = OfItem::of(from) {
            return match fetch(&self.0, item.path, None, item.is_whole_answer(), false).await? {
                Fetched::Is(list) => item.said(from, &list),
                Fetched::Hidden(why) => Err(unusable(from, &why)),
                _ => Err(unusable(from, "the list cannot be read whole")),
            };
        }
        let (path, pointer) = parts(from)?;
        let reply = self.0.ask(path).await?;
        if reply.is_success() { said(from, reply.json, &pointer) } else { Err(reply.into_error(path)) }
    }
}
