//! A client that writes. Only `apply` makes one; what audits and plans hold is a
//! [`Reader`](super::Reader), which cannot.

use http::Method;
use serde_json::Value as Json;

use super::client::Reader;
use crate::forge::error::ForgeError;
use crate::forge::reading::{Answers, Fetched, Reply, fetch};
use crate::forge::writing::{
    OfItem, Said, Written, awaited, awaited_items, filled, heard, placeholder, unusable,
};
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
        let said = match self.said_before(request).await {
            Ok(said) => said,
            Err(error) => return Written::of_read(error),
        };
        let filled = filled(request, &said);
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

    /// What the reads say that a request waits for.
    async fn said_before(&self, request: &Request) -> Result<Said, ForgeError> {
        let mut said = Said::new();
        for (path, wanted) in awaited(request)? {
            heard(&mut said, path, self.document(path).await?, wanted)?;
        }
        for (name, from, item) in awaited_items(request) {
            said.insert(placeholder(name), Some(self.of_item(from, &item).await?));
        }
        Ok(said)
    }

    async fn document(&self, path: &str) -> Result<Json, ForgeError> {
        let reply = self.0.ask(path).await?;
        if reply.is_success() { Ok(reply.json) } else { Err(reply.into_error(path)) }
    }

    async fn of_item(&self, from: &str, item: &OfItem<'_>) -> Result<Json, ForgeError> {
        match fetch(&self.0, item.path, None, item.is_whole_answer(), false).await? {
            Fetched::Is(list) => item.said(from, &list),
            Fetched::Hidden(why) => Err(unusable(from, &why)),
            _ => Err(unusable(from, "the list cannot be read whole")),
        }
    }
}
