//! Values that items hold and that nobody reads again: a plan never has one, only the variable that gives it.

use serde_json::json;

use super::draft::merge;
use super::item_place::Place;
use super::own::nested;
use crate::catalog::ForgeKind;
use crate::model::{Observation, Request, Value, given_names};

/// The variable of the environment that gives the value of an item: the one for this subject alone goes before the
/// one for all that are called so.
///
/// # Errors
/// Which variable to set, where neither is.
fn given(place: &Place<'_>) -> Result<String, String> {
    let [own, all] = given_names(&place.subject.observed.subject.name, place.key);
    let set = |name: &&String| place.subject.given.contains(*name);
    match [&own, &all].into_iter().find(set) {
        Some(name) => Ok(name.clone()),
        None => Err(format!(
            "its value comes from the environment alone: set {all}, or {own}, for `plan` and `apply`"
        )),
    }
}

/// Lets the request that makes an item carry its value.
///
/// # Errors
/// Which variable to set.
pub(super) fn put(place: &Place<'_>, request: &mut Request) -> Result<(), String> {
    let Some(field) = &place.binding.value else { return Ok(()) };
    let name = given(place)?;
    merge(&mut request.body, nested(field, "{value}".into()));
    let from = match &place.binding.sealed {
        Some(key) => {
            let key = place.subject.path(&key.path);
            merge(&mut request.body, json!({"key_id": "{key_id}"}));
            request.reads.insert("key_id".to_owned(), format!("GET {key} :: key_id"));
            format!("env {name} sealed for GET {key}")
        }
        None => format!("env {name}"),
    };
    request.reads.insert("value".to_owned(), from);
    Ok(())
}

/// Lets a request about a webhook carry its secret.
///
/// # Errors
/// Which variable to set.
pub(super) fn put_secret(place: &Place<'_>, request: &mut Request) -> Result<(), String> {
    let name = given(place)?;
    merge(&mut request.body, nested("config.secret", "{value}".into()));
    request.reads.insert("value".to_owned(), format!("env {name}"));
    Ok(())
}

/// Whether a kind is that of GitHub's webhooks, whose secret goes with their other fields.
pub(super) fn has_secret(place: &Place<'_>) -> bool {
    &*place.kind.name == "webhook" && place.subject.forge == ForgeKind::Github
}

/// Whether an item is known to be a webhook with a secret.
pub(super) fn is_signed(place: &Place<'_>) -> bool {
    let secret = place.settings().find(|setting| setting.name() == "secret" && has_secret(place));
    secret.and_then(|setting| place.seen(setting)).and_then(Observation::value) == Some(&Value::Bool(true))
}
