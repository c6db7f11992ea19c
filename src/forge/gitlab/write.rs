//! A client that writes. Only `apply` makes one; what audits and plans hold is a
//! [`Reader`](super::Reader), which cannot.

use serde_json::Value as Json;

use super::client::Reader;
use crate::forge::error::ForgeError;
use crate::forge::reading::{Answers, Fetched, Reply, fetch};
use crate::forge::writing::{OfItem, Reads, Written, unusable};
use crate::model::Request;

/// Carries out exact requests on one server.
pub struct Writer<'a> {
    reader: Reader,
    environment: &'a dyn Fn(&str) -> Option<String>,
}

impl<'a> Writer<'a> {
    /// A writer with the token of that reader; it looks up the values that no plan holds.
    pub fn new(reader: Reader, environment: &'a dyn Fn(&str) -> Option<String>) -> Self {
        Self { reader, environment }
    }

    /// Carries out one request, after the reads that it waits for. That the server says yes is no proof:
    /// it takes in silence what it does not know, or was not paid for.
    pub async fn send(&self, request: &Request) -> Written {
        let prepared = match self.prepared(request).await {
            Ok(prepared) => prepared,
            Err(written) => return written,
        };
        let body =
            prepared.filled.body.as_ref().map(|body| body.to_string().into_bytes()).unwrap_or_default();
        let answer = match self.reader.answer(prepared.method.clone(), &prepared.filled.path, body).await {
            Ok(answer) => answer,
            Err(error) => return Written::of_error(prepared.hide(error)),
        };
        let status = answer.status().as_u16();
        let json = serde_json::from_slice(answer.body()).unwrap_or(Json::Null);
        let reply = Reply { status, json, next: None, total: None, accepts: None };
        let error = ForgeError::Refused { what: prepared.what.clone(), status, message: reply.message() };
        Written::of_status(&request.method, prepared.hide(error), status)
    }
}

impl Reads for Writer<'_> {
    fn environment(&self) -> &dyn Fn(&str) -> Option<String> {
        self.environment
    }

    async fn document(&self, path: &str) -> Result<Json, ForgeError> {
        let reply = self.reader.ask(path).await?;
        if reply.is_success() { Ok(reply.json) } else { Err(reply.into_error(path)) }
    }

    async fn of_item(&self, from: &str, item: &OfItem<'_>) -> Result<Json, ForgeError> {
        match fetch(&self.reader, item.path, None, item.is_whole_answer(), false).await? {
            Fetched::Is(list) => item.said(from, &list),
            Fetched::Hidden(why) => Err(unusable(from, &why)),
            _ => Err(unusable(from, "the list cannot be read whole")),
        }
    }
}
