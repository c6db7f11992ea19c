//! Items that are not to be there.

use serde_json::{Value as Json, json};

use super::draft::Draft;
use super::item_body::{Kept, field_of_create, whole};
use super::item_place::Place;
use crate::catalog::{Setting, Type};
use crate::model::{Action, Collection, Finding, Observation, Request, Risk, Value};

/// Plans the removal of an item. It is taken back by making it anew, where all that it was is known.
///
/// # Errors
/// Why it is left.
pub(super) fn plan(
    draft: &mut Draft,
    place: &Place<'_>,
    (finding, setting): (&Finding, &Setting),
) -> Result<(), String> {
    let name = &place.kind.name;
    if finding.expectation.named.is_none() {
        return Err(format!(
            "a {name} is removed only where the policy owns all of them: `ownership = \"complete\"` says so"
        ));
    }
    if ["branch_protection", "branch_rule"].contains(&&**name) {
        return Err("it guards branches: who looks after them removes it by hand".into());
    }
    beneath(place)?;
    if let Some(why) = place.subject.limits.above(Risk::Destructive) {
        return Err(why);
    }
    let remove: Vec<usize> = requests(place)?.into_iter().map(|request| draft.request(request)).collect();
    let anew = anew(place);
    let change = draft.change(place.subject, setting, finding, &Value::Bool(false), remove.clone());
    change.action = Action::Delete;
    change.complete = true;
    change.before = json!(true);
    change.risk = Risk::Destructive.word().to_owned();
    match anew {
        Err(why) => change.irreversible = Some(why),
        Ok((anew, values)) => {
            let back = draft.undo(anew);
            let Some(change) = draft.changes.last_mut() else { return Ok(()) };
            change.undo.push(back);
            let whose = change.clone();
            for (setting, value) in values {
                let codec = setting.on(place.subject.forge).binding().and_then(|b| b.codec);
                let absent = codec.and_then(|c| c.absent.as_ref()).map_or(Json::Null, Value::to_json);
                draft.beside(&whose, setting, (value.to_json(), absent), (remove.clone(), vec![back]));
            }
        }
    }
    Ok(())
}

/// A team takes those beneath it along.
///
/// # Errors
/// Which those are.
fn beneath(place: &Place<'_>) -> Result<(), String> {
    let parent = place.settings().find(|setting| &*setting.key == "team.parent");
    let Some(parent) = parent else { return Ok(()) };
    let all = place.subject.observed.kind(&place.kind.name).into_iter().flat_map(Collection::items);
    let mut parents =
        all.map(|item| (item, item.readings.as_ref().and_then(|readings| readings.get(parent.id))));
    let takes = parents.find_map(|(item, seen)| match seen {
        Some(Observation::Known(above)) if above.as_text() == Some(place.key) => Some(&item.key),
        _ => None,
    });
    match takes {
        Some(team) => Err(format!("team {team} is beneath it, and would go with it: move that one first")),
        None => Ok(()),
    }
}

/// The requests that remove an item: some have to be stopped before.
///
/// # Errors
/// Where the forge has none.
pub(super) fn requests(place: &Place<'_>) -> Result<Vec<Request>, String> {
    let delete = place.binding.delete.as_ref().ok_or_else(|| place.lacks("that removes one"))?;
    let stop = place.binding.stop.iter().map(|stop| place.request(stop, &stop.method, json!({})));
    stop.chain([place.request(delete, "DELETE", Json::Null)]).collect()
}

/// The request that makes the same item again.
///
/// # Errors
/// What of it would be lost.
fn anew<'a>(place: &Place<'a>) -> Result<(Request, Kept<'a>), String> {
    if let Some(why) = &place.binding.unmade {
        return Err(why.to_string());
    }
    let create = place.binding.create.as_ref().ok_or("the forge has no request that makes one")?;
    if place.binding.value.is_some() {
        return Err("nobody knows the value that it holds".into());
    }
    let lost = |what: &str| Err(format!("its {what} would not come back with it"));
    if place.key.contains('…') {
        return lost("address");
    }
    let mut values = Vec::new();
    for setting in place.settings().filter(|setting| !setting.presence && setting.ty != Type::Time) {
        if place.is_name(setting) {
            continue;
        }
        let carried = field_of_create(place, setting).is_some();
        match place.seen(setting) {
            Some(Observation::Known(value)) if carried => values.push((setting, value.clone())),
            Some(Observation::Known(value)) if !says_nothing(value) => return lost(setting.name()),
            Some(Observation::Known(_) | Observation::Absent | Observation::Unsupported { .. }) => {}
            _ => return Err(format!("its {} is not known", setting.name())),
        }
    }
    for required in &place.binding.required {
        if !values.iter().any(|(setting, _)| setting.name() == required) {
            return lost(required);
        }
    }
    Ok((place.request(create, &create.method, whole(place, &values))?, values))
}

/// Whether a value is what an item has of which nobody said anything.
fn says_nothing(value: &Value) -> bool {
    match value {
        Value::Bool(on) => !on,
        Value::Int(number) => *number == 0,
        Value::Text(text) => text.is_empty(),
        Value::List(items) => items.is_empty(),
        Value::Map(entries) => entries.is_empty(),
    }
}
