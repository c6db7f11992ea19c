//! An organization's repositories, filtered and ordered.

use std::collections::BTreeMap;
use std::rc::Rc;

use serde_json::{Map, json};

use super::super::answer::{Answer, Ask, Edge, Page};
use super::RepositoryNode;
use crate::sim::graphql::Scene;
use crate::sim::world::{Organization, Repository};

pub fn listed<'w>(scene: Scene<'w>, organization: &'w Organization, ask: &Ask<'_>) -> Answer<'w> {
    let mut repositories: Vec<&Repository> =
        organization.repositories.values().filter(|repository| wanted(repository, ask)).collect();
    if let Some((field, descending)) = ask.order() {
        order(&mut repositories, field);
        if descending {
            repositories.reverse();
        }
    }
    let size: u64 = repositories.iter().map(|repository| repository.settings.number("size")).sum();
    let node = |repository| Answer::object(RepositoryNode { scene, organization, repository });
    let edges = repositories
        .into_iter()
        .map(|repository| Edge { node: node(repository), extra: BTreeMap::new() })
        .collect();
    Answer::Page(Rc::new(Page {
        edges,
        totals: Map::from_iter([("totalDiskUsage".to_owned(), json!(size))]),
    }))
}

fn wanted(repository: &Repository, ask: &Ask<'_>) -> bool {
    let privacy = if repository.visibility() == "public" { "PUBLIC" } else { "PRIVATE" };
    let same = |argument: &str, actual: bool| ask.flag(argument).is_none_or(|wanted| wanted == actual);
    same("isArchived", repository.is_archived())
        && same("isFork", repository.settings.flag("fork", false))
        && ask.text("privacy").is_none_or(|wanted| wanted == privacy)
        && ask.text("visibility").is_none_or(|wanted| wanted == repository.visibility().to_uppercase())
}

fn order(repositories: &mut [&Repository], field: &str) {
    let text =
        |repository: &&Repository, key: &str| repository.settings.text(key).unwrap_or_default().to_owned();
    match field {
        "NAME" => repositories.sort_by_key(|repository| repository.name.to_lowercase()),
        "STARGAZERS" => repositories.sort_by_key(|repository| repository.settings.number("stargazers_count")),
        "CREATED_AT" => repositories.sort_by_key(|repository| text(repository, "created_at")),
        "PUSHED_AT" => repositories.sort_by_key(|repository| text(repository, "pushed_at")),
        _ => repositories.sort_by_key(|repository| text(repository, "updated_at")),
    }
}
