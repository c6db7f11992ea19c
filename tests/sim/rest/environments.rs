//! Environments and what protects them.

use serde_json::{Value, json};

use super::body;
use super::exchange::{Refusal, Reply, Request};
use super::page::counted_page;
use crate::sim::world::{Environment, MOMENT, Organization, Repository, World};

pub fn list(world: &World, request: &Request) -> Result<Reply, Refusal> {
    let (organization, repository) = request.repository(world)?;
    Ok(counted_page(request, "environments", &repository.environments, |environment| {
        told(request, organization, repository, environment)
    }))
}

pub fn read(world: &World, request: &Request) -> Result<Reply, Refusal> {
    let (organization, repository) = request.repository(world)?;
    let name = request.capture("environment_name");
    let found = repository.environments.iter().find(|environment| environment.name == name);
    let environment = found.ok_or_else(Refusal::not_found)?;
    Ok(Reply::ok(told(request, organization, repository, environment)))
}

fn told(
    request: &Request,
    organization: &Organization,
    repository: &Repository,
    environment: &Environment,
) -> Value {
    let url = request.site.repository(organization, repository);
    let name: String = url::form_urlencoded::byte_serialize(environment.name.as_bytes()).collect();
    json!({
        "id": environment.id,
        "node_id": format!("EN_{}", environment.id),
        "name": environment.name,
        "url": format!("{url}/environments/{}", name.replace('+', "%20")),
        "html_url": format!("{}/{}/{}/deployments", request.site.web, organization.login, repository.name),
        "created_at": MOMENT,
        "updated_at": MOMENT,
        "protection_rules": rules(request, organization, environment),
        "deployment_branch_policy": environment.deployment_branch_policy,
    })
}

fn rules(request: &Request, organization: &Organization, environment: &Environment) -> Vec<Value> {
    let mut rules = Vec::new();
    let mut rule = |kind: &str, more: Value| {
        let id = environment.id * 10 + rules.len() as u64 + 1;
        let mut told = json!({ "id": id, "node_id": format!("GA_{id}"), "type": kind });
        if let (Some(told), Value::Object(more)) = (told.as_object_mut(), more) {
            told.extend(more);
        }
        rules.push(told);
    };
    if let Some(minutes) = environment.wait_timer {
        rule("wait_timer", json!({ "wait_timer": minutes }));
    }
    let users = environment.reviewing_users.iter();
    let users = users.map(|login| json!({ "type": "User", "reviewer": request.site.user(login) }));
    let teams = environment.reviewing_teams.iter().filter_map(|slug| organization.teams.get(slug));
    let teams = teams.map(
        |team| json!({ "type": "Team", "reviewer": body::team(&request.site, organization, team, None) }),
    );
    let reviewers: Vec<Value> = users.chain(teams).collect();
    if !reviewers.is_empty() {
        let prevent = environment.prevent_self_review;
        rule("required_reviewers", json!({ "prevent_self_review": prevent, "reviewers": reviewers }));
    }
    if environment.deployment_branch_policy.is_some() {
        rule("branch_policy", json!({}));
    }
    rules
}
