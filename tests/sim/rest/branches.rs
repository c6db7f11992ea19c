//! Branches and whether they are protected.

use serde_json::{Value, json};

use super::exchange::{Refusal, Reply, Request};
use super::page::page;
use crate::sim::world::{MOMENT, Organization, Protection, Repository, World};

pub fn list(world: &World, request: &Request) -> Result<Reply, Refusal> {
    let (organization, repository) = request.repository(world)?;
    let branches: Vec<&String> = repository.branches.keys().collect();
    Ok(page(request, &branches, |branch| {
        let mut body = summary(request, organization, repository, branch);
        let sha = &body["commit"]["sha"];
        let url = format!(
            "{}/commits/{}",
            request.site.repository(organization, repository),
            sha.as_str().unwrap_or_default()
        );
        body["commit"] = json!({ "sha": sha, "url": url });
        body
    }))
}

pub fn read(world: &World, request: &Request) -> Result<Reply, Refusal> {
    let (organization, repository) = request.repository(world)?;
    let branch = request.capture("branch");
    if !repository.branches.contains_key(branch) {
        return Err(Refusal::missing("Branch not found"));
    }
    let mut body = summary(request, organization, repository, branch);
    body["_links"] = json!({
        "self": format!("{}/branches/{branch}", request.site.repository(organization, repository)),
        "html": format!("{}/{}/{}/tree/{branch}", request.site.web, organization.login, repository.name),
    });
    Ok(Reply::ok(body))
}

fn summary(request: &Request, organization: &Organization, repository: &Repository, branch: &str) -> Value {
    let rule = repository.protection_of(branch);
    json!({
        "name": branch,
        "commit": commit(request, organization, repository, branch),
        "protected": rule.is_some(),
        "protection": protection(rule),
        "protection_url": format!("{}/branches/{branch}/protection", request.site.repository(organization, repository)),
    })
}

fn protection(rule: Option<&Protection>) -> Value {
    let checks = rule.and_then(|rule| rule.required_status_checks.as_ref());
    let level = match rule {
        Some(rule) if checks.is_some() && rule.enforce_admins => "everyone",
        Some(_) if checks.is_some() => "non_admins",
        _ => "off",
    };
    let checks = checks.map_or(&[] as &[_], |checks| checks.checks.as_slice());
    let contexts: Vec<&String> = checks.iter().map(|check| &check.context).collect();
    json!({
        "enabled": rule.is_some(),
        "required_status_checks": { "enforcement_level": level, "contexts": contexts, "checks": checks },
    })
}

pub fn commit(
    request: &Request,
    organization: &Organization,
    repository: &Repository,
    branch: &str,
) -> Value {
    let sha = repository.head_of(branch).unwrap_or_default();
    let url = request.site.repository(organization, repository);
    let person = json!({ "name": "Sim", "email": "sim@example.com", "date": MOMENT });
    json!({
        "sha": sha,
        "node_id": format!("C_{sha}"),
        "url": format!("{url}/commits/{sha}"),
        "html_url": format!("{}/{}/{}/commit/{sha}", request.site.web, organization.login, repository.name),
        "comments_url": format!("{url}/commits/{sha}/comments"),
        "commit": {
            "author": person,
            "committer": person,
            "message": "Simulated",
            "tree": { "sha": sha, "url": format!("{url}/git/trees/{sha}") },
            "url": format!("{url}/git/commits/{sha}"),
            "comment_count": 0,
        },
        "author": null,
        "committer": null,
        "parents": [],
    })
}
