//! Signs requests and sends them; renews the token of an App's installation in time, and once more
//! when the server does not take it any longer.

use crate::forge::error::ForgeError;
use std::sync::Arc;

use bytes::Bytes;
use http::response::Parts;
use http::{Method, StatusCode};
use http_body_util::BodyExt;
use octocrab::Octocrab;
use serde_json::Value as Json;
use tokio::sync::Mutex;

use super::client::error_of;

/// A token is renewed that long before it expires.
const BEFOREHAND: chrono::TimeDelta = chrono::TimeDelta::minutes(5);

/// Longer than any token lasts: asks for a new one whatever the old one says of itself.
const AT_ONCE: chrono::TimeDelta = chrono::TimeDelta::days(365_000);

const MINTING: &str = "the token of the App's installation";

/// One identity on one server.
#[derive(Clone)]
pub(super) struct Session {
    /// Shared: a clone of the client would hold, and mint, an App's token of its own.
    crab: Arc<Octocrab>,
    /// For an App's installation: how often its token was renewed out of time. Minting is done once,
    /// however many requests wait for it.
    minting: Option<Arc<Mutex<u64>>>,
}

impl Session {
    /// A session whose token stays as it is.
    pub(super) fn of_token(crab: Octocrab) -> Self {
        Self { crab: Arc::new(crab), minting: None }
    }

    /// A session of an App's installation.
    pub(super) fn of_installation(crab: Octocrab) -> Self {
        Self { crab: Arc::new(crab), minting: Some(Arc::default()) }
    }

    /// Sends a `GET`.
    ///
    /// # Errors
    /// When no answer comes, or an App is given no token.
    pub(super) async fn get(&self, path: &str) -> Result<(Parts, Bytes), ForgeError> {
        self.send(&Method::GET, path, None).await
    }

    /// Sends a GraphQL query.
    ///
    /// # Errors
    /// When no answer comes, or an App is given no token.
    pub(super) async fn query(&self, body: &Json) -> Result<(Parts, Bytes), ForgeError> {
        self.send(&Method::POST, "/graphql", Some(body)).await
    }

    /// Sends a request; whom the server does not know it does nothing for, so that it may be sent once
    /// more with a token that is valid.
    ///
    /// # Errors
    /// When no answer comes, or an App is given no token.
    pub(super) async fn send(
        &self,
        method: &Method,
        path: &str,
        body: Option<&Json>,
    ) -> Result<(Parts, Bytes), ForgeError> {
        let mut renewed = false;
        loop {
            let epoch = self.ready().await?;
            let sent = match *method {
                Method::POST => self.crab._post(path, body).await,
                Method::PUT => self.crab._put(path, body).await,
                Method::PATCH => self.crab._patch(path, body).await,
                Method::DELETE => self.crab._delete(path, body).await,
                _ => self.crab._get(path).await,
            };
            let (parts, answer) = sent.map_err(|e| error_of(path, e))?.into_parts();
            let answer = answer.collect().await.map_err(|e| error_of(path, e))?.to_bytes();
            if parts.status == StatusCode::UNAUTHORIZED && !renewed && self.renew(epoch).await? {
                renewed = true;
                continue;
            }
            return Ok((parts, answer));
        }
    }

    /// Makes an App's token ready, by one request for all that wait; says which token it is.
    async fn ready(&self) -> Result<u64, ForgeError> {
        let Some(minting) = &self.minting else { return Ok(0) };
        let epoch = minting.lock().await;
        let fresh = self.crab.installation_token_with_buffer(BEFOREHAND).await;
        fresh.map_err(|e| error_of(MINTING, e))?;
        Ok(*epoch)
    }

    /// Gets a new token in place of the one of that epoch, unless somebody has already; says whether
    /// this identity can have a new one at all.
    async fn renew(&self, epoch: u64) -> Result<bool, ForgeError> {
        let Some(minting) = &self.minting else { return Ok(false) };
        let mut now = minting.lock().await;
        if *now == epoch {
            let fresh = self.crab.installation_token_with_buffer(AT_ONCE).await;
            fresh.map_err(|e| error_of(MINTING, e))?;
            *now += 1;
        }
        Ok(true)
    }
}
