//! The enterprise, known for the organizations in it.

use apollo_compiler::resolvers::FieldError;

use super::answer::{Answer, Ask, Subject};
use super::organization::OrganizationNode;
use super::root::Scene;
use crate::sim::world::{Enterprise, Organization};

#[derive(Clone, Copy)]
pub struct EnterpriseNode<'w> {
    pub scene: Scene<'w>,
    pub enterprise: &'w Enterprise,
}

impl<'w> Subject<'w> for EnterpriseNode<'w> {
    fn type_name(&self) -> &str {
        "Enterprise"
    }

    fn field(&self, ask: &Ask<'_>) -> Result<Answer<'w>, FieldError> {
        let Self { scene, enterprise } = *self;
        Ok(match ask.field {
            "id" => Answer::of("E_1"),
            "databaseId" => Answer::of(1),
            "slug" => Answer::of(enterprise.slug.clone()),
            "name" => Answer::of(enterprise.name.clone()),
            "url" => Answer::of(format!("{}/enterprises/{}", scene.site.web, enterprise.slug)),
            "organizations" => {
                let mut organizations: Vec<&Organization> = scene
                    .world
                    .organizations
                    .values()
                    .filter(|organization| enterprise.has(&organization.login))
                    .collect();
                organizations.sort_by_key(|organization| organization.login.to_lowercase());
                let nodes = organizations.into_iter();
                Answer::page(
                    nodes.map(|organization| Answer::object(OrganizationNode { scene, organization })),
                )
            }
            _ => return Err(ask.unanswered("Enterprise")),
        })
    }
}
