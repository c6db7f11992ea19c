//! Files, read and written one at a time.

use base64::Engine as _;
use base64::engine::general_purpose::STANDARD;
use serde_json::{Value, json};

use super::branches::commit;
use super::exchange::{Refusal, Reply, Request};
use crate::sim::world::{Files, Organization, Repository, World, blob_id};

/// A file with its content, or the entries of a directory.
pub fn read(world: &World, request: &Request) -> Result<Reply, Refusal> {
    let (organization, repository) = request.repository(world)?;
    let branch = request.asked("ref").map_or(repository.default_branch(), branch_name);
    let files = repository
        .branches
        .get(branch)
        .ok_or_else(|| Refusal::missing(&format!("No commit found for the ref {branch}")))?;
    let path = request.capture("path").trim_matches('/');
    let entry = |path: &str, kind: &str, text: &str| {
        entry(request, organization, repository, branch, path, kind, text)
    };
    if let Some(text) = files.get(path) {
        return Ok(Reply::ok(file(request, organization, repository, branch, path, text)));
    }
    let entries: Vec<Value> = children(files, path)
        .into_iter()
        .map(|(name, text)| {
            let path = if path.is_empty() { name } else { format!("{path}/{name}") };
            text.map_or_else(|| entry(&path, "dir", ""), |text| entry(&path, "file", text))
        })
        .collect();
    if entries.is_empty() { Err(Refusal::not_found()) } else { Ok(Reply::ok(Value::Array(entries))) }
}

/// A file with its content.
pub fn file(
    request: &Request,
    organization: &Organization,
    repository: &Repository,
    branch: &str,
    path: &str,
    text: &str,
) -> Value {
    let mut body = entry(request, organization, repository, branch, path, "file", text);
    body["encoding"] = json!("base64");
    body["content"] = json!(wrapped(&STANDARD.encode(text)));
    body
}

/// The names right beneath a directory, in order; a file comes with its text.
pub fn children<'f>(files: &'f Files, directory: &str) -> Vec<(String, Option<&'f str>)> {
    let mut children: Vec<(String, Option<&str>)> = Vec::new();
    for (path, text) in files {
        let inside = if directory.is_empty() {
            Some(path.as_str())
        } else {
            path.strip_prefix(directory).and_then(|rest| rest.strip_prefix('/'))
        };
        let Some(inside) = inside else { continue };
        let (name, text) =
            inside.split_once('/').map_or((inside, Some(text.as_str())), |(name, _)| (name, None));
        if children.last().is_none_or(|(last, _)| last != name) {
            children.push((name.to_owned(), text));
        }
    }
    children
}

pub fn put(world: &mut World, request: &Request) -> Result<Reply, Refusal> {
    let message = request.text("message")?;
    let encoded: String = request.text("content")?.split_whitespace().collect();
    let invalid = || Refusal::unprocessable("content is not valid Base64");
    let text =
        STANDARD.decode(encoded).ok().and_then(|bytes| String::from_utf8(bytes).ok()).ok_or_else(invalid)?;
    let path = request.capture("path").to_owned();
    let repository = request.repository_mut(world)?;
    let branch = request.body["branch"]
        .as_str()
        .map_or_else(|| repository.default_branch().to_owned(), |name| branch_name(name).to_owned());
    let missing = || Refusal::missing(&format!("Branch {branch} not found"));
    let files = repository.branches.get_mut(&branch).ok_or_else(missing)?;
    let created = match (files.get(&path), request.body["sha"].as_str()) {
        (None, _) => true,
        (Some(_), None) => {
            return Err(Refusal::unprocessable("Invalid request.\n\n\"sha\" wasn't supplied."));
        }
        (Some(old), Some(sha)) if blob_id(old) != sha => {
            return Err(Refusal::conflict(format!("{path} does not match {sha}")));
        }
        (Some(_), Some(_)) => false,
    };
    repository.commit(&branch, &path, &text, message);
    let (organization, repository) = request.repository(world)?;
    let body = json!({
        "content": entry(request, organization, repository, &branch, &path, "file", &text),
        "commit": commit(request, organization, repository, &branch),
    });
    Ok(if created { Reply::created(body) } else { Reply::ok(body) })
}

pub fn delete(world: &mut World, request: &Request) -> Result<Reply, Refusal> {
    let (message, sha) = (request.text("message")?, request.text("sha")?);
    let path = request.capture("path").to_owned();
    let repository = request.repository_mut(world)?;
    let branch = request.body["branch"]
        .as_str()
        .map_or_else(|| repository.default_branch().to_owned(), |name| branch_name(name).to_owned());
    let files = repository.branches.get_mut(&branch).ok_or_else(Refusal::not_found)?;
    let old = files.get(&path).ok_or_else(Refusal::not_found)?;
    if blob_id(old) != sha {
        return Err(Refusal::conflict(format!("{path} does not match {sha}")));
    }
    files.remove(&path);
    repository.log.entry(branch.clone()).or_default().push((path, message.to_owned()));
    let (organization, repository) = request.repository(world)?;
    Ok(Reply::ok(json!({ "content": null, "commit": commit(request, organization, repository, &branch) })))
}

fn branch_name(reference: &str) -> &str {
    reference.strip_prefix("refs/heads/").unwrap_or(reference)
}

/// GitHub breaks the encoded content into lines of sixty letters.
fn wrapped(encoded: &str) -> String {
    let mut wrapped = String::with_capacity(encoded.len() + encoded.len() / 60 + 1);
    for (at, letter) in encoded.chars().enumerate() {
        if at > 0 && at % 60 == 0 {
            wrapped.push('\n');
        }
        wrapped.push(letter);
    }
    wrapped + "\n"
}

fn entry(
    request: &Request,
    organization: &Organization,
    repository: &Repository,
    branch: &str,
    path: &str,
    kind: &str,
    text: &str,
) -> Value {
    let sha = blob_id(text);
    let repository_url = request.site.repository(organization, repository);
    let url = format!("{repository_url}/contents/{path}?ref={branch}");
    let html =
        format!("{}/{}/{}/blob/{branch}/{path}", request.site.web, organization.login, repository.name);
    let git = format!("{repository_url}/git/blobs/{sha}");
    json!({
        "name": path.rsplit('/').next().unwrap_or(path),
        "path": path,
        "sha": sha,
        "size": text.len(),
        "url": url,
        "html_url": html,
        "git_url": git,
        "download_url": (kind == "file").then(|| format!("{}/raw/{}/{}/{branch}/{path}", request.site.web, organization.login, repository.name)),
        "type": kind,
        "_links": { "self": url, "git": git, "html": html },
    })
}
