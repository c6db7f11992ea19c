//! A proposal on GitLab: one commit, which makes its branch, and a merge request.

use std::collections::BTreeMap;

use base64::Engine;
use serde_json::{Value as Json, json};

use super::documents::{Asked, Document};
use super::draft::{Draft, Subject};
use super::file::{BRANCH, Needs, Sending};
use super::proposal::{Proposal, SIGNED, Text, declined, edited, waits, was_open};
use crate::catalog::segment;
use crate::model::Request;

/// A merge request that is open, or what there is instead.
enum Standing<'a> {
    /// Nothing of ours.
    Nothing,
    /// A branch of ours without a merge request.
    Branch,
    /// A merge request, which is open.
    Open(&'a Json),
}

/// Plans the requests of a proposal.
///
/// # Errors
/// Why nothing is sent: it is open as wanted, was declined, or cannot be told.
pub(super) fn plan(
    draft: &mut Draft,
    subject: Subject<'_>,
    proposal: &Proposal<'_>,
) -> Result<Sending, String> {
    let merge = match standing(draft, subject)? {
        Standing::Nothing => return Ok(begin(draft, subject, proposal)),
        Standing::Branch => None,
        Standing::Open(merge) => Some(merge),
    };
    let number = merge.and_then(|merge| merge["iid"].as_u64()).unwrap_or_default();
    let waits = merge.map(|merge| waits("merge", number, merge["web_url"].as_str().unwrap_or_default()));
    let (mut actions, mut left) = (Vec::new(), Vec::new());
    for text in &proposal.texts {
        match (needs(draft, subject, text)?, &waits) {
            (Needs::Change(action), _) => actions.push(action),
            (Needs::Nothing, Some(waits)) => left.push((text.path.clone(), waits.clone())),
            (Needs::Edited, Some(_)) => left.push((text.path.clone(), edited("merge", number, &text.path))),
            (_, None) => {}
        }
    }
    let mut requests = Vec::new();
    if !actions.is_empty() {
        let message = format!("{}\n\n{SIGNED}", proposal.title);
        let body = json!({"branch": BRANCH, "commit_message": message, "actions": actions});
        requests.push(post(subject, "/projects/{id}/repository/commits", body));
    }
    let Some(merge) = merge else {
        requests.push(open(subject, proposal));
        let undo = vec![draft.undo(close(subject))];
        let requests = requests.into_iter().map(|r| draft.request(r)).collect();
        return Ok(Sending { requests, undo, ..Sending::default() });
    };
    if requests.is_empty() {
        return Err(waits.unwrap_or_default());
    }
    let described = merge["description"].as_str().unwrap_or_default();
    if merge["title"] != *proposal.title || described != proposal.body {
        requests.push(Request {
            method: "PUT".into(),
            path: subject.path(&format!("/projects/{{id}}/merge_requests/{number}")),
            body: json!({"title": proposal.title, "description": proposal.body}),
            reads: BTreeMap::new(),
        });
    }
    let requests = requests.into_iter().map(|r| draft.request(r)).collect();
    Ok(Sending { requests, undo: Vec::new(), irreversible: Some(was_open("merge", number)), left })
}

fn standing<'a>(draft: &mut Draft, subject: Subject<'a>) -> Result<Standing<'a>, String> {
    let branch = segment(BRANCH);
    // Without an order GitLab tells the newest first.
    let merges =
        subject.path(&format!("/projects/{{id}}/merge_requests?source_branch={branch}&per_page=100"));
    let ours = subject.path(&format!("/projects/{{id}}/repository/branches/{branch}"));
    let (merges, ours) = (draft.document(subject, &merges), draft.document(subject, &ours));
    let merges = match merges {
        Asked::Nobody => return Ok(Standing::Nothing),
        Asked::Later => return Err(String::new()),
        Asked::Answered(Document::Known(merges)) => merges.as_array().map(Vec::as_slice).unwrap_or_default(),
        Asked::Answered(Document::Absent) => return Err("its merge requests are not shown: 404".into()),
        Asked::Answered(Document::Unknown { why }) => {
            return Err(format!("its merge requests are not shown: {why}"));
        }
    };
    if let Some(open) = merges.iter().find(|merge| merge["state"] == "opened") {
        return Ok(Standing::Open(open));
    }
    let newest = merges.iter().max_by_key(|merge| merge["iid"].as_u64());
    if let Some(last) = newest.filter(|merge| merge["state"] != "merged") {
        let url = last["web_url"].as_str().unwrap_or_default();
        return Err(declined("merge", last["iid"].as_u64().unwrap_or_default(), url));
    }
    match ours {
        Asked::Answered(Document::Known(_)) => Ok(Standing::Branch),
        Asked::Answered(Document::Unknown { why }) => Err(format!("branch {BRANCH} is not shown: {why}")),
        _ => Ok(Standing::Nothing),
    }
}

/// A branch with its files and a merge request; what takes that back leaves what somebody else added.
fn begin(draft: &mut Draft, subject: Subject<'_>, proposal: &Proposal<'_>) -> Sending {
    let message = format!("{}\n\n{SIGNED}", proposal.title);
    let create = |text: &&Text| json!({"action": "create", "file_path": text.path, "content": text.text});
    let actions: Vec<Json> = proposal.texts.iter().map(create).collect();
    let body = json!({
        "branch": BRANCH, "start_branch": proposal.base, "commit_message": message, "actions": actions,
    });
    let requests = [post(subject, "/projects/{id}/repository/commits", body), open(subject, proposal)];
    let (base, branch) = (segment(proposal.base), segment(BRANCH));
    let compare = subject.path(&format!("/projects/{{id}}/repository/compare?from={base}&to={branch}"));
    let unmoved = format!("GET {compare} :: commits[].title == {}", json!([proposal.title]));
    let back = [
        close(subject),
        Request {
            method: "DELETE".into(),
            path: subject.path(&format!("/projects/{{id}}/repository/branches/{branch}")),
            body: Json::Null,
            reads: BTreeMap::from([("unmoved".to_owned(), unmoved)]),
        },
    ];
    let undo = back.into_iter().map(|r| draft.undo(r)).collect();
    let requests = requests.into_iter().map(|r| draft.request(r)).collect();
    Sending { requests, undo, ..Sending::default() }
}

/// The action that brings a file on our branch up to date.
fn needs(draft: &mut Draft, subject: Subject<'_>, text: &Text) -> Result<Needs<Json>, String> {
    let (branch, path) = (segment(BRANCH), segment(&text.path));
    let here = subject.path(&format!("/projects/{{id}}/repository/files/{path}?ref={branch}"));
    let action = |word: &str| json!({"action": word, "file_path": text.path, "content": text.text});
    let file = match draft.document(subject, &here) {
        Asked::Answered(Document::Known(file)) => file,
        Asked::Answered(Document::Absent) => return Ok(Needs::Change(action("create"))),
        Asked::Answered(Document::Unknown { why }) => {
            return Err(format!("{} is not shown on branch {BRANCH}: {why}", text.path));
        }
        // What is planned now is thrown away.
        Asked::Later | Asked::Nobody => return Ok(Needs::Nothing),
    };
    let said: String = file["content"].as_str().unwrap_or_default().split_whitespace().collect();
    if said == base64::engine::general_purpose::STANDARD.encode(&text.text) {
        return Ok(Needs::Nothing);
    }
    let last = subject
        .path(&format!("/projects/{{id}}/repository/commits?ref_name={branch}&path={path}&per_page=1"));
    match draft.document(subject, &last) {
        Asked::Answered(Document::Known(commits)) => {
            let message = commits[0]["message"].as_str().unwrap_or_default();
            if !message.trim_end().ends_with(SIGNED) {
                return Ok(Needs::Edited);
            }
        }
        Asked::Answered(Document::Absent) => return Err(format!("branch {BRANCH} has no history to see")),
        Asked::Answered(Document::Unknown { why }) => {
            return Err(format!("who changed {} on branch {BRANCH} is not shown: {why}", text.path));
        }
        Asked::Later | Asked::Nobody => return Ok(Needs::Nothing),
    }
    let mut action = action("update");
    // Whoever commits in between is not overwritten.
    if let Some(commit) = file["last_commit_id"].as_str() {
        action["last_commit_id"] = commit.into();
    }
    Ok(Needs::Change(action))
}

fn post(subject: Subject<'_>, path: &str, body: Json) -> Request {
    Request { method: "POST".into(), path: subject.path(path), body, reads: BTreeMap::new() }
}

fn open(subject: Subject<'_>, proposal: &Proposal<'_>) -> Request {
    let Proposal { base, title, body, .. } = proposal;
    let body = json!({
        "source_branch": BRANCH, "target_branch": base, "title": title, "description": body,
        "remove_source_branch": true,
    });
    post(subject, "/projects/{id}/merge_requests", body)
}

fn close(subject: Subject<'_>) -> Request {
    let branch = segment(BRANCH);
    let list = subject.path("/projects/{id}/merge_requests");
    let find = format!("GET {list}?state=opened&source_branch={branch} :: items[state=opened].iid");
    Request {
        method: "PUT".into(),
        path: format!("{list}/{{number}}"),
        body: json!({"state_event": "close"}),
        reads: BTreeMap::from([("number".to_owned(), find)]),
    }
}
