//! A request as handlers see it, and what they give back.

use std::collections::BTreeMap;

use serde_json::{Map, Value, json};

use super::site::Site;
use crate::sim::server::{Quirk, Rate};
use crate::sim::world::{Identity, Organization, Repository, World};

#[derive(Clone)]
pub struct Request {
    /// What the placeholders of the route's path stand for, in order.
    pub captures: Vec<(&'static str, String)>,
    pub query: BTreeMap<String, String>,
    pub body: Value,
    /// The path as it was asked for, without the query.
    pub url: String,
    pub site: Site,
    pub core: Rate,
    pub graphql: Rate,
    /// Whether an App's installation asks, rather than a person.
    pub installation: bool,
    /// Who asks; none may do everything.
    pub identity: Option<Identity>,
    /// When a token that is made now is said to expire.
    pub token_expires_at: String,
    /// What is wrong with the lists of this endpoint.
    pub quirks: Vec<Quirk>,
}

pub struct Reply {
    pub status: u16,
    pub body: Option<Value>,
    pub link: Option<String>,
}

/// An answer that is not what was asked for.
#[derive(Debug)]
pub struct Refusal {
    pub status: u16,
    pub message: String,
    pub errors: Option<Value>,
}

impl Reply {
    pub fn ok(body: Value) -> Self {
        Self { status: 200, body: Some(body), link: None }
    }

    pub fn created(body: Value) -> Self {
        Self { status: 201, body: Some(body), link: None }
    }

    pub fn nothing() -> Self {
        Self { status: 204, body: None, link: None }
    }
}

impl Refusal {
    fn new(status: u16, message: impl Into<String>) -> Self {
        Self { status, message: message.into(), errors: None }
    }

    /// An answer in words that a world or a table gives.
    pub fn told(status: u16, message: &str) -> Self {
        Self::new(status, message)
    }

    pub fn not_found() -> Self {
        Self::new(404, "Not Found")
    }

    /// A 404 that says what is missing, where GitHub does.
    pub fn missing(what: &str) -> Self {
        Self::new(404, what)
    }

    pub fn forbidden() -> Self {
        Self::new(403, "Resource not accessible by integration")
    }

    pub fn forbidden_to_token() -> Self {
        Self::new(403, "Resource not accessible by personal access token")
    }

    pub fn bad_credentials() -> Self {
        Self::new(401, "Bad credentials")
    }

    pub fn no_key() -> Self {
        Self::new(401, "A JSON web token could not be decoded")
    }

    pub fn archived() -> Self {
        Self::new(403, "Repository was archived so is read-only.")
    }

    pub fn unauthorized() -> Self {
        Self::new(401, "Requires authentication")
    }

    pub fn malformed() -> Self {
        Self::new(400, "Problems parsing JSON")
    }

    pub fn not_allowed(message: &str) -> Self {
        Self::new(405, message)
    }

    pub fn conflict(message: impl Into<String>) -> Self {
        Self::new(409, message)
    }

    pub fn unprocessable(message: impl Into<String>) -> Self {
        Self::new(422, message)
    }

    pub fn invalid_field(resource: &str, field: &str, message: &str) -> Self {
        let error = json!({ "resource": resource, "code": "custom", "field": field, "message": message });
        Self { status: 422, message: "Validation Failed".to_owned(), errors: Some(json!([error])) }
    }

    /// What GitHub says when the body does not have the type its description gives it.
    pub fn wrong_type(key: &str, value: &Value) -> Self {
        Self::unprocessable(format!(
            "Invalid request.\n\nFor 'properties/{key}', {value} is not of the type that is expected."
        ))
    }

    pub fn body(&self) -> Value {
        let mut body = json!({ "message": self.message });
        if let Some(errors) = &self.errors {
            body["errors"] = errors.clone();
        }
        body["documentation_url"] = json!("https://docs.github.com/rest");
        body["status"] = json!(self.status.to_string());
        body
    }
}

impl Request {
    pub fn capture(&self, name: &str) -> &str {
        let found = self.captures.iter().find(|(capture, _)| *capture == name);
        found.map_or("", |(_, value)| value.as_str())
    }

    pub fn number(&self, name: &str) -> Option<u64> {
        self.capture(name).parse().ok()
    }

    pub fn asked(&self, key: &str) -> Option<&str> {
        self.query.get(key).map(String::as_str)
    }

    /// The body as an object, which is what every write takes.
    pub fn object(&self) -> Result<&Map<String, Value>, Refusal> {
        self.body.as_object().ok_or_else(Refusal::malformed)
    }

    /// A text that the body must have.
    pub fn text(&self, key: &str) -> Result<&str, Refusal> {
        let missing = || Refusal::unprocessable(format!("Invalid request.\n\n\"{key}\" wasn't supplied."));
        self.object()?
            .get(key)
            .ok_or_else(missing)?
            .as_str()
            .ok_or_else(|| Refusal::wrong_type(key, &self.body[key]))
    }

    pub fn organization<'w>(&self, world: &'w World) -> Result<&'w Organization, Refusal> {
        world.organization(self.capture("org")).ok_or_else(Refusal::not_found)
    }

    pub fn organization_mut<'w>(&self, world: &'w mut World) -> Result<&'w mut Organization, Refusal> {
        world.find_organization_mut(self.capture("org")).ok_or_else(Refusal::not_found)
    }

    pub fn repository<'w>(&self, world: &'w World) -> Result<(&'w Organization, &'w Repository), Refusal> {
        world.repository(self.capture("owner"), self.capture("repo")).ok_or_else(Refusal::not_found)
    }

    /// For a write: an archived repository takes none.
    pub fn repository_mut<'w>(&self, world: &'w mut World) -> Result<&'w mut Repository, Refusal> {
        let repository = self.even_archived(world)?;
        if repository.is_archived() { Err(Refusal::archived()) } else { Ok(repository) }
    }

    /// For the one write that an archived repository takes.
    pub fn even_archived<'w>(&self, world: &'w mut World) -> Result<&'w mut Repository, Refusal> {
        let organization =
            world.find_organization_mut(self.capture("owner")).ok_or_else(Refusal::not_found)?;
        organization.repository_mut(self.capture("repo")).ok_or_else(Refusal::not_found)
    }
}
