//! From one object of an answer to what was observed of one subject.

use std::sync::Arc;

use serde_json::Value as Json;

use super::scope::{KindPlan, ScopePlan, Source};
use super::way::{ItemWay, Way};
use crate::catalog::{Binding, Dialect, Found, Path, Setting, bare, read, read_items};
use crate::model::{Collection, Item, Observation, Observed, Readings, SettingId, Subject};

/// What was read of a subject besides the composed query.
#[derive(Debug, Clone, Copy)]
pub(in crate::forge) struct Beside<'a> {
    /// Its readings out of a list or document; `Err` says why there are none.
    pub document: Result<Option<&'a Readings>, &'a str>,
    /// What was put together of things read before.
    pub via: Option<&'a Observation>,
}

/// Puts together what was observed of a subject.
pub(in crate::forge) fn observe(
    plan: &ScopePlan<'_>,
    subject: Subject,
    object: &Json,
    beside: Beside<'_>,
) -> Observed {
    let readings = plan
        .settings
        .iter()
        .filter(|(_, _, way)| *way != Way::Own)
        .map(|(setting, binding, way)| {
            let observation = match way {
                Way::Query => setting.observe(queried(object, binding, plan.dialect), binding),
                Way::List => document(setting.id, &binding.permission, beside.document),
                Way::Via => beside
                    .via
                    .cloned()
                    .unwrap_or_else(|| Observation::unknown(Arc::clone(&binding.permission))),
                Way::Newer => newer(setting),
                Way::OtherScope => other_scope(),
                Way::Own => Observation::unknown(Arc::clone(&binding.permission)),
            };
            (setting.id, observation)
        })
        .collect();
    let kinds = plan.kinds.iter().filter_map(|kind| match &kind.source {
        Source::Query(path) => {
            Some((Arc::clone(&kind.kind.name), collection(kind, path, object, plan.dialect)))
        }
        Source::List(_) => None,
    });
    Observed { subject, readings, kinds: kinds.collect() }
}

/// What a composed query found of a setting. A null on the way to it is believed of who is let see all.
fn queried(object: &Json, binding: &Binding, dialect: Dialect) -> Found {
    let Some(path) = &binding.graphql else { return Found::Missing };
    let found = read(object, path, dialect);
    let is_null = || path.first_key().is_some_and(|key| object.get(key).is_some_and(Json::is_null));
    match &binding.believed_for {
        Some(flag) if found == Found::Missing && is_null() => match read(object, flag, dialect) {
            Found::Known(Json::Bool(true)) => Found::Absent,
            _ => Found::Missing,
        },
        _ => found,
    }
}

/// The setting is told of another scope only.
fn other_scope() -> Observation {
    Observation::Unsupported { why: "the forge does not tell it at this level".into() }
}

/// The settings of a subject that a list of many carries, out of its own item there.
pub(in crate::forge) fn listed(plan: &ScopePlan<'_>, document: &Json) -> Readings {
    let listed = plan.settings.iter().filter(|(_, _, way)| *way == Way::List);
    listed
        .filter_map(|(setting, binding, _)| {
            let found = match binding.list.as_ref()?.pointer.as_ref() {
                Some(pointer) => read(document, pointer, Dialect::Rest),
                None => Found::Known(document.clone()),
            };
            Some((setting.id, setting.observe(found, binding)))
        })
        .collect()
}

/// What a list tells of a subject that else its own document would have to be asked for.
pub(in crate::forge) fn told_by_list(
    plan: &ScopePlan<'_>,
    listed: &Json,
    own: &str,
    observed: &mut Observed,
) {
    for (setting, binding, way) in &plan.settings {
        let Some(rest) = binding.rest.as_ref().filter(|e| *way == Way::Own && bare(&e.path) == own) else {
            continue;
        };
        let found = rest.pointer.as_ref().map_or(Found::Missing, |p| read(listed, p, Dialect::Rest));
        // What is null in a list may be told elsewhere.
        if let Found::Known(_) = found {
            observed.readings.set(setting.id, setting.observe(found, binding));
        }
    }
}

/// The server has no such field. Of our own rows that means an older server; a user's row may as
/// well be mistaken, and what may be a mistake is no reason to be content.
fn newer(setting: &Setting) -> Observation {
    if setting.users_own {
        return Observation::unknown("a field that the server knows: look at the row's path");
    }
    Observation::Unsupported { why: "this server is older than the setting".into() }
}

fn document(id: SettingId, permission: &Arc<str>, document: Result<Option<&Readings>, &str>) -> Observation {
    match document {
        Ok(Some(readings)) => {
            readings.get(id).cloned().unwrap_or_else(|| Observation::unknown(Arc::clone(permission)))
        }
        Ok(None) => Observation::unknown("the list of repositories (this one is not in it)"),
        Err(why) => Observation::unknown(format!("{permission} ({why})")),
    }
}

/// The items of a kind that the server is too old for.
pub(in crate::forge) fn too_new(plan: &KindPlan<'_>) -> Collection {
    Collection::Unsupported { why: format!("this server is older than the kind `{}`", plan.kind.name).into() }
}

fn collection(plan: &KindPlan<'_>, path: &Path, object: &Json, dialect: Dialect) -> Collection {
    if plan.too_new {
        return too_new(plan);
    }
    let permission = &*plan.bound.permission;
    if plan.kind.is_asked_by_key() {
        return Collection::Asked(
            plan.keys
                .iter()
                .filter_map(|(key, all)| asked(plan, path, key, all, (object, dialect)))
                .collect(),
        );
    }
    let items = match read_items(object, path, dialect) {
        Ok(items) => items,
        Err(Found::Refused(message)) => {
            return Collection::Unknown { needs: format!("{permission} ({message})").into() };
        }
        Err(Found::Cut) => {
            return Collection::Unknown { needs: "a complete list (the forge sent only part of it)".into() };
        }
        // A connection that is null was withheld: an empty one would be empty.
        Err(_) => {
            return Collection::Unknown {
                needs: format!("{permission} (the answer does not carry it)").into(),
            };
        }
    };
    let flag = plan.bound.complete_for.as_ref();
    let shown = |path| read(object, path, dialect) == Found::Known(Json::Bool(true));
    if items.is_empty() && !flag.is_none_or(shown) {
        return Collection::Unknown { needs: permission.into() };
    }
    let keyed = |item: &Json| {
        let identity = plan.identity.as_ref().map(|path| read(item, path, dialect));
        match identity {
            Some(Found::Known(json)) => item_key(&json),
            _ => None,
        }
    };
    let item = |json: &Json| Some(Item { key: keyed(json)?, readings: Some(settings(plan, json, dialect)) });
    // An item that was withheld may be the one that matters: without it nothing is complete.
    match items.iter().map(item).collect() {
        Some(items) => Collection::Complete(items),
        None => Collection::Unknown { needs: format!("{permission} (one of several is not shown)").into() },
    }
}

/// The settings of an item as far as the query, or the list that it is in, carries them.
pub(in crate::forge) fn settings(plan: &KindPlan<'_>, item: &Json, dialect: Dialect) -> Readings {
    let reading = |s: &super::scope::ItemSetting<'_>| {
        let found = match &s.way {
            ItemWay::Newer => return Some((s.setting.id, newer(s.setting))),
            ItemWay::OtherScope => return Some((s.setting.id, other_scope())),
            ItemWay::Own(_) => return None,
            ItemWay::Query => s.binding.graphql.as_ref().map_or(Found::Missing, |p| read(item, p, dialect)),
            ItemWay::Listed(None) => Found::Known(item.clone()),
            ItemWay::Listed(Some(path)) => read(item, path, Dialect::Rest),
        };
        Some((s.setting.id, s.setting.observe(found, s.binding)))
    };
    plan.settings.iter().filter_map(reading).collect()
}

/// The item of a key that stands for several: the first that exists. Nothing when it cannot be told.
fn asked(
    plan: &KindPlan<'_>,
    path: &Path,
    key: &Arc<str>,
    all: &[String],
    (object, dialect): (&Json, Dialect),
) -> Option<Item> {
    for one in all {
        match read(object, &path.with_key(one), dialect) {
            Found::Known(item) => {
                return Some(Item { key: key.to_string(), readings: Some(settings(plan, &item, dialect)) });
            }
            Found::Absent => {}
            _ => return None,
        }
    }
    Some(Item { key: key.to_string(), readings: None })
}

/// The key of an item: a text, or a name with the level that the item comes from.
pub(in crate::forge) fn item_key(identity: &Json) -> Option<String> {
    if let Some(text) = identity.as_str() {
        return Some(text.to_owned());
    }
    let name = identity.get("name")?.as_str()?;
    let above = identity.get("source").and_then(Json::as_object).and_then(|source| {
        let (level, owner) = source.iter().next()?;
        Some(format!("{}/{}/{name}", level.to_ascii_lowercase(), owner.as_str()?))
    });
    Some(above.unwrap_or_else(|| name.to_owned()))
}

#[cfg(test)]
mod tests {
    use std::collections::BTreeSet;

    use serde_json::json;

    use super::*;
    use crate::catalog::ForgeKind;
    use crate::catalog::{Catalog, Demand, KindDemand, mark_refused};
    use crate::forge::reading::{ServerAge, Without};
    use crate::model::SubjectKind;

    #[test]
    fn a_collection_of_which_one_item_is_withheld_is_unknown() {
        let catalog = Catalog::built_in().unwrap();
        let of = SubjectKind::Repository;
        let colors = KindDemand {
            settings: catalog.id("label.color").into_iter().collect(),
            keys: BTreeSet::new(),
            every: true,
        };
        let demand = Demand { kinds: [((of, "label".into()), colors)].into(), ..Demand::default() };
        let without = Without::of(ForgeKind::Github, ServerAge::default());
        let plan = ScopePlan::new(&catalog, &demand, of, &without).unwrap();
        let read = |object: &Json| {
            let subject = Subject::new(of, "f", "acme/widgets");
            let beside = Beside { document: Ok(None), via: None };
            observe(&plan, subject, object, beside).kinds.remove(0).1
        };
        let mut object =
            json!({"labels": {"totalCount": 2, "nodes": [{"name": "bug", "color": "d73a4a"}, null]}});
        assert!(matches!(read(&object), Collection::Unknown { .. }));
        mark_refused(&mut object, &[json!("labels"), json!("nodes"), json!(1)], "not yours");
        assert!(matches!(read(&object), Collection::Unknown { .. }));
        object["labels"]["nodes"][1] = json!({"name": "help", "color": "008672"});
        assert_eq!(read(&object).items().len(), 2);
    }

    #[test]
    fn a_ruleset_from_above_is_told_from_one_of_the_same_name() {
        let of = |source| item_key(&json!({"name": "base", "source": source}));
        assert_eq!(of(json!({"Organization": "acme"})).as_deref(), Some("organization/acme/base"));
        assert_eq!(of(json!({"Repository": true})).as_deref(), Some("base"));
        assert_eq!(item_key(&json!("main")).as_deref(), Some("main"));
    }
}
