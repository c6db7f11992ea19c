//! A client that can read and nothing else: it has no method that writes.

use std::sync::Arc;

use async_trait::async_trait;
use bytes::Bytes;
use gitlab::api::{ApiError, AsyncClient, Endpoint, RestClient};
use http::{HeaderValue, Method, Request, Response};
use serde_json::{Value as Json, json};
use url::Url;

use super::rates::{ALL, Rates};
use super::server::{Server, name_of};
use crate::forge::error::ForgeError;
use crate::forge::host::{HostError, Token};
use crate::forge::reading::{Answer, Answers, Reply, next_page, words};
use crate::forge::terms::Terms;
use crate::forge::transport::{Counts, Transport, TransportError};

/// Reads from one GitLab server with one token.
#[derive(Clone)]
pub struct Reader {
    root: Url,
    graphql: String,
    token: Token,
    transport: Transport,
    rates: Arc<Rates>,
    /// The token's scopes; none where the server does not say.
    scopes: Option<Arc<[String]>>,
}

impl Reader {
    /// A reader of that server, with the token that the environment gives for it.
    ///
    /// # Errors
    /// When there is no token for it, or no request can be sent.
    pub fn new(
        server: &Server,
        terms: &Terms,
        environment: &dyn Fn(&str) -> Option<String>,
    ) -> Result<Self, ForgeError> {
        let token = server.token(environment)?;
        let rates = Arc::new(Rates::of(server, terms));
        let a_minute = terms.a_minute.or(server.is_cloud().then_some(ALL));
        let transport =
            Transport::new(&Terms { a_minute, ..terms.clone() }).map_err(ForgeError::Transport)?;
        let rest = server.rest();
        let bad = |_| ForgeError::Host(HostError::BadUrl { url: server.url.clone() });
        let root = Url::parse(&rest).map_err(bad)?;
        let transport = transport.remembering(&rest, &name_of(&token));
        Ok(Self { root, graphql: server.graphql(), token, transport, rates, scopes: None })
    }

    /// This reader, with what its token is known to be let do.
    #[must_use]
    pub fn with_scopes(mut self, scopes: Option<&[String]>) -> Self {
        self.scopes = scopes.map(Arc::from);
        self
    }

    /// What was sent so far.
    pub fn counts(&self) -> &Counts {
        self.transport.counts()
    }

    /// Waits until no request is under way.
    pub async fn settled(&self) {
        self.transport.settled().await;
    }

    /// The path and query that an endpoint of the `gitlab` crate stands for.
    pub(super) fn path_of(&self, endpoint: &impl Endpoint) -> String {
        let mut url = self.root.clone();
        endpoint.parameters().add_to_url(&mut url);
        let query = url.query().map(|q| format!("?{q}")).unwrap_or_default();
        format!("/{}{query}", endpoint.endpoint())
    }
}

impl Reader {
    /// Asks a GraphQL query; an answer in part is an answer.
    pub(super) async fn query(&self, text: &str, variables: &Json) -> Result<Answer, ForgeError> {
        let what = "the GraphQL query";
        let unreadable = |why: String| ForgeError::Unreadable { what: what.to_owned(), why };
        let body = json!({"query": text, "variables": variables}).to_string();
        let request = Request::builder()
            .method(Method::POST)
            .uri(&self.graphql)
            .header(http::header::CONTENT_TYPE, "application/json")
            .header(http::header::AUTHORIZATION, self.bearer().map_err(|e| unreadable(e.to_string()))?)
            .body(Bytes::from(body))
            .map_err(|e| unreadable(e.to_string()))?;
        let answer = self.transport.send(request, true).await.map_err(ForgeError::Transport)?;
        let json: Json = match serde_json::from_slice(answer.body()) {
            Ok(json) => json,
            Err(_) if !answer.status().is_success() => Json::Null,
            Err(e) => return Err(unreadable(e.to_string())),
        };
        if answer.status().is_success() {
            return Answer::of(what, json);
        }
        let said = json["message"].as_str().or_else(|| json["errors"][0]["message"].as_str());
        let message = said.or(answer.status().canonical_reason()).unwrap_or("no reason given");
        Err(ForgeError::Refused {
            what: what.to_owned(),
            status: answer.status().as_u16(),
            message: words(message),
        })
    }

    /// What the server answers for one document, whatever that is.
    ///
    /// # Errors
    /// When no answer comes, or the token is not valid.
    pub async fn document(&self, path: &str) -> Result<(u16, Json, String), ForgeError> {
        let reply = self.ask(path).await?;
        let message = reply.message();
        Ok((reply.status, reply.json, message))
    }

    /// The answer to one request beneath the interface's root, whatever its status.
    pub(super) async fn answer(
        &self,
        method: Method,
        path: &str,
        body: Vec<u8>,
    ) -> Result<Response<Bytes>, ForgeError> {
        let unreadable = |why: String| ForgeError::Unreadable { what: format!("{method} {path}"), why };
        let url = self.rest_endpoint(path.trim_start_matches('/')).map_err(|e| unreadable(e.to_string()))?;
        if !url.as_str().starts_with(self.root.as_str()) {
            return Err(unreadable("it is not beneath the server's interface".into()));
        }
        let mut request = Request::builder().method(&method).uri(url.as_str());
        if !body.is_empty() {
            request = request.header(http::header::CONTENT_TYPE, "application/json");
        }
        self.rates.turn(path).await.map_err(ForgeError::Transport)?;
        match self.rest_async(request, body).await {
            Ok(answer) => Ok(answer),
            Err(ApiError::Client { source }) => Err(ForgeError::Transport(source)),
            Err(other) => Err(unreadable(other.to_string())),
        }
    }

    fn bearer(&self) -> Result<HeaderValue, http::header::InvalidHeaderValue> {
        let mut token = HeaderValue::from_str(&format!("Bearer {}", self.token.expose()))?;
        token.set_sensitive(true);
        Ok(token)
    }
}

impl RestClient for Reader {
    type Error = TransportError;

    fn rest_endpoint(&self, endpoint: &str) -> Result<Url, ApiError<Self::Error>> {
        Ok(self.root.join(endpoint)?)
    }
}

#[async_trait]
impl AsyncClient for Reader {
    async fn rest_async(
        &self,
        request: http::request::Builder,
        body: Vec<u8>,
    ) -> Result<Response<Bytes>, ApiError<Self::Error>> {
        let unusable =
            |what: &str| TransportError::Unreachable { url: self.root.to_string(), what: what.into() };
        let request = request.body(Bytes::from(body));
        let mut request = request.map_err(|e| ApiError::client(unusable(&e.to_string())))?;
        let token = self
            .bearer()
            .map_err(|_| ApiError::client(unusable("the token has characters that no header may have")))?;
        request.headers_mut().insert(http::header::AUTHORIZATION, token);
        self.transport.send(request, false).await.map_err(ApiError::client)
    }
}

impl Answers for Reader {
    async fn ask(&self, path: &str) -> Result<Reply, ForgeError> {
        let unreadable = |why: String| ForgeError::Unreadable { what: format!("GET {path}"), why };
        let answer = self.answer(Method::GET, path, Vec::new()).await?;
        let link = answer.headers().get(http::header::LINK).and_then(|l| l.to_str().ok());
        let reply = Reply {
            status: answer.status().as_u16(),
            next: link.and_then(|l| next_page(l, self.root.path().trim_end_matches('/'))),
            total: answer.headers().get("x-total").and_then(|t| t.to_str().ok()?.parse().ok()),
            accepts: None,
            json: serde_json::from_slice(answer.body()).unwrap_or(Json::Null),
        };
        let success = reply.is_success();
        if success && !answer.body().is_empty() && reply.json.is_null() && &answer.body()[..] != b"null" {
            return Err(unreadable("it is no JSON".into()));
        }
        // A token that is not valid is valid nowhere.
        if reply.status == 401 { Err(reply.into_error(path)) } else { Ok(reply) }
    }

    /// GitLab answers 404 both for what is not there and for what may not be seen: it is believed of a
    /// maintainer whose token may read the interface, for what maintainers are shown.
    fn would_see(&self, permission: &str, administers: bool) -> bool {
        let role = permission.split(" (").next().unwrap_or_default();
        let shown = ["Guest", "Planner", "Reporter", "Developer", "Maintainer"].contains(&role);
        let reads = |scopes: &Arc<[String]>| scopes.iter().any(|s| s == "api" || s == "read_api");
        administers && shown && self.scopes.as_ref().is_some_and(reads)
    }
}
