//! A ruleset that the policy speaks of by its name: changed in place, by one request that repeats all that it says
//! besides, and that is sent only where it still says so.

use std::collections::BTreeMap;

use serde_json::{Map, Value as Json};

use super::documents::{Asked, Document};
use super::draft::{Draft, merge};
use super::item::Wish;
use super::item_body::{field_of_update, spelled};
use super::item_place::Place;
use super::own::nested;
use super::rules;
use super::ruleset::WRITTEN;
use crate::catalog::Setting;
use crate::model::{Request, Value};

/// Plans the change of a ruleset that is there.
pub(super) fn change(draft: &mut Draft, place: &Place<'_>, wishes: Vec<Wish<'_>>) {
    let subject = place.subject;
    let (path, before) = match whole(draft, place) {
        Ok(found) => found,
        Err(why) => return wishes.iter().for_each(|(finding, ..)| draft.defer(subject, finding, &why)),
    };
    let mut document = before.clone();
    let mut done = Vec::new();
    for (finding, setting, after) in wishes {
        match lay(place, &mut document, setting, &after) {
            Ok(()) => done.push((finding, setting, after)),
            Err(why) => draft.defer(subject, finding, &why),
        }
    }
    if done.is_empty() {
        return;
    }
    let unmoved = format!("GET {path} :: {{{}}} == {before}", WRITTEN.join(", "));
    let put = |body, reads| Request { method: "PUT".into(), path: path.clone(), body, reads };
    let request = draft.request(put(document, BTreeMap::from([("unmoved".to_owned(), unmoved)])));
    let back = draft.undo(put(before, BTreeMap::new()));
    for (finding, setting, after) in done {
        draft.change(subject, setting, finding, &after, vec![request]).undo.push(back);
    }
}

/// Gives a ruleset, as a request writes it, what one setting is to be.
///
/// # Errors
/// Why it cannot be written there.
pub(super) fn lay(
    place: &Place<'_>,
    document: &mut Json,
    setting: &Setting,
    after: &Value,
) -> Result<(), String> {
    let binding = setting.on(place.subject.forge).binding().ok_or("this forge has no such setting")?;
    let write = binding.write.as_ref().ok_or_else(|| {
        let why = binding.unwritable.as_deref().unwrap_or("the forge has no request for it");
        format!("it cannot be written: {why}")
    })?;
    if write.field.starts_with("rules[") {
        return rules::lay_row(document, setting, after);
    }
    let field = field_of_update(place, setting).ok_or("the forge does not tell it at this level")?;
    merge(document, nested(field, spelled(place, setting, after)));
    Ok(())
}

/// The path of the ruleset, and all that a request writes of it.
///
/// # Errors
/// Why that cannot be told; nothing where it is being asked for.
fn whole(draft: &mut Draft, place: &Place<'_>) -> Result<(String, Json), String> {
    let name = place.key;
    let list = place.binding.list.as_ref().ok_or_else(|| place.lacks("that lists them"))?;
    let rulesets = place.subject.path(&list.path);
    let own = match rulesets.starts_with("/repos/") {
        true => "?includes_parents=false&per_page=100",
        false => "?per_page=100",
    };
    let all = known(draft, place, &format!("{rulesets}{own}"))?;
    let named = all.as_array().into_iter().flatten().filter(|ruleset| ruleset["name"] == name);
    let numbers: Vec<u64> = named.filter_map(|ruleset| ruleset["id"].as_u64()).collect();
    let [number] = numbers[..] else {
        return Err(format!("there are {} rulesets \"{name}\" here: let there be one", numbers.len()));
    };
    let path = format!("{rulesets}/{number}");
    let whole = known(draft, place, &path)?;
    // The forge leaves the list out for whoever may not write it. Nothing is not nobody.
    if !whole["bypass_actors"].is_array() {
        return Err(format!(
            "who may pass ruleset \"{name}\" by is hidden, and a change would take them out: plan with an identity \
             that administers it"
        ));
    }
    let kept = WRITTEN.iter().filter_map(|field| Some(((*field).to_owned(), whole.get(*field)?.clone())));
    Ok((path, Json::Object(kept.collect::<Map<_, _>>())))
}

fn known(draft: &mut Draft, place: &Place<'_>, path: &str) -> Result<Json, String> {
    let hidden = |why: &str| Err(format!("ruleset \"{}\" was not shown whole: {why}", place.key));
    match draft.document(place.subject, path) {
        Asked::Answered(Document::Known(json)) => Ok(json.clone()),
        Asked::Answered(Document::Unknown { why }) => hidden(why),
        Asked::Answered(Document::Absent) => hidden("404"),
        Asked::Nobody => Err("a snapshot does not hold all that its request would repeat".into()),
        Asked::Later => Err(String::new()),
    }
}
