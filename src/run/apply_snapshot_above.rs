//! What a change of an organization or group in a snapshot file makes of the repositories beneath it.
//!
//! A live forge tells of a repository what is decided above it, and what it was before once that ends. In the file,
//! what the repository has itself is kept meanwhile in the field `own` of its line.

use std::collections::HashSet;

use serde_json::{Value as Json, json};

use super::apply_snapshot::put;
use crate::catalog::{Catalog, Decision};
use crate::model::{Observed, SubjectKind, Value};

/// The decisions that began or ended, each with whom it is decided for.
#[derive(Debug, Default)]
pub(super) struct Decided<'c>(Vec<(Reach, &'c Decision, bool)>);

/// The repositories that something is decided for.
#[derive(Debug)]
enum Reach {
    /// All whose full names begin so.
    Beneath(String),
    /// These, in small letters.
    Named(HashSet<String>),
}

impl Reach {
    fn has(&self, name: &str) -> bool {
        match self {
            Self::Beneath(prefix) => name.starts_with(prefix.as_str()),
            Self::Named(names) => names.contains(&name.to_lowercase()),
        }
    }
}

impl<'c> Decided<'c> {
    /// Notes what a change of an organization or group decides from now on, and what no more.
    pub(super) fn note(&mut self, catalog: &'c Catalog, before: &Observed, after: &Observed) {
        let prefix = format!("{}/", after.subject.name);
        for setting in catalog.settings().filter(|setting| !setting.decides.is_empty()) {
            for decision in setting.decides.iter().filter(|decision| !decision.follows) {
                let holds = |of: &Observed| {
                    of.readings.get(setting.id).and_then(|o| o.value()) == Some(&decision.when)
                };
                if holds(before) != holds(after) {
                    self.0.push((Reach::Beneath(prefix.clone()), decision, holds(after)));
                }
            }
        }
        for setting in catalog.settings() {
            let Some(sharing) = &setting.shares else { continue };
            for item in after.kind(&setting.group).iter().flat_map(|items| items.items()) {
                let value = |of: &Observed, id| {
                    let then = of.kind(&setting.group)?.items().iter().find(|other| other.key == item.key)?;
                    then.readings.as_ref()?.get(id)?.value().cloned()
                };
                let Some(among) = value(after, sharing.among) else { continue };
                for decision in &sharing.decides {
                    let holds = |of: &Observed| value(of, setting.id).as_ref() == Some(&decision.when);
                    if holds(before) != holds(after) {
                        let named = among.texts().map(str::to_lowercase).collect();
                        self.0.push((Reach::Named(named), decision, holds(after)));
                    }
                }
            }
        }
    }

    /// Makes the line of a repository as it is then; nothing where it stays as it is.
    pub(super) fn follow(&self, catalog: &Catalog, observed: &Observed, line: &str) -> Option<Json> {
        let subject = &observed.subject;
        let of = |(reach, ..): &&(Reach, &Decision, bool)| reach.has(&subject.name);
        let mut of = self.0.iter().filter(of).peekable();
        of.peek().filter(|_| subject.kind == SubjectKind::Repository)?;
        let mut json: Json = serde_json::from_str(line).ok()?;
        let mut edited = false;
        for (_, decision, holds) in of {
            let setting = catalog.get(decision.of);
            if *holds {
                let seen = observed.readings.get(setting.id);
                let Some(after) = seen.filter(|s| s.value().is_some()).and_then(|s| decision.brings(s))
                else {
                    continue;
                };
                let own = json["settings"][setting.name()].clone();
                put(&mut json["own"], setting.name(), own);
                put(&mut json["settings"], setting.name(), after.value().map_or(Json::Null, Value::to_json));
                edited = true;
            } else if let Some(own) = json.get_mut("own").and_then(Json::as_object_mut) {
                let Some(own) = own.shift_remove(setting.name()) else { continue };
                put(&mut json["settings"], setting.name(), own);
                edited = true;
            }
        }
        if json.get("own") == Some(&json!({}))
            && let Some(line) = json.as_object_mut()
        {
            line.shift_remove("own");
        }
        edited.then_some(json)
    }
}
