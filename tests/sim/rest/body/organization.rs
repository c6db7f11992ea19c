//! The full organization.

use serde_json::{Map, Value, json};

use super::settings::tell;
use crate::sim::rest::Site;
use crate::sim::world::{ORGANIZATION, Organization};

pub fn organization(site: &Site, organization: &Organization) -> Value {
    let url = format!("{}/orgs/{}", site.api, organization.login);
    let public =
        organization.repositories.values().filter(|repository| repository.visibility() == "public").count();
    let private = organization.repositories.len() - public;
    let mut body = Map::new();
    for (key, value) in [
        ("login", json!(organization.login)),
        ("id", json!(organization.id)),
        ("node_id", json!(format!("O_{}", organization.id))),
        ("url", json!(url)),
        ("repos_url", json!(format!("{url}/repos"))),
        ("events_url", json!(format!("{url}/events"))),
        ("hooks_url", json!(format!("{url}/hooks"))),
        ("issues_url", json!(format!("{url}/issues"))),
        ("members_url", json!(format!("{url}/members{{/member}}"))),
        ("public_members_url", json!(format!("{url}/public_members{{/member}}"))),
        ("avatar_url", json!(format!("{}/avatars/{}", site.web, organization.id))),
        ("html_url", json!(format!("{}/{}", site.web, organization.login))),
        ("type", json!("Organization")),
        ("public_repos", json!(public)),
        ("public_gists", json!(0)),
        ("followers", json!(0)),
        ("following", json!(0)),
        ("total_private_repos", json!(private)),
        ("owned_private_repos", json!(private)),
        ("private_gists", json!(0)),
        (
            "disk_usage",
            json!(
                organization
                    .repositories
                    .values()
                    .map(|repository| repository.settings.number("size"))
                    .sum::<u64>()
            ),
        ),
        ("collaborators", json!(0)),
        (
            "plan",
            json!({ "name": organization.plan.name(), "space": 976_562_499, "private_repos": 999_999, "seats": 1_000, "filled_seats": organization.members.len() }),
        ),
    ] {
        body.insert(key.to_owned(), value);
    }
    if organization.denials.of("plan").is_some() {
        body.shift_remove("plan");
    }
    tell(&mut body, ORGANIZATION.iter(), &organization.settings, &organization.denials);
    Value::Object(body)
}
