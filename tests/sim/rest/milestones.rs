//! Milestones.

use serde_json::{Value, json};

use super::exchange::{Refusal, Reply, Request};
use super::page::page;
use crate::sim::world::{MOMENT, Milestone, Organization, Repository, World};

/// The open ones, unless others are asked for.
pub fn list(world: &World, request: &Request) -> Result<Reply, Refusal> {
    let (organization, repository) = request.repository(world)?;
    let wanted = |milestone: &&Milestone| match request.asked("state") {
        Some("all") => true,
        Some("closed") => !milestone.open,
        _ => milestone.open,
    };
    let milestones: Vec<&Milestone> = repository.milestones.iter().filter(wanted).collect();
    Ok(page(request, &milestones, |milestone| told(request, organization, repository, milestone)))
}

pub fn read(world: &World, request: &Request) -> Result<Reply, Refusal> {
    let (organization, repository) = request.repository(world)?;
    let number = request.number("milestone_number");
    let found = repository.milestones.iter().find(|milestone| Some(milestone.number) == number);
    found
        .map(|milestone| Reply::ok(told(request, organization, repository, milestone)))
        .ok_or_else(Refusal::not_found)
}

pub fn create(world: &mut World, request: &Request) -> Result<Reply, Refusal> {
    let title = request.text("title")?;
    let repository = request.repository_mut(world)?;
    if repository.milestones.iter().any(|milestone| milestone.title == title) {
        return Err(Refusal::invalid_field("Milestone", "title", "already exists"));
    }
    let number = repository.milestones.iter().map(|milestone| milestone.number).max().unwrap_or_default() + 1;
    let mut made = Milestone { number, title: title.to_owned(), description: None, open: true, due_on: None };
    lay(&mut made, request)?;
    repository.milestones.push(made.clone());
    let (organization, repository) = request.repository(world)?;
    Ok(Reply::created(told(request, organization, repository, &made)))
}

pub fn change(world: &mut World, request: &Request) -> Result<Reply, Refusal> {
    let number = request.number("milestone_number");
    let milestones = &mut request.repository_mut(world)?.milestones;
    let found = milestones.iter_mut().find(|milestone| Some(milestone.number) == number);
    lay(found.ok_or_else(Refusal::not_found)?, request)?;
    read(world, request)
}

pub fn delete(world: &mut World, request: &Request) -> Result<Reply, Refusal> {
    let number = request.number("milestone_number");
    let milestones = &mut request.repository_mut(world)?.milestones;
    let at = milestones.iter().position(|milestone| Some(milestone.number) == number);
    milestones.remove(at.ok_or_else(Refusal::not_found)?);
    Ok(Reply::nothing())
}

fn lay(milestone: &mut Milestone, request: &Request) -> Result<(), Refusal> {
    for (key, value) in request.object()? {
        match (key.as_str(), value.as_str()) {
            ("title", Some(title)) => title.clone_into(&mut milestone.title),
            ("description", text) => milestone.description = text.map(str::to_owned),
            ("state", Some(state)) => milestone.open = state == "open",
            ("due_on", None) if !value.is_null() => return Err(Refusal::wrong_type(key, value)),
            // A day alone is refused.
            ("due_on", Some(day)) if !day.contains('T') => return Err(Refusal::wrong_type(key, value)),
            ("due_on", day) => milestone.due_on = day.map(str::to_owned),
            _ => {}
        }
    }
    Ok(())
}

fn told(
    request: &Request,
    organization: &Organization,
    repository: &Repository,
    milestone: &Milestone,
) -> Value {
    let number = milestone.number;
    let url = format!("{}/milestones/{number}", request.site.repository(organization, repository));
    let id = repository.id * 100 + number;
    json!({
        "url": url,
        "html_url": format!("{}/{}/{}/milestone/{number}", request.site.web, organization.login, repository.name),
        "labels_url": format!("{url}/labels"),
        "id": id,
        "node_id": format!("MI_{id}"),
        "number": number,
        "state": if milestone.open { "open" } else { "closed" },
        "title": milestone.title,
        "description": milestone.description,
        "creator": request.site.user("ann"),
        "open_issues": 0,
        "closed_issues": 0,
        "created_at": MOMENT,
        "updated_at": MOMENT,
        "closed_at": if milestone.open { Value::Null } else { json!(MOMENT) },
        "due_on": milestone.due_on,
    })
}
