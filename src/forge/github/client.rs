//! A client that can read and nothing else: it has no method that writes.

use std::sync::Arc;
use std::time::Duration;

use bytes::Bytes;
use futures_util::FutureExt;
use http::{Method, Request, Response, StatusCode, Uri};
use http_body_util::{BodyExt, Full};
use octocrab::auth::AppAuth;
use octocrab::models::InstallationId;
use octocrab::{AuthState, OctoBody, Octocrab};
use serde_json::{Value as Json, json};

use super::apps::Installations;
use super::rights::Rights;
use super::server::{Identity, Server};
use super::session::Session;
use crate::catalog::Permission;
use crate::forge::error::ForgeError;
use crate::forge::reading::{Answer, Answers, Reply, next_page, words};
use crate::forge::transport::{Counts, Transport, TransportError};

/// How often a query is asked again.
const RETRIES: u32 = 3;

type AnyError = Box<dyn std::error::Error + Send + Sync>;

/// What can be told of an identity's rights, given the scopes that an answer names.
type Form = Arc<dyn Fn(Option<&str>) -> Rights + Send + Sync>;

/// Reads from one GitHub server with one identity.
#[derive(Clone)]
pub struct Reader {
    session: Session,
    transport: Transport,
    rights: Arc<Rights>,
    /// What the token's own form says of it.
    form: Form,
    /// Where an App is installed: of the App itself, which reads nothing but that.
    apps: Option<Arc<Installations>>,
}

impl Reader {
    /// A reader of that server, with the identity that the environment gives for it.
    ///
    /// # Errors
    /// When there is no identity for it.
    pub async fn new(
        server: &Server,
        transport: Transport,
        environment: &dyn Fn(&str) -> Option<String>,
    ) -> Result<Self, ForgeError> {
        let identity = server.identity(environment)?;
        let transport = transport.remembering(&server.rest, &identity.name());
        let over = |auth: AuthState| client(server, transport.clone(), auth);
        let mut form: Form = Arc::new(|_| Rights::Untold);
        let mut apps = None;
        let crab = match identity {
            Identity::Token(token) => {
                let in_job = environment("GITHUB_ACTIONS").as_deref() == Some("true");
                let crab = over(AuthState::AccessToken { token: token.secret() });
                form = Arc::new(move |scopes| Rights::of_token(token.expose(), scopes, in_job));
                crab
            }
            Identity::App(app, given) => {
                let crab = over(AuthState::App(app.clone()));
                apps = Some(Arc::new(Installations::of(server.clone(), app, given)));
                crab
            }
        };
        Ok(Self { session: Session::of_token(crab), transport, rights: Arc::default(), form, apps })
    }

    /// This reader as an organization knows it: an App has an identity of its own in each.
    ///
    /// # Errors
    /// When the App is not installed there, or cannot be asked.
    pub async fn of_organization(&self, login: &str) -> Result<Self, ForgeError> {
        match &self.apps {
            Some(apps) => apps.reader(self, login).await,
            None => Ok(self.clone()),
        }
    }

    /// A reader of one installation of this App.
    pub(super) fn of_installation(
        &self,
        server: &Server,
        app: AppAuth,
        installation: InstallationId,
        rights: &Rights,
    ) -> Result<Self, ForgeError> {
        let name = format!("app:{}:{installation}", app.app_id);
        let transport = self.transport.apart().remembering(&server.rest, &name);
        let crab = client(server, transport.clone(), AuthState::App(app)).installation(installation);
        let crab = crab.map_err(|e| ForgeError::Identity { what: e.to_string() })?;
        let told = rights.clone();
        Ok(Self {
            session: Session::of_installation(crab),
            transport,
            rights: Arc::new(rights.clone()),
            form: Arc::new(move |_| told.clone()),
            apps: None,
        })
    }

    /// Whether this is an App itself, not one of its installations.
    pub(super) fn is_app(&self) -> bool {
        self.apps.is_some()
    }

    /// What can be told of the identity's rights from its token's form, and the scopes that an answer
    /// names.
    pub(super) fn rights_of(&self, scopes: Option<&str>) -> Rights {
        (self.form)(scopes)
    }

    /// What was sent so far.
    pub fn counts(&self) -> &Counts {
        self.transport.counts()
    }

    /// Waits until no request is under way.
    pub async fn settled(&self) {
        self.transport.settled().await;
    }

    /// Whether the server limits anybody, as far as its answers have told.
    pub(super) fn is_limited(&self) -> bool {
        self.transport.is_limited()
    }

    /// Sends what writes; for whoever makes a writer of this reader.
    pub(super) async fn write(
        &self,
        method: Method,
        path: &str,
        body: Option<&Json>,
    ) -> Result<(StatusCode, Bytes), ForgeError> {
        let (parts, body) = self.session.send(&method, path, body).await?;
        Ok((parts.status, body))
    }

    /// Reads a REST document; anything else than one is an error.
    pub(super) async fn get(&self, path: &str) -> Result<Page, ForgeError> {
        let (reply, link) = self.ask_with_link(path).await?;
        match reply.is_success() {
            true => Ok(Page { json: reply.json, link }),
            false => Err(reply.into_error(path)),
        }
    }

    /// What the server answers for one document, whatever that is.
    ///
    /// # Errors
    /// When no answer comes, or the token is not valid.
    pub async fn document(&self, path: &str) -> Result<(u16, Json, String), ForgeError> {
        let reply = self.ask_with_link(path).await?.0;
        let message = reply.message();
        Ok((reply.status, reply.json, message))
    }

    async fn ask_with_link(&self, path: &str) -> Result<(Reply, Option<String>), ForgeError> {
        let (parts, body) = self.session.get(path).await?;
        let header = |name: &str| parts.headers.get(name).and_then(|v| v.to_str().ok()).map(str::to_owned);
        let link = header("link");
        let success = parts.status.is_success();
        let json = match body.is_empty() {
            true => Json::Null,
            false if success => read_json(path, &body)?,
            false => serde_json::from_slice(&body).unwrap_or(Json::Null),
        };
        let reply = Reply {
            status: parts.status.as_u16(),
            json,
            next: link.as_deref().and_then(|l| next_page(l, "/api/v3")),
            total: None,
            accepts: header("x-accepted-github-permissions").map(|a| words(&a)).filter(|a| !a.is_empty()),
        };
        // A token that is not valid is valid nowhere.
        if reply.status == 401 { Err(reply.into_error(path)) } else { Ok((reply, link)) }
    }

    /// This reader, with what its identity is known to be able to see.
    #[must_use]
    pub fn with_rights(mut self, rights: Rights) -> Self {
        self.rights = Arc::new(rights);
        self
    }

    /// Asks a GraphQL query of which no less can be asked: where the server gives up on it, it may
    /// have done so in passing, and is asked again.
    pub(super) async fn query(&self, text: &str, variables: &Json) -> Result<Answer, ForgeError> {
        let mut failures = 0;
        loop {
            match self.query_once(text, variables).await {
                Err(ForgeError::Refused { status: 502..=504, .. }) if failures < RETRIES => {
                    failures += 1;
                    tokio::time::sleep(Duration::from_millis(100 << failures)).await;
                }
                answer => return answer,
            }
        }
    }

    /// Asks a GraphQL query; an answer in part is an answer.
    pub(super) async fn query_once(&self, text: &str, variables: &Json) -> Result<Answer, ForgeError> {
        let what = "the GraphQL query";
        let (parts, body) = self.session.query(&json!({"query": text, "variables": variables})).await?;
        if !parts.status.is_success() {
            let json = serde_json::from_slice(&body).unwrap_or(Json::Null);
            return Err(refused(what, parts.status, &json));
        }
        let json: Json = read_json(what, &body)?;
        if let Some(points) = json.pointer("/data/rateLimit/cost").and_then(Json::as_u64) {
            self.counts().points.fetch_add(points, std::sync::atomic::Ordering::Relaxed);
        }
        let scopes = parts.headers.get("x-oauth-scopes").and_then(|v| v.to_str().ok()).map(str::to_owned);
        Ok(Answer { scopes, ..Answer::of(what, json)? })
    }
}

impl Answers for Reader {
    async fn ask(&self, path: &str) -> Result<Reply, ForgeError> {
        Ok(self.ask_with_link(path).await?.0)
    }

    fn would_see(&self, permission: &str, administers: bool) -> bool {
        self.rights.would_see(&Permission::parse(permission), administers)
    }
}

/// A REST answer, and where the other pages are.
pub(super) struct Page {
    pub json: Json,
    pub link: Option<String>,
}

fn read_json(what: &str, body: &[u8]) -> Result<Json, ForgeError> {
    serde_json::from_slice(body)
        .map_err(|e| ForgeError::Unreadable { what: what.to_owned(), why: e.to_string() })
}

pub(super) fn refused(what: &str, status: StatusCode, json: &Json) -> ForgeError {
    let message =
        json["message"].as_str().unwrap_or_else(|| status.canonical_reason().unwrap_or("no reason given"));
    let errors = json["errors"].as_array().into_iter().flatten();
    let details = errors.filter_map(|error| error.as_str().or_else(|| error["message"].as_str()));
    let message = std::iter::once(message).chain(details).collect::<Vec<_>>().join(": ");
    ForgeError::Refused { what: what.to_owned(), status: status.as_u16(), message: words(&message) }
}

/// What the transport said, out of what octocrab wrapped it in.
pub(super) fn error_of(what: &str, error: octocrab::Error) -> ForgeError {
    let mut source: Option<&(dyn std::error::Error + 'static)> = Some(&error);
    while let Some(at) = source {
        if let Some(transport) = at.downcast_ref::<TransportError>() {
            return ForgeError::Transport(transport.clone());
        }
        source = at.source();
    }
    ForgeError::Unreadable { what: what.to_owned(), why: error.to_string() }
}

/// octocrab over our transport: it builds and signs requests, we send them, and only to this server.
fn client(server: &Server, transport: Transport, auth: AuthState) -> Octocrab {
    let server = server.clone();
    let service = tower::service_fn(move |request: Request<OctoBody>| {
        let (server, transport) = (server.clone(), transport.clone());
        async move {
            let (mut parts, body) = request.into_parts();
            let path = parts.uri.path_and_query().map_or("/", |p| p.as_str()).to_owned();
            let graphql = path == "/graphql";
            if parts.uri.authority().is_some()
                && !parts.uri.to_string().starts_with(&format!("{}/", server.rest))
            {
                return Err(AnyError::from("a request to another host was refused"));
            }
            if parts.uri.authority().is_none() {
                let target = if graphql { server.graphql.clone() } else { format!("{}{path}", server.rest) };
                parts.uri = target.parse::<Uri>()?;
            }
            parts.headers.insert("x-github-api-version", http::HeaderValue::from_static("2022-11-28"));
            let body = body.collect().await.map_err(|e| e.to_string())?.to_bytes();
            let answer = transport.send(Request::from_parts(parts, body), graphql).await?;
            Ok::<Response<Full<Bytes>>, AnyError>(answer.map(Full::new))
        }
        .boxed()
    });
    let built = octocrab::OctocrabBuilder::new_empty().with_service(service).with_auth(auth).build();
    match built {
        Ok(crab) => crab,
        Err(never) => match never {},
    }
}
