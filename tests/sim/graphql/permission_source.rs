//! Through what somebody has access to a repository.

use apollo_compiler::resolvers::FieldError;

use super::answer::{Answer, Ask, Subject};
use super::organization::OrganizationNode;
use super::repository::RepositoryNode;
use super::root::Scene;
use super::team::TeamNode;
use crate::sim::world::{Organization, Repository, Role};

/// A grant of one's own, those of teams, and that of owners.
pub fn permission_sources<'w>(
    scene: Scene<'w>,
    organization: &'w Organization,
    repository: &'w Repository,
    login: &str,
) -> Vec<Answer<'w>> {
    let told = |role, source| Answer::object(PermissionSourceNode { scene, organization, role, source });
    let own = repository
        .collaborators
        .get(login)
        .map(|role| told(*role, Answer::object(RepositoryNode { scene, organization, repository })));
    let teams = organization.teams.values().filter(|team| team.members.contains_key(login));
    let teams = teams.filter_map(|team| {
        let role = team.repositories.get(&repository.name)?;
        Some(told(*role, Answer::object(TeamNode { scene, organization, team })))
    });
    let owner = organization
        .is_owner(login)
        .then(|| told(Role::Admin, Answer::object(OrganizationNode { scene, organization })));
    own.into_iter().chain(teams).chain(owner).collect()
}

struct PermissionSourceNode<'w> {
    scene: Scene<'w>,
    organization: &'w Organization,
    role: Role,
    source: Answer<'w>,
}

impl<'w> Subject<'w> for PermissionSourceNode<'w> {
    fn type_name(&self) -> &str {
        "PermissionSource"
    }

    fn field(&self, ask: &Ask<'_>) -> Result<Answer<'w>, FieldError> {
        let Self { scene, organization, role, source } = self;
        Ok(match ask.field {
            "organization" => Answer::object(OrganizationNode { scene: *scene, organization }),
            "permission" => Answer::of(match role.role_name() {
                "admin" => "ADMIN",
                "maintain" | "write" => "WRITE",
                _ => "READ",
            }),
            "roleName" => Answer::of(role.role_name()),
            "source" => source.clone(),
            _ => return Err(ask.unanswered("PermissionSource")),
        })
    }
}
