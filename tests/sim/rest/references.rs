//! Git references: just enough to make a branch, find its commit, and drop it.

use serde_json::{Value, json};

use super::exchange::{Refusal, Reply, Request};
use crate::sim::world::{Organization, PullRequestState, Repository, World};

pub fn read(world: &World, request: &Request) -> Result<Reply, Refusal> {
    let (organization, repository) = request.repository(world)?;
    let branch = branch(request.capture("ref"))?;
    if !repository.branches.contains_key(branch) {
        return Err(Refusal::not_found());
    }
    Ok(Reply::ok(told(request, organization, repository, branch)))
}

/// A branch at the commit of another one: there are no commits without a branch here.
pub fn create(world: &mut World, request: &Request) -> Result<Reply, Refusal> {
    let reference = request.text("ref")?;
    let sha = request.text("sha")?;
    let malformed =
        || Refusal::unprocessable("Reference name must start with 'refs' and have at least two slashes.");
    let name = reference.strip_prefix("refs/heads/").filter(|name| !name.is_empty()).ok_or_else(malformed)?;
    let repository = request.repository_mut(world)?;
    if repository.branches.contains_key(name) {
        return Err(Refusal::unprocessable("Reference already exists"));
    }
    let files = repository.branch_with_head(sha).and_then(|branch| repository.branches.get(branch)).cloned();
    let files = files.ok_or_else(|| Refusal::unprocessable("Object does not exist"))?;
    repository.branches.insert(name.to_owned(), files);
    let (organization, repository) = request.repository(world)?;
    Ok(Reply::created(told(request, organization, repository, name)))
}

pub fn delete(world: &mut World, request: &Request) -> Result<Reply, Refusal> {
    let branch = branch(request.capture("ref"))?;
    let repository = request.repository_mut(world)?;
    if branch == repository.default_branch() {
        return Err(Refusal::unprocessable("Cannot delete the default branch"));
    }
    match repository.branches.shift_remove(branch) {
        Some(_) => {
            repository.log.shift_remove(branch);
            for pull in &mut repository.pull_requests {
                if pull.head == branch && pull.state == PullRequestState::Open {
                    pull.state = PullRequestState::Closed;
                }
            }
            Ok(Reply::nothing())
        }
        None => Err(Refusal::unprocessable("Reference does not exist")),
    }
}

fn branch(reference: &str) -> Result<&str, Refusal> {
    reference.strip_prefix("heads/").ok_or_else(Refusal::not_found)
}

fn told(request: &Request, organization: &Organization, repository: &Repository, branch: &str) -> Value {
    let url = request.site.repository(organization, repository);
    let sha = repository.head_of(branch).unwrap_or_default();
    json!({
        "ref": format!("refs/heads/{branch}"),
        "node_id": format!("REF_{}_{branch}", repository.id),
        "url": format!("{url}/git/refs/heads/{branch}"),
        "object": { "type": "commit", "sha": sha, "url": format!("{url}/git/commits/{sha}") },
    })
}
