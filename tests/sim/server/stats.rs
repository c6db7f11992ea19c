//! What was asked, for tests that count requests.

use std::collections::BTreeMap;

use serde::{Deserialize, Serialize};

#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct Stats {
    pub total: u64,
    pub rest: u64,
    pub graphql: u64,
    /// REST requests that could change the organization; minting a token is not one of them.
    pub mutating: u64,
    /// Of the REST requests, those that cost nothing since the caller had the answer already.
    pub not_modified: u64,
    /// The same by route.
    #[serde(default)]
    pub not_modified_by_route: BTreeMap<String, u64>,
    pub max_concurrent: u64,
    /// `GET /orgs/{org}/repos` and the like; what no route serves is `unknown`.
    pub by_route: BTreeMap<String, u64>,
    /// What GraphQL queries cost together.
    pub points: u64,
}

impl Stats {
    pub fn route(&mut self, route: &str) {
        *self.by_route.entry(route.to_owned()).or_default() += 1;
    }

    /// How often a route was asked.
    pub fn of(&self, route: &str) -> u64 {
        self.by_route.get(route).copied().unwrap_or(0)
    }
}
