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
