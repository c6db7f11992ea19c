//! Rulesets, with their rules and without.

use serde_json::{Value, json};

use crate::sim::rest::Site;
use crate::sim::world::{Denials, Organization, Repository, Ruleset};

/// Who owns a ruleset.
#[derive(Clone, Copy)]
pub enum Source<'w> {
    Organization(&'w Organization),
    Repository(&'w Organization, &'w Repository),
}

impl Source<'_> {
    fn kind(self) -> &'static str {
        match self {
            Self::Organization(_) => "Organization",
            Self::Repository(..) => "Repository",
        }
    }

    fn name(self) -> String {
        match self {
            Self::Organization(organization) => organization.login.clone(),
            Self::Repository(organization, repository) => {
                format!("{}/{}", organization.login, repository.name)
            }
        }
    }

    fn links(self, site: &Site, id: u64) -> Value {
        let (api, web) = match self {
            Self::Organization(organization) => (
                format!("{}/orgs/{}/rulesets/{id}", site.api, organization.login),
                format!("{}/organizations/{}/settings/rules/{id}", site.web, organization.login),
            ),
            Self::Repository(organization, repository) => (
                format!("{}/rulesets/{id}", site.repository(organization, repository)),
                format!("{}/{}/{}/rules/{id}", site.web, organization.login, repository.name),
            ),
        };
        json!({ "self": { "href": api }, "html": { "href": web } })
    }
}

/// As lists tell it: no rules, no conditions, no bypass actors.
pub fn ruleset_summary(site: &Site, source: Source<'_>, ruleset: &Ruleset) -> Value {
    json!({
        "id": ruleset.id,
        "name": ruleset.name,
        "target": ruleset.target,
        "source_type": source.kind(),
        "source": source.name(),
        "enforcement": ruleset.enforcement,
        "node_id": format!("RRS_{}", ruleset.id),
        "_links": source.links(site, ruleset.id),
        "created_at": ruleset.created_at,
        "updated_at": ruleset.updated_at,
    })
}

pub fn ruleset(site: &Site, source: Source<'_>, ruleset: &Ruleset, denials: &Denials) -> Value {
    let mut body = ruleset_summary(site, source, ruleset);
    body["conditions"] = Value::Object(ruleset.conditions.clone());
    body["rules"] = json!(ruleset.rules);
    if denials.may_see_bypass {
        body["bypass_actors"] = json!(ruleset.bypass_actors);
    }
    body["current_user_can_bypass"] = json!("never");
    body
}
