//! A client that writes. Only `apply` makes one; what audits and plans hold is a
//! [`Reader`](super::Reader), which cannot.

use serde_json::Value as Json;

use super::client::{Reader, refused};
use crate::forge::error::ForgeError;
use crate::forge::gate::Voice;
use crate::forge::pace_of_writes::WritePace;
use crate::forge::reading::{Fetched, fetch};
use crate::forge::stop::Stop;
use crate::forge::writing::{OfItem, Reads, Written, unusable};
use crate::model::Request;

/// Carries out exact requests on one server.
pub struct Writer<'a> {
    reader: Reader,
    pace: WritePace,
    environment: &'a dyn Fn(&str) -> Option<String>,
}

impl<'a> Writer<'a> {
    /// A writer with the identity of that reader; it says aloud what it waits for, and looks up the values
    /// that no plan holds.
    pub fn new(reader: Reader, voice: Voice, environment: &'a dyn Fn(&str) -> Option<String>) -> Self {
        Self { reader, pace: WritePace::new(voice), environment }
    }

    /// Waits until a request may be sent, on a server that limits how much is written.
    ///
    /// # Errors
    /// When the run has to end before.
    pub async fn turn(&self, request: &Request, stop: &Stop) -> Result<(), ForgeError> {
        let reader = self.reader.of_organization(owner(&request.path)).await?;
        match reader.is_limited() {
            true => self.pace.turn(makes(request), stop).await.map_err(ForgeError::Transport),
            false => Ok(()),
        }
    }

    /// Carries out one request, after the reads that it waits for. That the server says yes is no proof.
    pub async fn send(&self, request: &Request) -> Written {
        let prepared = match self.prepared(request).await {
            Ok(prepared) => prepared,
            Err(written) => return written,
        };
        let reader = match self.reader.of_organization(owner(&request.path)).await {
            Ok(reader) => reader,
            Err(error) => return Written::of_read(&request.method, error),
        };
        match reader
            .write(prepared.method.clone(), &prepared.filled.path, prepared.filled.body.as_ref())
            .await
        {
            Ok((status, body)) => {
                let json = serde_json::from_slice(&body).unwrap_or(Json::Null);
                let error = prepared.hide(refused(&prepared.what, status, &json));
                Written::of_status(&request.method, error, status.as_u16())
            }
            Err(error) => Written::of_error(prepared.hide(error)),
        }
    }
}

impl Reads for Writer<'_> {
    fn environment(&self) -> &dyn Fn(&str) -> Option<String> {
        self.environment
    }

    async fn document(&self, path: &str) -> Result<Json, ForgeError> {
        Ok(self.reader.of_organization(owner(path)).await?.get(path).await?.json)
    }

    async fn of_item(&self, from: &str, item: &OfItem<'_>) -> Result<Json, ForgeError> {
        let reader = self.reader.of_organization(owner(item.path)).await?;
        match fetch(&reader, item.path, None, true, false).await? {
            Fetched::Is(list) => item.said(from, &list),
            Fetched::Hidden(why) => Err(unusable(from, &why)),
            _ => Err(unusable(from, "the list cannot be read whole")),
        }
    }
}

/// Whether a request makes something that people may look at: a commit counts, a setting does not.
fn makes(request: &Request) -> bool {
    request.method == "POST" || (request.method == "PUT" && request.path.contains("/contents/"))
}

/// The organization that a path is beneath: `/repos/OWNER/…`, `/orgs/ORG/…`.
fn owner(path: &str) -> &str {
    path.split('/').nth(2).unwrap_or_default()
}
