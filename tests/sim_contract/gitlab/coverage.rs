//! Everything that is known to be readable on GitLab is served.
//!
//! The lists it is checked against are not part of this repository: without them the tests say that they
//! were skipped.

use std::path::{Path, PathBuf};

use serde_json::{Value, json};

use super::client::Client;
use crate::sim::gitlab::{Tier, World, documents};

/// Where nothing may be read, or where no list of fields is kept.
const NOT_SERVED: [&str; 2] = ["none", "GET /groups/{id}/integrations/{slug}"];

/// Fields that GitLab tells only now and then.
const SOMETIMES: [&str; 4] =
    ["license (?license=true)", "(not returned)", "forked_from_project", "mr_default_target_self"];

fn outside(path: &str) -> Option<PathBuf> {
    let path = Path::new(env!("CARGO_MANIFEST_DIR")).join("../shared").join(path);
    if path.exists() {
        return Some(path);
    }
    eprintln!("skipped: there is no {}", path.display());
    None
}

fn settings() -> Option<Vec<toml::Table>> {
    let text = std::fs::read_to_string(outside("forge-api/gitlab-settings.toml")?).unwrap();
    let mut file: toml::Table = toml::from_str(&text).unwrap();
    let settings = file.remove("setting").unwrap().try_into::<Vec<toml::Table>>().unwrap();
    Some(settings)
}

/// A world in which every list has an item and every document is there.
fn full(gitlab_com: bool) -> World {
    let mut world = World::conforming("acme", 1);
    world.version = "19.3.0-ee".to_owned();
    world.tier = Tier::Ultimate;
    world.gitlab_com = gitlab_com;
    for row in documents::table().iter().filter(|row| row.one.is_none()) {
        let (holder, suffix) = if let Some(suffix) = row.path.strip_prefix("/projects/{id}") {
            (world.project_mut("service-0001"), suffix)
        } else if let Some(suffix) = row.path.strip_prefix("/groups/{id}") {
            (world.group_mut("acme"), suffix)
        } else {
            (world.instance_mut(), row.path.as_str())
        };
        if row.list && holder.stated_list(suffix).is_empty() {
            holder.add(suffix, json!({}));
        } else if row.fill.is_some() && holder.documents.stated(suffix).is_none() {
            holder.document(suffix, json!({}));
        }
    }
    world
}

fn filled(template: &str) -> String {
    template
        .replace("/projects/{id}", "/projects/acme%2Fteam-1%2Fservice-0001")
        .replace("/groups/{id}", "/groups/acme")
        .replace("/files/{file_path}", "/files/CODEOWNERS?ref=HEAD")
        .replace("protected_environments/{name}", "protected_environments/production")
        .replace("protected_tags/{name}", "protected_tags/v*")
        .replace("{name}", "main")
}

/// Whether a document, or the first item of a list, has the field.
fn has(document: &Value, field: &str) -> bool {
    let document = if document.is_array() { &document[0] } else { document };
    let mut at = document;
    for part in field.trim_start_matches("[].").split('.') {
        match at.get(part) {
            Some(found) => at = found,
            // What is null has no fields.
            None => return at.is_null() && !std::ptr::eq(at, document),
        }
    }
    true
}

#[tokio::test]
async fn every_readable_setting_is_told_by_rest() {
    let Some(settings) = settings() else { return };
    let clients = [Client::to(full(false)).await, Client::to(full(true)).await];
    let mut missing = Vec::new();
    for setting in settings {
        let read = setting["read_rest"].as_str().unwrap();
        let (request, field) = read.split_once(" :: ").unwrap_or((read, ""));
        if NOT_SERVED.contains(&request) || SOMETIMES.contains(&field) {
            continue;
        }
        let path = filled(request.trim_start_matches("GET "));
        let mut answer = clients[0].get(&path).await;
        if answer.status == 404 {
            answer = clients[1].get(&path).await;
        }
        if answer.status != 200 || !field.is_empty() && !has(&answer.json(), field) {
            missing.push(format!("{read}: {}", answer.status));
        }
    }
    assert!(missing.is_empty(), "{} missing:\n{}", missing.len(), missing.join("\n"));
}

#[tokio::test]
async fn every_readable_setting_is_told_by_graphql_where_it_can_be() {
    let Some(settings) = settings() else { return };
    let client = Client::to(full(false)).await;
    let mut wrong = Vec::new();
    for read in settings.iter().filter_map(|setting| setting.get("read_graphql")?.as_str()) {
        let mut parts = read.split('.');
        let root = match parts.next() {
            Some("Project") => "project(fullPath: \"acme/team-1/service-0001\")",
            Some("Group") => "group(fullPath: \"acme\")",
            Some("Environment") => "project(fullPath: \"acme/team-1/service-0001\") { environments { nodes",
            _ => continue,
        };
        let parts: Vec<String> = parts
            .map(|part| if part == "blobs" { "blobs(paths: [])".to_owned() } else { part.to_owned() })
            .collect();
        let depth = parts.len() + 1 + root.matches('{').count();
        let query = format!("{{ {root} {{ {} {}", parts.join(" { "), "} ".repeat(depth));
        let answer = client.query(&query).await;
        if let Some(errors) = answer.get("errors") {
            wrong.push(format!("{read}: {errors}"));
        }
    }
    assert!(wrong.is_empty(), "{}", wrong.join("\n"));
}

#[tokio::test]
async fn every_endpoint_is_one_of_gitlabs_own() {
    let (Some(path), Some(settings)) = (outside("contract/gitlab-swagger.json"), settings()) else { return };
    let description: Value = serde_json::from_str(&std::fs::read_to_string(path).unwrap()).unwrap();
    let described = description["paths"].as_object().unwrap().keys();
    let mut known: Vec<String> = described.map(|path| nameless(path.trim_start_matches("/api/v4"))).collect();
    // The generated description lacks what was documented by hand.
    known.extend(settings.iter().filter_map(|setting| {
        let read = setting["read_rest"].as_str()?.strip_prefix("GET ")?;
        Some(nameless(read.split(" :: ").next()?))
    }));
    known.push("/member_roles".to_owned());
    // Where an item is told, so is its list.
    let knows =
        |path: &str| known.contains(&nameless(path)) || known.contains(&format!("{}/{{}}", nameless(path)));
    let unknown: Vec<&str> = documents::table()
        .iter()
        .filter(|row| !(knows(&row.path) || row.one.is_some() && knows(row.list_path())))
        .map(|row| row.path.as_str())
        .collect();
    assert!(unknown.is_empty(), "{}", unknown.join("\n"));
}

/// Placeholders go by many names.
fn nameless(path: &str) -> String {
    path.split('/').map(|part| if part.starts_with('{') { "{}" } else { part }).collect::<Vec<_>>().join("/")
}
