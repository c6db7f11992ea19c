//! GitLab's REST API as one view of the world.

mod answer;
mod files;
mod lists;
mod page;
mod proposals;
mod refusal;
mod route;
mod subjects;
mod write;

use std::collections::BTreeMap;

use serde_json::Value;

use crate::sim::gitlab::site::Site;
use crate::sim::gitlab::world::Identity;
use crate::sim::server::QuirkKind;

pub use answer::answer;
pub use files::entries;
pub use lists::{SOURCE, direct_members, members_with_source};
pub use refusal::Refusal;
pub use route::{Route, Target, route};
pub use write::write;

pub struct Request {
    pub method: String,
    pub route: Route,
    pub query: BTreeMap<String, String>,
    /// As it was asked, beneath `/api/v4`.
    pub url: String,
    pub site: Site,
    pub caller: Identity,
    pub quirks: Vec<QuirkKind>,
    /// An empty object where there is none.
    pub body: Value,
}

pub struct Reply {
    pub status: u16,
    pub body: Value,
    pub headers: Vec<(&'static str, String)>,
    /// What is told as it is, instead of as JSON.
    pub text: Option<String>,
}

impl Reply {
    pub fn of(body: Value) -> Self {
        Self { status: 200, body, headers: Vec::new(), text: None }
    }

    pub fn created(body: Value) -> Self {
        Self { status: 201, ..Self::of(body) }
    }

    /// Of what is there no more.
    pub fn gone() -> Self {
        Self { status: 204, text: Some(String::new()), ..Self::of(Value::Null) }
    }
}

impl Request {
    pub fn asked(&self, key: &str) -> Option<&str> {
        self.query.get(key).map(String::as_str)
    }

    pub fn is_asked(&self, key: &str) -> bool {
        matches!(self.asked(key), Some("true" | "1"))
    }
}
