//! A client that writes. Only `apply` makes one; what audits and plans hold is a
//! [`Reader`](super::Reader), which cannot.

use std::collections::BTreeMap;

use http_body_util::BodyExt;
use serde_json::Value as Json;

use super::client::{Reader, refused};
use crate::forge::error::ForgeError;
use crate::forge::reading::{Fetched, fetch};
use crate::forge::writing::{OfItem, filled, parts, said, unusable};
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
        let mut all: BTreeMap<String, Json> = BTreeMap::new();
        for (name, from) in &request.reads {
            all.insert(format!("{{{name}}}"), self.read(from).await?);
        }
        let filled = filled(request, &all);
        let what = format!("{} {}", request.method, request.path);
        let (path, body) = (&filled.path, filled.body.as_ref());
        let reader = self.0.of_organization(owner(&request.path)).await?;
        let crab = reader.crab().await?;
        let sent = match request.method.as_str() {
            "PATCH" => crab._patch(path, body).await,
            "PUT" => crab._put(path, body).await,
            "POST" => crab._post(path, body).await,
            "DELETE" => crab._delete(path, body).await,
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

    async fn read(&self, from: &str) -> Result<Json, ForgeError> {
        if let Some(item) = OfItem::of(from) {
            let reader = self.0.of_organization(owner(item.path)).await?;
            return match fetch(&reader, item.path, None, true, false).await? {
                Fetched::Is(list) => item.said(from, &list),
                Fetched::Hidden(why) => Err(unusable(from, &why)),
                _ => Err(unusable(from, "the list cannot be read whole")),
            };
        }
        let asked = parts(from)?;
        let page = self.0.of_organization(owner(asked.path)).await?.get(asked.path).await?;
        said(from, page.json, &asked)
    }
}

/// The organization that a path is beneath: `/repos/OWNER/…`, `/orgs/ORG/…`.
fn owner(path: &str) -> &str {
    path.split('/').nth(2).unwrap_or_default()
}
