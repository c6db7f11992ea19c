//! An organization described by what somebody once wrote down about it: members, teams and
//! repositories by name. What the description leaves out was never stated.

use indexmap::IndexMap;
use serde::Deserialize;
use serde_json::{Map, Value};

use crate::sim::world::{
    Actors, Files, Organization, OrganizationRole, Protection, REPOSITORY, Repository, Reviews, Role,
    StatusCheck, StatusChecks, TeamRole, World,
};

#[derive(Deserialize)]
struct Description {
    members: IndexMap<OrganizationRole, Vec<String>>,
    teams: IndexMap<String, DescribedTeam>,
    repositories: IndexMap<String, Value>,
}

#[derive(Deserialize)]
struct DescribedTeam {
    description: Option<String>,
    privacy: Option<String>,
    parent_team_id: Option<String>,
    #[serde(default)]
    members: IndexMap<TeamRole, Vec<String>>,
}

/// What of a repository is not a plain setting.
#[derive(Deserialize)]
struct DescribedRepository {
    #[serde(default)]
    topics: Vec<String>,
    #[serde(default)]
    collaborators: IndexMap<Role, Vec<String>>,
    /// By role, the names (not slugs) of teams.
    #[serde(default)]
    teams: IndexMap<Role, Vec<String>>,
    #[serde(default)]
    branch_protection: IndexMap<String, DescribedProtection>,
    advanced_security: Option<bool>,
    secret_scanning: Option<bool>,
    secret_scanning_push_protection: Option<bool>,
}

#[derive(Default, Deserialize)]
#[serde(default)]
struct DescribedProtection {
    allows_deletions: bool,
    allows_force_pushes: bool,
    blocks_creations: bool,
    enforce_admins: bool,
    lock_branch: bool,
    require_conversation_resolution: bool,
    require_signed_commits: bool,
    required_linear_history: bool,
    required_pull_request_reviews: Option<DescribedReviews>,
    required_status_checks: Option<DescribedChecks>,
    force_push_bypassers: Vec<String>,
    push_restrictions: Option<Vec<String>>,
    restrict_pushes: Option<Value>,
}

#[derive(Default, Deserialize)]
#[serde(default)]
struct DescribedReviews {
    required_approving_review_count: u64,
    dismiss_stale_reviews: bool,
    require_code_owner_reviews: bool,
    require_last_push_approval: bool,
    restrict_dismissals: bool,
    dismissal_restrictions: Vec<String>,
    pull_request_bypassers: Vec<String>,
}

#[derive(Default, Deserialize)]
#[serde(default)]
struct DescribedChecks {
    strict: bool,
    contexts: Vec<String>,
}

pub fn world(state: Value, login: &str) -> Result<World, serde_json::Error> {
    let description: Description = serde_json::from_value(state)?;
    let mut world = World::empty();
    let organization = world.add_organization(login);
    for (role, logins) in &description.members {
        for member in logins {
            organization.member(member, *role);
        }
    }
    add_teams(organization, description.teams);
    for (name, stated) in description.repositories {
        add_repository(organization, &name, stated)?;
    }
    Ok(world)
}

fn add_teams(organization: &mut Organization, teams: IndexMap<String, DescribedTeam>) {
    let mut parents = Vec::new();
    for (name, described) in teams {
        let team = organization.add_team(&name);
        team.description = described.description;
        if let Some(privacy) = described.privacy {
            team.privacy = privacy;
        }
        for (role, logins) in &described.members {
            for login in logins {
                team.member(login, *role);
            }
        }
        if let Some(parent) = described.parent_team_id {
            parents.push((team.slug.clone(), parent));
        }
    }
    // A parent is told by its name and may come after its child.
    for (child, parent) in parents {
        let slug = team_slug(organization, &parent);
        if let (Some(team), Some(slug)) = (organization.teams.get_mut(&child), slug) {
            team.parent = Some(slug);
        }
    }
}

fn team_slug(organization: &Organization, name: &str) -> Option<String> {
    let team = organization.teams.values().find(|team| team.name == name || team.slug == name)?;
    Some(team.slug.clone())
}

fn add_repository(
    organization: &mut Organization,
    name: &str,
    stated: Value,
) -> Result<(), serde_json::Error> {
    let scalars = stated.as_object().cloned().unwrap_or_default();
    let described: DescribedRepository = serde_json::from_value(stated)?;
    for (role, teams) in &described.teams {
        for team in teams {
            if let Some(slug) = team_slug(organization, team)
                && let Some(team) = organization.teams.get_mut(&slug)
            {
                team.grant(name, *role);
            }
        }
    }
    let repository = organization.add_repository(name);
    state_only(repository, &scalars);
    for (feature, enabled) in [
        ("advanced_security", described.advanced_security),
        ("secret_scanning", described.secret_scanning),
        ("secret_scanning_push_protection", described.secret_scanning_push_protection),
    ] {
        if let Some(enabled) = enabled {
            repository.security(feature, enabled);
        }
    }
    repository.topics = described.topics;
    for (role, logins) in &described.collaborators {
        for login in logins {
            repository.collaborator(login, *role);
        }
    }
    for (pattern, rule) in described.branch_protection {
        repository.protect(protection(&pattern, rule));
    }
    Ok(())
}

/// Unstates whatever the description does not say; a description that is missing is empty instead.
fn state_only(repository: &mut Repository, stated: &Map<String, Value>) {
    for setting in REPOSITORY {
        match stated.get(setting.key) {
            Some(value) => repository.set(setting.key, value.clone()),
            None if setting.key == "description" => repository.set("description", Value::Null),
            None => repository.unstate(setting.key),
        };
    }
    let branch = repository.default_branch().to_owned();
    repository.branches = IndexMap::from([(branch, Files::new())]);
}

fn protection(pattern: &str, described: DescribedProtection) -> Protection {
    let restricted = described.push_restrictions.is_some()
        || described.restrict_pushes.is_some_and(|on| on != Value::Bool(false));
    Protection::on(pattern).with(|rule| {
        rule.allow_deletions = described.allows_deletions;
        rule.allow_force_pushes = described.allows_force_pushes;
        rule.block_creations = described.blocks_creations;
        rule.enforce_admins = described.enforce_admins;
        rule.lock_branch = described.lock_branch;
        rule.required_conversation_resolution = described.require_conversation_resolution;
        rule.required_signatures = described.require_signed_commits;
        rule.required_linear_history = described.required_linear_history;
        rule.required_pull_request_reviews = described.required_pull_request_reviews.map(reviews);
        rule.required_status_checks = described.required_status_checks.map(|described| StatusChecks {
            strict: described.strict,
            checks: described
                .contexts
                .into_iter()
                .map(|context| StatusCheck { context, app_id: None })
                .collect(),
        });
        rule.restrictions = restricted.then(|| actors(described.push_restrictions.unwrap_or_default()));
        rule.force_push_allowances = actors(described.force_push_bypassers);
    })
}

fn reviews(described: DescribedReviews) -> Reviews {
    Reviews {
        required_approving_review_count: described.required_approving_review_count,
        dismiss_stale_reviews: described.dismiss_stale_reviews,
        require_code_owner_reviews: described.require_code_owner_reviews,
        require_last_push_approval: described.require_last_push_approval,
        dismissal_restrictions: described
            .restrict_dismissals
            .then(|| actors(described.dismissal_restrictions)),
        bypass_pull_request_allowances: actors(described.pull_request_bypassers),
    }
}

/// `/login` is a person; `organization/name` is a team, whose slug is meant.
fn actors(names: Vec<String>) -> Actors {
    let mut actors = Actors::default();
    for name in names {
        match name.split_once('/') {
            Some(("", login)) => actors.users.push(login.to_owned()),
            Some((_, team)) => actors.teams.push(team.to_owned()),
            None => actors.users.push(name),
        }
    }
    actors
}
