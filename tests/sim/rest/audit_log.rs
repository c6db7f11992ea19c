//! The audit log of an organization: the events that a world states, as far as the phrase asks for them.

use serde_json::{Value, json};

use super::exchange::{Refusal, Reply, Request};
use super::page::Pages;
use crate::sim::world::World;

const DAY: i64 = 24 * 60 * 60 * 1000;

pub fn events(world: &World, request: &Request) -> Result<Reply, Refusal> {
    let organization = request.organization(world)?;
    // Where nothing is stated, that the organization was made.
    let began = json!([{"action": "org.create"}]);
    let stated = organization.documents.stated("/audit-log").unwrap_or(&began).as_array();
    let phrase = request.asked("phrase").unwrap_or_default();
    let mut events: Vec<&Value> =
        stated.into_iter().flatten().filter(|event| is_meant(phrase, event)).collect();
    events.sort_by_key(|event| at(event));
    if request.asked("order") != Some("asc") {
        events.reverse();
    }
    let login = &organization.login;
    let told = |event: &&Value| {
        let mut told = json!({
            "@timestamp": at(event),
            "created_at": at(event),
            "action": "org.update_member",
            "org": login,
            "_document_id": "xJJFlFOhQ6b-5vaAFy9Rjw",
        });
        for (key, value) in event.as_object().into_iter().flatten() {
            told[key] = value.clone();
        }
        told
    };
    let (page, link) = Pages { cursor: true, ..Pages::default() }.of(request, &events);
    let body = Value::Array(page.iter().map(told).collect());
    Ok(Reply { link, ..Reply::ok(body) })
}

fn at(event: &Value) -> i64 {
    event["@timestamp"].as_i64().unwrap_or_default()
}

/// Words of the phrase: `action:CATEGORY`, `repo:OWNER/NAME`, `created:DAY..DAY`.
fn is_meant(phrase: &str, event: &Value) -> bool {
    phrase.split(' ').all(|word| match word.split_once(':') {
        Some(("action", wanted)) => {
            let action = event["action"].as_str().unwrap_or_default();
            action == wanted || action.split('.').next() == Some(wanted)
        }
        Some(("repo", wanted)) => event["repo"] == wanted,
        Some(("created", days)) => {
            let day = |text: &str| {
                text.parse::<chrono::NaiveDate>().ok().map(|d| d.and_time(chrono::NaiveTime::MIN))
            };
            let at = at(event);
            let ends = days.split_once("..").and_then(|(from, to)| Some((day(from)?, day(to)?)));
            ends.is_some_and(|(from, to)| {
                at >= from.and_utc().timestamp_millis() && at < to.and_utc().timestamp_millis() + DAY
            })
        }
        _ => true,
    })
}
