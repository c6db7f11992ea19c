//! Archiving and its end. Each is a request of its own: before all others of the repository, or after them.

use std::collections::BTreeMap;

use serde_json::Value as Json;

use super::draft::{Draft, Subject};
use super::own;
use crate::catalog::{ForgeKind, Setting};
use crate::model::{Finding, Request, Value};

/// Whether the plan ends that the subject is archived, so that its other changes can be made after that.
pub(super) fn ends(subject: Subject<'_>) -> bool {
    subject.drifting().any(|finding| {
        let setting = subject.catalog.get(finding.expectation.setting);
        &*setting.key == "repository.archived"
            && !finding.expectation.watched
            && subject.limits.above(setting.risk).is_none()
            && finding.expectation.constraint.accepts(Some(&Value::Bool(false)))
    })
}

/// Plans that a repository is archived, or is so no more.
pub(super) fn plan(draft: &mut Draft, subject: Subject<'_>, setting: &Setting, finding: &Finding) {
    if subject.forge == ForgeKind::Github {
        return own::plan(draft, subject, setting, finding);
    }
    let after = Value::Bool(!subject.is_on(&setting.key));
    if !finding.expectation.constraint.accepts(Some(&after)) {
        return own::plan(draft, subject, setting, finding);
    }
    // Source: docs.gitlab.com, "Projects API", "Archive a project", "Unarchive a project".
    let words = if after == Value::Bool(true) { ["archive", "unarchive"] } else { ["unarchive", "archive"] };
    let [there, back] = words.map(|word| Request {
        method: "POST".into(),
        path: subject.path(&format!("/projects/{{id}}/{word}")),
        body: Json::Null,
        reads: BTreeMap::new(),
    });
    let (there, back) = (draft.request(there), draft.undo(back));
    draft.change(subject, setting, finding, &after, vec![there]).undo.push(back);
}
