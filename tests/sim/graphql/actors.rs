//! Users and Apps, and the lists of actors that protection and rulesets have.

use serde_json::{Value, json};

use super::answer::Answer;
use super::root::Scene;
use super::team::TeamNode;
use crate::sim::world::{Actors, Organization, Role, app_id, user_id};

pub fn user<'w>(scene: Scene<'_>, login: &str) -> Answer<'w> {
    let id = user_id(login);
    Answer::of(json!({
        "__typename": "User",
        "id": format!("U_{id}"),
        "databaseId": id,
        "login": login,
        "name": null,
        "url": format!("{}/{login}", scene.site.web),
    }))
}

pub fn app_record(scene: Scene<'_>, slug: &str) -> Value {
    let id = app_id(slug);
    json!({
        "__typename": "App",
        "id": format!("A_{id}"),
        "databaseId": id,
        "slug": slug,
        "name": slug,
        "url": format!("{}/apps/{slug}", scene.site.web),
    })
}

/// Teams that do not exist are left out, as GitHub drops them when they are deleted.
pub fn listed<'w>(scene: Scene<'w>, organization: &'w Organization, actors: &Actors) -> Vec<Answer<'w>> {
    let teams = actors.teams.iter().filter_map(|slug| organization.teams.get(slug));
    let users = actors.users.iter().map(|login| user(scene, login));
    let teams = teams.map(|team| Answer::object(TeamNode { scene, organization, team }));
    users.chain(teams).chain(actors.apps.iter().map(|slug| Answer::of(app_record(scene, slug)))).collect()
}

/// A role as the enum `RepositoryPermission` has it.
pub fn permission(role: Role) -> String {
    role.role_name().to_uppercase()
}
