//! The audit log of an organization. It is there with GitHub Enterprise Cloud and on servers of one's own, and shown to
//! owners.

use chrono::{DateTime, Duration, Utc};
use serde_json::Value as Json;
use url::form_urlencoded::byte_serialize;

use super::client::Reader;
use crate::forge::audit_log::{Between, Event, EventLog, MOST_PAGES};
use crate::forge::error::ForgeError;
use crate::forge::reading::{Answers, words};

/// For how many days github.com keeps what is not of Git.
/// Source: docs.github.com, "Reviewing the audit log for your organization".
const KEPT: i64 = 180;

impl Reader {
    /// What was done in an organization, or in one of its repositories, of one category: the part of actions before
    /// the dot.
    ///
    /// # Errors
    /// When the log is not shown, or no answer comes.
    pub async fn audit_log(
        &self,
        organization: &str,
        repository: Option<&str>,
        category: &str,
        between: Between,
        now: DateTime<Utc>,
    ) -> Result<EventLog, ForgeError> {
        let mut phrase = format!("action:{category}");
        if let Some(repository) = repository {
            phrase.push_str(&format!(" repo:{repository}"));
        }
        // Days are enough, and what is too early or too late is left out here.
        phrase.push_str(&format!(" created:{}..{}", between.from.date_naive(), between.to.date_naive()));
        let phrase: String = byte_serialize(phrase.as_bytes()).collect();
        let mut next = Some(format!(
            "/orgs/{organization}/audit-log?phrase={phrase}&include=web&order=asc&per_page=100"
        ));
        let mut log = EventLog::default();
        if between.from < now - Duration::days(KEPT) {
            log.partly = Some(format!("GitHub keeps its audit log for {KEPT} days"));
        }
        for _ in 0..MOST_PAGES {
            let Some(path) = next.take() else { return Ok(log) };
            let reply = self.ask(&path).await?;
            if !reply.is_success() {
                return Err(reply.into_error(&path));
            }
            let Some(events) = reply.json.as_array() else {
                return Err(ForgeError::Unreadable {
                    what: "the audit log".into(),
                    why: "it is no list".into(),
                });
            };
            let events = events.iter().filter_map(event);
            log.events.extend(events.filter(|e| e.at >= between.from && e.at <= between.to));
            next = reply.next;
        }
        if next.is_some() {
            log.cut();
        }
        Ok(log)
    }
}

fn event(json: &Json) -> Option<Event> {
    let text = |name: &str| json[name].as_str().filter(|text| !text.is_empty()).map(words);
    let millis = json["@timestamp"].as_i64().or_else(|| json["created_at"].as_i64())?;
    Some(Event {
        actor: text("actor"),
        action: text("action")?,
        at: DateTime::from_timestamp_millis(millis)?,
        repository: text("repo").or_else(|| text("repository")),
    })
}
