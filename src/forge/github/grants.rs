//! Which team has which role on which repository: GitHub tells it by team only.

use std::collections::{BTreeMap, HashMap};
use std::fmt::Write;

use serde_json::{Value as Json, json};

use super::client::{GithubError, Reader};
use crate::catalog::Setting;
use crate::model::{Observation, Value};

/// Teams whose repositories are read on in one query.
const TOGETHER: usize = 10;

const REPOSITORIES: &str =
    "totalCount pageInfo { hasNextPage endCursor } edges { permission node { nameWithOwner } }";

/// The roles of teams, by the repository's full name in lower case.
#[derive(Debug, Default)]
pub(super) struct Grants(HashMap<String, BTreeMap<String, String>>);

/// A team whose repositories go on after this cursor.
struct Rest {
    slug: String,
    cursor: String,
}

impl Grants {
    /// Reads the grants of every team of an organization.
    pub(super) async fn read(reader: &Reader, organization: &str) -> Result<Self, GithubError> {
        let mut grants = Self::default();
        let mut unfinished: Vec<Rest> = Vec::new();
        let text = format!(
            "query($org: String!, $after: String) {{ rateLimit {{ cost }} organization(login: $org) {{ \
             teams(first: 50, after: $after) {{ totalCount pageInfo {{ hasNextPage endCursor }} \
             nodes {{ slug repositories(first: 100) {{ {REPOSITORIES} }} }} }} }} }}"
        );
        let mut after = Json::Null;
        loop {
            let answer = reader.query(&text, &json!({"org": organization, "after": after})).await?;
            if let Some(refusal) = answer.errors.first() {
                return Err(refused(&refusal.message));
            }
            let teams = &answer.data["organization"]["teams"];
            for team in teams["nodes"].as_array().ok_or_else(|| refused("the teams are not shown"))? {
                let slug = team["slug"].as_str().unwrap_or_default();
                unfinished.extend(grants.take(slug, &team["repositories"])?);
            }
            if teams["pageInfo"]["hasNextPage"] != true {
                break;
            }
            after = teams["pageInfo"]["endCursor"].clone();
        }
        while !unfinished.is_empty() {
            let now: Vec<Rest> = unfinished.drain(..unfinished.len().min(TOGETHER)).collect();
            let mut text =
                "query($org: String!) { rateLimit { cost } organization(login: $org) { ".to_owned();
            for (i, Rest { slug, cursor }) in now.iter().enumerate() {
                let (slug, cursor) = (Json::from(slug.as_str()), Json::from(cursor.as_str()));
                let _ = write!(
                    text,
                    "t{i}: team(slug: {slug}) {{ repositories(first: 100, after: {cursor}) {{ {REPOSITORIES} }} }} "
                );
            }
            text.push_str("} }");
            let answer = reader.query(&text, &json!({"org": organization})).await?;
            for (i, Rest { slug, .. }) in now.iter().enumerate() {
                let more = &answer.data["organization"][format!("t{i}")]["repositories"];
                unfinished.extend(grants.take(slug, more)?);
            }
        }
        Ok(grants)
    }

    /// Takes a page of a team's repositories; returns where it goes on.
    fn take(&mut self, slug: &str, repositories: &Json) -> Result<Option<Rest>, GithubError> {
        let edges =
            repositories["edges"].as_array().ok_or_else(|| refused("a team's repositories are not shown"))?;
        for edge in edges {
            if let (Some(name), Some(role)) =
                (edge["node"]["nameWithOwner"].as_str(), edge["permission"].as_str())
            {
                self.0.entry(name.to_ascii_lowercase()).or_default().insert(slug.to_owned(), role.to_owned());
            }
        }
        let page = &repositories["pageInfo"];
        let next = page["endCursor"].as_str().filter(|_| page["hasNextPage"] == true);
        Ok(next.map(|cursor| Rest { slug: slug.to_owned(), cursor: cursor.to_owned() }))
    }

    /// The roles of teams on one repository, as its setting has them.
    pub(super) fn of(&self, full_name: &str, setting: &Setting) -> Observation {
        let Some(grants) = self.0.get(&full_name.to_ascii_lowercase()) else {
            return Observation::Known(Value::Map(BTreeMap::new()));
        };
        let json =
            Json::Object(grants.iter().map(|(slug, role)| (slug.clone(), role.as_str().into())).collect());
        match setting.github.binding().and_then(|b| b.codec) {
            Some(codec) => (codec.read)(&json).map_or(Observation::Absent, Observation::Known),
            None => setting.decode(&json),
        }
    }
}

fn refused(message: &str) -> GithubError {
    GithubError::Refused { what: "the organization's teams".into(), status: 200, message: message.to_owned() }
}
