//! A client that writes. Only `apply` makes one; what audits and plans hold is a
//! [`Reader`](super::Reader), which cannot.

use http_body_util::BodyExt;
use serde_json::Value as Json;

use super::client::{Reader, refused};
use crate::forge::error::ForgeError;
use crate::forge::reading::{Fetched, fetch};
use crate::forge::writing::{OfItem, Said, awaited, awaited_items, filled, heard, placeholder, unusable};
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
        let mut said = Said::new();
        for (path, wanted) in awaited(request)? {
            heard(&mut said, path, self.document(path).await?, wanted)?;
        }
        for (name, from, item) in awaited_items(request) {
            said.insert(placeholder(name), Some(self.of_item(from, &item).await?));
        }
        let filled = filled(request, &said);
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

    async fn document(&self, path: &str) -> Result<Json, ForgeError> {
        Ok(self.0.of_organization(owner(path)).await?.get(path).await?.json)
    }

    async fn of_item(&self, from: &str, item: &OfItem<'_>) -> Result<Json, ForgeError> {
        let reader = self.0.of_organization(owner(item.path)).await?;
        match fetch(&reader, item.path, None, true, false).await? {
            Fetched::Is(list) => item.said(from, &list),
            Fetched::Hidden(why) => Err(unusable(from, &why)),
            _ => Err(unusable(from, "the list cannot be read whole")),
        }
    }
}

/// The organization that a path is beneath: `/repos/OWNER/…`, `/orgs/ORG/…`.
fn owner(path: &str) -> &str {
    path.split('/').nth(2).unwrap_or_default()
}
