//! What was committed on a branch since it began: there are no older commits here.

use serde_json::{Value, json};

use super::branches::commit;
use super::exchange::{Refusal, Reply, Request};
use super::page::page;
use crate::sim::world::{Organization, Repository, World};

/// Those of one branch, the newest first.
pub fn commits(world: &World, request: &Request) -> Result<Reply, Refusal> {
    let (organization, repository) = request.repository(world)?;
    let branch = request.asked("sha").unwrap_or(repository.default_branch());
    if !repository.branches.contains_key(branch) {
        return Err(Refusal::not_found());
    }
    let about = |path: &str| request.asked("path").is_none_or(|asked| asked == path);
    let log = repository.log.get(branch).map(Vec::as_slice).unwrap_or_default();
    let found: Vec<&(String, String)> = log.iter().rev().filter(|(path, _)| about(path)).collect();
    Ok(page(request, &found, |(_, message)| told(request, organization, repository, branch, message)))
}

/// What the head has that the base has not: all that was committed on it.
pub fn compare(world: &World, request: &Request) -> Result<Reply, Refusal> {
    let (organization, repository) = request.repository(world)?;
    let (base, head) = request.capture("basehead").split_once("...").ok_or_else(Refusal::not_found)?;
    if !repository.branches.contains_key(base) || !repository.branches.contains_key(head) {
        return Err(Refusal::not_found());
    }
    let log = repository.log.get(head).map(Vec::as_slice).unwrap_or_default();
    let commits: Vec<Value> =
        log.iter().map(|(_, message)| told(request, organization, repository, head, message)).collect();
    let url = request.site.repository(organization, repository);
    let html =
        format!("{}/{}/{}/compare/{base}...{head}", request.site.web, organization.login, repository.name);
    let at_base = commit(request, organization, repository, base);
    Ok(Reply::ok(json!({
        "url": format!("{url}/compare/{base}...{head}"),
        "html_url": html,
        "permalink_url": html,
        "diff_url": format!("{html}.diff"),
        "patch_url": format!("{html}.patch"),
        "base_commit": at_base,
        "merge_base_commit": at_base,
        "status": if commits.is_empty() { "identical" } else { "ahead" },
        "ahead_by": commits.len(),
        "behind_by": 0,
        "total_commits": commits.len(),
        "commits": commits,
        "files": [],
    })))
}

fn told(
    request: &Request,
    organization: &Organization,
    repository: &Repository,
    branch: &str,
    message: &str,
) -> Value {
    let mut body = commit(request, organization, repository, branch);
    body["commit"]["message"] = json!(message);
    body
}
