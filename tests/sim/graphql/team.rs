//! Teams.

use apollo_compiler::resolvers::FieldError;
use serde_json::json;

use super::actors;
use super::answer::{Answer, Ask, Edge, Subject};
use super::organization::OrganizationNode;
use super::repository::RepositoryNode;
use super::root::Scene;
use crate::sim::world::{MOMENT, Organization, Team, TeamRole};

#[derive(Clone, Copy)]
pub struct TeamNode<'w> {
    pub scene: Scene<'w>,
    pub organization: &'w Organization,
    pub team: &'w Team,
}

impl<'w> Subject<'w> for TeamNode<'w> {
    fn type_name(&self) -> &str {
        "Team"
    }

    fn field(&self, ask: &Ask<'_>) -> Result<Answer<'w>, FieldError> {
        let Self { scene, organization, team } = *self;
        Ok(match ask.field {
            "id" => Answer::of(format!("T_{}", team.id)),
            "databaseId" => Answer::of(team.id),
            "slug" => Answer::of(team.slug.clone()),
            "name" => Answer::of(team.name.clone()),
            "combinedSlug" => Answer::of(format!("{}/{}", organization.login, team.slug)),
            "description" => Answer::of(json!(team.description)),
            "privacy" => Answer::of(self.privacy()),
            "notificationSetting" => Answer::of(if team.notifications {
                "NOTIFICATIONS_ENABLED"
            } else {
                "NOTIFICATIONS_DISABLED"
            }),
            "createdAt" | "updatedAt" => Answer::of(MOMENT),
            "url" => {
                Answer::of(format!("{}/orgs/{}/teams/{}", scene.site.web, organization.login, team.slug))
            }
            "viewerCanAdminister" => Answer::of(true),
            "reviewRequestDelegationEnabled" => Answer::of(false),
            "organization" => Answer::object(OrganizationNode { scene, organization }),
            "parentTeam" => {
                let parent = team.parent.as_ref().and_then(|slug| organization.teams.get(slug));
                Answer::optional(parent.map(|team| TeamNode { scene, organization, team }))
            }
            "childTeams" => {
                let immediate = ask.flag("immediateOnly").unwrap_or(true);
                Answer::page(self.children(immediate).into_iter().map(Answer::object))
            }
            "members" => self.members(ask),
            "repositories" => self.repositories(ask),
            _ => return Err(ask.unanswered("Team")),
        })
    }
}

impl<'w> TeamNode<'w> {
    pub fn privacy(&self) -> &'static str {
        if self.team.privacy == "secret" { "SECRET" } else { "VISIBLE" }
    }

    fn children(&self, immediate: bool) -> Vec<Self> {
        let teams = self.organization.teams.values();
        let own = teams.filter(|team| team.parent.as_deref() == Some(self.team.slug.as_str()));
        let mut children: Vec<Self> = own.map(|team| TeamNode { team, ..*self }).collect();
        if !immediate {
            let deeper: Vec<Self> = children.iter().flat_map(|child| child.children(false)).collect();
            children.extend(deeper);
        }
        children
    }

    fn members(&self, ask: &Ask<'_>) -> Answer<'w> {
        let membership = ask.text("membership").unwrap_or("ALL");
        let mut members: Vec<(&'w String, TeamRole)> = Vec::new();
        let mut join = |team: &'w Team| {
            for (login, role) in &team.members {
                if members.iter().all(|(known, _)| *known != login) {
                    members.push((login, *role));
                }
            }
        };
        if membership != "CHILD_TEAM" {
            join(self.team);
        }
        if membership != "IMMEDIATE" {
            self.children(false).into_iter().for_each(|child| join(child.team));
        }
        let told = |role: TeamRole| if role == TeamRole::Maintainer { "MAINTAINER" } else { "MEMBER" };
        let wanted = members
            .into_iter()
            .filter(|(_, role)| ask.text("role").is_none_or(|wanted| wanted == told(*role)));
        Answer::edges(
            wanted.map(|(login, role)| Edge::new(actors::user(self.scene, login), "role", told(role))),
        )
    }

    fn repositories(&self, ask: &Ask<'_>) -> Answer<'w> {
        let Self { scene, organization, team } = *self;
        let granted =
            team.repositories.iter().filter_map(|(name, role)| Some((organization.repository(name)?, *role)));
        let named = |name: &str| ask.text("query").is_none_or(|query| name.contains(query));
        let mut granted: Vec<_> = granted.filter(|(repository, _)| named(&repository.name)).collect();
        if let Some((field, descending)) = ask.order() {
            match field {
                "NAME" => granted.sort_by_key(|(repository, _)| repository.name.to_lowercase()),
                "PERMISSION" => granted.sort_by_key(|(_, role)| *role),
                _ => {}
            }
            if descending {
                granted.reverse();
            }
        }
        Answer::edges(granted.into_iter().map(|(repository, role)| {
            let node = Answer::object(RepositoryNode { scene, organization, repository });
            Edge::new(node, "permission", actors::permission(role))
        }))
    }
}
