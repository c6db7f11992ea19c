//! A ruleset that the policy speaks of by its name, and that is not there: made with all its rules by one request,
//! where the policy says enough for it to guard something.

use serde_json::{Value as Json, json};

use super::draft::Draft;
use super::item::{Wish, made};
use super::item_place::Place;
use super::ruleset_item::lay;
use crate::model::SubjectKind;

/// Plans the making of a ruleset.
pub(super) fn make(draft: &mut Draft, place: &Place<'_>, wishes: Vec<Wish<'_>>) {
    let subject = place.subject;
    let mut document = json!({"name": place.key, "rules": []});
    let mut done = Vec::new();
    for (finding, setting, after) in wishes {
        let laid = match setting.presence {
            true => Ok(()),
            false => lay(place, &mut document, setting, &after),
        };
        match laid {
            Ok(()) => done.push((finding, setting, after)),
            Err(why) => draft.defer(subject, finding, &why),
        }
    }
    let request = worthwhile(place, &document).and_then(|()| {
        let create = place.binding.create.as_ref().ok_or_else(|| place.lacks("that makes one"))?;
        for names in document["conditions"].as_object_mut().into_iter().flat_map(|all| all.values_mut()) {
            if names.get("include").is_some() && names.get("exclude").is_none() {
                names["exclude"] = json!([]);
            }
        }
        place.request(create, &create.method, document)
    });
    match request {
        Err(why) => done.iter().for_each(|(finding, ..)| draft.defer(subject, finding, &why)),
        Ok(request) => {
            let request = draft.request(request);
            let done = done.into_iter().map(|wish| (wish, vec![request])).collect();
            made(draft, place, request, done);
        }
    }
}

/// A ruleset without rules, or that reaches nothing, guards nothing, and looks as if it did.
///
/// # Errors
/// Which lines the policy lacks.
fn worthwhile(place: &Place<'_>, document: &Json) -> Result<(), String> {
    let empty = |at: &str| match document.pointer(at) {
        Some(Json::Array(items)) => items.is_empty(),
        Some(other) => other.is_null(),
        None => true,
    };
    let target = document["target"].as_str().unwrap_or("branch");
    let by_ref = target == "branch" || target == "tag";
    let above = place.kind.of == SubjectKind::Organization;
    let no_repositories = ["repository_name", "repository_property"]
        .iter()
        .all(|by| empty(&format!("/conditions/{by}/include")));
    let reference = if target == "tag" { "~ALL" } else { "~DEFAULT_BRANCH" };
    let lines = [
        (empty("/enforcement"), "`enforcement = \"active\"`".to_owned()),
        (empty("/rules"), "a rule such as `deletion.present = true`".to_owned()),
        (by_ref && empty("/conditions/ref_name/include"), format!("`ref_name.include = [\"{reference}\"]`")),
        (above && no_repositories, "`repository_name.include = [\"~ALL\"]`".to_owned()),
    ];
    let lacking: Vec<String> = lines.into_iter().filter(|(lacks, _)| *lacks).map(|(_, line)| line).collect();
    match lacking.split_last() {
        None => Ok(()),
        Some((last, [])) => Err(told(place, last)),
        Some((last, rest)) => Err(told(place, &format!("{} and {last}", rest.join(", ")))),
    }
}

fn told(place: &Place<'_>, lines: &str) -> String {
    format!(
        "there is no such ruleset, and one made from this alone would guard nothing: add {lines} to what the policy \
         says of \"{}\", or make it by hand",
        place.key
    )
}
