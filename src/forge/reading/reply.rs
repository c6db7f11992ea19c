//! The answer of a REST interface, whatever its status.

use serde_json::Value as Json;

use crate::forge::error::ForgeError;

/// A REST answer, whatever its status.
#[derive(Debug, Clone)]
pub(in crate::forge) struct Reply {
    /// The HTTP status.
    pub status: u16,
    /// The body; `null` where there is none, or none that is JSON.
    pub json: Json,
    /// The path and query of the next page.
    pub next: Option<String>,
    /// How many items a list has in all, where a header says so.
    pub total: Option<u64>,
    /// The permissions that the server says it would take.
    pub accepts: Option<String>,
}

impl Reply {
    pub(in crate::forge) fn is_success(&self) -> bool {
        (200..300).contains(&self.status)
    }

    /// What the server says, fit for people to read.
    pub(in crate::forge) fn message(&self) -> String {
        let said = ["message", "error_description", "error"].iter().find_map(|k| self.json[*k].as_str());
        match (said, &self.json["message"]) {
            (Some(said), _) => words(said),
            (None, Json::Null) => "no reason given".to_owned(),
            // GitLab names the fields that are wrong, and what of each.
            (None, several) => words(&several.to_string()),
        }
    }

    /// As the error that ends a reading.
    pub(in crate::forge) fn into_error(self, path: &str) -> ForgeError {
        let what = format!("GET {}", path.split('?').next().unwrap_or_default());
        ForgeError::Refused { what, status: self.status, message: self.message() }
    }
}

/// The path and query of the page that a `Link` header calls next. Which host it names does not
/// matter: it is asked of the same one. `api`: the path of the interface's root, which is left off.
pub(in crate::forge) fn next_page(link: &str, api: &str) -> Option<String> {
    let next = link.split(',').find(|part| part.contains("rel=\"next\""))?;
    let url = next.split(['<', '>']).nth(1)?;
    let after_host = url.split_once("://").map_or(url, |(_, rest)| rest);
    let path = after_host.get(after_host.find('/')?..)?;
    Some(path.strip_prefix(api).unwrap_or(path).to_owned())
}

/// What a server says for people, who may see it on a terminal: nothing in it may steer that.
pub(in crate::forge) fn words(message: &str) -> String {
    let steers = |c: char| c.is_control() || matches!(c, '\u{202a}'..='\u{202e}' | '\u{2066}'..='\u{2069}');
    message.chars().map(|c| if steers(c) { '\u{fffd}' } else { c }).collect()
}
