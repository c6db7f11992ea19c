//! People with access to a repository.

use indexmap::IndexMap;
use serde_json::json;

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
