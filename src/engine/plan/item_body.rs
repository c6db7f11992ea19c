//! What requests about items carry, field by field.

use serde_json::{Map, Value as Json};

use super::draft::merge;
use super::item_named;
use super::item_place::Place;
use super::item_value;
use super::own::nested;
use crate::catalog::{ForgeKind, Setting};
use crate::model::{Observation, Request, Value};

/// Settings that a request carries though nothing of them changes, with their values.
pub(super) type Kept<'a> = Vec<(&'a Setting, Value)>;

/// A value as the forge takes it.
pub(super) fn spelled(place: &Place<'_>, setting: &Setting, value: &Value) -> Json {
    let binding = setting.on(place.subject.forge).binding();
    if binding.is_some_and(|b| b.number.is_some()) {
        return item_named::by_number(setting, value);
    }
    binding.and_then(|b| b.codec).map_or_else(|| value.to_json(), |codec| (codec.write)(value))
}

/// The field of the request that changes the item; none where that request does not carry the setting.
pub(super) fn field_of_update<'a>(place: &Place<'a>, setting: &'a Setting) -> Option<&'a str> {
    let write = setting.on(place.subject.forge).binding()?.write.as_ref()?;
    let here = place.endpoint(write).ok().filter(|_| !write.field.contains('['))?;
    (place.is_update(here) && write.method != "PUT|DELETE").then_some(write.field.as_str())
}

/// The field of the request that makes an item; none where that request does not carry the setting.
pub(super) fn field_of_create<'a>(place: &Place<'a>, setting: &'a Setting) -> Option<&'a str> {
    let binding = setting.on(place.subject.forge).binding()?;
    let named = place.binding.named.as_deref().filter(|_| place.is_name(setting));
    binding.create.as_deref().or(named).or_else(|| field_of_update(place, setting))
}

/// The body that makes an item of that key with those values.
pub(super) fn whole(place: &Place<'_>, values: &[(&Setting, Value)]) -> Json {
    let mut body = Json::Object(place.binding.also.clone());
    let create = place.binding.create.as_ref();
    if let Some(named) =
        place.binding.named.as_ref().filter(|_| create.is_some_and(|c| !place.is_made_at_its_key(c)))
    {
        merge(&mut body, nested(named, place.key.into()));
    }
    for (setting, value) in values {
        if let Some(field) = field_of_create(place, setting) {
            let (field, value) = item_named::one_or_many(field, spelled(place, setting, value));
            merge(&mut body, nested(field, value));
        }
    }
    body
}

/// What the request that changes the item has to carry besides, lest it be reset: all the other fields where it
/// takes the place of all, else those of the same object.
///
/// # Errors
/// Which of them is not known.
pub(super) fn beside<'a>(place: &Place<'a>, changed: &[&str]) -> Result<(Json, Kept<'a>), String> {
    let mut body = Json::Object(Map::new());
    let mut kept: Kept<'a> = Vec::new();
    let whole = place.is_replaced_whole();
    let objects_too = place.subject.forge == ForgeKind::Github;
    if let Some(named) = place.binding.named.as_ref().filter(|_| whole && place.has_number()) {
        merge(&mut body, nested(named, place.key.into()));
    }
    let objects: Vec<&str> = changed.iter().filter_map(|f| Some(f.split_once('.')?.0)).collect();
    for setting in place.settings() {
        if whole && &*setting.key == LOST {
            loses(place, setting)?;
        }
        let Some(field) = field_of_update(place, setting) else { continue };
        let same_object =
            field.split_once('.').is_some_and(|(object, _)| objects_too && objects.contains(&object));
        if changed.contains(&field) || !(whole || same_object) {
            continue;
        }
        match place.seen(setting) {
            Some(Observation::Known(value)) if is_default(setting, place, value) => {}
            Some(Observation::Known(value)) => {
                merge(&mut body, nested(field, spelled(place, setting, value)));
                kept.push((setting, value.clone()));
            }
            Some(Observation::Absent | Observation::Unsupported { .. }) => {}
            _ => return Err(format!("its request would reset {}, which is not known", setting.key)),
        }
    }
    Ok((body, kept))
}

/// What a request that takes the place of all takes away, and cannot carry: reviewers go by numbers.
const LOST: &str = "environment.reviewers";

/// Nothing is changed where somebody would lose their say.
///
/// # Errors
/// Where there are some, or that is not known.
fn loses(place: &Place<'_>, setting: &Setting) -> Result<(), String> {
    match place.seen(setting) {
        Some(Observation::Absent | Observation::Unsupported { .. }) => Ok(()),
        Some(Observation::Known(Value::List(names))) if names.is_empty() => Ok(()),
        Some(Observation::Known(names)) => {
            Err(format!("any change of it takes away its reviewers, {names}: change it by hand"))
        }
        _ => Err("any change of it takes away its reviewers, and whether it has some is not known".into()),
    }
}

/// Whether a value is what an item has of which nothing was said; such a field is left out, because naming it
/// is refused where the plan lacks it.
fn is_default(setting: &Setting, place: &Place<'_>, value: &Value) -> bool {
    let codec = setting.on(place.subject.forge).binding().and_then(|b| b.codec);
    codec.and_then(|c| c.absent.as_ref()) == Some(value)
}

/// A request about a webhook takes its address and its secret away unless it carries them. The address is read
/// anew, because what was observed of it is without what may be a credential.
///
/// # Errors
/// Where there is a secret, which nobody can read.
pub(super) fn keep_webhook(place: &Place<'_>, request: &mut Request) -> Result<(), String> {
    if &*place.kind.name != "webhook" || place.subject.forge != ForgeKind::Github {
        return Ok(());
    }
    let secret = place.settings().find(|setting| setting.name() == "secret");
    match secret.and_then(|setting| place.seen(setting)) {
        Some(Observation::Known(Value::Bool(false)) | Observation::Absent) => {}
        Some(Observation::Known(_)) => {
            let lost = |why| format!("any change of a webhook takes its secret away: {why}");
            item_value::put_secret(place, request).map_err(lost)?;
        }
        _ => {
            return Err(
                "any change of a webhook takes its secret away, and whether it has one is not known".into()
            );
        }
    }
    if request.body.get("config").is_some() {
        merge(&mut request.body, nested("config.url", "{url}".into()));
        request.reads.insert("url".to_owned(), place.read_of("config.url")?);
    }
    Ok(())
}
