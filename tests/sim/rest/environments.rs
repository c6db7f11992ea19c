//! Environments and what protects them.

use serde_json::{Value, json};

use super::body;
use super::exchange::{Refusal, Reply, Request};
use super::page::counted_page;
use crate::sim::world::{Environment, MOMENT, Organization, Plan, Repository, Team, World};

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

/// Makes an environment, or says anew all that it is: what is left out is as it was at first.
pub fn put(world: &mut World, request: &Request) -> Result<Reply, Refusal> {
    let (organization, repository) = request.repository(world)?;
    let body = request.body.as_object().cloned().unwrap_or_default();
    let paid = organization.plan == Plan::Enterprise || repository.visibility() == "public";
    let protects = ["wait_timer", "reviewers", "prevent_self_review"];
    if let Some(field) = protects.iter().find(|field| !paid && body.contains_key(**field)) {
        return Err(Refusal::unprocessable(format!(
            "Failed to create the environment protection rule: {field}"
        )));
    }
    let mut users = Vec::new();
    let mut teams = Vec::new();
    for reviewer in body.get("reviewers").and_then(Value::as_array).into_iter().flatten() {
        let id = reviewer["id"].as_u64().ok_or_else(|| Refusal::wrong_type("id", &reviewer["id"]))?;
        if reviewer["type"] == "Team" {
            // A team without access is dropped in silence.
            let asked = |team: &&Team| team.id == id && team.repositories.contains_key(&repository.name);
            teams.extend(organization.teams.values().find(asked).map(|team| team.slug.clone()));
        } else {
            users.extend(
                organization.members.keys().find(|login| request.site.user(login)["id"] == id).cloned(),
            );
        }
    }
    let name = request.capture("environment_name").to_owned();
    let prevent = body.get("prevent_self_review").and_then(Value::as_bool).unwrap_or_default();
    if prevent && users.is_empty() && teams.is_empty() {
        return Err(Refusal::unprocessable("prevent_self_review needs a reviewer"));
    }
    let policy = body.get("deployment_branch_policy").filter(|policy| !policy.is_null()).cloned();
    let timer = body.get("wait_timer").and_then(Value::as_u64).filter(|minutes| *minutes > 0);
    let repository = request.repository_mut(world)?;
    if !repository.environments.iter().any(|environment| environment.name == name) {
        repository.environment(&name, None, &[]);
    }
    let held = repository.environments.iter_mut().find(|environment| environment.name == name);
    let environment = held.ok_or_else(Refusal::not_found)?;
    environment.wait_timer = timer;
    environment.reviewing_users = users;
    environment.reviewing_teams = teams;
    environment.prevent_self_review = prevent;
    environment.deployment_branch_policy = policy;
    read(world, request)
}

pub fn delete(world: &mut World, request: &Request) -> Result<Reply, Refusal> {
    let name = request.capture("environment_name").to_owned();
    let repository = request.repository_mut(world)?;
    let before = repository.environments.len();
    repository.environments.retain(|environment| environment.name != name);
    if repository.environments.len() == before { Err(Refusal::not_found()) } else { Ok(Reply::nothing()) }
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
