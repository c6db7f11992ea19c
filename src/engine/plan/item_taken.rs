//! What a forge takes of an item only together with something else.

use super::item_place::Place;
use super::target::target;
use crate::catalog::Setting;
use crate::model::{Observation, Value};

/// The value, if the forge takes it as things are and will be.
///
/// # Errors
/// What has to be said besides.
pub(super) fn taken(place: &Place<'_>, setting: &Setting, value: Value) -> Result<Value, String> {
    // Source: docs.github.com, "Managing custom properties for repositories in your organization".
    if &*setting.key == "custom_property.required"
        && value == Value::Bool(true)
        && !has(place, "default_value")
    {
        return Err(format!(
            "GitHub requires no property without a default: add `default_value` to what the policy says of \"{}\"",
            place.key
        ));
    }
    Ok(value)
}

/// Whether a setting of the item is something, or is to be.
fn has(place: &Place<'_>, name: &str) -> bool {
    let Some(setting) = place.settings().find(|setting| setting.name() == name) else { return false };
    let forge = place.subject.forge;
    let same = |key: &str| place.kind.folded(key, forge) == place.kind.folded(place.key, forge);
    let mut drifting = place.subject.drifting();
    let finding = drifting.find(|f| f.expectation.setting == setting.id && f.key().is_some_and(same));
    match finding.map(|finding| target(&finding.expectation, &finding.observed)) {
        Some(Ok(value)) => !value.is_empty(),
        _ => matches!(place.seen(setting), Some(Observation::Known(value)) if !value.is_empty()),
    }
}
