//! A client that writes. Only `apply` makes one; what audits and plans hold is a
//! [`Reader`](super::Reader), which cannot.

use serde_json::Value as Json;

use super::client::Reader;
use crate::forge::error::ForgeError;
use crate::forge::reading::{Answers, Fetched, Reply, fetch};
use crate::forge::writing::{OfItem, Prepared, Reads, Written, unusable};
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
        let Prepared { what, method, filled } = match self.prepared(request).await {
            Ok(prepared) => prepared,
            Err(written) => return written,
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
}

impl Reads for Writer {
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
