//! Which team has which role on which repository: GitHub tells it by team only.

use std::collections::{BTreeMap, HashMap};
use std::fmt::Write;

use serde_json::{Value as Json, json};

use super::client::Reader;
use crate::catalog::Setting;
use crate::forge::error::ForgeError;
use crate::forge::reading::Answers;
use crate::model::{Observation, Value};

/// Teams whose repositories are read on in one query.
const TOGETHER: usize = 10;

/// A page of a team's repositories.
const REPOSITORIES: &str =
    "totalCount pageInfo { startCursor endCursor } edges { permission node { nameWithOwner } }";
const PAGE: u64 = 100;

/// What shows an App every team.
const MEMBERS: &str = "organization members:read (classic: read:org)";

/// The roles of teams, by the repository's full name in lower case.
#[derive(Debug, Default)]
pub(super) struct Grants {
    roles: HashMap<String, BTreeMap<String, String>>,
    /// Whether there may be teams that are not shown: secret ones are shown to their members, to owners
    /// and to Apps.
    in_part: bool,
}

/// A team with more repositories than one page has. It is read from both ends at once, which halves
/// the number of requests that must wait for one another.
struct Unfinished {
    slug: String,
    /// Repositories between the two ends.
    left: u64,
    front: Json,
    /// Nothing was read from the back yet.
    back: Option<Json>,
}

impl Grants {
    /// Reads the grants of every team of an organization.
    pub(super) async fn read(reader: &Reader, organization: &str) -> Result<Self, ForgeError> {
        let mut grants = Self::default();
        let mut unfinished: Vec<Unfinished> = Vec::new();
        let text = format!(
            "query($org: String!, $after: String) {{ rateLimit {{ cost }} organization(login: $org) {{ \
             viewerCanAdminister teams(first: 50, after: $after) {{ totalCount pageInfo {{ hasNextPage endCursor }} \
             nodes {{ slug repositories(first: {PAGE}) {{ {REPOSITORIES} }} }} }} }} }}"
        );
        let mut after = Json::Null;
        loop {
            let answer = reader.query(&text, &json!({"org": organization, "after": after})).await?;
            if let Some(refusal) = answer.errors.first() {
                return Err(refused(&refusal.message));
            }
            let owns = answer.data["organization"]["viewerCanAdminister"] == true;
            grants.in_part = !owns && !reader.would_see(MEMBERS, false);
            let teams = &answer.data["organization"]["teams"];
            for team in teams["nodes"].as_array().ok_or_else(|| refused("the teams are not shown"))? {
                let slug = team["slug"].as_str().unwrap_or_default();
                let first = &team["repositories"];
                let left = first["totalCount"]
                    .as_u64()
                    .unwrap_or_default()
                    .saturating_sub(grants.take(slug, first)?);
                if left > 0 {
                    let front = first["pageInfo"]["endCursor"].clone();
                    unfinished.push(Unfinished { slug: slug.to_owned(), left, front, back: None });
                }
            }
            if teams["pageInfo"]["hasNextPage"] != true {
                break;
            }
            let on = teams["pageInfo"]["endCursor"].clone();
            if !on.is_string() || on == after {
                return Err(refused("the list of teams does not end"));
            }
            after = on;
        }
        while !unfinished.is_empty() {
            let now: Vec<Unfinished> = unfinished.drain(..unfinished.len().min(TOGETHER)).collect();
            let mut text =
                "query($org: String!) { rateLimit { cost } organization(login: $org) { ".to_owned();
            for (i, team) in now.iter().enumerate() {
                team.ask(i, &mut text);
            }
            text.push_str("} }");
            let answer = reader.query(&text, &json!({"org": organization})).await?;
            for (i, mut team) in now.into_iter().enumerate() {
                let found = &answer.data["organization"][format!("t{i}")];
                let read = grants.take(&team.slug, &found["front"])?;
                team.front = found["front"]["pageInfo"]["endCursor"].clone();
                let from_behind = if found.get("back").is_some() {
                    team.back = Some(found["back"]["pageInfo"]["startCursor"].clone());
                    grants.take(&team.slug, &found["back"])?
                } else {
                    0
                };
                if read == 0 {
                    return Err(refused("a team's repositories changed while they were read"));
                }
                team.left = team.left.saturating_sub(read + from_behind);
                if team.left > 0 {
                    unfinished.push(team);
                }
            }
        }
        Ok(grants)
    }

    /// Takes a page of a team's repositories; returns how many were on it.
    fn take(&mut self, slug: &str, repositories: &Json) -> Result<u64, ForgeError> {
        let edges =
            repositories["edges"].as_array().ok_or_else(|| refused("a team's repositories are not shown"))?;
        for edge in edges {
            if let (Some(name), Some(role)) =
                (edge["node"]["nameWithOwner"].as_str(), edge["permission"].as_str())
            {
                self.roles
                    .entry(name.to_ascii_lowercase())
                    .or_default()
                    .insert(slug.to_owned(), role.to_owned());
            }
        }
        Ok(edges.len() as u64)
    }

    /// The roles of teams on one repository, as its setting has them.
    pub(super) fn of(&self, full_name: &str, setting: &Setting) -> Observation {
        if self.in_part {
            return Observation::unknown(format!(
                "{MEMBERS}, by an owner: secret teams are not shown to others"
            ));
        }
        let Some(grants) = self.roles.get(&full_name.to_ascii_lowercase()) else {
            return Observation::Known(Value::Map(BTreeMap::new()));
        };
        let json =
            Json::Object(grants.iter().map(|(slug, role)| (slug.clone(), role.as_str().into())).collect());
        match setting.github.binding().and_then(|b| b.codec) {
            Some(codec) => (codec.read)(&json)
                .map_or_else(|| Observation::unknown("roles of teams that can be read"), Observation::Known),
            None => setting.decode(&json),
        }
    }
}

impl Unfinished {
    /// Asks for the next page, and where more than one is left for the last one too.
    fn ask(&self, number: usize, text: &mut String) {
        let slug = Json::from(self.slug.as_str());
        let _ = write!(text, "t{number}: team(slug: {slug}) {{ ");
        let _ =
            write!(text, "front: repositories(first: {PAGE}, after: {}) {{ {REPOSITORIES} }} ", self.front);
        if self.left > PAGE {
            let before = self.back.as_ref().map(|b| format!(", before: {b}")).unwrap_or_default();
            let _ = write!(text, "back: repositories(last: {PAGE}{before}) {{ {REPOSITORIES} }} ");
        }
        text.push_str("} ");
    }
}

fn refused(message: &str) -> ForgeError {
    ForgeError::Refused { what: "the organization's teams".into(), status: 200, message: message.to_owned() }
}
