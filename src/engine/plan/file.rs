//! Files: proposed as a pull request on a branch of ours, never pushed to the default branch.

use std::collections::BTreeMap;

use base64::Engine;
use serde_json::json;

use super::draft::{Draft, Subject};
use crate::catalog::{ForgeKind, alternatives};
use crate::model::{Finding, Request, Value};

/// Plans a pull request for each file whose text the policy gives.
pub(super) fn plan(draft: &mut Draft, subject: Subject<'_>, findings: &[&Finding]) {
    for finding in findings {
        let setting = subject.catalog.get(finding.expectation.setting);
        if setting.name() == "text" {
            text(draft, subject, finding, findings);
        }
    }
    for finding in findings {
        let setting = subject.catalog.get(finding.expectation.setting);
        if setting.name() != "text" && !draft.proposes(subject, finding) {
            let why = "what it should say is for its people to write; give `text` of this file a `fix`";
            draft.defer(subject, finding, why);
        }
    }
}

fn text(draft: &mut Draft, subject: Subject<'_>, finding: &Finding, all: &[&Finding]) {
    let Some(Value::Text(text)) = &finding.expectation.fix else {
        return draft.defer(
            subject,
            finding,
            "what it should say is for its people to write, or for the policy's `fix`",
        );
    };
    if finding.observed.value().is_some() {
        return draft.defer(subject, finding, "a file that says something already is left to its people");
    }
    let Some(base) = subject.text("repository.default_branch") else {
        return draft.defer(subject, finding, "the repository has no default branch to propose a file for");
    };
    let key = finding.expectation.key.as_deref().unwrap_or_default();
    // Of several places the last is the plainest: `{.github/,}CONTRIBUTING.md`.
    let path = alternatives(key).pop().unwrap_or_else(|| key.to_owned());
    let plain = |c: char| if c.is_ascii_alphanumeric() || "._-".contains(c) { c } else { '-' };
    let branch = format!("ispo-scm/{}", path.chars().map(plain).collect::<String>().trim_matches(['.', '-']));
    let title = format!("Add {path}");
    let because = finding.expectation.why.as_deref().unwrap_or("Our policy asks for this file.");
    let proposal = Proposal { path: &path, text, branch: &branch, base, title: &title, because };
    let requests = match subject.forge {
        ForgeKind::Github => proposal.on_github(subject),
        ForgeKind::Gitlab => proposal.on_gitlab(subject),
    };
    let requests: Vec<usize> = requests.into_iter().map(|r| draft.request(r)).collect();
    let same_file = all.iter().filter(|f| f.expectation.key == finding.expectation.key);
    for finding in same_file {
        let setting = subject.catalog.get(finding.expectation.setting);
        let after = match setting.name() {
            "text" => Value::Text(text.clone()),
            "present" => Value::Bool(true),
            _ => continue,
        };
        let change = draft.change(subject, setting, finding, &after, requests.clone());
        change.proposed = true;
        let sort = if subject.forge == ForgeKind::Github { "pull" } else { "merge" };
        change.irreversible = Some(format!("it is a {sort} request: close it, and delete its branch"));
    }
}

/// A file to be proposed on a branch of ours.
struct Proposal<'a> {
    path: &'a str,
    text: &'a str,
    branch: &'a str,
    base: &'a str,
    title: &'a str,
    because: &'a str,
}

impl Proposal<'_> {
    fn on_github(&self, subject: Subject<'_>) -> Vec<Request> {
        let Self { path, branch, base, title, because, .. } = self;
        let read = format!(
            "GET {} :: object.sha",
            subject.path(&format!("/repos/{{owner}}/{{repo}}/git/ref/heads/{base}"))
        );
        vec![
            Request {
                method: "POST".into(),
                path: subject.path("/repos/{owner}/{repo}/git/refs"),
                body: json!({"ref": format!("refs/heads/{branch}"), "sha": "{sha}"}),
                reads: BTreeMap::from([("sha".to_owned(), read)]),
            },
            Request {
                method: "PUT".into(),
                path: subject.path(&format!("/repos/{{owner}}/{{repo}}/contents/{path}")),
                body: json!({
                    "message": title,
                    "content": base64::engine::general_purpose::STANDARD.encode(self.text),
                    "branch": branch,
                }),
                reads: BTreeMap::new(),
            },
            Request {
                method: "POST".into(),
                path: subject.path("/repos/{owner}/{repo}/pulls"),
                body: json!({"title": title, "head": branch, "base": base, "body": because}),
                reads: BTreeMap::new(),
            },
        ]
    }

    /// GitLab makes a branch with its first commit.
    fn on_gitlab(&self, subject: Subject<'_>) -> Vec<Request> {
        let Self { path, branch, base, title, because, text } = self;
        let request = |path: &str, body| Request {
            method: "POST".into(),
            path: subject.path(path),
            body,
            reads: BTreeMap::new(),
        };
        vec![
            request(
                "/projects/{id}/repository/commits",
                json!({
                    "branch": branch, "start_branch": base, "commit_message": title,
                    "actions": [{"action": "create", "file_path": path, "content": text}],
                }),
            ),
            request(
                "/projects/{id}/merge_requests",
                json!({
                    "source_branch": branch, "target_branch": base, "title": title, "description": because,
                    "remove_source_branch": true,
                }),
            ),
        ]
    }
}

impl Draft {
    fn proposes(&self, subject: Subject<'_>, finding: &Finding) -> bool {
        let (name, key) = (subject.observed.subject.to_string(), finding.key());
        let setting = &subject.catalog.get(finding.expectation.setting).key;
        self.changes.iter().any(|c| c.subject == name && c.key.as_deref() == key && *c.setting == **setting)
    }
}
