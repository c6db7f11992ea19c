//! The audit events of a project or group. They are there with Premium; all of them are shown to maintainers of a
//! project and owners of a group, to others their own alone.

use chrono::{DateTime, SecondsFormat, Utc};
use serde_json::Value as Json;

use super::client::Reader;
use crate::forge::audit_log::{Between, Event, EventLog, MOST_PAGES};
use crate::forge::error::ForgeError;
use crate::forge::reading::{Answers, words};

/// The level of the role that sees what others did.
/// Source: docs.gitlab.com, "Audit events API".
const OF_PROJECT: u64 = 40;
const OF_GROUP: u64 = 50;

impl Reader {
    /// What was done in a project, or in a group but not in its projects.
    ///
    /// # Errors
    /// When the events are not shown, or no answer comes.
    pub async fn audit_events(
        &self,
        path: &str,
        is_group: bool,
        between: Between,
    ) -> Result<EventLog, ForgeError> {
        let (list, level) = if is_group { ("groups", OF_GROUP) } else { ("projects", OF_PROJECT) };
        let holder = format!("/{list}/{}", path.replace('/', "%2F"));
        let time = |at: DateTime<Utc>| at.to_rfc3339_opts(SecondsFormat::Secs, true);
        let mut next = Some(format!(
            "{holder}/audit_events?created_after={}&created_before={}&per_page=100&pagination=keyset&order_by=id&sort=desc",
            time(between.from),
            time(between.to)
        ));
        let mut log = EventLog::default();
        let mut unnamed = false;
        for _ in 0..MOST_PAGES {
            let Some(page) = next.take() else { break };
            let reply = self.ask(&page).await?;
            if !reply.is_success() {
                return Err(reply.into_error(&page));
            }
            let Some(events) = reply.json.as_array() else {
                return Err(ForgeError::Unreadable {
                    what: "the audit events".into(),
                    why: "they are no list".into(),
                });
            };
            unnamed |= events.iter().any(|event| kind(event).is_none());
            let events = events.iter().filter_map(|json| event(json, path));
            log.events.extend(events.filter(|e| e.at >= between.from && e.at <= between.to));
            next = reply.next;
        }
        if next.is_some() {
            log.cut();
        } else if unnamed {
            log.partly = Some("this server does not say of every event of what kind it is".to_owned());
        } else if !self.sees_what_others_did(&holder, level).await? {
            let role = if is_group { "owners of the group" } else { "maintainers of the project" };
            log.partly =
                Some(format!("what others did is shown to {role}, which this identity is not known to be"));
        }
        Ok(log)
    }

    /// Whether whoever asks is known to have that role.
    async fn sees_what_others_did(&self, holder: &str, level: u64) -> Result<bool, ForgeError> {
        let user = self.ask("/user").await?;
        if user.is_success() && (user.json["is_admin"] == true || user.json["is_auditor"] == true) {
            return Ok(true);
        }
        let Some(id) = user.json["id"].as_u64().filter(|_| user.is_success()) else { return Ok(false) };
        let member = self.ask(&format!("{holder}/members/all/{id}")).await?;
        Ok(member.is_success() && member.json["access_level"].as_u64().is_some_and(|held| held >= level))
    }
}

/// Of what kind an event is: what the description of the interface says, and what examples of it show.
fn kind(json: &Json) -> Option<&str> {
    let kind = ["event_name", "event_type"].iter().find_map(|name| json[*name].as_str());
    kind.filter(|kind| !kind.is_empty())
}

fn event(json: &Json, path: &str) -> Option<Event> {
    let details = &json["details"];
    let text = |json: &Json| json.as_str().filter(|text| !text.is_empty()).map(words);
    Some(Event {
        actor: text(&details["author_name"]).or_else(|| text(&json["author_name"])),
        action: kind(json).map(words)?,
        at: json["created_at"].as_str()?.parse().ok()?,
        repository: Some(path.to_owned()),
    })
}
