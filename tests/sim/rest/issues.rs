//! Issues and the comments on them and on pull requests, which are numbered together.

use serde_json::{Value, json};

use super::exchange::{Refusal, Reply, Request};
use super::page::page;
use crate::sim::world::{BOT, Comment, Issue, MOMENT, Organization, PullRequest, Repository, World};

/// GitHub takes no longer text.
const LONGEST: usize = 65_536;

/// The open ones, unless others are asked for. GitHub lists pull requests among them.
pub fn list(world: &World, request: &Request) -> Result<Reply, Refusal> {
    let (organization, repository) = request.repository(world)?;
    let wanted = |open: bool| match request.asked("state") {
        Some("all") => true,
        Some("closed") => !open,
        _ => open,
    };
    let mut all: Vec<(u64, Value)> = Vec::new();
    for issue in repository.issues.iter().filter(|issue| wanted(issue.open)) {
        all.push((issue.number, told(request, organization, repository, issue)));
    }
    for pull in repository.pull_requests.iter().filter(|pull| wanted(pull.is_open())) {
        all.push((pull.number, as_issue(request, organization, repository, pull)));
    }
    all.sort_by_key(|(number, _)| *number);
    // The newest come first, unless it is asked otherwise.
    if request.asked("direction") != Some("asc") {
        all.reverse();
    }
    Ok(page(request, &all, |(_, issue)| issue.clone()))
}

pub fn read(world: &World, request: &Request) -> Result<Reply, Refusal> {
    let (organization, repository) = request.repository(world)?;
    let number = request.number("issue_number");
    if let Some(pull) = repository.pull_requests.iter().find(|pull| Some(pull.number) == number) {
        return Ok(Reply::ok(as_issue(request, organization, repository, pull)));
    }
    let found = repository.issues.iter().find(|issue| Some(issue.number) == number);
    found
        .map(|issue| Reply::ok(told(request, organization, repository, issue)))
        .ok_or_else(Refusal::not_found)
}

pub fn open(world: &mut World, request: &Request) -> Result<Reply, Refusal> {
    let author = author(world, request);
    let title = request.text("title")?.to_owned();
    let repository = request.repository_mut(world)?;
    let issues = repository.issues.iter().map(|issue| issue.number);
    let last = issues.chain(repository.pull_requests.iter().map(|pull| pull.number)).max();
    let number = last.unwrap_or_default() + 1;
    let mut made = Issue { number, title, body: String::new(), open: true, author, labels: Vec::new() };
    lay(&mut made, request)?;
    repository.issues.push(made.clone());
    let (organization, repository) = request.repository(world)?;
    Ok(Reply::created(told(request, organization, repository, &made)))
}

pub fn change(world: &mut World, request: &Request) -> Result<Reply, Refusal> {
    let number = request.number("issue_number");
    let issues = &mut request.repository_mut(world)?.issues;
    let found = issues.iter_mut().find(|issue| Some(issue.number) == number);
    lay(found.ok_or_else(Refusal::not_found)?, request)?;
    read(world, request)
}

fn lay(issue: &mut Issue, request: &Request) -> Result<(), Refusal> {
    for (key, value) in request.object()? {
        match (key.as_str(), value.as_str()) {
            ("title", Some(title)) => title.clone_into(&mut issue.title),
            ("body", Some(text)) => issue.body = fitting("Issue", text)?,
            ("state", Some(state @ ("open" | "closed"))) => issue.open = state == "open",
            ("state", _) => return Err(Refusal::wrong_type(key, value)),
            ("labels", _) => {
                let names = value.as_array().into_iter().flatten();
                issue.labels = names.filter_map(Value::as_str).map(str::to_owned).collect();
            }
            _ => {}
        }
    }
    Ok(())
}

pub fn comments(world: &World, request: &Request) -> Result<Reply, Refusal> {
    let (organization, repository) = request.repository(world)?;
    let number = known(repository, request)?;
    let comments: Vec<&Comment> = repository.comments.iter().filter(|comment| comment.on == number).collect();
    Ok(page(request, &comments, |comment| said(request, organization, repository, comment)))
}

pub fn comment(world: &World, request: &Request) -> Result<Reply, Refusal> {
    let (organization, repository) = request.repository(world)?;
    let id = request.number("comment_id");
    let found = repository.comments.iter().find(|comment| Some(comment.id) == id);
    found
        .map(|comment| Reply::ok(said(request, organization, repository, comment)))
        .ok_or_else(Refusal::not_found)
}

pub fn say(world: &mut World, request: &Request) -> Result<Reply, Refusal> {
    let author = author(world, request);
    let body = fitting("IssueComment", request.text("body")?)?;
    let on = known(request.repository(world)?.1, request)?;
    let repository = request.repository_mut(world)?;
    let id = repository.comments.len() as u64 + 1;
    let made = Comment { id, on, body, author };
    repository.comments.push(made.clone());
    let (organization, repository) = request.repository(world)?;
    Ok(Reply::created(said(request, organization, repository, &made)))
}

pub fn reword(world: &mut World, request: &Request) -> Result<Reply, Refusal> {
    let id = request.number("comment_id");
    let body = fitting("IssueComment", request.text("body")?)?;
    let comments = &mut request.repository_mut(world)?.comments;
    let found = comments.iter_mut().find(|comment| Some(comment.id) == id);
    found.ok_or_else(Refusal::not_found)?.body = body;
    comment(world, request)
}

/// Who writes: the same as GraphQL says who asks.
fn author(world: &World, request: &Request) -> String {
    match &request.identity {
        Some(identity) => identity.login.clone().unwrap_or_else(|| BOT.to_owned()),
        None => world.viewer.clone(),
    }
}

fn known(repository: &Repository, request: &Request) -> Result<u64, Refusal> {
    let number = request.number("issue_number").ok_or_else(Refusal::not_found)?;
    let is = repository.issues.iter().any(|issue| issue.number == number)
        || repository.pull_requests.iter().any(|pull| pull.number == number);
    if is { Ok(number) } else { Err(Refusal::not_found()) }
}

fn fitting(resource: &str, text: &str) -> Result<String, Refusal> {
    if text.chars().count() > LONGEST {
        let why = "body is too long (maximum is 65536 characters)";
        return Err(Refusal::invalid_field(resource, "body", why));
    }
    Ok(text.to_owned())
}

/// What an issue and a pull request among issues have in common.
fn common(request: &Request, organization: &Organization, repository: &Repository, number: u64) -> Value {
    let repository_url = request.site.repository(organization, repository);
    let url = format!("{repository_url}/issues/{number}");
    json!({
        "url": url,
        "repository_url": repository_url,
        "labels_url": format!("{url}/labels{{/name}}"),
        "comments_url": format!("{url}/comments"),
        "events_url": format!("{url}/events"),
        "id": repository.id * 1_000 + number,
        "node_id": format!("I_{}_{number}", repository.id),
        "number": number,
        "locked": false,
        "assignee": null,
        "assignees": [],
        "milestone": null,
        "comments": repository.comments.iter().filter(|comment| comment.on == number).count(),
        "created_at": MOMENT,
        "updated_at": MOMENT,
        "author_association": "MEMBER",
    })
}

fn laid(mut common: Value, own: Value) -> Value {
    if let (Some(all), Value::Object(own)) = (common.as_object_mut(), own) {
        all.extend(own);
    }
    common
}

fn told(request: &Request, organization: &Organization, repository: &Repository, issue: &Issue) -> Value {
    let Issue { number, title, body, open, author, labels } = issue;
    let page = format!("{}/{}/{}", request.site.web, organization.login, repository.name);
    let own = json!({
        "html_url": format!("{page}/issues/{number}"),
        "title": title,
        "body": body,
        "user": request.site.user(author),
        "labels": labels.iter().map(|name| json!({ "name": name })).collect::<Vec<_>>(),
        "state": if *open { "open" } else { "closed" },
        "closed_at": (!open).then_some(MOMENT),
    });
    laid(common(request, organization, repository, *number), own)
}

fn as_issue(
    request: &Request,
    organization: &Organization,
    repository: &Repository,
    pull: &PullRequest,
) -> Value {
    let page = format!("{}/{}/{}", request.site.web, organization.login, repository.name);
    let html = format!("{page}/pull/{}", pull.number);
    let url = format!("{}/pulls/{}", request.site.repository(organization, repository), pull.number);
    let own = json!({
        "html_url": html,
        "title": pull.title,
        "body": pull.body,
        "user": request.site.user(&pull.author),
        "labels": [],
        "state": if pull.is_open() { "open" } else { "closed" },
        "closed_at": (!pull.is_open()).then_some(MOMENT),
        "pull_request": {
            "url": url, "html_url": html, "diff_url": format!("{html}.diff"), "patch_url": format!("{html}.patch"),
        },
    });
    laid(common(request, organization, repository, pull.number), own)
}

fn said(request: &Request, organization: &Organization, repository: &Repository, comment: &Comment) -> Value {
    let Comment { id, on, body, author } = comment;
    let repository_url = request.site.repository(organization, repository);
    let kind = if repository.pull_requests.iter().any(|pull| pull.number == *on) { "pull" } else { "issues" };
    let page = format!("{}/{}/{}", request.site.web, organization.login, repository.name);
    json!({
        "url": format!("{repository_url}/issues/comments/{id}"),
        "html_url": format!("{page}/{kind}/{on}#issuecomment-{id}"),
        "issue_url": format!("{repository_url}/issues/{on}"),
        "id": id,
        "node_id": format!("IC_{id}"),
        "user": request.site.user(author),
        "created_at": MOMENT,
        "updated_at": MOMENT,
        "author_association": "MEMBER",
        "body": body,
    })
}
