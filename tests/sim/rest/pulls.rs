//! Pull requests within one repository: opened, listed, merged. Nothing keeps one from being merged.

use serde_json::{Value, json};

use super::body;
use super::exchange::{Refusal, Reply, Request};
use super::page::page;
use crate::sim::world::{MOMENT, Organization, PullRequest, PullRequestState, Repository, World};

pub fn list(world: &World, request: &Request) -> Result<Reply, Refusal> {
    let (organization, repository) = request.repository(world)?;
    let wanted = |pull: &PullRequest| {
        let open = pull.state == PullRequestState::Open;
        let state = match request.asked("state") {
            Some("all") => true,
            Some("closed") => !open,
            _ => open,
        };
        let head =
            request.asked("head").is_none_or(|head| head == format!("{}:{}", organization.login, pull.head));
        state && head && request.asked("base").is_none_or(|base| base == pull.base)
    };
    let pulls: Vec<&PullRequest> =
        repository.pull_requests.iter().rev().filter(|pull| wanted(pull)).collect();
    Ok(page(request, &pulls, |pull| told(request, organization, repository, pull)))
}

pub fn read(world: &World, request: &Request) -> Result<Reply, Refusal> {
    let (organization, repository) = request.repository(world)?;
    let pull = find(repository, request)?;
    let mut body = told(request, organization, repository, pull);
    let merged = pull.state == PullRequestState::Merged;
    // What only the pull request by itself tells.
    for (key, value) in [
        ("merged", json!(merged)),
        ("mergeable", if pull.state == PullRequestState::Open { json!(true) } else { json!(null) }),
        ("mergeable_state", json!("clean")),
        ("merged_by", json!(merged.then(|| request.site.user(&pull.author)))),
        ("maintainer_can_modify", json!(false)),
    ] {
        body[key] = value;
    }
    for key in ["comments", "review_comments", "commits", "additions", "deletions", "changed_files"] {
        body[key] = json!(0);
    }
    Ok(Reply::ok(body))
}

pub fn open(world: &mut World, request: &Request) -> Result<Reply, Refusal> {
    let author = world.viewer.clone();
    let (title, base) = (request.text("title")?, request.text("base")?);
    let head = request.text("head")?;
    let head = head.split_once(':').map_or(head, |(_, branch)| branch);
    let owner = request.capture("owner");
    let repository = request.repository_mut(world)?;
    for (field, branch) in [("head", head), ("base", base)] {
        if !repository.branches.contains_key(branch) {
            return Err(Refusal::invalid_field(
                "PullRequest",
                field,
                &format!("{field} {branch} does not exist"),
            ));
        }
    }
    let same =
        |pull: &&PullRequest| pull.state == PullRequestState::Open && pull.head == head && pull.base == base;
    if repository.pull_requests.iter().find(same).is_some() {
        return Err(Refusal::invalid_field(
            "PullRequest",
            "head",
            &format!("A pull request already exists for {owner}:{head}."),
        ));
    }
    if repository.branches.get(head) == repository.branches.get(base) {
        return Err(Refusal::invalid_field(
            "PullRequest",
            "head",
            &format!("No commits between {base} and {head}"),
        ));
    }
    let issues = repository.issues.iter().map(|issue| issue.number);
    let last = issues.chain(repository.pull_requests.iter().map(|pull| pull.number)).max();
    let number = last.unwrap_or_default() + 1;
    repository.pull_requests.push(PullRequest {
        number,
        title: title.to_owned(),
        body: request.body["body"].as_str().map(str::to_owned),
        head: head.to_owned(),
        base: base.to_owned(),
        state: PullRequestState::Open,
        author,
    });
    let (organization, repository) = request.repository(world)?;
    let pull = repository.pull_requests.last().ok_or_else(Refusal::not_found)?;
    Ok(Reply::created(told(request, organization, repository, pull)))
}

/// Its title, its text, and whether it is open.
pub fn change(world: &mut World, request: &Request) -> Result<Reply, Refusal> {
    let number = find(request.repository(world)?.1, request)?.number;
    let repository = request.repository_mut(world)?;
    let pull = repository.pull_requests.iter_mut().find(|pull| pull.number == number);
    let pull = pull.ok_or_else(Refusal::not_found)?;
    if let Some(title) = request.body["title"].as_str() {
        title.clone_into(&mut pull.title);
    }
    if let Some(body) = request.body["body"].as_str() {
        pull.body = Some(body.to_owned());
    }
    match (request.body["state"].as_str(), pull.state) {
        (Some("closed"), PullRequestState::Open) => pull.state = PullRequestState::Closed,
        (Some("open"), PullRequestState::Closed) => pull.state = PullRequestState::Open,
        _ => {}
    }
    read(world, request)
}

pub fn merge(world: &mut World, request: &Request) -> Result<Reply, Refusal> {
    let repository = request.repository_mut(world)?;
    let pull = find(repository, request)?;
    if pull.state != PullRequestState::Open {
        return Err(Refusal::not_allowed("Pull Request is not mergeable"));
    }
    let number = pull.number;
    let sha =
        repository.merge(number).ok_or_else(|| Refusal::not_allowed("Pull Request is not mergeable"))?;
    Ok(Reply::ok(json!({ "sha": sha, "merged": true, "message": "Pull Request successfully merged" })))
}

fn find<'r>(repository: &'r Repository, request: &Request) -> Result<&'r PullRequest, Refusal> {
    let number = request.number("pull_number").ok_or_else(Refusal::not_found)?;
    repository.pull_requests.iter().find(|pull| pull.number == number).ok_or_else(Refusal::not_found)
}

fn told(
    request: &Request,
    organization: &Organization,
    repository: &Repository,
    pull: &PullRequest,
) -> Value {
    let repository_url = request.site.repository(organization, repository);
    let url = format!("{repository_url}/pulls/{}", pull.number);
    let issue = format!("{repository_url}/issues/{}", pull.number);
    let html =
        format!("{}/{}/{}/pull/{}", request.site.web, organization.login, repository.name, pull.number);
    let merged = pull.state == PullRequestState::Merged;
    let side = |branch: &str| {
        json!({
            "label": format!("{}:{branch}", organization.login),
            "ref": branch,
            "sha": repository.head_of(branch),
            "user": request.site.owner(organization),
            "repo": body::related(&request.site, organization, repository),
        })
    };
    let mut told = json!({
        "url": url,
        "id": repository.id * 1_000 + pull.number,
        "node_id": format!("PR_{}_{}", repository.id, pull.number),
        "html_url": html,
        "number": pull.number,
        "state": if pull.state == PullRequestState::Open { "open" } else { "closed" },
        "locked": false,
        "title": pull.title,
        "body": pull.body,
        "user": request.site.user(&pull.author),
        "labels": [],
        "draft": false,
        "head": side(&pull.head),
        "base": side(&pull.base),
        "merge_commit_sha": merged.then(|| repository.head_of(&pull.base)).flatten(),
        "created_at": MOMENT,
        "updated_at": MOMENT,
        "closed_at": (pull.state != PullRequestState::Open).then_some(MOMENT),
        "merged_at": merged.then_some(MOMENT),
        "assignee": null,
        "milestone": null,
        "auto_merge": null,
        "author_association": "MEMBER",
        "diff_url": format!("{html}.diff"),
        "patch_url": format!("{html}.patch"),
    });
    let statuses =
        format!("{repository_url}/statuses/{}", repository.head_of(&pull.head).unwrap_or_default());
    told["_links"] = json!({ "self": { "href": url }, "html": { "href": html } });
    for (relation, target) in [
        ("issue", issue.clone()),
        ("comments", format!("{issue}/comments")),
        ("review_comments", format!("{url}/comments")),
        ("review_comment", format!("{repository_url}/pulls/comments{{/number}}")),
        ("commits", format!("{url}/commits")),
        ("statuses", statuses),
    ] {
        told["_links"][relation] = json!({ "href": target });
        told[format!("{relation}_url")] = json!(target);
    }
    told
}
