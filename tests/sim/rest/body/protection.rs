//! Classic branch protection as REST tells it: a rule seen from one branch.

use serde_json::{Value, json};

use crate::sim::rest::Site;
use crate::sim::world::{Actors, Organization, Protection, app_id};

/// `url` is the protection's own.
pub fn protection(site: &Site, organization: &Organization, url: &str, rule: &Protection) -> Value {
    let switch = |enabled: bool| json!({ "enabled": enabled });
    let mut body = json!({
        "url": url,
        "required_signatures": signatures(url, rule),
        "enforce_admins": { "url": format!("{url}/enforce_admins"), "enabled": rule.enforce_admins },
        "required_linear_history": switch(rule.required_linear_history),
        "allow_force_pushes": switch(rule.allow_force_pushes),
        "allow_deletions": switch(rule.allow_deletions),
        "block_creations": switch(rule.block_creations),
        "required_conversation_resolution": switch(rule.required_conversation_resolution),
        "lock_branch": switch(rule.lock_branch),
        "allow_fork_syncing": switch(rule.allow_fork_syncing),
    });
    if let Some(checks) = &rule.required_status_checks {
        let url = format!("{url}/required_status_checks");
        body["required_status_checks"] = json!({
            "url": url,
            "strict": checks.strict,
            "contexts": checks.checks.iter().map(|check| &check.context).collect::<Vec<_>>(),
            "contexts_url": format!("{url}/contexts"),
            "checks": checks.checks,
        });
    }
    if let Some(reviews) = &rule.required_pull_request_reviews {
        let url = format!("{url}/required_pull_request_reviews");
        let mut told = json!({
            "url": url,
            "dismiss_stale_reviews": reviews.dismiss_stale_reviews,
            "require_code_owner_reviews": reviews.require_code_owner_reviews,
            "require_last_push_approval": reviews.require_last_push_approval,
            "required_approving_review_count": reviews.required_approving_review_count,
        });
        if let Some(restrictions) = &reviews.dismissal_restrictions {
            told["dismissal_restrictions"] =
                actors(site, organization, restrictions, Some(&format!("{url}/dismissal_restrictions")));
        }
        if !reviews.bypass_pull_request_allowances.is_empty() {
            told["bypass_pull_request_allowances"] =
                actors(site, organization, &reviews.bypass_pull_request_allowances, None);
        }
        body["required_pull_request_reviews"] = told;
    }
    if let Some(restrictions) = &rule.restrictions {
        let mut told = actors(site, organization, restrictions, Some(&format!("{url}/restrictions")));
        told["apps_url"] = json!(format!("{url}/restrictions/apps"));
        body["restrictions"] = told;
    }
    body
}

pub fn signatures(url: &str, rule: &Protection) -> Value {
    json!({ "url": format!("{url}/required_signatures"), "enabled": rule.required_signatures })
}

fn actors(site: &Site, organization: &Organization, actors: &Actors, url: Option<&str>) -> Value {
    let teams = actors.teams.iter().filter_map(|slug| organization.teams.get(slug));
    let mut body = json!({
        "users": actors.users.iter().map(|login| site.user(login)).collect::<Vec<_>>(),
        "teams": teams.map(|team| super::team(site, organization, team, None)).collect::<Vec<_>>(),
        "apps": actors.apps.iter().map(|slug| app(site, slug)).collect::<Vec<_>>(),
    });
    if let Some(url) = url {
        body["url"] = json!(url);
        body["users_url"] = json!(format!("{url}/users"));
        body["teams_url"] = json!(format!("{url}/teams"));
    }
    body
}

fn app(site: &Site, slug: &str) -> Value {
    let id = app_id(slug);
    json!({ "id": id, "slug": slug, "name": slug, "node_id": format!("A_{id}"), "html_url": format!("{}/apps/{slug}", site.web) })
}
