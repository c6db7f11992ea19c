//! An HTTP answer before it goes out, and the headers GitHub puts on each.

use axum::body::{Body, Bytes};
use axum::http::{HeaderName, HeaderValue, Response, StatusCode, header};
use futures_util::stream;
use serde_json::Value;
use sha2::{Digest, Sha256};

use super::budget::Rate;
use crate::sim::rest::{Refusal, Rights};

const API_VERSION: &str = "2022-11-28";

pub struct Answer {
    pub status: u16,
    pub body: Bytes,
    pub html: bool,
    headers: Vec<(HeaderName, String)>,
}

/// What the headers tell about the caller.
pub struct Caller {
    /// None where the server limits nobody.
    pub rate: Option<Rate>,
    pub resource: &'static str,
    pub number: u64,
    /// Of a classic token; others have permissions instead.
    pub scopes: Option<String>,
    pub tells_permissions: bool,
    /// What the endpoint takes.
    pub rights: Option<Rights>,
    pub api_version: Option<String>,
}

impl Answer {
    pub fn json(status: u16, body: &Value) -> Self {
        Self::bytes(status, body.to_string())
    }

    pub fn bytes(status: u16, body: impl Into<Bytes>) -> Self {
        Self { status, body: body.into(), html: false, headers: Vec::new() }
    }

    pub fn empty(status: u16) -> Self {
        Self::bytes(status, Bytes::new())
    }

    /// The page that a load balancer shows in GitHub's stead.
    pub fn bad_gateway() -> Self {
        let page = "<html>\n<head><title>502 Bad Gateway</title></head>\n<body><h1>502 Bad Gateway</h1></body>\n</html>\n";
        Self { html: true, ..Self::bytes(502, page) }
    }

    #[must_use]
    pub fn with(mut self, name: &'static str, value: impl Into<String>) -> Self {
        self.headers.push((HeaderName::from_static(name), value.into()));
        self
    }

    /// A weak validator of exactly these bytes, for whoever asked with this.
    pub fn etag(&self, authorization: &str) -> String {
        let digest = Sha256::new().chain_update(authorization).chain_update(&self.body).finalize();
        let hash: String = digest.iter().map(|byte| format!("{byte:02x}")).collect();
        format!("W/\"{hash}\"")
    }

    pub fn into_response(self, caller: &Caller, truncated: bool) -> Response<Body> {
        self.respond(caller.headers(), truncated)
    }

    /// With these headers of the server, of which its own go before.
    pub fn respond(self, of_server: Vec<(HeaderName, String)>, truncated: bool) -> Response<Body> {
        let length = self.body.len();
        let body = if truncated { broken_off(&self.body) } else { Body::from(self.body) };
        let mut response = Response::new(body);
        *response.status_mut() =
            StatusCode::from_u16(self.status).unwrap_or(StatusCode::INTERNAL_SERVER_ERROR);
        let headers = response.headers_mut();
        let mut tell = |name: HeaderName, value: &str| {
            if let Ok(value) = HeaderValue::from_str(value) {
                headers.insert(name, value);
            }
        };
        for (name, value) in of_server {
            tell(name, &value);
        }
        if length > 0 {
            let kind = if self.html { "text/html; charset=utf-8" } else { "application/json; charset=utf-8" };
            tell(header::CONTENT_TYPE, kind);
        }
        if truncated {
            tell(header::CONTENT_LENGTH, &length.to_string());
        }
        for (name, value) in self.headers {
            tell(name, &value);
        }
        response
    }
}

impl Caller {
    fn headers(&self) -> Vec<(HeaderName, String)> {
        let mut headers = Vec::new();
        let mut tell = |name, value: String| headers.push((HeaderName::from_static(name), value));
        if let Some(rate) = self.rate {
            for (name, value) in [
                ("x-ratelimit-limit", rate.limit),
                ("x-ratelimit-remaining", rate.remaining()),
                ("x-ratelimit-used", rate.used),
                ("x-ratelimit-reset", rate.reset),
            ] {
                tell(name, value.to_string());
            }
            tell("x-ratelimit-resource", self.resource.to_owned());
        }
        tell("x-github-request-id", format!("51A0:{:06X}", self.number));
        tell(
            "x-github-api-version-selected",
            self.api_version.clone().unwrap_or_else(|| API_VERSION.to_owned()),
        );
        if let Some(scopes) = &self.scopes {
            tell("x-oauth-scopes", scopes.clone());
        }
        if let Some(rights) = &self.rights {
            if self.scopes.is_some() {
                tell("x-accepted-oauth-scopes", rights.scopes.join(", "));
            }
            if self.tells_permissions && !rights.permissions.is_empty() {
                tell("x-accepted-github-permissions", rights.accepted_permissions());
            }
        }
        headers
    }
}

impl From<Refusal> for Answer {
    fn from(refusal: Refusal) -> Self {
        Self::json(refusal.status, &refusal.body())
    }
}

/// Half of the body, and then the connection ends.
fn broken_off(body: &Bytes) -> Body {
    let half = body.slice(..body.len() / 2);
    Body::from_stream(stream::iter([
        Ok(half),
        Err(std::io::Error::from(std::io::ErrorKind::ConnectionReset)),
    ]))
}
