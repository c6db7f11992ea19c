//! A proposal on GitHub: a branch, a commit for each file, a pull request.

use std::collections::BTreeMap;

use base64::Engine;
use serde_json::{Value as Json, json};

use super::documents::{Asked, Document};
use super::draft::{Draft, Subject};
use super::file::{BRANCH, Needs, Sending};
use super::proposal::{Proposal, SIGNED, Text, declined, edited, waits, was_open};
use crate::catalog::segment;
use crate::model::Request;

/// A pull request that is open, or what there is instead.
enum Standing<'a> {
    /// Nothing of ours.
    Nothing,
    /// A branch of ours without a pull request.
    Branch,
    /// A pull request, which is open.
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
    let pull = match standing(draft, subject)? {
        Standing::Nothing => return Ok(begin(draft, subject, proposal)),
        Standing::Branch => None,
        Standing::Open(pull) => Some(pull),
    };
    let number = pull.and_then(|pull| pull["number"].as_u64()).unwrap_or_default();
    let waits = pull.map(|pull| waits("pull", number, pull["html_url"].as_str().unwrap_or_default()));
    let (mut requests, mut left) = (Vec::new(), Vec::new());
    for text in &proposal.texts {
        match (needs(draft, subject, text)?, &waits) {
            (Needs::Change(request), _) => requests.push(request),
            (Needs::Nothing, Some(waits)) => left.push((text.path.clone(), waits.clone())),
            (Needs::Edited, Some(_)) => left.push((text.path.clone(), edited("pull", number, &text.path))),
            (_, None) => {}
        }
    }
    let Some(pull) = pull else {
        requests.push(open(subject, proposal));
        let undo = vec![draft.undo(close(subject))];
        let requests = requests.into_iter().map(|r| draft.request(r)).collect();
        return Ok(Sending { requests, undo, ..Sending::default() });
    };
    if requests.is_empty() {
        return Err(waits.unwrap_or_default());
    }
    if pull["title"] != *proposal.title || pull["body"].as_str().unwrap_or_default() != proposal.body {
        requests.push(Request {
            method: "PATCH".into(),
            path: subject.path(&format!("/repos/{{owner}}/{{repo}}/pulls/{number}")),
            body: json!({"title": proposal.title, "body": proposal.body}),
            reads: BTreeMap::new(),
        });
    }
    let requests = requests.into_iter().map(|r| draft.request(r)).collect();
    Ok(Sending { requests, undo: Vec::new(), irreversible: Some(was_open("pull", number)), left })
}

fn standing<'a>(draft: &mut Draft, subject: Subject<'a>) -> Result<Standing<'a>, String> {
    let organization = subject.observed.subject.organization();
    let pulls = subject.path(&format!(
        "/repos/{{owner}}/{{repo}}/pulls?state=all&head={organization}:{BRANCH}&per_page=100"
    ));
    let branch = subject.path(&format!("/repos/{{owner}}/{{repo}}/git/ref/heads/{BRANCH}"));
    let (pulls, branch) = (draft.document(subject, &pulls), draft.document(subject, &branch));
    let pulls = match pulls {
        Asked::Nobody => return Ok(Standing::Nothing),
        Asked::Later => return Err(String::new()),
        Asked::Answered(Document::Known(pulls)) => pulls.as_array().map(Vec::as_slice).unwrap_or_default(),
        Asked::Answered(Document::Absent) => return Err("its pull requests are not shown: 404".into()),
        Asked::Answered(Document::Unknown { why }) => {
            return Err(format!("its pull requests are not shown: {why}"));
        }
    };
    if let Some(open) = pulls.iter().find(|pull| pull["state"] == "open") {
        return Ok(Standing::Open(open));
    }
    // The newest comes first.
    if let Some(last) = pulls.first().filter(|pull| pull["merged_at"].is_null()) {
        let url = last["html_url"].as_str().unwrap_or_default();
        return Err(declined("pull", last["number"].as_u64().unwrap_or_default(), url));
    }
    match branch {
        Asked::Answered(Document::Known(_)) => Ok(Standing::Branch),
        Asked::Answered(Document::Unknown { why }) => Err(format!("branch {BRANCH} is not shown: {why}")),
        _ => Ok(Standing::Nothing),
    }
}

/// A branch, its files, and a pull request; what takes that back leaves what somebody else added.
fn begin(draft: &mut Draft, subject: Subject<'_>, proposal: &Proposal<'_>) -> Sending {
    let base = segment(proposal.base);
    let read = subject.path(&format!("/repos/{{owner}}/{{repo}}/git/ref/heads/{}", proposal.base));
    let mut requests = vec![Request {
        method: "POST".into(),
        path: subject.path("/repos/{owner}/{repo}/git/refs"),
        body: json!({"ref": format!("refs/heads/{BRANCH}"), "sha": "{sha}"}),
        reads: BTreeMap::from([("sha".to_owned(), format!("GET {read} :: object.sha"))]),
    }];
    requests.extend(proposal.texts.iter().map(|text| put(subject, text, None)));
    requests.push(open(subject, proposal));
    let messages: Vec<String> = proposal.texts.iter().map(|text| Proposal::message(&text.path)).collect();
    let compare = subject.path(&format!("/repos/{{owner}}/{{repo}}/compare/{base}...{}", segment(BRANCH)));
    let unmoved = format!("GET {compare} :: commits[].commit.message == {}", json!(messages));
    let back = [
        close(subject),
        Request {
            method: "DELETE".into(),
            path: subject.path(&format!("/repos/{{owner}}/{{repo}}/git/refs/heads/{BRANCH}")),
            body: Json::Null,
            reads: BTreeMap::from([("unmoved".to_owned(), unmoved)]),
        },
    ];
    let undo = back.into_iter().map(|r| draft.undo(r)).collect();
    let requests = requests.into_iter().map(|r| draft.request(r)).collect();
    Sending { requests, undo, ..Sending::default() }
}

/// The commit that brings a file on our branch up to date.
fn needs(draft: &mut Draft, subject: Subject<'_>, text: &Text) -> Result<Needs<Request>, String> {
    let here =
        subject.path(&format!("/repos/{{owner}}/{{repo}}/contents/{}?ref={BRANCH}", places(&text.path)));
    let file = match draft.document(subject, &here) {
        Asked::Answered(Document::Known(file)) => file,
        Asked::Answered(Document::Absent) => return Ok(Needs::Change(put(subject, text, None))),
        Asked::Answered(Document::Unknown { why }) => {
            return Err(format!("{} is not shown on branch {BRANCH}: {why}", text.path));
        }
        // What is planned now is thrown away.
        Asked::Later | Asked::Nobody => return Ok(Needs::Nothing),
    };
    let said: String = file["content"].as_str().unwrap_or_default().split_whitespace().collect();
    if said == encoded(&text.text) {
        return Ok(Needs::Nothing);
    }
    let last = subject.path(&format!(
        "/repos/{{owner}}/{{repo}}/commits?sha={BRANCH}&path={}&per_page=1",
        places(&text.path)
    ));
    match draft.document(subject, &last) {
        Asked::Answered(Document::Known(commits)) => {
            let message = commits[0]["commit"]["message"].as_str().unwrap_or_default();
            if !message.ends_with(SIGNED) {
                return Ok(Needs::Edited);
            }
        }
        Asked::Answered(Document::Absent) => return Err(format!("branch {BRANCH} has no history to see")),
        Asked::Answered(Document::Unknown { why }) => {
            return Err(format!("who changed {} on branch {BRANCH} is not shown: {why}", text.path));
        }
        Asked::Later | Asked::Nobody => return Ok(Needs::Nothing),
    }
    Ok(Needs::Change(put(subject, text, file["sha"].as_str())))
}

fn put(subject: Subject<'_>, text: &Text, sha: Option<&str>) -> Request {
    let mut body = json!({
        "message": Proposal::message(&text.path), "content": encoded(&text.text), "branch": BRANCH,
    });
    if let Some(sha) = sha {
        body["sha"] = sha.into();
    }
    let path = subject.path(&format!("/repos/{{owner}}/{{repo}}/contents/{}", places(&text.path)));
    Request { method: "PUT".into(), path, body, reads: BTreeMap::new() }
}

fn open(subject: Subject<'_>, proposal: &Proposal<'_>) -> Request {
    let Proposal { base, title, body, .. } = proposal;
    Request {
        method: "POST".into(),
        path: subject.path("/repos/{owner}/{repo}/pulls"),
        body: json!({"title": title, "head": BRANCH, "base": base, "body": body}),
        reads: BTreeMap::new(),
    }
}

fn close(subject: Subject<'_>) -> Request {
    let organization = subject.observed.subject.organization();
    let find =
        subject.path(&format!("/repos/{{owner}}/{{repo}}/pulls?state=open&head={organization}:{BRANCH}"));
    let pulls = subject.path("/repos/{owner}/{repo}/pulls");
    Request {
        method: "PATCH".into(),
        path: format!("{pulls}/{{number}}"),
        body: json!({"state": "closed"}),
        reads: BTreeMap::from([("number".to_owned(), format!("GET {find} :: items[state=open].number"))]),
    }
}

fn encoded(text: &str) -> String {
    base64::engine::general_purpose::STANDARD.encode(text)
}

/// A path in which each part is fit for an address.
fn places(path: &str) -> String {
    path.split('/').map(segment).collect::<Vec<_>>().join("/")
}
