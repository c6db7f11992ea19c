//! The repository that the policy itself is kept in: whoever changes it there decides what `apply` does.

use std::path::Path;
use std::sync::Arc;

use crate::catalog::Catalog;
use crate::engine::{Judge, Judged};
use crate::model::{Observation, Subject, Value};

/// How the default branch of the policy's own repository is guarded.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Home {
    /// Somebody else has to approve a change.
    Reviewed,
    /// Nobody has to.
    Open(Arc<Subject>),
    /// It could not be seen, or was not read.
    Unknown(Arc<Subject>, String),
}

/// The path of the repository that a policy is kept in, such as `acme/policies`: what the runner of a workflow or
/// pipeline says, else where the working copy that the policy lies in came from.
pub fn home(policy: &Path, environment: impl Fn(&str) -> Option<String>) -> Option<String> {
    let named = ["GITHUB_REPOSITORY", "CI_PROJECT_PATH"].into_iter().find_map(environment);
    named.filter(|name| name.contains('/')).or_else(|| {
        let policy = policy.canonicalize().ok()?;
        let configured = policy.ancestors().map(|folder| folder.join(".git/config")).find(|c| c.is_file())?;
        origin(&std::fs::read_to_string(configured).ok()?)
    })
}

/// The path of the remote `origin` in a configuration of git.
fn origin(configured: &str) -> Option<String> {
    let (_, section) = configured.split_once("[remote \"origin\"]")?;
    let section = section.split("\n[").next()?;
    let url =
        section.lines().find_map(|line| line.trim().strip_prefix("url")?.trim_start().strip_prefix('='))?;
    let url = url.trim().trim_end_matches('/').trim_end_matches(".git");
    let path = match url.split_once("://") {
        Some((_, rest)) => rest.split_once('/')?.1,
        // user@host:path
        None => url.split_once(':')?.1,
    };
    path.contains('/').then(|| path.trim_start_matches('/').to_owned())
}

/// How it is guarded, as far as it was seen.
pub(super) fn guard(judge: &Judge<'_>, catalog: &Catalog, judged: Judged<'_>) -> Option<Home> {
    let setting = catalog.find("branch.required_approvals")?;
    let subject = Arc::new(judged.observed.subject.clone());
    let seen = judge.observe(setting, Some("~default"), judged);
    Some(match seen.into_iter().next().map(|(_, sourced)| sourced.observation) {
        Some(Observation::Known(Value::Int(count)) | Observation::Bound { value: Value::Int(count), .. })
            if count > 0 =>
        {
            Home::Reviewed
        }
        Some(Observation::Known(_) | Observation::Absent | Observation::Unsupported { .. }) => {
            Home::Open(subject)
        }
        Some(Observation::Unknown { needs } | Observation::Bound { needs, .. }) => {
            Home::Unknown(subject, needs.to_string())
        }
        None => Home::Unknown(subject, "its default branch".into()),
    })
}

#[cfg(test)]
mod tests {
    use super::origin;

    #[test]
    fn every_way_to_write_a_remote_leads_to_the_same_repository() {
        for url in [
            "https://github.com/acme/policies",
            "https://github.com/acme/policies.git",
            "ssh://git@github.com:22/acme/policies.git",
            "git@github.com:acme/policies.git",
        ] {
            let text = format!(
                "[core]\n\tbare = false\n[remote \"origin\"]\n\turl = {url}\n\tfetch = +x\n[branch]\n"
            );
            assert_eq!(origin(&text).as_deref(), Some("acme/policies"), "{url}");
        }
        assert_eq!(origin("[remote \"origin\"]\n\turl = ../policies\n"), None);
        assert_eq!(origin("[remote \"fork\"]\n\turl = git@github.com:acme/policies.git\n"), None);
    }
}
