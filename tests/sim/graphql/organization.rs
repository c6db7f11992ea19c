//! Organizations.

use std::collections::HashMap;
use std::sync::LazyLock;

use apollo_compiler::resolvers::FieldError;
use serde_json::{Value, json};

use super::actors;
use super::answer::{Answer, Ask, Edge, Subject};
use super::repository::{self, RepositoryNode};
use super::root::Scene;
use super::ruleset::RulesetNode;
use super::team::TeamNode;
use crate::sim::world::{
    Denials, InteractionLimit, MOMENT, ORGANIZATION, Organization, OrganizationRole, Ruleset, Setting,
};

/// The settings by the field that tells them.
static FIELDS: LazyLock<HashMap<&str, &Setting>> =
    LazyLock::new(|| ORGANIZATION.iter().filter_map(|setting| Some((setting.graphql?, setting))).collect());

#[derive(Clone, Copy)]
pub struct OrganizationNode<'w> {
    pub scene: Scene<'w>,
    pub organization: &'w Organization,
}

impl<'w> Subject<'w> for OrganizationNode<'w> {
    fn type_name(&self) -> &str {
        "Organization"
    }

    fn denials(&self) -> Option<&'w Denials> {
        Some(&self.organization.denials).filter(|denials| !denials.none())
    }

    fn field(&self, ask: &Ask<'_>) -> Result<Answer<'w>, FieldError> {
        let Self { scene, organization } = *self;
        let switch = |on: bool| Answer::of(if on { "ENABLED" } else { "DISABLED" });
        Ok(match ask.field {
            "id" => Answer::of(format!("O_{}", organization.id)),
            "databaseId" => Answer::of(organization.id),
            "login" => Answer::of(organization.login.clone()),
            "url" => Answer::of(format!("{}/{}", scene.site.web, organization.login)),
            "viewerCanAdminister" => Answer::of(organization.denials.may_administer),
            "viewerIsAMember" => Answer::of(true),
            "ipAllowListEnabledSetting" => switch(organization.ip_allow_list_enabled),
            "ipAllowListForInstalledAppsEnabledSetting" => {
                switch(organization.ip_allow_list_for_apps_enabled)
            }
            "notificationDeliveryRestrictionEnabledSetting" => switch(organization.notifications_restricted),
            "ipAllowListEntries" => self.ip_allow_list(),
            "interactionAbility" => interaction(organization.interaction_limit.as_ref(), "ORGANIZATION"),
            "samlIdentityProvider" => self.saml(),
            "membersWithRole" => self.members(),
            "repository" => {
                let found = organization.repository(ask.text("name").unwrap_or_default());
                Answer::optional(found.map(|repository| RepositoryNode { scene, organization, repository }))
            }
            "repositories" => repository::listed(scene, organization, ask),
            "team" => {
                let found = organization.teams.get(ask.text("slug").unwrap_or_default());
                Answer::optional(found.map(|team| TeamNode { scene, organization, team }))
            }
            "teams" => self.teams(ask),
            "ruleset" => {
                let id = ask.number("databaseId").and_then(|id| u64::try_from(id).ok());
                let found = organization.rulesets.iter().find(|ruleset| Some(ruleset.id) == id);
                Answer::optional(found.map(|ruleset| self.ruleset(ruleset)))
            }
            "rulesets" => {
                let rulesets =
                    organization.rulesets.iter().filter(|ruleset| RulesetNode::targeted(ruleset, ask));
                Answer::page(rulesets.map(|ruleset| Answer::object(self.ruleset(ruleset))))
            }
            "repositoryCustomProperties" => Answer::of(
                organization
                    .custom_properties
                    .iter()
                    .map(|property| self.property(property))
                    .collect::<Vec<_>>(),
            ),
            "repositoryCustomProperty" => {
                let name = ask.text("propertyName");
                let found = organization
                    .custom_properties
                    .iter()
                    .find(|property| property["property_name"].as_str() == name);
                Answer::of(found.map_or(Value::Null, |property| self.property(property)))
            }
            field => {
                let setting = FIELDS.get(field).ok_or_else(|| ask.unanswered("Organization"))?;
                let stated =
                    organization.settings.get(setting.key).cloned().or_else(|| setting.preset.value());
                Answer::of(setting.kind.in_graphql(stated.unwrap_or(Value::Null)))
            }
        })
    }
}

impl<'w> OrganizationNode<'w> {
    fn ruleset(&self, ruleset: &'w Ruleset) -> RulesetNode<'w> {
        let Self { scene, organization } = *self;
        RulesetNode { scene, organization, repository: None, ruleset, denials: &organization.denials }
    }

    fn teams(&self, ask: &Ask<'_>) -> Answer<'w> {
        let Self { scene, organization } = *self;
        let teams = organization.teams.values().map(|team| TeamNode { scene, organization, team });
        let mut teams: Vec<TeamNode<'w>> = teams
            .filter(|node| ask.text("privacy").is_none_or(|privacy| privacy == node.privacy()))
            .filter(|node| ask.text("query").is_none_or(|query| node.team.name.contains(query)))
            .filter(|node| ask.flag("rootTeamsOnly") != Some(true) || node.team.parent.is_none())
            .collect();
        if let Some((_, descending)) = ask.order() {
            teams.sort_by_key(|node| node.team.name.to_lowercase());
            if descending {
                teams.reverse();
            }
        }
        Answer::page(teams.into_iter().map(Answer::object))
    }

    fn members(&self) -> Answer<'w> {
        let two_factor = self.organization.settings.flag("two_factor_requirement_enabled", false);
        Answer::edges(self.organization.members.iter().map(|(login, role)| {
            let role = if *role == OrganizationRole::Admin { "ADMIN" } else { "MEMBER" };
            let mut edge = Edge::new(actors::user(self.scene, login), "role", role);
            edge.extra.insert("hasTwoFactorEnabled".to_owned(), json!(two_factor));
            edge
        }))
    }

    fn ip_allow_list(&self) -> Answer<'w> {
        let entries = self.organization.ip_allow_list.iter().enumerate().map(|(at, entry)| {
            json!({
                "id": format!("IALE_{}_{at}", self.organization.id),
                "allowListValue": entry.range,
                "name": entry.name,
                "isActive": entry.active,
                "createdAt": MOMENT,
                "updatedAt": MOMENT,
            })
        });
        Answer::of(entries.collect::<Vec<_>>())
    }

    fn saml(&self) -> Answer<'w> {
        let Some(saml) = &self.organization.saml else { return Answer::null() };
        Answer::of(
            json!({ "id": format!("OIP_{}", self.organization.id), "issuer": saml.issuer, "ssoUrl": saml.sso_url }),
        )
    }

    fn property(&self, property: &Value) -> Value {
        let upper = |key: &str| property[key].as_str().map(str::to_uppercase);
        json!({
            "id": format!("RCP_{}_{}", self.organization.id, property["property_name"].as_str().unwrap_or_default()),
            "propertyName": property["property_name"],
            "description": property["description"],
            "valueType": upper("value_type"),
            "required": property["required"],
            "defaultValue": property["default_value"],
            "allowedValues": property["allowed_values"],
            "requireExplicitValues": false,
            "valuesEditableBy": upper("values_editable_by").unwrap_or_else(|| "ORG_ACTORS".to_owned()),
            "source": {
                "__typename": "Organization",
                "id": format!("O_{}", self.organization.id),
                "databaseId": self.organization.id,
                "login": self.organization.login,
            },
        })
    }
}

/// GitHub answers null where nothing is limited.
pub fn interaction<'w>(limit: Option<&InteractionLimit>, origin: &str) -> Answer<'w> {
    let Some(limit) = limit else { return Answer::null() };
    Answer::of(
        json!({ "limit": limit.limit.to_uppercase(), "expiresAt": limit.expires_at, "origin": origin }),
    )
}
