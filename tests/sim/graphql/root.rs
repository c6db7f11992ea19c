//! The query type, and finding an object by its global id.

use apollo_compiler::resolvers::FieldError;
use serde_json::json;

use super::actors;
use super::answer::{Answer, Ask, Subject};
use super::enterprise::EnterpriseNode;
use super::errors;
use super::organization::OrganizationNode;
use super::protection::ProtectionNode;
use super::repository::RepositoryNode;
use super::ruleset::RulesetNode;
use super::team::TeamNode;
use crate::sim::rest::Site;
use crate::sim::server::Rate;
use crate::sim::world::{Organization, Repository, World, user_id};

/// What every object needs besides itself.
#[derive(Clone, Copy)]
pub struct Scene<'w> {
    pub world: &'w World,
    pub site: &'w Site,
    /// None where the server limits nobody.
    pub rate: Option<Rate>,
    pub cost: u64,
    pub nodes: u64,
}

pub struct Root<'w>(pub Scene<'w>);

const MOST_IDS: usize = 100;

impl<'w> Subject<'w> for Root<'w> {
    fn type_name(&self) -> &str {
        "Query"
    }

    fn field(&self, ask: &Ask<'_>) -> Result<Answer<'w>, FieldError> {
        let scene = self.0;
        Ok(match ask.field {
            "rateLimit" => scene.rate.map_or_else(Answer::null, |rate| Answer::of(rate_limit(scene, rate))),
            "viewer" => actors::user(scene, &scene.world.viewer),
            "enterprise" => {
                let slug = ask.text("slug").unwrap_or_default();
                match scene.world.enterprise.as_ref().filter(|enterprise| enterprise.slug == slug) {
                    Some(enterprise) => Answer::object(EnterpriseNode { scene, enterprise }),
                    None => Answer::Unresolved(errors::unresolved(&format!(
                        "a Business with the URL slug of '{slug}'."
                    ))),
                }
            }
            "organization" => {
                let login = ask.text("login").unwrap_or_default();
                match scene.world.organization(login) {
                    Some(organization) => Answer::object(OrganizationNode { scene, organization }),
                    None => Answer::Unresolved(errors::unresolved(&format!(
                        "an Organization with the login of '{login}'."
                    ))),
                }
            }
            "repository" => {
                let (owner, name) =
                    (ask.text("owner").unwrap_or_default(), ask.text("name").unwrap_or_default());
                match scene.world.repository(owner, name) {
                    Some((organization, repository)) => {
                        Answer::object(RepositoryNode { scene, organization, repository })
                    }
                    None => Answer::Unresolved(errors::unresolved(&format!(
                        "a Repository with the name '{owner}/{name}'."
                    ))),
                }
            }
            "node" => node(scene, ask.text("id").unwrap_or_default()),
            "nodes" => {
                let ids = ask.texts("ids").unwrap_or_default();
                if ids.len() > MOST_IDS {
                    return Err(errors::too_many_ids(MOST_IDS, ids.len()));
                }
                Answer::List(ids.into_iter().map(|id| node(scene, id)).collect())
            }
            _ => return Err(ask.unanswered("Query")),
        })
    }
}

fn rate_limit(scene: Scene<'_>, rate: Rate) -> serde_json::Value {
    let reset =
        chrono::DateTime::from_timestamp(i64::try_from(rate.reset).unwrap_or(0), 0).unwrap_or_default();
    json!({
        "limit": rate.limit,
        "cost": scene.cost,
        "remaining": rate.remaining(),
        "used": rate.used,
        "nodeCount": scene.nodes,
        "resetAt": reset.to_rfc3339_opts(chrono::SecondsFormat::Secs, true),
    })
}

fn node<'w>(scene: Scene<'w>, id: &str) -> Answer<'w> {
    let found = id.split_once('_').and_then(|(kind, number)| find(scene, kind, number.parse().ok()?));
    found.unwrap_or_else(|| {
        Answer::Unresolved(errors::unresolved(&format!("a node with the global id of '{id}'")))
    })
}

fn find<'w>(scene: Scene<'w>, kind: &str, id: u64) -> Option<Answer<'w>> {
    let mut organizations = scene.world.organizations.values();
    match kind {
        "O" => {
            let organization = organizations.find(|organization| organization.id == id)?;
            Some(Answer::object(OrganizationNode { scene, organization }))
        }
        "T" => organizations.find_map(|organization| {
            let team = organization.teams.values().find(|team| team.id == id)?;
            Some(Answer::object(TeamNode { scene, organization, team }))
        }),
        "U" => organizations.find_map(|organization| {
            let login = organization.members.keys().find(|login| user_id(login) == id)?;
            Some(actors::user(scene, login))
        }),
        "R" => repositories(scene).find_map(|(organization, repository)| {
            (repository.id == id).then(|| Answer::object(RepositoryNode { scene, organization, repository }))
        }),
        "BPR" => repositories(scene).find_map(|(organization, repository)| {
            let rule = repository.protections.iter().find(|rule| rule.id == id)?;
            Some(Answer::object(ProtectionNode { scene, organization, repository, rule }))
        }),
        "RRS" => organizations
            .find_map(|organization| {
                let ruleset = organization.rulesets.iter().find(|ruleset| ruleset.id == id)?;
                Some(Answer::object(RulesetNode {
                    scene,
                    organization,
                    repository: None,
                    ruleset,
                    denials: &organization.denials,
                }))
            })
            .or_else(|| {
                repositories(scene).find_map(|(organization, repository)| {
                    let ruleset = repository.rulesets.iter().find(|ruleset| ruleset.id == id)?;
                    let denials = &repository.denials;
                    Some(Answer::object(RulesetNode {
                        scene,
                        organization,
                        repository: Some(repository),
                        ruleset,
                        denials,
                    }))
                })
            }),
        _ => None,
    }
}

fn repositories<'w>(scene: Scene<'w>) -> impl Iterator<Item = (&'w Organization, &'w Repository)> {
    let organizations = scene.world.organizations.values();
    organizations.flat_map(|organization| {
        organization.repositories.values().map(move |repository| (organization, repository))
    })
}
