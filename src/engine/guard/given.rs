//! Values from the environment go to the item that they are named for, and secrets are sealed.

use super::steps::Steps;
use crate::model::given_names;

/// Whether a read gives the value of the very item that a request makes, in the field that takes it: `env NAME`,
/// or `env NAME sealed for GET /path` where the forge wants it sealed.
pub(super) fn is_value(steps: &Steps<'_>, path: &str, read: &str) -> bool {
    let Some(rest) = read.strip_prefix("env ") else { return false };
    let (name, key) = match rest.split_once(" sealed for GET ") {
        Some((name, key)) => (name, Some(key)),
        None => (rest, None),
    };
    let named = steps.steps.iter().all(|step| {
        let of = step.change.subject.split_once(':').map_or(step.change.subject.as_str(), |(_, path)| path);
        let names = step.change.key.as_deref().map(|key| given_names(of, key));
        names.is_some_and(|names| names.iter().any(|n| n == name))
    });
    let webhook = steps.steps.iter().all(|step| &*step.setting.group == "webhook") && path == "config.secret";
    named && (webhook && key.is_none() || takes(steps, path, key))
}

/// Whether the kind takes a value in that field, sealed with a key of that path or as it is.
fn takes(steps: &Steps<'_>, path: &str, key: Option<&str>) -> bool {
    let kinds = steps.catalog.kinds().filter(|kind| steps.steps.iter().all(|s| s.setting.group == kind.name));
    let mut bindings = kinds.filter_map(|kind| kind.on(steps.forge));
    bindings.any(|binding| {
        let is_key = |wanted: &str, path: &str| wanted.rsplit('/').next() == path.rsplit('/').next();
        binding.value.as_deref() == Some(path)
            && match (&binding.sealed, key) {
                (Some(sealed), Some(key)) => is_key(&sealed.path, key),
                (None, None) => true,
                _ => false,
            }
    })
}
