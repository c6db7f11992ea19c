//! What arrived, for tests that look at requests.

use serde::Serialize;
use serde_json::Value;

/// A request as the simulator saw it.
#[derive(Debug, Clone, PartialEq, Serialize)]
pub struct Recorded {
    pub method: String,
    /// Without the prefix of an Enterprise Server, and without the query.
    pub path: String,
    pub query: Vec<(String, String)>,
    /// None where there was no body; text where it was no JSON.
    pub body: Option<Value>,
    /// It is not told over HTTP.
    #[serde(skip)]
    pub token: String,
    pub status: u16,
}
