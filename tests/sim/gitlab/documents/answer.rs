//! What an endpoint of the table answers in a world.

use std::collections::BTreeMap;

use serde_json::{Map, Value};

use super::fill::Filling;
use super::row::Row;
use super::{approvals, named};
use crate::sim::gitlab::world::{Holder, HolderKind};

pub enum Told {
    Document(Value),
    List(Vec<Value>),
    /// There is no such thing.
    Missing,
}

/// `suffix` is the decoded path beneath the holder, such as `/protected_branches/release/*`.
pub fn answer(row: &Row, filling: &Filling<'_>, suffix: &str, query: &BTreeMap<String, String>) -> Told {
    if let Some(key) = &row.one {
        return one(row, key, filling, suffix);
    }
    if row.list {
        let own_only =
            row.unless.as_ref().is_some_and(|key| query.get(key).is_some_and(|word| word == "false"));
        return Told::List(items(row, filling, suffix, own_only));
    }
    if suffix == "/merge_request_approval_setting" {
        return Told::Document(approvals::setting(row, filling));
    }
    if suffix == "/approvals" {
        return Told::Document(approvals::older(row, filling));
    }
    match (filling.holder.documents.stated(suffix), &row.default, &row.fill) {
        (Some(Value::Null), _, _) | (None, None, _) => missing(row),
        (stated, Some(template), _) | (stated, None, Some(template)) => {
            Told::Document(completed(filling, template, stated, suffix))
        }
        (Some(stated), None, None) => Told::Document(stated.clone()),
    }
}

fn missing(row: &Row) -> Told {
    if row.null { Told::Document(Value::Null) } else { Told::Missing }
}

/// The template, completed by what is stated.
pub fn completed(filling: &Filling<'_>, template: &Value, stated: Option<&Value>, suffix: &str) -> Value {
    let mut whole = filling.filled(template);
    match (whole.as_object_mut(), stated) {
        (Some(whole), Some(Value::Object(stated))) => {
            whole.extend(stated.iter().map(|(key, value)| (key.clone(), value.clone())));
        }
        (_, Some(stated)) => return stated.clone(),
        (_, None) => {}
    }
    if let Some(whole) = whole.as_object_mut() {
        for key in filling.holder.documents.left_out(suffix) {
            whole.shift_remove(key);
        }
    }
    whole
}

/// All items of a list, those of the groups above after its own.
pub fn items(row: &Row, filling: &Filling<'_>, suffix: &str, own_only: bool) -> Vec<Value> {
    let mut items = own_items(row, filling, suffix);
    if let (Some(marks), false) = (&row.inherits, own_only || filling.world.tier < row.inherits_from) {
        for group in filling.world.above(filling.holder) {
            let above = Filling { holder: group, ..*filling };
            let row = named(&format!("/groups/{{id}}{suffix}")).unwrap_or(row);
            items.extend(own_items(row, &above, suffix).into_iter().map(|item| merged(item, marks)));
        }
    }
    if filling.world.tier == Default::default() {
        for item in items.iter_mut().filter_map(Value::as_object_mut) {
            item.retain(|key, _| !row.premium.contains(key));
        }
    }
    items
}

fn own_items(row: &Row, filling: &Filling<'_>, suffix: &str) -> Vec<Value> {
    let left_out: Vec<&str> = filling.holder.documents.left_out(suffix).collect();
    let stated = filling.holder.stated_list(suffix).iter().enumerate();
    let completed = stated.map(|(position, item)| {
        let mut item = filling.item(item, row.item.as_ref(), position);
        if let Some(fields) = item.as_object_mut() {
            inside(row, filling, fields);
            fields.retain(|key, _| !left_out.contains(&key.as_str()));
        }
        item
    });
    completed.collect()
}

fn inside(row: &Row, filling: &Filling<'_>, fields: &mut Map<String, Value>) {
    for inside in &row.inside {
        if let Some(Value::Array(items)) = fields.get_mut(&inside.key) {
            for (position, item) in items.iter_mut().enumerate() {
                *item = filling.item(item, inside.item.as_ref(), position);
            }
        }
    }
}

fn merged(mut item: Value, marks: &Value) -> Value {
    if let (Some(item), Some(marks)) = (item.as_object_mut(), marks.as_object()) {
        item.extend(marks.iter().map(|(key, value)| (key.clone(), value.clone())));
    }
    item
}

fn one(row: &Row, key: &str, filling: &Filling<'_>, suffix: &str) -> Told {
    let beneath = |path: &str| path.splitn(4, '/').skip(3).map(|rest| format!("/{rest}")).collect::<String>();
    let list = if filling.holder.kind == HolderKind::Instance {
        row.list_path().to_owned()
    } else {
        beneath(row.list_path())
    };
    let wanted = suffix.strip_prefix(&format!("{list}/")).unwrap_or_default();
    let Some(list_row) = named(row.list_path()) else { return Told::Missing };
    let found = items(list_row, filling, &list, false).into_iter().find(|item| match &item[key] {
        Value::String(text) => text == wanted,
        Value::Null => false,
        value => value.as_u64() == wanted.parse().ok(),
    });
    match found {
        // What only the item's own document tells stands in the row's own template, or is stated.
        Some(item) => {
            let item = filling.item(&item, row.item.as_ref(), 0);
            let stated = filling.holder.documents.stated(suffix);
            Told::Document(stated.map_or(item.clone(), |stated| merged(item, stated)))
        }
        None => Told::Missing,
    }
}
