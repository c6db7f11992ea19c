//! The issues and comments of one repository: what a job keeps up to date by itself, beside any plan.

use http::Method;
use serde_json::{Value as Json, json};

use super::client::{Reader, refused};
use super::server::Server;
use crate::forge::error::ForgeError;
use crate::forge::reading::next_page;
use crate::forge::terms::Terms;
use crate::forge::transport::Transport;

/// Speaks in the issues and pull requests of one repository, and writes nothing else.
pub struct Conversation {
    reader: Reader,
    /// `/repos/OWNER/NAME`.
    path: String,
}

/// An issue, or a comment.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Said {
    /// The number of an issue, the id of a comment.
    pub number: u64,
    /// Who wrote it; empty where that account is gone.
    pub author: String,
    /// Its text.
    pub body: String,
    /// Whether an issue is open; of a comment, true.
    pub open: bool,
    /// Its page.
    pub page: String,
}

impl Said {
    fn of(json: &Json) -> Option<Self> {
        let text = |at: &Json| at.as_str().unwrap_or_default().to_owned();
        let number = json["number"].as_u64().or_else(|| json["id"].as_u64())?;
        Some(Self {
            number,
            author: text(&json["user"]["login"]),
            body: text(&json["body"]).replace('\r', ""),
            open: json["state"] != "closed",
            page: text(&json["html_url"]),
        })
    }
}

impl Conversation {
    /// The conversation of a repository, `OWNER/NAME`, with the identity that the environment gives.
    ///
    /// # Errors
    /// When that is no repository's name, or there is no identity for the server.
    pub async fn new(
        repository: &str,
        server: &Server,
        terms: &Terms,
        environment: &dyn Fn(&str) -> Option<String>,
    ) -> Result<Self, ForgeError> {
        let plain = |part: &str| {
            let fits = |c: char| c.is_ascii_alphanumeric() || matches!(c, '-' | '_' | '.');
            !part.is_empty() && part.chars().all(fits) && !part.starts_with("..") && part != "."
        };
        if !repository.split_once('/').is_some_and(|(owner, name)| plain(owner) && plain(name)) {
            let why = "a repository is named OWNER/NAME".to_owned();
            return Err(ForgeError::Unreadable { what: format!("the name `{repository}`"), why });
        }
        let transport = Transport::new(terms).map_err(ForgeError::Transport)?;
        let reader = Reader::new(server, transport, environment).await?;
        Ok(Self { reader, path: format!("/repos/{repository}") })
    }

    /// The login that this identity writes with.
    ///
    /// # Errors
    /// When the server does not say.
    pub async fn login(&self) -> Result<String, ForgeError> {
        let answer = self.reader.query("query { viewer { login } }", &json!({})).await?;
        let login = answer.data["viewer"]["login"].as_str().filter(|login| !login.is_empty());
        login.map(str::to_owned).ok_or_else(|| ForgeError::Unreadable {
            what: "the question who this token is".to_owned(),
            why: "it names nobody".to_owned(),
        })
    }

    /// The first issue that is meant, open or closed, the oldest first. Pull requests are none.
    ///
    /// # Errors
    /// When the list cannot be read to its end, or to what is meant.
    pub async fn issue(&self, meant: &dyn Fn(&Said) -> bool) -> Result<Option<Said>, ForgeError> {
        self.first("/issues?state=all&sort=created&direction=asc&per_page=100", meant).await
    }

    /// The first comment that is meant on an issue or pull request, the oldest first.
    ///
    /// # Errors
    /// When the list cannot be read to its end, or to what is meant.
    pub async fn comment(&self, on: u64, meant: &dyn Fn(&Said) -> bool) -> Result<Option<Said>, ForgeError> {
        self.first(&format!("/issues/{on}/comments?per_page=100"), meant).await
    }

    async fn first(&self, list: &str, meant: &dyn Fn(&Said) -> bool) -> Result<Option<Said>, ForgeError> {
        let mut next = Some(format!("{}{list}", self.path));
        while let Some(path) = next {
            let page = self.reader.get(&path).await?;
            let Some(items) = page.json.as_array() else {
                return Err(ForgeError::Unreadable { what: path, why: "it is no list".to_owned() });
            };
            let said = items.iter().filter(|item| item["pull_request"].is_null()).filter_map(Said::of);
            if let Some(found) = said.into_iter().find(|said| meant(said)) {
                return Ok(Some(found));
            }
            next = page.link.as_deref().and_then(|link| next_page(link, "/api/v3"));
        }
        Ok(None)
    }

    /// Opens an issue. Labels that the identity may not give are left out by the forge.
    ///
    /// # Errors
    /// When the server refuses.
    pub async fn open(&self, title: &str, body: &str, labels: &[String]) -> Result<Said, ForgeError> {
        let mut issue = json!({ "title": title, "body": body });
        if !labels.is_empty() {
            issue["labels"] = json!(labels);
        }
        self.write(Method::POST, "/issues", &issue).await
    }

    /// Gives an issue another text, and opens or closes it.
    ///
    /// # Errors
    /// When the server refuses.
    pub async fn change(&self, number: u64, body: &str, open: bool) -> Result<Said, ForgeError> {
        let (state, why) = if open { ("open", "reopened") } else { ("closed", "completed") };
        let issue = json!({ "body": body, "state": state, "state_reason": why });
        self.write(Method::PATCH, &format!("/issues/{number}"), &issue).await
    }

    /// Comments on an issue or pull request.
    ///
    /// # Errors
    /// When the server refuses.
    pub async fn say(&self, on: u64, body: &str) -> Result<Said, ForgeError> {
        self.write(Method::POST, &format!("/issues/{on}/comments"), &json!({ "body": body })).await
    }

    /// Gives a comment another text.
    ///
    /// # Errors
    /// When the server refuses.
    pub async fn reword(&self, comment: u64, body: &str) -> Result<Said, ForgeError> {
        self.write(Method::PATCH, &format!("/issues/comments/{comment}"), &json!({ "body": body })).await
    }

    async fn write(&self, method: Method, beneath: &str, body: &Json) -> Result<Said, ForgeError> {
        let path = format!("{}{beneath}", self.path);
        let what = format!("{method} {path}");
        let (status, bytes) = self.reader.write(method, &path, Some(body)).await?;
        let json = serde_json::from_slice(&bytes).unwrap_or(Json::Null);
        if !status.is_success() {
            return Err(refused(&what, status, &json));
        }
        let why = || "it does not say what was written".to_owned();
        Said::of(&json).ok_or_else(|| ForgeError::Unreadable { what, why: why() })
    }
}
