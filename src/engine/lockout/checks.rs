//! Whether something reports what has to have passed.

use serde_json::Value as Json;

use super::{Facts, Fear, Safe};
use crate::catalog::ForgeKind;
use crate::model::Change;

pub(super) fn look(facts: Facts<'_>, change: &Change, aspect: &str) -> Safe {
    if aspect != "required_checks" {
        return Ok(());
    }
    let before = names(&change.before);
    let new: Vec<&str> = names(&change.after).into_iter().filter(|name| !before.contains(name)).collect();
    if new.is_empty() {
        return Ok(());
    }
    let Some(reported) = facts.texts("repository.reported_checks") else {
        let what = format!(
            "whether anything reports {} is not known: repository.reported_checks was not seen",
            quoted(&new)
        );
        return Err(Fear::Unproven(what));
    };
    let silent: Vec<&str> = new.into_iter().filter(|name| !reported.contains(name)).collect();
    if silent.is_empty() {
        return Ok(());
    }
    if facts.forge == ForgeKind::Gitlab {
        // What a pipeline does may be told elsewhere than in the file of the usual name.
        let what =
            format!("whether anything reports {} is not known: it has no .gitlab-ci.yml", quoted(&silent));
        return Err(Fear::Unproven(what));
    }
    Err(Fear::Proven(format!(
        "nothing reports {} on the default branch, so that no change could be merged: let it run there first",
        quoted(&silent)
    )))
}

fn names(json: &Json) -> Vec<&str> {
    json.as_array().into_iter().flatten().filter_map(Json::as_str).collect()
}

fn quoted(names: &[&str]) -> String {
    names.iter().map(|name| format!("`{name}`")).collect::<Vec<_>>().join(", ")
}
