//! Carries a plan out on a snapshot file: what would be, if it were applied.

use std::collections::BTreeMap;
use std::io::{BufWriter, Write};
use std::path::Path;
use std::sync::Arc;

use serde_json::json;

use super::apply::{Applied, look};
use super::audit::RunError;
use crate::catalog::{Catalog, ForgeKind};
use crate::engine::{Judge, ruleset_name};
use crate::forge::snapshot::{Header, LineReader, SnapshotError, for_each, write_header, write_subject};
use crate::model::{Change, Collection, Item, Observation, Observed, Readings, SettingId, Value};

/// Writes the file anew with the changes made to it; a change whose value has moved is left out.
///
/// # Errors
/// When the file cannot be read or written.
pub fn apply_snapshot(
    path: &Path,
    forge: &Arc<str>,
    catalog: &Catalog,
    changes: &[(usize, &Change)],
) -> Result<BTreeMap<usize, Applied>, RunError> {
    let judge = Judge::new(catalog, &[], chrono::NaiveDate::MIN, false);
    let reader = LineReader::new(catalog, None);
    let unfinished = path.with_extension("unfinished");
    let cannot = |source| SnapshotError::Unreadable { path: unfinished.clone(), source };
    let mut out = BufWriter::new(std::fs::File::create(&unfinished).map_err(cannot)?);
    let mut applied: BTreeMap<usize, Applied> =
        changes.iter().map(|(i, _)| (*i, Applied::Moved { now: "not found".into() })).collect();
    let mut last: Option<Header> = None;
    let mut failure = None;
    let work = |context: &crate::forge::snapshot::Context, subjects: Vec<Observed>| {
        let mut done = Vec::new();
        let mut changed = Vec::new();
        for mut observed in subjects {
            let above = context.organization_of(&observed).cloned();
            let mut made = Vec::new();
            for (i, now) in look(changes, catalog, &judge, &observed, above.as_ref(), ForgeKind::Github) {
                let Some((_, change)) = changes.iter().find(|(n, _)| *n == i) else { continue };
                done.push(match now {
                    Some(now) if now == change.before => {
                        make(&mut observed, catalog, change);
                        made.push(i);
                        continue;
                    }
                    now => (i, Applied::Moved { now: now.map_or("unknown".into(), |n| n.to_string()) }),
                });
            }
            for (i, now) in look(changes, catalog, &judge, &observed, above.as_ref(), ForgeKind::Github) {
                let wanted = changes.iter().find(|(n, _)| *n == i).map(|(_, c)| &c.after);
                if !made.contains(&i) {
                    continue;
                }
                let shown = || now.as_ref().map_or("unknown".into(), ToString::to_string);
                let result =
                    if now.as_ref() == wanted { Applied::Done } else { Applied::NotApplied { now: shown() } };
                done.push((i, result));
            }
            changed.push(observed);
        }
        (Arc::clone(&context.header), changed, done)
    };
    for_each(path, &reader, Some(forge), work, |(header, subjects, done)| {
        applied.extend(done);
        let mut write = || -> std::io::Result<()> {
            if last.as_ref() != Some(&*header) {
                write_header(&mut out, &header)?;
                last = Some(Header::clone(&header));
            }
            subjects.iter().try_for_each(|s| write_subject(&mut out, catalog, s))
        };
        failure = failure.take().or(write().err());
    })?;
    failure.map_or(Ok(()), Err).and_then(|()| out.flush()).map_err(cannot)?;
    std::fs::rename(&unfinished, path).map_err(cannot)?;
    Ok(applied)
}

/// Makes one change: a setting of the subject's own, a file, or a rule of our ruleset.
fn make(observed: &mut Observed, catalog: &Catalog, change: &Change) {
    let Some(setting) = catalog.find(&change.setting) else { return };
    let after = setting.decode(&change.after);
    match (&change.key, &setting.effective) {
        (None, _) => observed.readings.set(setting.id, after),
        (Some(key), None) => set_in_item(observed, &setting.group, key, setting.id, after),
        (Some(key), Some(effective)) => {
            let name = ruleset_name(key);
            let include =
                if key == "~default" { "~DEFAULT_BRANCH".to_owned() } else { format!("refs/heads/{key}") };
            empty_ruleset(observed, catalog, &name);
            let mut set = |id: Option<SettingId>, json: serde_json::Value| {
                if let Some(id) = id {
                    set_in_item(observed, "ruleset", &name, id, catalog.get(id).decode(&json));
                }
            };
            set(catalog.id("ruleset.enforcement"), json!("active"));
            set(catalog.id("ruleset.target"), json!("branch"));
            set(catalog.id("ruleset.ref_name.include"), json!([include]));
            set(catalog.id("ruleset.ref_name.exclude"), json!([]));
            set(effective.ruleset.filter(|_| effective.forbidden_by.is_none()), change.after.clone());
            set(effective.forbidden_by, json!(true));
        }
    }
}

/// A ruleset of ours holds what we put into it and nothing else: no other rule, and nobody who may
/// pass it by.
fn empty_ruleset(observed: &mut Observed, catalog: &Catalog, name: &str) {
    if observed.kind("ruleset").is_some_and(|c| c.items().iter().any(|i| i.key == name)) {
        return;
    }
    for setting in catalog.settings().filter(|s| &*s.group == "ruleset") {
        let absent = setting.github.binding().and_then(|b| b.codec).and_then(|c| c.absent.clone());
        let value = match setting.name() {
            "bypass_actors" => Observation::Known(Value::List(Vec::new())),
            "binds_everyone" => Observation::Known(Value::Bool(true)),
            _ => absent.map_or(Observation::Absent, Observation::Known),
        };
        set_in_item(observed, "ruleset", name, setting.id, value);
    }
}

fn set_in_item(observed: &mut Observed, kind: &str, key: &str, id: SettingId, value: Observation) {
    if let Collection::Complete(items) | Collection::Asked(items) = observed.kind_mut(kind) {
        let at = items.iter().position(|i| i.key == key).unwrap_or_else(|| {
            items.push(Item { key: key.to_owned(), readings: None });
            items.len() - 1
        });
        items[at].readings.get_or_insert_with(Readings::default).set(id, value);
    }
}
