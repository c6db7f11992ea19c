//! Files: proposed as a pull request on a branch of ours, never pushed to the default branch.

use std::collections::BTreeMap;

use base64::Engine;
use serde_json::json;

use super::draft::{Draft, Subject};
use crate::catalog::alternatives;
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
    let read = format!(
        "GET {} :: object.sha",
        subject.path(&format!("/repos/{{owner}}/{{repo}}/git/ref/heads/{base}"))
    );
    let requests = [
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
                "content": base64::engine::general_purpose::STANDARD.encode(text),
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
    ];
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
        change.irreversible = Some("it is a pull request: close it, and delete its branch".into());
    }
}

impl Draft {
    fn proposes(&self, subject: Subject<'_>, finding: &Finding) -> bool {
        let (name, key) = (subject.observed.subject.to_string(), finding.key());
        let setting = &subject.catalog.get(finding.expectation.setting).key;
        self.changes.iter().any(|c| c.subject == name && c.key.as_deref() == key && *c.setting == **setting)
    }
}
