//! What rulesets above repositories are to each of these: so that it can be told of each whether it is locked out.

use serde_json::Value as Json;

use crate::model::{Action, Change, Lifted, LiftedBy, Plan, Points};

/// The changes of a plan, where what a ruleset above repositories brings stands with each that lacked it, and not with
/// the ruleset.
pub fn spread(plan: &Plan) -> Vec<Change> {
    let lifted_by = |change: &Change| {
        plan.lifted.iter().find(|lifted| {
            let named = matches!(&lifted.by, LiftedBy::Ruleset(name) if change.key.as_ref() == Some(name));
            named && lifted.organization == change.subject && change.setting.starts_with("ruleset.")
        })
    };
    let mut changes = Vec::new();
    for change in &plan.changes {
        match lifted_by(change) {
            None => changes.push(change.clone()),
            Some(lifted) if change.setting == "ruleset.present" => match change.after == true {
                true => changes.extend(brought(lifted, change)),
                false => changes.push(change.clone()),
            },
            Some(_) => {}
        }
    }
    changes
}

/// What it brings to each repository that would have been changed one by one.
fn brought<'l>(lifted: &'l Lifted, of: &'l Change) -> impl Iterator<Item = Change> + 'l {
    lifted.instead_of.iter().flat_map(move |subject| {
        lifted.brings.iter().map(move |brings| Change {
            subject: subject.clone(),
            setting: brings.setting.clone(),
            key: brings.key.clone(),
            action: Action::Update,
            before: Json::Null,
            after: brings.value.clone(),
            points: Points::default(),
            ..of.clone()
        })
    })
}
