//! Carries a plan out on a snapshot file: what would be, if it were applied.
//!
//! Lines are edited as the JSON that they are, so that what this release does not know, or the plan
//! does not speak of, stays as it was.

use std::collections::{BTreeMap, HashMap};
use std::fs::File;
use std::io::{BufRead, BufReader, BufWriter, Write};
use std::path::Path;
use std::sync::Arc;

use serde_json::{Map, Value as Json, json};

use super::apply::{About, Applied, Applier, Carried, look};
use super::apply_snapshot_above::Decided;
use super::apply_snapshot_gitlab::make_on_gitlab;
use super::audit::RunError;
use crate::catalog::{Catalog, ForgeKind, Setting, Support};
use crate::engine::{Judge, said};
use crate::forge::snapshot::{Header, LineReader, SnapshotError, is_remark};
use crate::model::{Change, Observed, Plan, Request, SubjectKind, Value};

impl Applier<'_> {
    /// Carries changes out on a snapshot file.
    pub fn snapshot(&self, path: &Path, plan: &Plan, changes: &[(usize, &Change)]) -> Carried {
        let applied = match apply_snapshot(path, &self.forge, self.catalog, plan, changes) {
            Ok(applied) => applied,
            Err(error) => return Carried { ended: Some(error.into()), ..Carried::default() },
        };
        let kept = applied.iter().try_for_each(|(i, outcome)| self.journal.outcome(*i, outcome));
        Carried { applied, ended: kept.err().map(Into::into) }
    }
}

/// Writes the file anew with the changes made to it; a change whose value has moved is left out.
///
/// # Errors
/// When the file cannot be read or written.
fn apply_snapshot(
    path: &Path,
    forge: &Arc<str>,
    catalog: &Catalog,
    plan: &Plan,
    changes: &[(usize, &Change)],
) -> Result<BTreeMap<usize, Applied>, RunError> {
    let judge = Judge::new(catalog, &[], chrono::NaiveDate::MIN, false);
    let mut editor = Editor {
        catalog,
        judge,
        reader: LineReader::new(catalog, None),
        forge,
        plan,
        about: About::of(changes),
        organizations: HashMap::new(),
        decided: Decided::default(),
        kind: ForgeKind::Github,
        applied: changes.iter().map(|(i, _)| (*i, Applied::Moved { now: "not found".into() })).collect(),
    };
    let unfinished = path.with_extension("unfinished");
    let cannot_read = |source| SnapshotError::Unreadable { path: path.to_owned(), source };
    let cannot_write = |source| SnapshotError::Unreadable { path: unfinished.clone(), source };
    let lines = BufReader::new(File::open(path).map_err(cannot_read)?).lines();
    let mut out = BufWriter::new(File::create(&unfinished).map_err(cannot_write)?);
    for (number, line) in lines.enumerate() {
        let line = line.map_err(cannot_read)?;
        let malformed = |what| SnapshotError::Malformed { path: path.to_owned(), line: number + 1, what };
        let edited = editor.line(&line).map_err(malformed)?;
        writeln!(out, "{}", edited.as_deref().unwrap_or(&line)).map_err(cannot_write)?;
    }
    out.flush().map_err(cannot_write)?;
    std::fs::rename(&unfinished, path).map_err(cannot_write)?;
    Ok(editor.applied)
}

struct Editor<'a> {
    catalog: &'a Catalog,
    judge: Judge<'a>,
    reader: LineReader<'a>,
    forge: &'a Arc<str>,
    plan: &'a Plan,
    about: About<'a>,
    organizations: HashMap<String, Observed>,
    decided: Decided<'a>,
    /// Of which sort of forge the lines are, as the last header said.
    kind: ForgeKind,
    applied: BTreeMap<usize, Applied>,
}

impl Editor<'_> {
    /// The line with its changes made; nothing where there are none.
    fn line(&mut self, line: &str) -> Result<Option<String>, String> {
        if let Some(header) = Header::parse(line) {
            self.kind = header?.forge_kind();
            return Ok(None);
        }
        if line.trim().is_empty() || is_remark(line) {
            return Ok(None);
        }
        let mut observed = self.reader.read(self.forge, line)?;
        let followed = self.decided.follow(self.catalog, &observed, line);
        if let Some(followed) = &followed {
            observed = self.reader.read(self.forge, &followed.to_string())?;
        }
        let before = self.seen(&observed);
        let address = observed.subject.to_string();
        let is_above = observed.subject.kind == SubjectKind::Organization;
        if is_above {
            self.organizations.insert(observed.subject.name.to_string(), observed.clone());
        }
        if before.is_empty() {
            return Ok(followed.map(|json| json.to_string()));
        }
        let mut json = match followed {
            Some(json) => json,
            None => serde_json::from_str(line).map_err(|e| e.to_string())?,
        };
        let mut made = Vec::new();
        let about = self.about.subject(&address).to_vec();
        for (i, now) in before {
            let Some((_, change)) = about.iter().find(|(n, _)| *n == i) else { continue };
            if now.as_ref() == Some(&change.before) {
                match self.kind {
                    ForgeKind::Github => make(&mut json, self.catalog, self.plan, change),
                    ForgeKind::Gitlab => make_on_gitlab(&mut json, self.catalog, self.plan, change),
                }
                made.push(i);
            } else if now.as_ref() == Some(&change.after) {
                self.applied.insert(i, Applied::Already);
            } else {
                self.applied.insert(i, Applied::Moved { now: shown(now.as_ref()) });
            }
        }
        let edited = json.to_string();
        let after = self.reader.read(self.forge, &edited)?;
        if is_above {
            self.decided.note(self.catalog, &observed, &after);
        }
        for (i, now) in self.seen(&after) {
            if !made.contains(&i) {
                continue;
            }
            let wanted = about.iter().find(|(n, _)| *n == i).map(|(_, c)| &c.after);
            let done = now.as_ref() == wanted;
            let outcome = if done { Applied::Done } else { Applied::NotApplied { now: shown(now.as_ref()) } };
            self.applied.insert(i, outcome);
        }
        Ok(Some(edited))
    }

    fn seen(&self, observed: &Observed) -> Vec<(usize, Option<Json>)> {
        let above = self.organizations.get(observed.subject.organization());
        let above = above.filter(|_| observed.subject.kind == SubjectKind::Repository);
        let about = self.about.subject(&observed.subject.to_string());
        let seen = look(about, self.catalog, &self.judge, observed, above, self.kind);
        seen.into_iter().map(|(i, now)| (i, now.ok())).collect()
    }
}

fn shown(json: Option<&Json>) -> String {
    json.map_or("unknown".to_owned(), ToString::to_string)
}

/// Makes one change: a setting of the subject's own, a file, or a rule of our ruleset.
fn make(line: &mut Json, catalog: &Catalog, plan: &Plan, change: &Change) {
    let Some(setting) = catalog.find(&change.setting) else { return };
    match (&change.key, &setting.effective) {
        (None, _) => {
            put(&mut line["settings"], setting.name(), change.after.clone());
            if let Some(unknown) = line.get_mut("unknown").and_then(Json::as_object_mut) {
                unknown.shift_remove(setting.name());
            }
        }
        (Some(key), None) => make_item(line, catalog, plan, (change, setting, key)),
        (Some(_), Some(effective)) => {
            let Some(request) = change.requests.first().and_then(|r| plan.requests.get(*r)) else { return };
            if request.method == "DELETE" {
                return remove(line, request);
            }
            let body = &request.body;
            let ruleset = item(line, "ruleset", body["name"].as_str().unwrap_or_default());
            if ruleset.as_object().is_none_or(Map::is_empty) {
                *ruleset = empty_ruleset(catalog);
                put(ruleset, "enforcement", body["enforcement"].clone());
                put(ruleset, "target", body["target"].clone());
                for part in ["include", "exclude"] {
                    let patterns = body["conditions"]["ref_name"][part].clone();
                    put(ruleset, &format!("ref_name.{part}"), patterns);
                }
            }
            put(ruleset, "enforcement", body["enforcement"].clone());
            let of_bypass = effective.ruleset.map(|id| catalog.get(id).name());
            if matches!(of_bypass, Some("bypass_actors" | "binds_everyone")) {
                let actors = body.get("bypass_actors").cloned().unwrap_or_else(|| json!([]));
                put(ruleset, "binds_everyone", json!(actors == json!([])));
                return put(ruleset, "bypass_actors", actors);
            }
            for id in [effective.ruleset, effective.forbidden_by].into_iter().flatten() {
                put(
                    ruleset,
                    catalog.get(id).name(),
                    said(catalog, id, body).map_or(Json::Null, |value| value.to_json()),
                );
            }
        }
    }
}

/// Makes, changes or takes away an item of a collection.
pub(super) fn make_item(
    line: &mut Json,
    catalog: &Catalog,
    plan: &Plan,
    (change, setting, key): (&Change, &Setting, &str),
) {
    let mut requests = change.requests.iter().filter_map(|r| plan.requests.get(*r)).peekable();
    // What is removed and made anew is there afterwards.
    if requests.peek().is_some() && requests.all(|r| r.method == "DELETE") {
        return take_away(line, &setting.group, key);
    }
    let held = item(line, &setting.group, key);
    if held.is_null() && &*setting.group != "file" {
        *held = bare_item(catalog, &setting.group);
    }
    if setting.presence {
        let made = change.requests.iter().rev().find_map(|r| plan.requests.get(*r));
        return made.into_iter().for_each(|request| fill(held, catalog, setting, request));
    }
    put(held, setting.name(), change.after.clone());
}

/// Puts into an item what the request that makes it carries, each field where its row says.
fn fill(held: &mut Json, catalog: &Catalog, of: &Setting, request: &Request) {
    for setting in catalog.settings().filter(|setting| setting.group == of.group) {
        let on_gitlab = ["/projects/", "/groups/"].iter().any(|root| request.path.starts_with(root));
        let support = if on_gitlab { &setting.gitlab } else { &setting.github };
        if let Some(binding) = Support::binding(support) {
            let field =
                binding.create.as_deref().or(binding.write.as_ref().map(|write| write.field.as_str()));
            let field = field.filter(|field| !field.is_empty() && !field.contains('['));
            let Some(value) =
                field.and_then(|f| f.split('.').try_fold(&request.body, |body, name| body.get(name)))
            else {
                continue;
            };
            let read = binding.codec.map_or_else(|| Value::from_json(value), |codec| (codec.read)(value));
            put(held, setting.name(), read.map_or(Json::Null, |value| value.to_json()));
        }
    }
}

/// Takes away the ruleset that a request finds by its name.
fn remove(line: &mut Json, request: &Request) {
    let named = request.reads.values().find_map(|read| read.split_once("[name=")?.1.split_once(']'));
    if let Some((name, _)) = named {
        take_away(line, "ruleset", name);
    }
}

/// Takes an item of a collection away.
fn take_away(line: &mut Json, kind: &str, key: &str) {
    if let Some(items) = line["kinds"][kind].as_object_mut() {
        items.shift_remove(key);
    }
}

/// An item that was just made: what nobody said of it is absent, and not unknown.
fn bare_item(catalog: &Catalog, kind: &str) -> Json {
    let settings = catalog.settings().filter(|s| &*s.group == kind);
    Json::Object(settings.map(|setting| (setting.name().to_owned(), Json::Null)).collect())
}

/// The item of a collection, made where it is not there.
pub(super) fn item<'j>(line: &'j mut Json, kind: &str, key: &str) -> &'j mut Json {
    &mut line["kinds"][kind][key]
}

pub(super) fn put(object: &mut Json, name: &str, value: Json) {
    object[name] = value;
}

/// A ruleset of ours holds what we put into it and nothing else: no other rule, and nobody who may
/// pass it by.
fn empty_ruleset(catalog: &Catalog) -> Json {
    let of_rulesets = catalog.settings().filter(|s| &*s.group == "ruleset");
    let values = of_rulesets.map(|setting| {
        let absent = setting.github.binding().and_then(|b| b.codec).and_then(|c| c.absent.as_ref());
        let value = match setting.name() {
            "bypass_actors" => json!([]),
            "binds_everyone" => json!(true),
            _ => absent.map_or(Json::Null, Value::to_json),
        };
        (setting.name().to_owned(), value)
    });
    Json::Object(values.collect())
}
