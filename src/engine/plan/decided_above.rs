//! What groups above a project of GitLab decide for it: the project is answered with yes, and nothing is done.

use serde_json::Value as Json;

use super::documents::{Asked, Document};
use super::draft::{Draft, Subject};
use crate::catalog::{ForgeKind, Setting, segment};

/// The document that tells of each setting of approvals whether it is decided above.
const APPROVALS: &str = "/projects/{id}/merge_request_approval_setting";

/// What the older document of approvals calls otherwise.
/// Source: docs.gitlab.com, "Merge request approval settings API" and "Merge request approvals API".
const OLDER: [(&str, &str); 5] = [
    ("disable_overriding_approvers_per_merge_request", "allow_overrides_to_approver_list_per_merge_request"),
    ("merge_requests_author_approval", "allow_author_approval"),
    ("merge_requests_disable_committers_approval", "allow_committer_approval"),
    ("require_password_to_approve", "require_reauthentication_to_approve"),
    ("reset_approvals_on_push", "retain_approvals_on_push"),
];

/// That the project cannot change a setting, because a group or the whole server decides it. What cannot be told is
/// left to the look after the write.
///
/// # Errors
/// Who decides; nothing where that is being asked for.
pub(super) fn check(draft: &mut Draft, subject: Subject<'_>, setting: &Setting) -> Result<(), String> {
    if subject.forge != ForgeKind::Gitlab {
        return Ok(());
    }
    let of_approvals = ["repository.approvals.", "repository.merge_request_approval_setting."]
        .iter()
        .find_map(|group| setting.key.strip_prefix(group));
    if let Some(name) = of_approvals {
        let name = OLDER.iter().find(|(older, _)| *older == name).map_or(name, |(_, newer)| newer);
        let told = document(draft, subject, &subject.path(APPROVALS))?;
        let said = told.map(|told| &told[name]);
        if let Some(said) = said.filter(|said| said["locked"] == true) {
            let who = match said["inherited_from"].as_str() {
                Some("instance") => "the server",
                _ => "a group above",
            };
            return Err(format!("{who} decides it for the project: it can be changed there alone"));
        }
    }
    if &*setting.key == "repository.allow_forking" {
        let top = subject.observed.subject.name.split('/').next().unwrap_or_default();
        let group = document(draft, subject, &format!("/groups/{}", segment(top)))?;
        if group.is_some_and(|group| group["prevent_forking_outside_group"] == true) {
            return Err(format!(
                "group {top} lets its projects be forked into itself alone: \
                 organization.prevent_forking_outside_group is on there. Plan again once it is off"
            ));
        }
    }
    Ok(())
}

/// A document, where it is shown.
fn document<'a>(draft: &mut Draft, subject: Subject<'a>, path: &str) -> Result<Option<&'a Json>, String> {
    match draft.document(subject, path) {
        Asked::Answered(Document::Known(json)) => Ok(Some(json)),
        Asked::Answered(_) | Asked::Nobody => Ok(None),
        Asked::Later => Err(String::new()),
    }
}
