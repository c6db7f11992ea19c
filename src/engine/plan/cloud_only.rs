//! What a server of GitHub's own tells, and takes no request for: only the cloud does.

use super::documents::{Asked, Document};
use super::draft::{Draft, Subject};
use crate::catalog::{ForgeKind, Setting};

/// Source: the descriptions of the REST interface that GitHub publishes for Enterprise Server 3.17 to 3.19, which have
/// GET alone for automated-security-fixes.
const WRITTEN_IN_THE_CLOUD: [&str; 2] =
    ["repository.automated_security_fixes", "repository.dependabot_security_updates"];

/// That the server takes a request for a setting. Where it is not known what it is, the request will tell.
///
/// # Errors
/// That it takes none; nothing where it is being asked.
pub(super) fn check(draft: &mut Draft, subject: Subject<'_>, setting: &Setting) -> Result<(), String> {
    if subject.forge != ForgeKind::Github || !WRITTEN_IN_THE_CLOUD.contains(&&*setting.key) {
        return Ok(());
    }
    match draft.document(subject, "/meta") {
        Asked::Later => Err(String::new()),
        Asked::Answered(Document::Known(meta)) => match meta["installed_version"].as_str() {
            Some(version) => Err(format!(
                "GitHub Enterprise Server ({version}) has no request for it: who administers the repository switches \
                 it in its settings"
            )),
            None => Ok(()),
        },
        Asked::Answered(_) | Asked::Nobody => Ok(()),
    }
}
