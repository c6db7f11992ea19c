//! Settings of two snapshots, compared. What one of them does not have was not read, and nothing is said of it.

use std::collections::{BTreeMap, BTreeSet};

use chrono::{Duration, NaiveDate, NaiveTime};
use serde_json::{Map, Value as Json};

use super::{Became, Change, Difference, Made};
use crate::catalog::ForgeKind;
use crate::run::ReadTime;

/// What a snapshot says.
#[derive(Debug, Default)]
pub(super) struct Settings {
    subjects: BTreeMap<String, Subject>,
    /// Organizations that were not read, or not to their end.
    unread: bool,
}

/// What it says of one subject.
#[derive(Debug, Default)]
struct Subject {
    /// Settings, and settings of items, by their names: `topics`, `label[bug].color`.
    settings: BTreeMap<String, Json>,
    /// The collections that are listed whole, by the beginning of their items' names: `label[`.
    listed: BTreeSet<String>,
}

/// Reads a snapshot.
///
/// # Errors
/// The line that cannot be read, and why.
pub(super) fn read(text: &str) -> Result<(Settings, Made), String> {
    let mut all = Settings::default();
    let mut made = Made::without_time(DAYLESS);
    let mut days: Vec<Option<NaiveDate>> = Vec::new();
    let mut forge = String::new();
    for (i, line) in text.lines().enumerate().filter(|(_, line)| !line.trim().is_empty()) {
        let line: Json = serde_json::from_str(line).map_err(|e| format!("line {}: {e}", i + 1))?;
        if let Some(format) = line["format"].as_str() {
            if format != "ispo-scm-snapshot" || line["version"] != 1 {
                return Err(format!("this is a file of format `{format}`, not a snapshot of version 1"));
            }
            forge = line["forge"].as_str().unwrap_or_default().to_owned();
            let kind = if line["kind"] == "gitlab" { ForgeKind::Gitlab } else { ForgeKind::Github };
            made.forges.insert(forge.clone(), kind);
            days.push(line["taken"].as_str().and_then(|day| day.parse().ok()));
            continue;
        }
        if line.get("unread").is_some() {
            all.unread = true;
            continue;
        }
        let name = ["repository", "organization", "enterprise"].iter().find_map(|kind| line[kind].as_str());
        let name = name.ok_or_else(|| format!("line {}: it names no subject", i + 1))?;
        all.subjects.insert(format!("{forge}:{name}"), subject(&line));
    }
    let days: Option<Vec<NaiveDate>> = days.into_iter().collect();
    if let Some((first, last)) = days.and_then(|days| days.iter().copied().min().zip(days.into_iter().max()))
    {
        made.read = Ok(around(first, last));
    }
    Ok((all, made))
}

/// A snapshot that tells no day.
const DAYLESS: &str = "a snapshot does not say on which day it was taken";

/// The time in which a snapshot of those days was read: a day is that of some place on earth, and a reading may have
/// gone on with one of the day before, or on into the next.
fn around(first: NaiveDate, last: NaiveDate) -> ReadTime {
    let at = |day: NaiveDate| day.and_time(NaiveTime::MIN).and_utc();
    ReadTime { began: at(first) - Duration::days(2), ended: at(last) + Duration::days(3) }
}

fn subject(line: &Json) -> Subject {
    let mut subject = Subject::default();
    let fields = |json: &Json| -> Map<String, Json> { json.as_object().cloned().unwrap_or_default() };
    subject.settings.extend(fields(&line["settings"]));
    for (kind, items) in fields(&line["kinds"]) {
        // Files are asked for by name: what is not listed was not asked for.
        if kind != "file" {
            subject.listed.insert(format!("{kind}["));
        }
        for (key, settings) in fields(&items) {
            let there = !settings.is_null();
            subject.settings.insert(format!("{kind}[{key}]"), there.into());
            let of_item = fields(&settings).into_iter();
            subject.settings.extend(of_item.map(|(name, value)| (format!("{kind}[{key}].{name}"), value)));
        }
    }
    subject
}

/// What changed.
pub(super) fn compare(old: &Settings, new: &Settings) -> Difference {
    let (mut changes, mut not_compared) = (Vec::new(), 0);
    let addresses: BTreeSet<&String> = old.subjects.keys().chain(new.subjects.keys()).collect();
    for address in addresses {
        let whole = |became| Change { subject: address.clone(), name: None, became, before: None, now: None };
        match (old.subjects.get(address), new.subjects.get(address)) {
            (Some(old), Some(new)) => not_compared += of_subject(address, old, new, &mut changes),
            (Some(_), None) if new.unread => not_compared += 1,
            (None, Some(_)) if old.unread => not_compared += 1,
            (Some(_), None) => changes.push(whole(Became::Gone)),
            (None, Some(_)) => changes.push(whole(Became::New)),
            (None, None) => {}
        }
    }
    Difference::new("settings", changes, not_compared)
}

/// Adds what changed of one subject; how much cannot be compared is returned.
fn of_subject(address: &str, old: &Subject, new: &Subject, changes: &mut Vec<Change>) -> usize {
    let mut not_compared = 0;
    let names: BTreeSet<&String> = old.settings.keys().chain(new.settings.keys()).collect();
    // Of an item that came or went, that is all there is to say.
    let mut passed: Option<String> = None;
    for name in names {
        if passed.as_ref().is_some_and(|item| name.starts_with(item.as_str())) {
            continue;
        }
        let (before, now) = (old.settings.get(name), new.settings.get(name));
        let is_item = name.ends_with(']') && name.contains('[');
        let is_listed = |side: &Subject| side.listed.iter().any(|kind| name.starts_with(kind.as_str()));
        let lacks = |value: &Json| value.is_null() || value == &Json::Bool(false);
        let became = match (before, now) {
            (Some(a), Some(b)) if a == b => continue,
            (Some(a), Some(b)) if is_item && lacks(a) && !lacks(b) => Became::New,
            (Some(a), Some(b)) if is_item && !lacks(a) && lacks(b) => Became::Gone,
            (Some(_), Some(_)) => Became::Changed,
            (None, Some(_)) if is_item && is_listed(old) => Became::New,
            (Some(_), None) if is_item && is_listed(new) => Became::Gone,
            (None, Some(_)) | (Some(_), None) => {
                not_compared += 1;
                continue;
            }
            (None, None) => continue,
        };
        if is_item {
            passed = Some(format!("{name}."));
        }
        let value = |value: Option<&Json>| value.filter(|_| !is_item).cloned();
        changes.push(Change {
            subject: address.to_owned(),
            name: Some(name.clone()),
            became,
            before: value(before),
            now: value(now),
        });
    }
    not_compared
}
