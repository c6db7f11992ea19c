//! `repos.json`, as portals of InnerSource projects read it: the projects with the fields that GitHub gives
//! them, and what the portal adds. Source: SAP's project-portal-for-innersource, "Crawling".

use std::io::{self, Write};

use chrono::NaiveDate;
use serde_json::{Map, Value as Json, json};
use sha2::{Digest, Sha256};

use super::audited::Audited;
use super::safe_text::{safe, safe_json};
use crate::engine::{Activity, activity_score};
use crate::model::{Observation, Subject, Value, day_of};
use crate::run::Listed;

/// A description longer than this counts as one for the activity score.
const DESCRIBED: usize = 30;

/// Writes the repositories that were chosen for the portal, in the order of their names. What could not be
/// seen is `null`, and a score of which a part is unknown is left out.
///
/// # Errors
/// Those of the writer.
pub(super) fn portal(out: &mut dyn Write, audited: Audited<'_>) -> io::Result<()> {
    let mut listed: Vec<&Listed> = audited.outcome.listed.iter().collect();
    listed.sort_by(|a, b| a.subject.cmp(&b.subject));
    out.write_all(b"[")?;
    for (i, one) in listed.iter().enumerate() {
        out.write_all(if i == 0 { b"\n" } else { b",\n" })?;
        out.write_all(safe_json(&serde_json::to_string(&project(audited, one))?).as_bytes())?;
    }
    out.write_all(if listed.is_empty() { b"]\n" } else { b"\n]\n" })
}

fn project(audited: Audited<'_>, listed: &Listed) -> Json {
    let seen = |name: &str| value(audited, listed, name);
    let subject = &listed.subject;
    let shown = |name: &str| seen(name).map_or(Json::Null, |value| plain(&value.to_json()));
    let url = html_url(audited, subject);
    let mut extra = Map::new();
    if let Some(Value::List(topics)) = seen("topics") {
        extra.insert("topics".into(), plain(&Value::List(topics.clone()).to_json()));
    }
    if let Some(score) = score(audited, listed) {
        extra.insert("score".into(), score.into());
    }
    json!({
        "id": seen("id").map_or_else(|| number(subject).into(), Value::to_json),
        "name": text(subject.short_name()),
        "full_name": text(&subject.name),
        "html_url": url,
        "description": shown("description"),
        "created_at": shown("created_at"),
        "updated_at": shown("updated_at"),
        "pushed_at": shown("pushed_at"),
        "stargazers_count": shown("stargazers_count"),
        "watchers_count": shown("subscribers_count"),
        "language": shown("language"),
        "forks_count": shown("forks_count"),
        "open_issues_count": shown("open_issues_count"),
        "license": seen("license").and_then(Value::as_text).map(|id| json!({"spdx_id": text(id), "name": text(id)})),
        "default_branch": shown("default_branch"),
        "visibility": shown("visibility"),
        "homepage": seen("homepage").and_then(Value::as_text).filter(|url| is_web(url)).map(text),
        "owner": {"login": text(subject.organization()), "avatar_url": Json::Null},
        "_InnerSourceMetadata": extra,
    })
}

fn value<'l>(audited: Audited<'_>, listed: &'l Listed, name: &str) -> Option<&'l Value> {
    let id = audited.catalog.id(&format!("repository.{name}"))?;
    listed.seen.iter().find(|(of, _)| *of == id).and_then(|(_, seen)| match seen {
        Observation::Known(value) => Some(value),
        _ => None,
    })
}

/// Text for pages that put it into their HTML as it is.
fn text(text: &str) -> String {
    safe(text).replace('<', "‹").replace('>', "›").replace('&', "＆").replace('"', "”").replace('\'', "’")
}

fn plain(json: &Json) -> Json {
    match json {
        Json::String(s) => text(s).into(),
        Json::Array(items) => items.iter().map(plain).collect(),
        other => other.clone(),
    }
}

fn is_web(url: &str) -> bool {
    url.starts_with("https://") || url.starts_with("http://")
}

/// Its page; none where the forge's address is not known, as of a snapshot.
pub(super) fn html_url(audited: Audited<'_>, subject: &Subject) -> Option<String> {
    let (_, server) = audited.servers.iter().find(|(name, _)| **name == *subject.forge)?;
    let path: Vec<String> = subject.name.split('/').map(super::place::uri).collect();
    is_web(server).then(|| format!("{server}/{}", path.join("/")))
}

/// A number of its own, the same in each run, where the forge's was not read.
fn number(subject: &Subject) -> u64 {
    let hash = Sha256::digest(subject.to_string());
    hash.iter().take(6).fold(0, |number, byte| number << 8 | u64::from(*byte))
}

/// The activity score, where all that it is made of was seen.
fn score(audited: Audited<'_>, listed: &Listed) -> Option<i64> {
    let number = |name: &str| match value(audited, listed, name)? {
        Value::Int(n) => u32::try_from(*n).ok(),
        _ => None,
    };
    let days = |name: &str| days_since(value(audited, listed, name)?, audited.style.today);
    let known = |name: &str| {
        let id = audited.catalog.id(&format!("repository.{name}"))?;
        listed.seen.iter().find(|(of, _)| *of == id).map(|(_, seen)| seen)
    };
    let described = match known("description")? {
        Observation::Known(value) => value.as_text().is_some_and(|t| t.chars().count() > DESCRIBED),
        Observation::Absent => false,
        _ => return None,
    };
    let contributing = match known("contributing")? {
        Observation::Known(value) => *value == Value::Bool(true),
        Observation::Absent => false,
        _ => return None,
    };
    Some(activity_score(Activity {
        forks: number("forks_count")?,
        subscribers: number("subscribers_count")?,
        stars: number("stargazers_count")?,
        open_issues: number("open_issues_count")?,
        days_since_update: days("updated_at")?,
        days_since_creation: days("created_at")?,
        weekly_commits: None,
        described,
        contributing,
    }))
}

fn days_since(value: &Value, today: NaiveDate) -> Option<u32> {
    let day = day_of(value.as_text()?)?;
    u32::try_from((today - day).num_days().max(0)).ok()
}
