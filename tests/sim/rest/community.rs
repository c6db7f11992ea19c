//! What GitHub concludes from files and code: owners, licence, languages, the community profile.

use serde_json::{Value, json};

use super::contents;
use super::exchange::{Refusal, Reply, Request};
use crate::sim::world::{MOMENT, Organization, Repository, UNKNOWN_OWNER, World};

pub fn codeowners_errors(world: &World, request: &Request) -> Result<Reply, Refusal> {
    let (organization, repository) = request.repository(world)?;
    let errors = organization.codeowners_errors(repository).ok_or_else(Refusal::not_found)?;
    let told: Vec<Value> = errors
        .into_iter()
        .map(|error| {
            json!({
                "line": error.line,
                "column": error.column,
                "kind": UNKNOWN_OWNER,
                "source": error.source,
                "suggestion": error.suggestion,
                "message": error.message,
                "path": error.path,
            })
        })
        .collect();
    Ok(Reply::ok(json!({ "errors": told })))
}

pub fn languages(world: &World, request: &Request) -> Result<Reply, Refusal> {
    let (_, repository) = request.repository(world)?;
    Ok(Reply::ok(json!(repository.languages)))
}

pub fn license(world: &World, request: &Request) -> Result<Reply, Refusal> {
    let (organization, repository) = request.repository(world)?;
    let (path, text) = repository.community_file("LICENSE").ok_or_else(Refusal::not_found)?;
    let mut body =
        contents::file(request, organization, repository, repository.default_branch(), &path, text);
    body["license"] = repository.settings.get("license").cloned().unwrap_or(Value::Null);
    Ok(Reply::ok(body))
}

/// The files that make up the profile: the key, the name of the file, and whether it has a page of
/// its own in GitHub's API.
const FILES: [(&str, &str); 5] = [
    ("code_of_conduct_file", "CODE_OF_CONDUCT.md"),
    ("contributing", "CONTRIBUTING.md"),
    ("readme", "README.md"),
    ("issue_template", "ISSUE_TEMPLATE.md"),
    ("pull_request_template", "PULL_REQUEST_TEMPLATE.md"),
];

pub fn profile(world: &World, request: &Request) -> Result<Reply, Refusal> {
    let (organization, repository) = request.repository(world)?;
    let mut files = json!({});
    let mut present = 0;
    for (key, name) in FILES {
        let file =
            repository.community_file(name).map(|(path, _)| place(request, organization, repository, &path));
        present += usize::from(file.is_some());
        files[key] = json!(file);
    }
    let license = repository.settings.get("license").filter(|license| license.is_object());
    present += usize::from(license.is_some());
    files["license"] = json!(license);
    files["code_of_conduct"] = code_of_conduct(request, organization, repository);
    Ok(Reply::ok(json!({
        "health_percentage": present * 100 / (FILES.len() + 1),
        "description": repository.settings.get("description"),
        "documentation": null,
        "files": files,
        "updated_at": MOMENT,
        "content_reports_enabled": false,
    })))
}

fn code_of_conduct(request: &Request, organization: &Organization, repository: &Repository) -> Value {
    let Some((path, text)) = repository.community_file("CODE_OF_CONDUCT.md") else { return Value::Null };
    let covenant = text.contains("Contributor Covenant");
    let (key, name) =
        if covenant { ("contributor_covenant", "Contributor Covenant") } else { ("other", "Other") };
    json!({
        "key": key,
        "name": name,
        "url": format!("{}/codes_of_conduct/{key}", request.site.api),
        "html_url": place(request, organization, repository, &path)["html_url"],
    })
}

fn place(request: &Request, organization: &Organization, repository: &Repository, path: &str) -> Value {
    let branch = repository.default_branch();
    json!({
        "url": format!("{}/contents/{path}", request.site.repository(organization, repository)),
        "html_url": format!("{}/{}/{}/blob/{branch}/{path}", request.site.web, organization.login, repository.name),
    })
}
