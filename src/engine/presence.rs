//! Whether an item of a collection is there, and which of those that are there no line of the policy names.

use crate::catalog::{Catalog, ForgeKind, Kind, Setting, alternatives};
use crate::model::{Collection, Item, Observation, Observed, SettingId, Value, means_key};

/// Settings that tell of items which the forge itself, or a level above, brings along: nobody names them, and
/// nobody can remove them.
const BROUGHT: [(&str, &[&str]); 5] = [
    ("organization_role.source", &["Predefined", "Enterprise"]),
    ("runner_group.default", &["true"]),
    ("runner_group.inherited", &["true"]),
    ("code_security_configuration.target_type", &["global", "enterprise"]),
    ("branch_rule.group_level", &["true"]),
];

/// The settings by which items of that kind are told from those that the forge brings along.
pub(super) fn told_by(catalog: &Catalog, kind: &str) -> impl Iterator<Item = SettingId> {
    let of_kind = BROUGHT.iter().filter(move |(key, _)| key.split('.').next() == Some(kind));
    of_kind.filter_map(|(key, _)| catalog.id(key))
}

/// The items that no key names.
///
/// # Errors
/// The observation where it cannot be told which there are.
pub(super) fn unnamed<'o>(
    (catalog, setting, kind): (&Catalog, &Setting, Option<&Kind>),
    named: &[std::sync::Arc<str>],
    observed: &'o Observed,
    forge: ForgeKind,
) -> Result<Vec<&'o Item>, Observation> {
    let items = match observed.kind(&setting.group) {
        Some(Collection::Complete(items)) => items,
        Some(Collection::Unsupported { why }) => return Err(Observation::Unsupported { why: why.clone() }),
        Some(Collection::Unknown { needs }) => return Err(Observation::Unknown { needs: needs.clone() }),
        Some(Collection::Asked(_)) | None => {
            if let Some(why) = setting.lacking_on(forge) {
                return Err(Observation::Unsupported { why });
            }
            if kind.is_some_and(|kind| kind.on(forge).is_none()) {
                let why = "this forge has no such things at this level".into();
                return Err(Observation::Unsupported { why });
            }
            let permission = setting.on(forge).binding().map_or("a right to list them", |b| &b.permission);
            return Err(Observation::unknown(format!("{permission} (not read, or not in the snapshot)")));
        }
    };
    // GitLab lists with those of a project what its groups have, and does not tell them apart.
    let list = kind.and_then(|kind| kind.on(forge)?.list.as_ref());
    if list.is_some_and(|list| list.path.contains("include_ancestor")) {
        return Err(Observation::unknown(
            "which of them belong to the project: the list has those of its groups too",
        ));
    }
    let fold =
        |name: &str| kind.map_or_else(|| name.to_owned(), |kind| kind.folded(name, forge).into_owned());
    let is_named = |item: &Item| {
        let key = fold(&item.key);
        let base = key.rsplit_once(" (").map_or(key.as_str(), |(base, _)| base);
        named.iter().any(|name| {
            let name = fold(name);
            name == key
                || name == base
                || name.contains('*') && means_key(&name, &key)
                || alternatives(&name).contains(&key)
        })
    };
    let mut others = Vec::new();
    for item in items.iter().filter(|item| item.readings.is_some() && !is_named(item)) {
        match is_brought(catalog, setting, item) {
            Some(true) => {}
            Some(false) => others.push(item),
            None => return Err(Observation::unknown(format!("whether the forge brings {} along", item.key))),
        }
    }
    Ok(others)
}

/// Whether the forge, a level above, or a plan of ours brings an item along; none where that is not known.
fn is_brought(catalog: &Catalog, setting: &Setting, item: &Item) -> Option<bool> {
    if &*setting.group == "ruleset" {
        let above = ["organization/", "enterprise/", "ispo-scm "];
        return Some(above.iter().any(|above| item.key.starts_with(above)));
    }
    let readings = item.readings.as_ref()?;
    for (key, words) in BROUGHT.iter().filter(|(key, _)| key.split('.').next() == Some(&*setting.group)) {
        match catalog.id(key).and_then(|id| readings.get(id)) {
            Some(Observation::Known(Value::Bool(on)))
                if words.contains(&if *on { "true" } else { "false" }) =>
            {
                return Some(true);
            }
            Some(Observation::Known(value)) if value.as_text().is_some_and(|word| words.contains(&word)) => {
                return Some(true);
            }
            Some(Observation::Known(_) | Observation::Absent | Observation::Unsupported { .. }) => {}
            _ => return None,
        }
    }
    Some(false)
}
