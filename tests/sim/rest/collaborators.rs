//! People with access to a repository.

use indexmap::IndexMap;
use serde_json::{Value, json};

use super::body;
use super::exchange::{Refusal, Reply, Request};
use super::page::page;
use crate::sim::world::{Organization, Repository, Role, World};

/// `direct` grants, those of them to people `outside` the organization, or `all` with access.
pub fn collaborators(
    organization: &Organization,
    repository: &Repository,
    affiliation: &str,
) -> IndexMap<String, Role> {
    match affiliation {
        "direct" => repository.collaborators.clone(),
        "outside" => {
            let outside = repository
                .collaborators
                .iter()
                .filter(|(login, _)| !organization.members.contains_key(*login));
            outside.map(|(login, role)| (login.clone(), *role)).collect()
        }
        _ => organization.people_on(repository),
    }
}

pub fn list(world: &World, request: &Request) -> Result<Reply, Refusal> {
    let (organization, repository) = request.repository(world)?;
    let people = collaborators(organization, repository, request.asked("affiliation").unwrap_or("all"));
    let people: Vec<(String, Role)> = people.into_iter().collect();
    Ok(page(request, &people, |(login, role)| {
        let mut body = request.site.user(login);
        body["permissions"] = body::permissions(*role);
        body["role_name"] = json!(role.role_name());
        body
    }))
}

/// Members are let in at once; others are asked, and are in when they say yes.
pub fn add(world: &mut World, request: &Request) -> Result<Reply, Refusal> {
    const A_DAY: usize = 50;
    let role = request.text("permission")?;
    let role =
        Role::parse(role).ok_or_else(|| Refusal::wrong_type("permission", &request.body["permission"]))?;
    let login = request.capture("username").to_owned();
    let (organization, repository) = request.repository(world)?;
    let known = organization.members.contains_key(&login) || repository.collaborators.contains_key(&login);
    let stated = repository.documents.stated("/invitations").and_then(Value::as_array);
    let mut asked = stated.cloned().unwrap_or_default();
    let repository = request.repository_mut(world)?;
    if known {
        repository.collaborators.insert(login, role);
        return Ok(Reply::nothing());
    }
    asked.retain(|invitation| invitation["invitee"] != login.as_str());
    if asked.len() >= A_DAY {
        return Err(Refusal::unprocessable("You have exceeded the limit of invitations for today."));
    }
    let invitation = json!({ "invitee": login, "permissions": role.role_name() });
    asked.push(invitation.clone());
    repository.documents.state("/invitations", Value::Array(asked));
    Ok(Reply::created(invitation))
}

pub fn remove(world: &mut World, request: &Request) -> Result<Reply, Refusal> {
    request.repository_mut(world)?.collaborators.shift_remove(request.capture("username"));
    Ok(Reply::nothing())
}
