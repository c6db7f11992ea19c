//! Branches are their files: no history, since no setting depends on one.

use std::collections::BTreeMap;

use serde::{Deserialize, Serialize};
use sha2::{Digest, Sha256};

use super::repository::Repository;

/// The text of each file by its path.
pub type Files = BTreeMap<String, String>;

#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum PullRequestState {
    Open,
    Closed,
    Merged,
}

#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct PullRequest {
    pub number: u64,
    pub title: String,
    pub body: Option<String>,
    pub head: String,
    pub base: String,
    pub state: PullRequestState,
    pub author: String,
}

impl PullRequest {
    pub fn is_open(&self) -> bool {
        self.state == PullRequestState::Open
    }
}

impl Repository {
    /// The files of the default branch; none in an empty repository.
    pub fn files(&self) -> Option<&Files> {
        self.branches.get(self.default_branch())
    }

    pub fn files_mut(&mut self) -> &mut Files {
        let branch = self.default_branch().to_owned();
        self.branches.entry(branch).or_default()
    }

    /// The name of the newest commit of a branch. Branches with the same files share it, as a branch
    /// just created shares its commit with the one it came from.
    pub fn head_of(&self, branch: &str) -> Option<String> {
        let files = self.branches.get(branch)?;
        let mut digest = Sha256::new();
        digest.update(self.id.to_be_bytes());
        for (path, text) in files {
            digest.update(path);
            digest.update([0]);
            digest.update(text);
            digest.update([0]);
        }
        Some(object_name(digest))
    }

    pub fn branch_with_head(&self, sha: &str) -> Option<&str> {
        let branches = std::iter::once(self.default_branch()).chain(self.branches.keys().map(String::as_str));
        branches.into_iter().find(|branch| self.head_of(branch).as_deref() == Some(sha))
    }

    /// Commits a file to a branch, as somebody would.
    pub fn commit(&mut self, branch: &str, path: &str, text: &str, message: &str) {
        self.branches.entry(branch.to_owned()).or_default().insert(path.to_owned(), text.to_owned());
        self.log.entry(branch.to_owned()).or_default().push((path.to_owned(), message.to_owned()));
    }

    /// Copies what the head branch holds to the base branch and closes the pull request.
    pub fn merge(&mut self, number: u64) -> Option<String> {
        let pull = self.pull_requests.iter_mut().find(|pull| pull.number == number)?;
        let files = self.branches.get(&pull.head)?.clone();
        pull.state = PullRequestState::Merged;
        let base = pull.base.clone();
        self.branches.insert(base.clone(), files);
        self.head_of(&base)
    }
}

/// The object name of a file's content.
pub fn blob_id(text: &str) -> String {
    let mut digest = Sha256::new();
    digest.update("blob");
    digest.update([0]);
    digest.update(text);
    object_name(digest)
}

/// Forty hexadecimal digits, as clients expect of an object name.
fn object_name(digest: Sha256) -> String {
    digest.finalize().iter().take(20).map(|byte| format!("{byte:02x}")).collect()
}
