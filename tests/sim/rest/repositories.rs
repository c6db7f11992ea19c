//! Repositories: lists, the full object, and the one PATCH with its many conditions.

use serde_json::{Map, Value, json};

use super::body;
use super::exchange::{Refusal, Reply, Request};
use super::page::page;
use super::security;
use crate::sim::world::{REPOSITORY, Repository, World};

pub fn list(world: &World, request: &Request) -> Result<Reply, Refusal> {
    let organization = request.organization(world)?;
    let mut repositories: Vec<&Repository> =
        organization.repositories.values().filter(|repository| wanted(request, repository)).collect();
    if request.asked("sort") == Some("full_name") {
        repositories.sort_by_key(|repository| repository.name.to_lowercase());
        if request.asked("direction") == Some("desc") {
            repositories.reverse();
        }
    }
    Ok(page(request, &repositories, |repository| body::listed(&request.site, organization, repository)))
}

fn wanted(request: &Request, repository: &Repository) -> bool {
    let fork = repository.settings.flag("fork", false);
    match request.asked("type") {
        Some("public") => repository.visibility() == "public",
        Some("private") => repository.visibility() != "public",
        Some("forks") => fork,
        Some("sources") => !fork,
        _ => true,
    }
}

pub fn read(world: &World, request: &Request) -> Result<Reply, Refusal> {
    let (organization, repository) = request.repository(world)?;
    Ok(Reply::ok(body::full(&request.site, organization, repository)))
}

pub fn change(world: &mut World, request: &Request) -> Result<Reply, Refusal> {
    let changes = request.object()?;
    let (organization, current) = request.repository(world)?;
    let may_fork = organization.settings.flag("members_can_fork_private_repositories", false);
    if current.is_archived() && !only_unarchives(changes) {
        return Err(Refusal::archived());
    }
    check_types(changes)?;
    if changes.contains_key("visibility") && changes.len() > 1 {
        return Err(Refusal::unprocessable("Visibility can't be changed along with other settings."));
    }
    if changes.contains_key("allow_forking") && !may_fork {
        return Err(Refusal::unprocessable("This organization does not allow private repository forking"));
    }
    if let Some(branch) = changes.get("default_branch").and_then(Value::as_str)
        && !current.branches.contains_key(branch)
    {
        return Err(Refusal::invalid_field(
            "Repository",
            "default_branch",
            &format!("The branch {branch} was not found."),
        ));
    }

    let mut changed = current.clone();
    for setting in REPOSITORY.iter().filter(|setting| setting.writable) {
        if let Some(value) = changes.get(setting.key) {
            changed.set(setting.key, value.clone());
        }
    }
    if let Some(private) = changes.get("private").and_then(Value::as_bool)
        && !changes.contains_key("visibility")
    {
        changed.set("visibility", if private { "private" } else { "public" });
    }
    if let Some(features) = changes.get("security_and_analysis") {
        security::change_features(&mut changed, features)?;
    }
    check_merging(changes, &changed)?;
    *request.even_archived(world)? = changed;
    let (organization, repository) = request.repository(world)?;
    Ok(Reply::ok(body::full(&request.site, organization, repository)))
}

fn only_unarchives(changes: &Map<String, Value>) -> bool {
    changes.get("archived") == Some(&json!(false))
        && changes.keys().all(|key| key == "archived" || key == "name")
}

fn check_types(changes: &Map<String, Value>) -> Result<(), Refusal> {
    for setting in REPOSITORY.iter().filter(|setting| setting.writable) {
        if let Some(value) = changes.get(setting.key).filter(|value| !setting.kind.accepts(value)) {
            return Err(Refusal::wrong_type(setting.key, value));
        }
    }
    match changes.get("private") {
        Some(value) if !value.is_boolean() => Err(Refusal::wrong_type("private", value)),
        _ => Ok(()),
    }
}

/// One merge method must stay; a title and its message travel together.
fn check_merging(changes: &Map<String, Value>, changed: &Repository) -> Result<(), Refusal> {
    let on = |key: &str| changed.settings.flag(key, true);
    if !on("allow_squash_merge") && !on("allow_merge_commit") && !on("allow_rebase_merge") {
        return Err(Refusal::invalid_field(
            "Repository",
            "merge_commit_allowed",
            "At least one merge method must be enabled.",
        ));
    }
    for (title, message) in [
        ("squash_merge_commit_title", "squash_merge_commit_message"),
        ("merge_commit_title", "merge_commit_message"),
    ] {
        if changes.contains_key(title) != changes.contains_key(message) {
            let text = format!("{title} and {message} must be set together.");
            return Err(Refusal::invalid_field("Repository", title, &text));
        }
    }
    Ok(())
}
